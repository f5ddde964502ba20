// Operations of REST and MCP: GraphQL documents with parameters.

import WeirColumnar
import WeirGraphQL

/// A value that a caller of an operation gives.
struct OperationParameter: Sendable {
    /// Also the variable of the document.
    let name: String
    let type: TypeReference
    let defaultValue: GraphQLValue?
    let description: String?

    var isRequired: Bool { type.isNonNull && defaultValue == nil }
}

/// One thing to ask, under a name and without GraphQL.
struct APIOperation: Sendable {
    /// The field of the root type.
    let name: String
    let description: String?
    let parameters: [OperationParameter]
    let document: String
    /// What its field gives, with what the document selects of it.
    let result: JsonValue
    /// Whether it gives a list, so that it has pages.
    let isList: Bool
}

/// Makes an operation of each query of an API.
struct OperationBuilder {
    private let model: APIModel
    /// Lists inside of lists that an operation selects (`compiler.api.max-result-depth`).
    private let maximumDepth: Int
    private var parameters: [OperationParameter] = []

    private init(_ model: APIModel, maximumDepth: Int) {
        self.model = model
        self.maximumDepth = maximumDepth
    }

    static func operations(_ model: APIModel, maximumDepth: Int = 3) -> [APIOperation] {
        guard let query = model.schema.rootType(.query) else { return [] }
        return query.fields.compactMap { field in
            var builder = OperationBuilder(model, maximumDepth: maximumDepth)
            return builder.operation(field)
        }
    }

    private mutating func operation(_ field: SchemaField) -> APIOperation? {
        guard let selection = select(field, prefix: "", path: []) else { return nil }
        let variables = parameters.map { parameter in
            "$\(parameter.name): \(parameter.type.text)"
                + (parameter.defaultValue.map { " = \($0.text)" } ?? "")
        }
        let list = variables.isEmpty ? "" : "(\(variables.joined(separator: ", ")))"
        let isList = if case .list = field.type.nullable { true } else { false }
        return APIOperation(
            name: field.name, description: field.description, parameters: parameters,
            document: "query \(field.name)\(list) { \(selection.text) }",
            result: selection.schema, isList: isList)
    }

    /// The text of a field with all below it, and the JSON Schema of its value.
    ///
    /// - Parameters:
    ///   - prefix: stands in front of the names of its parameters.
    ///   - path: object types around it; they are not gone into again.
    private mutating func select(
        _ field: SchemaField, prefix: String, path: [String]
    ) -> (text: String, schema: JsonValue)? {
        let type = model.schema.types[field.type.name]
        let isComposite = type?.isComposite ?? false
        if isComposite {
            let depth = path.filter { model.objects[$0] != nil }.count
            let isRow = model.objects[field.type.name] != nil
            if path.contains(field.type.name) || (isRow && depth >= maximumDepth) { return nil }
        }
        let mark = parameters.count
        let arguments = field.arguments.map { argument -> String in
            let name = prefix + argument.name
            parameters.append(
                OperationParameter(
                    name: name, type: argument.type, defaultValue: argument.defaultValue,
                    description: argument.description))
            return "\(argument.name): $\(name)"
        }
        let call = arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))"
        guard isComposite, let type else {
            return (
                field.name,
                JSONSchema.schema(field.type, model.schema, description: field.description)
            )
        }
        var texts: [String] = []
        var members: [(SchemaField, JsonValue)] = []
        for inner in type.fields {
            let below = "\(prefix)\(inner.name)_"
            guard let found = select(inner, prefix: below, path: path + [type.name]) else {
                continue
            }
            texts.append(found.text)
            members.append((inner, found.schema))
        }
        guard !texts.isEmpty else {
            parameters.removeLast(parameters.count - mark)
            return nil
        }
        return (
            "\(field.name)\(call) { \(texts.joined(separator: " ")) }",
            JSONSchema.object(field.type, members, description: field.description)
        )
    }
}
