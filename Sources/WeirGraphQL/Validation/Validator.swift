// Whether a request fits a schema (GraphQL specification, 5 Validation).

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
        let near = names.map { ($0, Spelling.distance(wrong, $0)) }.filter {
            $0.1 <= max(1, wrong.count / 3)
        }
        guard let best = near.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return "" }
        return " Did you mean \"\(best.0)\"?"
    }
}

/// How many letters two words differ by (Levenshtein); 99 for words too long to ask.
enum Spelling {
    static func distance(_ left: String, _ right: String) -> Int {
        let first = Array(left.lowercased().utf8)
        let second = Array(right.lowercased().utf8)
        guard first.count <= 64, second.count <= 64 else { return 99 }
        var row = Array(0...second.count)
        for (index, byte) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (other, candidate) in second.enumerated() {
                let changed = diagonal + (byte == candidate ? 0 : 1)
                diagonal = row[other + 1]
                row[other + 1] = min(changed, row[other] + 1, row[other + 1] + 1)
            }
        }
        return row[second.count]
    }
}
