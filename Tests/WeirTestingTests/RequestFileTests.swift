// Files of requests and headers.

import Testing

@testable import WeirTesting

@Suite struct RequestFileTests {
    @Test func requestsAreReadOneAfterTheOther() throws {
        let text = """
            # What this is about

            GET /v1/rest/queries/A?limit=2
            ### with a body\r
            // and a comment
            POST http://localhost:8888/v1/graphql HTTP/1.1
            Content-Type: application/json
            X-Empty:

            {"query":
             "{ A { id } }"}

            ### an address alone
            GET https://example.org
            """
        let found = try HTTPMessage.messages(text, file: "a.http")
        #expect(found.map(\.title) == ["", "with a body", "an address alone"])
        #expect(found.map(\.method) == ["GET", "POST", "GET"])
        #expect(found.map(\.path) == ["/v1/rest/queries/A?limit=2", "/v1/graphql", "/"])
        #expect(found[1].headers.map(\.name) == ["Content-Type", "X-Empty"])
        #expect(found[1].headers.map(\.value) == ["application/json", ""])
        #expect(found[1].body == "{\"query\":\n \"{ A { id } }\"}")
    }

    @Test(
        "mistakes have their line",
        arguments: [
            ("\n/v1/x", "a.http:2: a request begins"), ("get /x", "a.http:1: a request begins"),
            ("GET /x\nno header", "a.http:2: a header is"), ("# nothing", "a.http has no request"),
            ("GET /x y z", "a.http:1: a request begins"), ("", "a.http has no request"),
        ])
    func mistakes(_ text: String, _ message: String) {
        #expect {
            _ = try HTTPMessage.messages(text, file: "a.http")
        } throws: { error in
            "\(error)".hasPrefix(message)
        }
    }

    @Test func propertiesAreHeaders() {
        let text = """
            # headers
            ! more of them
            Authorization=Bearer abc=
             X-One : 1
            X-Two   two words
            X-Long=a,\\
               b
            nothing
            """
        let found = HeaderProperties.headers(text)
        #expect(found.map(\.name) == ["Authorization", "X-One", "X-Two", "X-Long"])
        #expect(found.map(\.value) == ["Bearer abc=", "1", "two words", "a,b"])
    }
}
