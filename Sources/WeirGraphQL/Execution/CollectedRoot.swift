// The root fields of an operation, collected once for all requests with the same document: nothing of
// them depends on variables but the values of their arguments.

package import WeirColumnar

package struct CollectedRoot: Sendable {
    /// The request that it was collected for.
    package let request: GraphQLRequest
    private let fields: [(field: SelectedField, arguments: ArgumentPlan)]

    /// Nil when what is selected depends on variables (`@skip`, `@include`), or fields are named more
    /// than once.
    package init?(_ request: GraphQLRequest, _ document: GraphQLDocument) {
        guard document.fragments.isEmpty, document.operations.count == 1,
            Self.isUnconditional(request.operation.selections),
            let roots = try? request.rootFields(),
            roots.count == request.operation.selections.count
        else { return nil }
        self.request = request
        fields = zip(roots, request.operation.selections).compactMap { root, selection in
            guard case .field(let field) = selection, field.responseKey == root.responseKey else {
                return nil
            }
            return (
                root,
                ArgumentPlan(
                    field.arguments, root.definition.arguments, request.operation.variables)
            )
        }
        guard fields.count == roots.count else { return nil }
    }

    private static func isUnconditional(_ selections: [Selection]) -> Bool {
        selections.allSatisfy { selection in
            guard case .field(let field) = selection else { return false }
            return field.directives.isEmpty && isUnconditional(field.selections)
        }
    }

    /// The fields as they were collected first.
    package var first: [SelectedField] { fields.map(\.field) }

    /// The arguments of each field with the values that a request gives to them.
    ///
    /// - Parameter variables: an object, or null for none.
    /// - Throws: the errors of a request that cannot be executed.
    package func arguments(_ variables: JsonValue) throws(GraphQLErrors) -> [NamedValues] {
        let values = try VariableInput.coerce(
            variables, request.operation.variables, schema: request.schema)
        var result: [NamedValues] = []
        result.reserveCapacity(fields.count)
        for (_, plan) in fields { result.append(try plan.values(values, request.schema)) }
        return result
    }
}

/// The arguments of a field, and how their values come about.
private struct ArgumentPlan: Sendable {
    /// Arguments that have the value of a variable of their own type, which needs no second look.
    private let variables: [(name: String, variable: String)]
    private let given: [Argument]
    private let others: [InputValue]

    init(
        _ given: [Argument], _ definitions: [InputValue], _ known: [VariableDefinition]
    ) {
        var variables: [(name: String, variable: String)] = []
        var others: [InputValue] = []
        for definition in definitions {
            // What may be left out has the default of the argument then.
            if let argument = given.first(where: { $0.name == definition.name }),
                case .variable(let name, _) = argument.value, definition.defaultValue == nil,
                let variable = known.first(where: { $0.name == name }),
                variable.type == definition.type || variable.type == .nonNull(definition.type)
            {
                variables.append((definition.name, name))
            } else {
                others.append(definition)
            }
        }
        self.variables = variables
        self.given = given
        self.others = others
    }

    func values(
        _ values: NamedValues, _ schema: GraphQLSchema
    ) throws(GraphQLErrors) -> NamedValues {
        var result = try ArgumentInput.coerce(given, others, values, schema)
        for (name, variable) in variables { result[name] = values[variable] }
        return result
    }
}
