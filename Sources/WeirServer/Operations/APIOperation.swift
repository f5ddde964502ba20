// Operations of REST and MCP: GraphQL documents with parameters.

import HTTPTypes
import WeirColumnar
import WeirGraphQL
import WeirPlanner

/// A value that a caller of an operation gives.
struct OperationParameter: Sendable {
    /// Also the variable of the document.
    let name: String
    let type: TypeReference
    let defaultValue: GraphQLValue?
    let description: String?
    /// The values that it may have; nil for all of its type.
    var range: (least: String, greatest: String)?

    var isRequired: Bool { type.isNonNull && defaultValue == nil }
}

/// One thing to ask, under a name and without GraphQL.
struct APIOperation: Sendable {
    /// The field of the root type.
    let name: String
    let description: String?
    let parameters: [OperationParameter]
    let document: String
    /// Which operation of the document; nil for the only one.
    var operationName: String?
    /// What its field gives, with what the document selects of it.
    let result: JsonValue
    /// Whether it gives a list, so that a query has pages.
    let isList: Bool
    /// Whether it writes.
    var isWrite = false
    /// The field that it selects.
    let root: String
    /// Behind `/VERSION/rest/`, with `{name}` where a parameter is.
    let path: String
    /// The parameters in the path.
    var pathParameters: [String] = []
    /// Whether REST has it as POST, with the parameters in the body.
    let isPost: Bool
    var isREST = true
    /// Whether MCP has it as a tool, and as a resource.
    var isTool = true
    var isResource = false
    let toolName: String
}

extension APIOperation {
    /// The arguments of a call; GraphQL itself would overlook unknown ones, and would take one row
    /// for a list of one.
    ///
    /// - Throws: what is unknown, or no list.
    func checked(_ arguments: [JsonMember]) throws(RequestRefusal) -> [JsonMember] {
        for argument in arguments {
            guard let parameter = parameters.first(where: { $0.name == argument.key }) else {
                throw RequestRefusal(
                    .badRequest, "\(name) has no argument '\(argument.key)'.")
            }
            guard isWrite, case .list = parameter.type.nullable else { continue }
            if case .array = argument.value { continue }
            throw RequestRefusal(.badRequest, "'\(argument.key)' is a list.")
        }
        return arguments
    }
}

/// Makes an operation of each query and each mutation of an API.
struct OperationBuilder {
    private let model: APIModel
    /// Lists inside of lists that an operation selects (`compiler.api.max-result-depth`).
    private let maximumDepth: Int
    private var parameters: [OperationParameter] = []
    /// Rows of a list inside of another at most.
    private static let innerLimit = 30

    private init(_ model: APIModel, maximumDepth: Int) {
        self.model = model
        self.maximumDepth = maximumDepth
    }

    /// Those that read and those that write.
    static func all(
        _ model: APIModel, maximumDepth: Int = 3, hasPrefix: Bool = true
    ) -> [APIOperation] {
        operations(model, maximumDepth: maximumDepth, hasPrefix: hasPrefix)
            + writes(model, maximumDepth: maximumDepth, hasPrefix: hasPrefix)
    }

    static func operations(
        _ model: APIModel, maximumDepth: Int = 3, hasPrefix: Bool = true
    ) -> [APIOperation] {
        guard let query = model.schema.rootType(.query) else { return [] }
        return query.fields.compactMap { field in
            var builder = OperationBuilder(model, maximumDepth: maximumDepth)
            return builder.operation(field, hasPrefix: hasPrefix)
        }
    }

    /// Those that write.
    static func writes(
        _ model: APIModel, maximumDepth: Int = 3, hasPrefix: Bool = true
    ) -> [APIOperation] {
        guard let mutation = model.schema.rootType(.mutation) else { return [] }
        return mutation.fields.compactMap { field in
            var builder = OperationBuilder(model, maximumDepth: maximumDepth)
            guard let selection = builder.select(field, nil, prefix: "", path: []) else {
                return nil
            }
            let variables = builder.parameters.map { "$\($0.name): \($0.type.text)" }
            let isList = if case .list = field.type.nullable { true } else { false }
            return APIOperation(
                name: field.name, description: field.description, parameters: builder.parameters,
                document: "mutation \(field.name)(\(variables.joined(separator: ", "))) { "
                    + selection.text + " }",
                result: selection.schema, isList: isList, isWrite: true, root: field.name,
                path: "mutations/\(field.name)", isPost: true,
                toolName: (hasPrefix ? "Add" : "") + field.name)
        }
    }

    private mutating func operation(_ field: SchemaField, hasPrefix: Bool) -> APIOperation? {
        guard let selection = select(field, model.queries[field.name], prefix: "", path: [])
        else { return nil }
        if let limit = parameters.firstIndex(where: { $0.name == "limit" }) {
            // However long the lists inside are, the whole is not too much.
            let rows = max(1, model.settings.maximumRows / selection.rows)
            parameters[limit].range = ("0", String(min(rows, model.settings.maximumLimit)))
        }
        let variables = parameters.map { parameter in
            "$\(parameter.name): \(parameter.type.text)"
                + (parameter.defaultValue.map { " = \($0.text)" } ?? "")
        }
        let list = variables.isEmpty ? "" : "(\(variables.joined(separator: ", ")))"
        return APIOperation(
            name: field.name, description: field.description, parameters: parameters,
            document: "query \(field.name)\(list) { \(selection.text) }",
            result: selection.schema, isList: model.isList(field), root: field.name,
            path: "queries/\(field.name)", isPost: false, isResource: true,
            toolName: (hasPrefix ? "Get" : "") + field.name)
    }

    /// The text of a field with all below it, and the JSON Schema of its value.
    ///
    /// - Parameters:
    ///   - prefix: stands in front of the names of its parameters.
    ///   - path: object types around it; they are not gone into again.
    private mutating func select(
        _ field: SchemaField, _ query: APIQuery?, prefix: String, path: [String]
    ) -> (text: String, schema: JsonValue, rows: Int)? {
        let type = model.schema.types[field.type.name]
        let isComposite = type?.isComposite ?? false
        let isObject = model.objects[field.type.name] != nil
        if isComposite {
            let depth = path.filter { model.objects[$0] != nil }.count
            if path.contains(field.type.name) || (isObject && depth >= maximumDepth) { return nil }
        }
        let mark = parameters.count
        let arguments = field.arguments.map { argument -> String in
            let name = prefix + argument.name
            parameters.append(
                OperationParameter(
                    name: name, type: Self.given(argument.type),
                    defaultValue: argument.defaultValue, description: argument.description,
                    range: range(argument.name, query, isInner: !path.isEmpty)))
            return "\(argument.name): $\(name)"
        }
        let call = arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))"
        guard isComposite, let type else {
            return (
                field.name,
                JSONSchema.schema(field.type, model.schema, description: field.description), 0
            )
        }
        var texts: [String] = []
        var members: [(SchemaField, JsonValue)] = []
        var rows = 1
        var hasRows = isObject
        // What looks at all rows has to be asked for.
        let left = PageInfo.allCases.filter(\.isTotal).map(\.rawValue)
        for inner in type.fields
        where field.type.name != PageTypes.info || !left.contains(inner.name) {
            let below = query?.isPage == true ? prefix : "\(prefix)\(inner.name)_"
            let relationship = model.objects[type.name]?.relationships[inner.name]
            guard
                let found = select(inner, relationship, prefix: below, path: path + [type.name])
            else { continue }
            rows += found.rows * (relationship?.defaultLimit == nil ? 1 : Self.innerLimit)
            hasRows = hasRows || found.rows > 0
            texts.append(found.text)
            members.append((inner, found.schema))
        }
        guard !texts.isEmpty else {
            parameters.removeLast(parameters.count - mark)
            return nil
        }
        return (
            "\(field.name)\(call) { \(texts.joined(separator: " ")) }",
            JSONSchema.object(field.type, members, description: field.description),
            hasRows ? rows : 0
        )
    }

    /// A list whose items are given is one of values, not of nulls.
    private static func given(_ type: TypeReference) -> TypeReference {
        switch type {
        case .nonNull(let inner): .nonNull(given(inner))
        case .list(let inner): .list(.nonNull(given(inner).nullable))
        case .named: type
        }
    }

    /// The bounds of a page, and those of a decimal.
    private func range(
        _ name: String, _ query: APIQuery?, isInner: Bool
    ) -> (least: String, greatest: String)? {
        let argument = query?.arguments.first { $0.name == name }
        switch (name, argument?.type.kind) {
        case (_, .decimal(let precision, let scale)):
            let greatest = NumberText.decimal(
                DecimalMath.power(precision) - 1, scale: scale)
            return ("-" + greatest, greatest)
        case ("offset", nil): return ("0", String(Int32.max))
        case ("limit", nil):
            return ("0", String(isInner ? Self.innerLimit : model.settings.maximumLimit))
        default: return nil
        }
    }
}
