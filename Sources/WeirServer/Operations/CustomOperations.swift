// Operations that a project writes: GraphQL documents under addresses of their own (SQRL's
// `@api(rest: GET, mcp: TOOL, uri: "users/{id}{?limit}")`).

import Foundation
import WeirColumnar
import WeirGraphQL

struct CustomOperations {
    private let model: APIModel
    private let document: GraphQLDocument
    private let text: [UInt8]

    /// The operations of a file.
    ///
    /// - Throws: what is wrong, with its place.
    static func read(_ text: [UInt8], _ model: APIModel) throws(GraphQLErrors) -> [APIOperation] {
        let document: GraphQLDocument
        do throws(GraphQLError) {
            document = try GraphQLDocument.request(text)
        } catch {
            throw GraphQLErrors(errors: [error])
        }
        let errors = model.schema.validate(document)
        guard errors.isEmpty else { throw GraphQLErrors(errors: errors) }
        let reader = CustomOperations(model: model, document: document, text: text)
        var operations: [APIOperation] = []
        for operation in document.operations {
            operations.append(try reader.operation(operation))
        }
        return operations
    }

    private func operation(
        _ definition: OperationDefinition
    ) throws(GraphQLErrors) -> APIOperation {
        func refusal(_ message: String) -> GraphQLErrors {
            GraphQLErrors(errors: [
                GraphQLError(
                    message, at: [definition.location], classification: "ValidationError")
            ])
        }
        guard let name = definition.name else { throw refusal("An operation has a name.") }
        guard definition.kind != .subscription else {
            throw refusal("'\(name)' is a subscription; it is served over GraphQL only.")
        }
        guard definition.selections.count == 1, case .field(let root)? = definition.selections.first
        else { throw refusal("'\(name)' selects one field.") }
        guard !root.name.hasPrefix("__"), root.directives.isEmpty else {
            throw refusal("'\(name)' selects a field of the pipeline, always.")
        }
        let isWrite = definition.kind == .mutation
        let api = definition.directives.first { $0.name == "api" }
        func word(_ name: String) -> String? {
            switch api?.arguments.first(where: { $0.name == name })?.value {
            case .enumeration(let word, _)?, .string(let word, _)?: word
            default: nil
            }
        }
        let rest = word("rest") ?? (isWrite ? "POST" : "GET")
        guard !(isWrite && rest == "GET") else { throw refusal("'\(name)' writes: rest is POST.") }
        let mcp = word("mcp") ?? "TOOL"
        guard !(isWrite && mcp == "RESOURCE") else {
            throw refusal("'\(name)' writes: mcp is TOOL.")
        }
        let uri = try path(word("uri"), name, isWrite, definition)
        let field = model.schema.rootType(definition.kind)?.field(root.name)
        let isList = field.map(model.isList) ?? false
        let fragments = document.fragments
        var schemas = ResultSchema(model.schema, fragments)
        return APIOperation(
            name: name, description: nil,
            parameters: definition.variables.map { variable in
                OperationParameter(
                    name: variable.name, type: variable.type, defaultValue: variable.defaultValue,
                    description: nil, range: nil)
            },
            document: String(decoding: text, as: UTF8.self), operationName: name,
            result: schemas.schema(root, on: model.schema.rootType(definition.kind)),
            isList: isList, isWrite: isWrite, root: root.name, path: uri.path,
            pathParameters: uri.parameters, isPost: rest == "POST", isREST: rest != "NONE",
            isTool: mcp == "TOOL", isResource: mcp == "RESOURCE", toolName: name)
    }

    /// `users/{id}/orders{?limit,offset}` (RFC 6570, levels 1 and 3).
    private func path(
        _ uri: String?, _ name: String, _ isWrite: Bool, _ definition: OperationDefinition
    ) throws(GraphQLErrors) -> (path: String, parameters: [String]) {
        guard let uri else { return ("\(isWrite ? "mutations" : "queries")/\(name)", []) }
        func refusal(_ message: String) -> GraphQLErrors {
            GraphQLErrors(errors: [
                GraphQLError(
                    message, at: [definition.location], classification: "ValidationError")
            ])
        }
        var path = uri
        var named: [String] = []
        if let start = uri.range(of: "{?") {
            guard uri.hasSuffix("}") else {
                throw refusal("'{?' in the uri of '\(name)' has no end.")
            }
            path = String(uri[..<start.lowerBound])
            named = uri[start.upperBound...].dropLast().split(separator: ",")
                .map { $0.filter { $0 != " " } }
        }
        if path.hasPrefix("/") { path.removeFirst() }
        var parameters: [String] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for part in parts {
            let isParameter = part.hasPrefix("{") && part.hasSuffix("}")
            let inner = isParameter ? part.dropFirst().dropLast() : part
            let isFine =
                !inner.isEmpty
                && inner.utf8.allSatisfy { byte in
                    (48...57).contains(byte) || (97...122).contains(byte | 0x20)
                        || [0x2D, 0x2E, 0x5F].contains(byte)
                }
            guard isFine else {
                throw refusal("'\(part)' in the uri of '\(name)' is no part of a path.")
            }
            if isParameter { parameters.append(String(inner)) }
        }
        for parameter in parameters + named
        where !definition.variables.contains(where: { $0.name == parameter }) {
            throw refusal("'\(name)' has no variable '\(parameter)', which its uri names.")
        }
        return (path, parameters)
    }
}

/// The JSON Schema of what a document selects.
struct ResultSchema {
    private let schema: GraphQLSchema
    private let fragments: [String: FragmentDefinition]

    init(_ schema: GraphQLSchema, _ fragments: [FragmentDefinition]) {
        self.schema = schema
        self.fragments = Dictionary(fragments.map { ($0.name, $0) }) { first, _ in first }
    }

    mutating func schema(_ field: FieldSelection, on type: SchemaType?) -> JsonValue {
        guard let type, let definition = schema.field(field.name, of: type) else {
            return .object([])
        }
        let target = schema.types[definition.type.name]
        guard let target, target.isComposite else {
            return JSONSchema.schema(definition.type, schema, description: definition.description)
        }
        var members: [(SchemaField, JsonValue)] = []
        collect(field.selections, on: target, &members)
        return JSONSchema.object(
            definition.type, members, description: definition.description)
    }

    private mutating func collect(
        _ selections: [Selection], on type: SchemaType, _ members: inout [(SchemaField, JsonValue)]
    ) {
        for selection in selections {
            switch selection {
            case .field(let field):
                guard let definition = schema.field(field.name, of: type),
                    !members.contains(where: { $0.0.name == field.responseKey })
                else { continue }
                let shown = SchemaField(
                    field.responseKey, definition.type, description: definition.description)
                members.append((shown, schema(field, on: type)))
            case .inline(let fragment): collect(fragment.selections, on: type, &members)
            case .spread(let spread):
                if let fragment = fragments[spread.name] {
                    collect(fragment.selections, on: type, &members)
                }
            }
        }
    }
}
