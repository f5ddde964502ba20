// Requests and responses over HTTP.

import Testing
import WeirColumnar
import WeirGraphQL

@Suite struct HTTPTests {
    private static func parse(_ body: String) -> Result<
        GraphQLParameters, GraphQLParameters.Malformed
    > {
        Result { () throws(GraphQLParameters.Malformed) in
            try GraphQLParameters(body: Array(body.utf8))
        }
    }

    @Test func bodies() throws {
        let full = try Self.parse(
            #"{"query": "{ a }", "operationName": "A", "variables": {"x": 1}, "extensions": {}, "more": 1}"#
        ).get()
        #expect(full.query == "{ a }")
        #expect(full.operationName == "A")
        #expect(full.variables.text == #"{"x":1}"#)
        let least = try Self.parse(
            #"{"query": "{ a }", "operationName": null, "variables": null}"#
        ).get()
        #expect(least.operationName == nil)
        #expect(least.variables == .null)
    }

    @Test(arguments: [
        ("", 400), ("{", 400), ("[]", 422), ("{}", 422), (#"{"query": 1}"#, 422),
        (#"{"query": "{a}", "variables": []}"#, 422),
        (#"{"query": "{a}", "variables": "{}"}"#, 422),
        (#"{"query": "{a}", "operationName": 1}"#, 422),
        (#"{"query": "{a}", "extensions": 1}"#, 422),
    ]) func malformedBodies(_ body: String, _ status: Int) {
        guard case .failure(let problem) = Self.parse(body) else {
            Issue.record("\(body) is taken")
            return
        }
        #expect(problem.status == status)
    }

    @Test func addresses() throws {
        let items = [
            (name: "query", value: "query Q($x: Int) { a(x: $x) }"), ("operationName", "Q"),
            ("variables", #"{"x": 1}"#),
        ]
        let parameters = try GraphQLParameters(queryItems: items)
        #expect(parameters.operationName == "Q")
        #expect(parameters.variables.text == #"{"x":1}"#)
        let least = try GraphQLParameters(queryItems: [("query", "{ a }"), ("operationName", "")])
        #expect(least.operationName == nil)
        #expect(throws: GraphQLParameters.Malformed.self) {
            _ = try GraphQLParameters(queryItems: [("query", "{ a }"), ("variables", "{")])
        }
    }

    @Test(
        arguments: [
            (nil, GraphQLMediaType.json), ("", .json), ("*/*", .json),
            ("application/json", .json), ("application/graphql-response+json", .graphQLResponse),
            ("application/graphql-response+json, application/json;q=0.9", .graphQLResponse),
            ("application/json, application/graphql-response+json", .json),
            ("application/json;q=0.5, application/graphql-response+json; q=0.6", .graphQLResponse),
            ("*/*, application/graphql-response+json", .graphQLResponse),
            ("text/html, application/*;q=0.1", .json), ("text/html", nil),
            ("application/json;q=0", nil),
        ] as [(String?, GraphQLMediaType?)])
    func mediaTypes(_ accept: String?, _ type: GraphQLMediaType?) {
        #expect(GraphQLMediaType.negotiated(accept: accept) == type)
    }

    @Test func statuses() {
        #expect(GraphQLMediaType.json.status(wasExecuted: false) == 200)
        #expect(GraphQLMediaType.graphQLResponse.status(wasExecuted: false) == 400)
        #expect(GraphQLMediaType.graphQLResponse.status(wasExecuted: true) == 200)
    }
}
