// The root fields of an operation, collected once for all requests with the same document: nothing of
// them depends on variables but the values of their arguments.

package import WeirColumnar

package struct CollectedRoot: Sendable {
    /// The request that it was collected for.
    package let request: GraphQLRequest
    private let fields: [(field: SelectedField, arguments: [Argument])]

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
            return (root, field.arguments)
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

    /// The fields with the values that a request gives to their arguments.
    ///
    /// - Parameter variables: an object, or null for none.
    /// - Throws: the errors of a request that cannot be executed.
    package func fields(
        _ variables: JsonValue
    ) throws(GraphQLErrors) -> [SelectedField] {
        let values = try VariableInput.coerce(
            variables, request.operation.variables, schema: request.schema)
        var result: [SelectedField] = []
        result.reserveCapacity(fields.count)
        for (field, arguments) in fields {
            result.append(
                SelectedField(
                    responseKey: field.responseKey, definition: field.definition,
                    arguments: try ArgumentInput.coerce(
                        arguments, field.definition.arguments, values, request.schema),
                    location: field.location, selections: field.selections))
        }
        return result
    }
}
