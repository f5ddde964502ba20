// The operands of expressions.

extension Expression {
    /// The operands, in the order of the text; queries inside are not entered.
    package var children: [Expression] {
        switch kind {
        case .literal, .column, .parameter, .unit, .scalarQuery, .exists: []
        case .negate(let operand), .not(let operand), .isTest(let operand, _, _),
            .cast(let operand, _, _), .field(let operand, _), .isJson(let operand, _, _),
            .extract(_, let operand), .roundTime(let operand, _, _),
            .inQuery(let operand, _, _), .quantified(_, let operand, _, _):
            [operand]
        case .binary(_, let left, let right), .isDistinct(let left, let right, _),
            .element(let left, let right), .overlaps(let left, let right):
            [left, right]
        case .between(let operand, let low, let high, _, _): [operand, low, high]
        case .inList(let operand, let items, _): [operand] + items
        case .like(let operand, let pattern, let escape, _),
            .similar(let operand, let pattern, let escape, _):
            [operand, pattern] + [escape].compactMap { $0 }
        case .caseWhen(let operand, let branches, let otherwise):
            [operand].compactMap { $0 } + branches.flatMap { [$0.when, $0.then] }
                + [otherwise].compactMap { $0 }
        case .call(let call):
            call.arguments.map(\.value) + [call.filter].compactMap { $0 }
        case .array(let items), .row(let items): items
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .trim(_, let characters, let operand): [characters].compactMap { $0 } + [operand]
        }
    }
}
