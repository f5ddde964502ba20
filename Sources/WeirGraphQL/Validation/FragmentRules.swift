// Fragments of a request (GraphQL specification, 5.5).

/// A fragment where it is named.
struct PlacedSpread {
    let name: String
    let location: GraphQLLocation
    /// How many selections it is in.
    let depth: Int
}

struct FragmentRules {
    /// Selections inside each other, those of fragments counted where they are named: whoever
    /// follows them goes as deep.
    private static let mostDepth = 100

    private let context: ValidationContext
    private var spreads: [String: [PlacedSpread]] = [:]
    /// By fragment: how deep what it selects goes; nil until that is known.
    private var depths: [String: Int] = [:]
    /// The fragments that are being looked at, each with the place of the next one in it.
    private var way: [(name: String, place: GraphQLLocation)] = []

    static func check(_ context: ValidationContext) {
        context.refuseRepeated(context.document.fragments.map { ($0.name, $0.nameLocation) }) {
            "There can be only one fragment named \"\($0)\"."
        }
        var rules = FragmentRules(context: context)
        for fragment in context.document.fragments {
            rules.spreads[fragment.name] = Self.spreads(fragment.selections)
        }
        rules.checkUsed()
        for fragment in context.document.fragments { rules.visit(fragment) }
        for operation in context.document.operations { rules.checkDepth(operation) }
    }

    private init(context: ValidationContext) { self.context = context }

    /// The fragments that selections name, at any depth.
    static func spreads(_ selections: [Selection], depth: Int = 1) -> [PlacedSpread] {
        selections.flatMap { selection -> [PlacedSpread] in
            switch selection {
            case .field(let field): spreads(field.selections, depth: depth + 1)
            case .inline(let inner): spreads(inner.selections, depth: depth + 1)
            case .spread(let spread):
                [PlacedSpread(name: spread.name, location: spread.location, depth: depth)]
            }
        }
    }

    private func checkUsed() {
        var used: Set<String> = []
        var open = context.document.operations.flatMap { Self.spreads($0.selections).map(\.name) }
        while let name = open.popLast() {
            if used.insert(name).inserted { open += (spreads[name] ?? []).map(\.name) }
        }
        for fragment in context.document.fragments where !used.contains(fragment.name) {
            context.refuse("Fragment \"\(fragment.name)\" is never used.", fragment.location)
        }
    }

    /// Finds how deep a fragment goes, and whether it is in itself (5.5.2.2).
    private mutating func visit(_ fragment: FragmentDefinition) {
        guard depths[fragment.name] == nil else { return }
        guard way.count < Self.mostDepth else {
            depths[fragment.name] = Self.mostDepth + 1
            return
        }
        var depth = 1
        for spread in spreads[fragment.name] ?? [] {
            guard let next = context.fragments[spread.name] else { continue }
            way.append((fragment.name, spread.location))
            let circle = way.drop { $0.name != spread.name }
            if circle.isEmpty {
                visit(next)
            } else {
                context.refuse(
                    "Cannot spread fragment \"\(spread.name)\" within itself.",
                    at: circle.map(\.place))
            }
            way.removeLast()
            depth = max(depth, spread.depth + (depths[spread.name] ?? 0))
        }
        depths[fragment.name] = depth
    }

    private func checkDepth(_ operation: OperationDefinition) {
        let deepest = Self.spreads(operation.selections).map { $0.depth + (depths[$0.name] ?? 0) }
        guard deepest.contains(where: { $0 > Self.mostDepth }) else { return }
        context.refuse(
            "The operation is nested more than \(Self.mostDepth) levels deep with its fragments.",
            operation.location)
    }
}
