// Operations of a request (GraphQL specification, 5.2).

enum OperationRules {
    static func check(_ context: ValidationContext) {
        let operations = context.document.operations
        context.refuseRepeated(
            operations.compactMap { operation in operation.name.map { ($0, operation.nameLocation) }
            }
        ) { "There can be only one operation named \"\($0)\"." }
        if operations.count > 1 {
            for operation in operations where operation.name == nil {
                context.refuse(
                    "An operation without a name stands alone in a document.", operation.location)
            }
        }
        for operation in operations where operation.kind == .subscription {
            checkSubscription(operation, context)
        }
    }

    /// A subscription has one root field, which is no introspection (5.2.3.1).
    private static func checkSubscription(
        _ operation: OperationDefinition, _ context: ValidationContext
    ) {
        var fields: [FieldSelection] = []
        var visited: Set<String> = []
        func collect(_ selections: [Selection]) {
            for selection in selections {
                for directive in selection.directives
                where ["skip", "include"].contains(directive.name) {
                    context.refuse(
                        "The root of a subscription takes no @\(directive.name).",
                        directive.location)
                }
                switch selection {
                case .field(let field): fields.append(field)
                case .inline(let inner): collect(inner.selections)
                case .spread(let spread):
                    if visited.insert(spread.name).inserted,
                        let fragment = context.fragments[spread.name]
                    {
                        collect(fragment.selections)
                    }
                }
            }
        }
        collect(operation.selections)
        let name = operation.name.map { "Subscription \"\($0)\"" } ?? "A subscription"
        let others = fields.filter { $0.responseKey != fields[0].responseKey }
        if !others.isEmpty {
            context.refuse(
                "\(name) must select only one top level field.", at: others.map(\.location))
        }
        for field in fields where field.name.hasPrefix("__") {
            context.refuse("\(name) must not select an introspection field.", field.location)
        }
    }
}
