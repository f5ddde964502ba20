// What tests get from the API.

import WeirColumnar
import WeirServer

/// Asks an API what a test asks.
struct TestAnswers: Sendable {
    let api: APIResponder
    /// Of the tables of tests.
    let model: APIModel
    /// Of the first version of the API.
    let served: APIModel
    /// Of all tests.
    let headers: [(name: String, value: String)]

    /// The first part of the path where the tables of tests are.
    static let tablesVersion = "tests"

    /// Rows of a table that are asked for at once.
    private static let page = 10_000

    /// - Throws: `TestProblem`, or what breaks the answer off.
    func answer(_ test: PipelineTest) async throws -> JsonValue {
        switch test.kind {
        case .query(let document), .mutation(let document):
            return try await graphQL(document, test)
        case .subscription(let document): return try await events(document, test)
        case .requests(let messages):
            var answers: [JsonValue] = []
            for message in messages { answers.append(try await request(message, test)) }
            return answers.count == 1 ? answers[0] : .array(answers)
        case .table, .emptyTable: return try await rows(test)
        }
    }

    private func graphQL(
        _ document: String, _ test: PipelineTest, variables: [JsonMember] = [],
        version: String = "v1"
    ) async throws -> JsonValue {
        let answer = try await post(document, variables, test, version: version)
        return Self.json(answer.body)
    }

    private func post(
        _ document: String, _ variables: [JsonMember], _ test: PipelineTest,
        more: [(name: String, value: String)] = [], version: String = "v1"
    ) async throws -> LocalAnswer {
        let body = JsonValue.object([
            JsonMember("query", .string(document)), JsonMember("variables", .object(variables)),
        ])
        return try await api.answer(
            to: LocalRequest(
                "POST", "/\(version)/graphql",
                headers: [("Content-Type", "application/json")] + more + general(test)
                    + test.headers,
                body: Array(body.text.utf8)))
    }

    /// Headers of all tests that the test has none of its own for.
    private func general(_ test: PipelineTest) -> [(name: String, value: String)] {
        let own = Set(test.headers.map { $0.name.lowercased() })
        return headers.filter { !own.contains($0.name.lowercased()) }
    }

    /// The payloads of all events from the first on.
    private func events(_ document: String, _ test: PipelineTest) async throws -> JsonValue {
        let answer = try await post(
            document, [], test, more: [("Accept", "text/event-stream"), ("Last-Event-ID", "0")])
        guard answer.status == 200 else { return Self.json(answer.body) }
        let payloads = EventStream.payloads(answer.body)
        return .array(payloads.map { Self.json(Array($0.utf8)) })
    }

    private func request(_ message: HTTPMessage, _ test: PipelineTest) async throws -> JsonValue {
        // A header of the request stands for one of all tests; an empty one takes it away.
        let own = message.headers.map { (name: $0.name, value: $0.value) }
        let names = Set(own.map { $0.name.lowercased() })
        let others = (general(test) + test.headers).filter { !names.contains($0.name.lowercased()) }
        let answer = try await api.answer(
            to: LocalRequest(
                message.method, message.path, headers: others + own.filter { !$0.value.isEmpty },
                body: Array(message.body.utf8)))
        return .object([
            JsonMember("status", .number(String(answer.status))),
            JsonMember("body", Self.json(answer.body)),
        ])
    }

    /// All rows of a table as one response, page by page.
    private func rows(_ test: PipelineTest) async throws -> JsonValue {
        guard let document = model.rows(of: test.name) else {
            throw TestProblem("the API does not have the table \(test.name)")
        }
        let isPaged = document.hasPrefix("query")
        var rows: [JsonValue] = []
        while true {
            let variables =
                isPaged
                ? [
                    JsonMember("limit", .number(String(Self.page))),
                    JsonMember("offset", .number(String(rows.count))),
                ] : []
            let answer = try await graphQL(
                document, test, variables: variables, version: Self.tablesVersion)
            guard case .object(let members) = answer, members.count == 1,
                case .object(let fields)? = members.first?.value, fields.count == 1,
                case .array(let page)? = fields.first?.value
            else { return answer }
            rows += page
            if page.count < Self.page { break }
        }
        return .object([
            JsonMember("data", .object([JsonMember(test.name, .array(rows))]))
        ])
    }

    /// JSON, or a text of what is none.
    private static func json(_ body: [UInt8]) -> JsonValue {
        JsonValue.parse(body) ?? .string(String(decoding: body, as: UTF8.self))
    }
}

/// Server-sent events (HTML standard, 9.2).
enum EventStream {
    /// The data of the events called `next`.
    static func payloads(_ body: [UInt8]) -> [String] {
        var payloads: [String] = []
        var name = ""
        for line in body.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("event: ") {
                name = String(text.dropFirst("event: ".count))
            } else if text.hasPrefix("data: "), name == "next" {
                payloads.append(String(text.dropFirst("data: ".count)))
            }
        }
        return payloads
    }
}
