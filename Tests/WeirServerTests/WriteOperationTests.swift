// Writes over REST and MCP.

import TestSupport
import Testing
import WeirColumnar

@Suite struct WriteOperationTests {
    private static func live() async throws -> ServedPipeline {
        try await ServedPipeline(script: WriteTests.script, files: [], isLive: true)
    }

    @Test func rowsComeOverREST() async throws {
        let served = try await Self.live()
        let event = JsonValue.parse(Array(#"{"event":{"product":7,"stars":5,"note":"x"}}"#.utf8))
        let answer = try await served.post(
            "/v1/rest/mutations/Review", try #require(event))
        #expect(answer.status == 200, "\(answer.text)")
        let row = try #require(JsonValue.parse(answer.body)?.at("data"))
        #expect(row.at("good") == .bool(true))
        #expect(row.at("id")?.text.count == 38)

        let batch = JsonValue.parse(Array(#"{"event":[{"product":1,"price":2.5}]}"#.utf8))
        let prices = try await served.post("/v1/rest/mutations/Price", try #require(batch))
        #expect(prices.text == #"{"data":[{"product":1,"price":2.50}]}"#)
        try await served.stop()
    }

    @Test(
        "what is wrong is refused, and nothing is written",
        arguments: [
            (#"{"event":{"product":7,"stars":6}}"#, 400, "one_to_five"),
            (#"{"event":{"product":7}}"#, 400, "stars"),
            (#"{"event":{"product":7,"stars":5,"nonsense":1}}"#, 400, "nonsense"),
            (#"{"event":{"product":"x","stars":5}}"#, 400, "product"),
            (#"{"events":{"product":7,"stars":5}}"#, 400, "no argument 'events'"),
            (#"{}"#, 400, "event"), (#"[]"#, 400, "JSON object"),
            (#"{"event""#, 400, "JSON object"),
        ])
    func mistakes(_ body: String, _ status: Int, _ message: String) async throws {
        let served = try await Self.live()
        let answer = try await served.request(
            "POST", "/v1/rest/mutations/Review", headers: [("Content-Type", "application/json")],
            body: body)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.text.contains(message), "\(answer.text)")
        #expect(answer.headers["content-type"] == "application/problem+json")
        let read = try await served.graphQL("{ Review { id } }")
        #expect(read.at("data.Review")?.items.isEmpty == true)
        try await served.stop()
    }

    @Test func whoMayNotIsTold() async throws {
        let served = try await Self.live()
        let body = #"{"event":[{"x":1}]}"#
        let json = [("Content-Type", "application/json")]
        let forbidden = try await served.request(
            "POST", "/v1/rest/mutations/Mine", headers: json, body: body)
        #expect(forbidden.status == 403, "\(forbidden.text)")
        // One row is no list here, although GraphQL would take it for one.
        let single = try await served.request(
            "POST", "/v1/rest/mutations/Price", headers: json, body: #"{"event":{"product":1}}"#)
        #expect(single.status == 400)
        #expect(single.text.contains("'event' is a list"))
        let get = try await served.get("/v1/rest/mutations/Price")
        #expect(get.status == 405)
        let text = try await served.request(
            "POST", "/v1/rest/mutations/Price", headers: [("Content-Type", "text/plain")],
            body: body)
        #expect(text.status == 415)
        try await served.stop()
    }

    @Test func toolsWrite() async throws {
        let served = try await Self.live()
        func ask(_ method: String, _ parameters: String) async throws -> JsonValue {
            let body =
                #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(parameters)}"#
            let answer = try await served.post(
                "/v1/mcp", try #require(JsonValue.parse(Array(body.utf8))))
            return try #require(JsonValue.parse(answer.body)?.at("result"), "\(answer.text)")
        }
        let tools = try #require(try await ask("tools/list", "{}").at("tools")).items
        let tool = try #require(tools.first { $0.at("name") == .string("AddReview") })
        #expect(tool.at("annotations.readOnlyHint") == .bool(false))
        #expect(tool.at("inputSchema.properties.event.required")?.text == #"["product","stars"]"#)
        let done = try await ask(
            "tools/call",
            #"{"name":"AddReview","arguments":{"event":{"product":3,"stars":4}}}"#)
        #expect(done.at("isError") == .bool(false), "\(done.text)")
        let refused = try await ask(
            "tools/call",
            #"{"name":"AddReview","arguments":{"event":{"product":3,"stars":9}}}"#)
        #expect(refused.at("isError") == .bool(true))
        #expect(refused.text.contains("one_to_five"))
        let specification = try await served.get("/v1/openapi")
        #expect(specification.text.contains(#""/v1/rest/mutations/Review":{"post":"#))
        try await served.stop()
    }
}
