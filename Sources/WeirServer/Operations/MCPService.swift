// The Model Context Protocol: operations as tools, tables as resources (revision 2025-11-25).

import WeirColumnar
import WeirGraphQL

/// Answers messages of JSON-RPC 2.0.
struct MCPService: Sendable {
    let service: GraphQLService
    let operations: [APIOperation]

    /// Revisions that it speaks; the first is what it offers to a client that wants another one.
    static let revisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    /// What is wrong with a message, by the codes of JSON-RPC and MCP.
    private struct Failure: Error {
        let code: Int
        let message: String

        static func parameters(_ message: String) -> Failure {
            Failure(code: -32602, message: message)
        }
    }

    /// The answer to a message; nil to a notification or an answer of the client's.
    func answer(_ message: JsonValue, caller: Caller) async -> JsonValue? {
        guard case .object(let members) = message,
            member("jsonrpc", members) == .string("2.0")
        else {
            return Self.failed(.null, Failure(code: -32600, message: "This is no JSON-RPC 2.0."))
        }
        let id = member("id", members)
        guard case .string(let method)? = member("method", members) else {
            let isAnswer = member("result", members) != nil || member("error", members) != nil
            return isAnswer
                ? nil
                : Self.failed(id ?? .null, Failure(code: -32600, message: "There is no method."))
        }
        guard let id else { return nil }
        switch id {
        case .string, .number: break
        default: return Self.failed(.null, Failure(code: -32600, message: "This is no id."))
        }
        var parameters: [JsonMember] = []
        if case .object(let given)? = member("params", members) { parameters = given }
        do {
            let result = try await result(method, parameters, caller)
            return .object([
                JsonMember("jsonrpc", .string("2.0")), JsonMember("id", id),
                JsonMember("result", result),
            ])
        } catch let failure as Failure {
            return Self.failed(id, failure)
        } catch {
            return Self.failed(id, Failure(code: -32603, message: "\(error)"))
        }
    }

    private static func failed(_ id: JsonValue, _ failure: Failure) -> JsonValue {
        .object([
            JsonMember("jsonrpc", .string("2.0")), JsonMember("id", id),
            JsonMember(
                "error",
                .object([
                    JsonMember("code", .number(String(failure.code))),
                    JsonMember("message", .string(failure.message)),
                ])),
        ])
    }

    private func member(_ name: String, _ members: [JsonMember]) -> JsonValue? {
        members.last { $0.isCalled(name) }?.value
    }

    private func result(
        _ method: String, _ parameters: [JsonMember], _ caller: Caller
    ) async throws -> JsonValue {
        switch method {
        case "initialize": return initialize(parameters)
        case "ping": return .object([])
        case "tools/list":
            return .object([JsonMember("tools", .array(operations.filter(\.isTool).map(tool)))])
        case "tools/call": return try await call(parameters, caller)
        case "resources/list":
            return .object([JsonMember("resources", .array(resources.map(resource)))])
        case "resources/templates/list":
            return .object([JsonMember("resourceTemplates", .array(templates.map(template)))])
        case "resources/read": return try await read(parameters, caller)
        default: throw Failure(code: -32601, message: "There is no method \(method).")
        }
    }

    private func initialize(_ parameters: [JsonMember]) -> JsonValue {
        var revision = Self.revisions[0]
        if case .string(let wanted)? = member("protocolVersion", parameters),
            Self.revisions.contains(wanted)
        {
            revision = wanted
        }
        return .object([
            JsonMember("protocolVersion", .string(revision)),
            JsonMember(
                "capabilities",
                .object([JsonMember("tools", .object([])), JsonMember("resources", .object([]))])),
            JsonMember(
                "serverInfo",
                .object([
                    JsonMember("name", .string("weir")), JsonMember("title", .string("Weir")),
                    JsonMember("version", .string("1")),
                ])),
            JsonMember(
                "instructions",
                .string(
                    "Tables and functions of a data pipeline. Lists have pages: limit and offset.")),
        ])
    }

    // MARK: Tools

    private func tool(_ operation: APIOperation) -> JsonValue {
        .object([
            JsonMember("name", .string(operation.toolName)),
            JsonMember(
                "description",
                .string(
                    operation.description
                        ?? (operation.isWrite ? "Adds rows to" : "Rows of") + " \(operation.name).")
            ),
            JsonMember("inputSchema", inputSchema(operation)),
            JsonMember(
                "annotations",
                .object([
                    JsonMember("title", .string(operation.name)),
                    JsonMember("readOnlyHint", .bool(!operation.isWrite)),
                    JsonMember("destructiveHint", .bool(false)),
                    JsonMember("idempotentHint", .bool(!operation.isWrite)),
                    JsonMember("openWorldHint", .bool(false)),
                ])),
        ])
    }

    private func inputSchema(_ operation: APIOperation) -> JsonValue {
        let properties = operation.parameters.map { parameter in
            JsonMember(
                parameter.name,
                JSONSchema.schema(parameter, service.model.schema, isNullable: true))
        }
        let required = operation.parameters.filter(\.isRequired).map { JsonValue.string($0.name) }
        return .object([
            JsonMember("type", .string("object")), JsonMember("properties", .object(properties)),
            JsonMember("required", .array(required)),
            JsonMember("additionalProperties", .bool(false)),
        ])
    }

    private func call(_ parameters: [JsonMember], _ caller: Caller) async throws -> JsonValue {
        guard case .string(let name)? = member("name", parameters),
            let operation = operations.first(where: { $0.isTool && $0.toolName == name })
        else { throw Failure.parameters("There is no such tool.") }
        var arguments: [JsonMember] = []
        switch member("arguments", parameters) {
        case .object(let given)?: arguments = given
        case nil, .null?: break
        default: throw Failure.parameters("\"arguments\" is an object.")
        }
        do {
            arguments = try operation.checked(arguments)
        } catch {
            return Self.content(error.detail, isError: true)
        }
        let rows = await service.rows(
            of: operation, variables: arguments, caller: caller, format: .value)
        guard rows.errors.isEmpty else {
            return Self.content(
                rows.errors.map(\.message).joined(separator: "\n"), isError: true)
        }
        return Self.content(String(decoding: rows.body, as: UTF8.self), isError: false)
    }

    private static func content(_ text: String, isError: Bool) -> JsonValue {
        .object([
            JsonMember(
                "content",
                .array([
                    .object([
                        JsonMember("type", .string("text")), JsonMember("text", .string(text)),
                    ])
                ])),
            JsonMember("isError", .bool(isError)),
        ])
    }

    // MARK: Resources

    private static let scheme = "weir://queries/"

    /// Queries that need no argument.
    private var resources: [APIOperation] {
        operations.filter { $0.isResource && $0.parameters.allSatisfy { !$0.isRequired } }
    }

    /// Queries with arguments, which are the query part of the address (RFC 6570).
    private var templates: [APIOperation] {
        operations.filter { $0.isResource && !$0.parameters.isEmpty }
    }

    private func resource(_ operation: APIOperation) -> JsonValue {
        described(operation, "uri", Self.scheme + operation.name)
    }

    private func template(_ operation: APIOperation) -> JsonValue {
        let names = operation.parameters.map(\.name).joined(separator: ",")
        return described(operation, "uriTemplate", "\(Self.scheme)\(operation.name){?\(names)}")
    }

    private func described(
        _ operation: APIOperation, _ key: String, _ address: String
    ) -> JsonValue {
        var members = [
            JsonMember(key, .string(address)), JsonMember("name", .string(operation.name)),
            JsonMember("mimeType", .string("application/json")),
        ]
        if let text = operation.description {
            members.append(JsonMember("description", .string(text)))
        }
        return .object(members)
    }

    private func read(_ parameters: [JsonMember], _ caller: Caller) async throws -> JsonValue {
        guard case .string(let address)? = member("uri", parameters) else {
            throw Failure.parameters("\"uri\" is missing.")
        }
        let missing = Failure(code: -32002, message: "There is no resource \(address).")
        guard address.hasPrefix(Self.scheme) else { throw missing }
        let parts = address.dropFirst(Self.scheme.count)
            .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let operation = operations.first(where: { $0.isResource && $0.name == parts[0] })
        else {
            throw missing
        }
        let query = parts.count > 1 ? String(parts[1]) : ""
        let variables: [JsonMember]
        do {
            variables = try QueryString(query).variables(of: operation)
        } catch {
            throw Failure.parameters(error.detail)
        }
        let rows = await service.rows(
            of: operation, variables: variables, caller: caller, format: .value)
        if let error = rows.errors.first {
            throw Failure(code: -32603, message: error.message)
        }
        return .object([
            JsonMember(
                "contents",
                .array([
                    .object([
                        JsonMember("uri", .string(address)),
                        JsonMember("mimeType", .string("application/json")),
                        JsonMember("text", .string(String(decoding: rows.body, as: UTF8.self))),
                    ])
                ]))
        ])
    }
}
