// Fragments of a request (GraphQL specification, 5.5).

enum FragmentRules {
    static func check(_ context: ValidationContext) {
        context.refuseRepeated(context.document.fragments.map { ($0.name, $0.nameLocation) }) {
            "There can be only one fragment named \"\($0)\"."
        }
        var spreads: [String: [(name: String, place: GraphQLLocation)]] = [:]
        for fragment in context.document.fragments {
            spreads[fragment.name] = Self.spreads(fragment.selections)
        }
        checkUsed(context, spreads)
        checkCircles(context, spreads)
    }

    /// The fragments that selections name, at any depth.
    static func spreads(
        _ selections: [Selection]
    ) -> [(name: String, place: GraphQLLocation)] {
        selections.flatMap { selection -> [(name: String, place: GraphQLLocation)] in
            switch selection {
            case .field(let field): spreads(field.selections)
            case .inline(let inner): spreads(inner.selections)
            case .spread(let spread): [(spread.name, spread.location)]
            }
        }
    }

    private static func checkUsed(
        _ context: ValidationContext, _ spreads: [String: [(name: String, place: GraphQLLocation)]]
    ) {
        var used: Set<String> = []
        var open = context.document.operations.flatMap { Self.spreads($0.selections).map(\.name) }
        while let name = open.popLast() {
            if used.insert(name).inserted { open += (spreads[name] ?? []).map(\.name) }
        }
        for fragment in context.document.fragments where !used.contains(fragment.name) {
            context.refuse("Fragment \"\(fragment.name)\" is never used.", fragment.location)
        }
    }

    private static func checkCircles(
        _ context: ValidationContext, _ spreads: [String: [(name: String, place: GraphQLLocation)]]
    ) {
        // 1: on the way at hand, 2: all behind it is known.
        var states: [String: Int] = [:]
        var way: [(name: String, place: GraphQLLocation)] = []
        func visit(_ name: String) {
            states[name] = 1
            for spread in spreads[name] ?? [] {
                way.append((name, spread.place))
                switch states[spread.name] {
                case 1:
                    let circle = way.drop { $0.name != spread.name }
                    context.refuse(
                        "Cannot spread fragment \"\(spread.name)\" within itself.",
                        at: circle.map(\.place))
                case nil where spreads[spread.name] != nil: visit(spread.name)
                default: break
                }
                way.removeLast()
            }
            states[name] = 2
        }
        for fragment in context.document.fragments where states[fragment.name] == nil {
            visit(fragment.name)
        }
    }
}
