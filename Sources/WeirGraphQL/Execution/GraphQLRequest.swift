// A request that can be executed (GraphQL specification, 6.1 Executing Requests, 6.3.2 CollectFields).

package import WeirColumnar

/// One operation of a validated document with its variables.
package struct GraphQLRequest: Sendable {
    package let schema: GraphQLSchema
    package let operation: OperationDefinition
    package let rootType: SchemaType
    private let fragments: [String: FragmentDefinition]
    private let variables: NamedValues

    /// - Parameters:
    ///   - document: has passed `validate`.
    ///   - operationName: needed when the document has several operations.
    ///   - variables: an object, or null for none.
    /// - Throws: the errors of a request that cannot be executed.
    package init(
        _ document: GraphQLDocument, schema: GraphQLSchema, operationName: String?,
        variables: JsonValue
    ) throws(GraphQLErrors) {
        self.schema = schema
        fragments = Dictionary(
            document.fragments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        operation = try Self.operation(document, operationName)
        guard let root = schema.rootType(operation.kind) else {
            throw Self.refusal("The schema has no \(operation.kind.rawValue).")
        }
        rootType = root
        self.variables = try VariableInput.coerce(
            variables, operation.variables, schema: schema)
    }

    private static func refusal(_ message: String) -> GraphQLErrors {
        GraphQLErrors(errors: [GraphQLError(message, classification: "ValidationError")])
    }

    private static func operation(
        _ document: GraphQLDocument, _ name: String?
    ) throws(GraphQLErrors) -> OperationDefinition {
        if let name {
            guard let found = document.operations.first(where: { $0.name == name }) else {
                throw refusal("Unknown operation named \"\(name)\".")
            }
            return found
        }
        guard document.operations.count < 2 else {
            throw refusal("Must provide operation name if query contains multiple operations.")
        }
        guard let only = document.operations.first else {
            throw refusal("Must provide an operation.")
        }
        return only
    }

    /// The fields of the root, in the order of the response.
    ///
    /// - Throws: the errors of values that no type takes.
    package func rootFields() throws(GraphQLErrors) -> [SelectedField] {
        try collect([operation.selections], on: rootType)
    }

    /// The fields of an object below a field.
    ///
    /// - Parameter type: the object type that its value has.
    package func fields(
        of field: SelectedField, on type: SchemaType
    ) throws(GraphQLErrors) -> [SelectedField] {
        try collect(field.selections, on: type)
    }

    private func collect(
        _ selections: [[Selection]], on type: SchemaType
    ) throws(GraphQLErrors) -> [SelectedField] {
        var found: [FieldSelection] = []
        var visited: Set<String> = []
        for list in selections { gather(list, type, &found, &visited) }
        var numbers: [String: Int] = [:]
        var fields: [SelectedField] = []
        for selection in found {
            if let number = numbers[selection.responseKey] {
                fields[number].selections.append(selection.selections)
                continue
            }
            guard let definition = schema.field(selection.name, of: type) else { continue }
            numbers[selection.responseKey] = fields.count
            fields.append(
                SelectedField(
                    responseKey: selection.responseKey, definition: definition,
                    arguments: try ArgumentInput.coerce(
                        selection.arguments, definition.arguments, variables, schema),
                    location: selection.location, selections: [selection.selections]))
        }
        return fields
    }

    private func gather(
        _ selections: [Selection], _ type: SchemaType, _ found: inout [FieldSelection],
        _ visited: inout Set<String>
    ) {
        for selection in selections where isIncluded(selection.directives) {
            switch selection {
            case .field(let field): found.append(field)
            case .inline(let inner):
                if inner.typeCondition.map({ applies($0, type) }) ?? true {
                    gather(inner.selections, type, &found, &visited)
                }
            case .spread(let spread):
                guard visited.insert(spread.name).inserted,
                    let fragment = fragments[spread.name], applies(fragment.typeCondition, type)
                else { continue }
                gather(fragment.selections, type, &found, &visited)
            }
        }
    }

    private func applies(_ name: String, _ type: SchemaType) -> Bool {
        name == type.name || type.interfaces.contains(name)
            || schema.types[name].map { schema.possibleTypes($0).contains(type.name) } == true
    }

    /// 3.13.1 @skip and 3.13.2 @include.
    private func isIncluded(_ directives: [DirectiveUse]) -> Bool {
        directives.allSatisfy { directive in
            let condition = directive.arguments.first { $0.name == "if" }?.value
            let isTrue =
                switch condition {
                case .bool(let value, _): value
                case .variable(let name, _): variables[name] == .bool(true)
                default: false
                }
            switch directive.name {
            case "skip": return !isTrue
            case "include": return isTrue
            default: return true
            }
        }
    }
}

/// A field of the response.
package struct SelectedField: Sendable {
    package let responseKey: String
    package let definition: SchemaField
    /// Values of arguments; one that is left out and has no default is not there.
    package let arguments: NamedValues
    package let location: GraphQLLocation
    /// What is selected below it, in each place where it is named.
    var selections: [[Selection]]

    package var name: String { definition.name }
}
