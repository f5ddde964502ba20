// Whether a request fits a schema (GraphQL specification, 5 Validation).

import WeirSQL

extension GraphQLSchema {
    /// What is wrong with a request; empty when it can be executed.
    ///
    /// - Parameter errorLimit: more errors than that are not looked for.
    package func validate(
        _ document: GraphQLDocument, errorLimit: Int = 50
    ) -> [GraphQLError] {
        let context = ValidationContext(schema: self, document: document, errorLimit: errorLimit)
        OperationRules.check(context)
        FragmentRules.check(context)
        for operation in document.operations {
            var walk = SelectionRules(context)
            walk.check(operation)
        }
        for fragment in document.fragments {
            var walk = SelectionRules(context)
            walk.check(fragment)
        }
        VariableRules.check(context)
        // Fragments in a circle would be followed for ever.
        if context.errors.isEmpty { MergeRules.check(context) }
        return context.errors
    }
}

/// What the rules share. Confined to one call of `validate`.
final class ValidationContext {
    let schema: GraphQLSchema
    let document: GraphQLDocument
    let fragments: [String: FragmentDefinition]
    private let errorLimit: Int
    private(set) var errors: [GraphQLError] = []

    init(schema: GraphQLSchema, document: GraphQLDocument, errorLimit: Int) {
        self.schema = schema
        self.document = document
        self.errorLimit = errorLimit
        fragments = Dictionary(
            document.fragments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func refuse(_ message: String, _ places: GraphQLLocation...) { refuse(message, at: places) }

    func refuse(_ message: String, at places: [GraphQLLocation]) {
        guard errors.count < errorLimit else { return }
        errors.append(GraphQLError(message, at: places, classification: "ValidationError"))
    }

    /// Refuses each name that has been there before.
    func refuseRepeated(
        _ names: some Sequence<(String, GraphQLLocation)>, _ message: (String) -> String
    ) {
        var first: [String: GraphQLLocation] = [:]
        for (name, place) in names {
            if let earlier = first[name] {
                refuse(message(name), earlier, place)
            } else {
                first[name] = place
            }
        }
    }

    /// The name that is nearest to a wrong one, as the end of a message.
    func suggestion(_ wrong: String, _ names: some Sequence<String>) -> String {
        nearestName(to: wrong, among: names.sorted()).map { " Did you mean \"\($0)\"?" } ?? ""
    }
}
