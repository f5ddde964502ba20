// Tests made from an API's specification, for the user to keep.

import Foundation
import WeirColumnar
import WeirGraphQL
import WeirServer

/// Writes `.http` files that go through all endpoints: as they are meant, at the edges of pages, and
/// with what is wrong.
struct APISuite {
    /// The specification (OpenAPI 3.1).
    private let specification: JsonValue
    /// Values that rows of the API have, by the name of the field.
    private let samples: [String: JsonValue]
    private let model: APIModel
    /// Tables that are tests, which nobody is served.
    private let tests: Set<String>
    private let addsRows: Bool

    /// Asks an API for its specification and for a row of each table.
    ///
    /// - Parameters:
    ///   - tests: names of tables that are tests; they are left out.
    ///   - addsRows: whether there are tests that add rows, which all other tests then see.
    /// - Throws: what breaks an answer off.
    init(
        _ api: APIResponder, _ model: APIModel, headers: [(name: String, value: String)],
        leavingOut tests: Set<String>, addsRows: Bool
    ) async throws {
        self.tests = tests
        self.addsRows = addsRows
        self.model = model
        let answer = try await api.answer(to: LocalRequest("GET", "/v1/openapi", headers: headers))
        specification = JsonValue.parse(answer.body) ?? .null
        var samples: [String: JsonValue] = [:]
        for endpoint in Self.endpoints(specification)
        where !endpoint.isWrite && !endpoint.parameters.contains(where: \.isRequired) {
            let page = endpoint.hasPages ? "?limit=1" : ""
            let found = try await api.answer(
                to: LocalRequest("GET", endpoint.path + page, headers: headers))
            Self.collect(JsonValue.parse(found.body) ?? .null, &samples)
        }
        self.samples = samples
    }

    /// The files: their names with their endings, and their texts.
    var files: [(name: String, text: String)] {
        let endpoints = Self.endpoints(specification).filter { !tests.contains($0.name) }
        let rest = endpoints.map { endpoint -> (name: String, text: String) in
            let texts = requests(endpoint).map { title, request in "### \(title)\n\(request)\n" }
            let kind = endpoint.isWrite ? "write-" : ""
            return ("api-\(kind)\(endpoint.name).http", texts.joined(separator: "\n"))
        }
        let examples = model.examples { query, value in sample(query, value.name) }.filter {
            !tests.contains($0.name) && (addsRows || !$0.isWrite)
        }
        let documents = examples.map { example in
            (
                name: "api-\(example.isWrite ? "add" : "graphql")-\(example.name).graphql",
                text: example.document
            )
        }
        return rest + documents
    }

    // MARK: The specification

    private struct Parameter {
        let name: String
        let isRequired: Bool
        /// Of JSON Schema.
        let type: String
        let format: String
        let isInPath: Bool
        var isPage: Bool {
            ["limit", "offset"].contains { name == $0 || name.hasSuffix("_\($0)") }
        }
    }

    private struct Endpoint {
        let path: String
        let parameters: [Parameter]
        /// Whether a caller has to show a token.
        let isProtected: Bool
        /// A POST with its arguments in the body.
        let isWrite: Bool
        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
        var hasPages: Bool { parameters.contains { $0.name == "limit" } }
    }

    private static func endpoints(_ specification: JsonValue) -> [Endpoint] {
        guard case .object(let paths)? = specification.member("paths") else { return [] }
        return paths.compactMap { path in
            let reads = path.value.member("get")
            guard let operation = reads ?? path.value.member("post"), path.key.contains("/rest/")
            else { return nil }
            var parameters: [Parameter] = []
            if case .array(let written)? = operation.member("parameters") {
                parameters = written.compactMap(parameter)
            }
            return Endpoint(
                path: path.key, parameters: parameters,
                isProtected: operation.member("security") != nil
                    || specification.member("security") != nil, isWrite: reads == nil)
        }
    }

    private static func parameter(_ json: JsonValue) -> Parameter? {
        guard case .string(let name)? = json.member("name"), let schema = json.member("schema")
        else { return nil }
        var type = ""
        if case .string(let word)? = schema.member("type") { type = word }
        var format = ""
        if case .string(let word)? = schema.member("format") { format = word }
        return Parameter(
            name: name, isRequired: json.member("required") == .bool(true), type: type,
            format: format, isInPath: json.member("in") == .string("path"))
    }

    private static func collect(_ value: JsonValue, _ samples: inout [String: JsonValue]) {
        switch value {
        case .array(let items): items.prefix(1).forEach { collect($0, &samples) }
        case .object(let members):
            for member in members {
                if !member.value.isScalar {
                    collect(member.value, &samples)
                } else if member.value != .null, samples[member.key] == nil {
                    samples[member.key] = member.value
                }
            }
        default: return
        }
    }

    // MARK: Requests

    private func requests(_ endpoint: Endpoint) -> [(title: String, request: String)] {
        if endpoint.isWrite { return writes(endpoint) }
        let given = endpoint.parameters.filter(\.isRequired).map { parameter in
            (parameter.name, Self.text(sample(endpoint.name, parameter.name), parameter))
        }
        func request(_ more: [(String, String)], without name: String? = nil) -> String {
            let replaced = Set(more.map(\.0))
            let all = given.filter { $0.0 != name && !replaced.contains($0.0) } + more
            let inPath = Set(endpoint.parameters.filter(\.isInPath).map(\.name))
            let query = all.filter { !inPath.contains($0.0) }
                .map { "\(Self.encoded($0))=\(Self.encoded($1))" }
            var path = endpoint.path
            for (name, value) in all where inPath.contains(name) {
                path = path.replacing("{\(name)}", with: Self.encoded(value))
            }
            return "GET \(path)"
                + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        }
        var requests = [("as it is meant", request([]))]
        if endpoint.hasPages {
            requests += [
                ("one row", request([("limit", "1")])), ("no rows", request([("limit", "0")])),
                ("behind the last row", request([("offset", "2147483647")])),
                ("less than no rows", request([("limit", "-1")])),
                ("before the first row", request([("offset", "-1")])),
            ]
        }
        for parameter in endpoint.parameters where !parameter.isPage {
            if parameter.type != "array", let wrong = Self.wrong(parameter) {
                requests.append(
                    ("\(parameter.name) is \(wrong)", request([(parameter.name, wrong)])))
            }
            if parameter.isRequired, !parameter.isInPath {
                requests.append(
                    ("without \(parameter.name)", request([], without: parameter.name)))
            }
        }
        requests.append(("an unknown parameter", request([("no_such_parameter", "1")])))
        if endpoint.isProtected {
            requests.append(("without a token", request([]) + "\nAuthorization:"))
        }
        return requests
    }

    /// What is wrong with a body; what is right is a mutation of its own, since it changes tables.
    private func writes(_ endpoint: Endpoint) -> [(title: String, request: String)] {
        func post(_ body: String, type: String = "application/json") -> String {
            "POST \(endpoint.path)\nContent-Type: \(type)\n\n\(body)"
        }
        var requests = [
            ("without arguments", post("{}")), ("no JSON", post("{")), ("no object", post("[]")),
            ("another media type", post("a=1", type: "application/x-www-form-urlencoded")),
            ("an unknown argument", post("{\"no_such_argument\": 1}")),
        ]
        if endpoint.isProtected {
            requests.append(
                (
                    "without a token",
                    "POST \(endpoint.path)\nContent-Type: application/json\nAuthorization:\n\n{}"
                ))
        }
        return requests
    }

    /// A value that is there: of the column that a query compares with an argument, or of one of the
    /// argument's name.
    private func sample(_ query: String, _ argument: String) -> JsonValue? {
        let column = model.column(comparedWith: argument, of: query)
        return column.flatMap { samples[$0] } ?? samples[argument]
    }

    /// A value as it is written in an address; without one, one of the type.
    private static func text(_ value: JsonValue?, _ parameter: Parameter) -> String {
        let known = value.map { value in
            if case .string(let text) = value { text } else { value.text }
        }
        return switch (parameter.type, parameter.format) {
        case ("integer", _), ("number", _):
            known.flatMap { Double($0) == nil ? nil : $0 } ?? "1"
        case ("boolean", _): "true"
        case ("string", "date"): known ?? "2026-01-01"
        case ("string", "date-time"): known ?? "2026-01-01T00:00:00Z"
        case ("string", _): known ?? "a"
        default: known ?? "1"
        }
    }

    /// A value that the type does not have; nil when it has all.
    private static func wrong(_ parameter: Parameter) -> String? {
        switch (parameter.type, parameter.format) {
        case ("integer", _), ("number", _), ("boolean", _): "x"
        case ("string", "date"), ("string", "date-time"): "yesterday"
        default: nil
        }
    }

    /// Percent-encoded as a part of a query (RFC 3986, 3.4).
    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }
}

extension JsonValue {
    /// The member of an object.
    func member(_ name: String) -> JsonValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.isCalled(name) }?.value
    }
}
