// Rebuilding expressions with other operands.

import WeirColumnar
import WeirSQL

extension BoundExpression {
    /// The same expression with each operand replaced.
    func mapChildren(_ body: (BoundExpression) -> BoundExpression) -> BoundExpression {
        let changed: Node
        switch node {
        case .column, .outer, .literal, .aggregate, .over, .parameter: changed = node
        case .field(let operand, let index): changed = .field(body(operand), index)
        case .element(let operand, let index): changed = .element(body(operand), body(index))
        case .construct(let items): changed = .construct(items.map(body))
        case .arithmetic(let symbol, let left, let right):
            changed = .arithmetic(symbol, body(left), body(right))
        case .shift(let operand, let by, let isBack):
            changed = .shift(body(operand), by: body(by), isBack: isBack)
        case .negate(let operand): changed = .negate(body(operand))
        case .comparison(let symbol, let left, let right):
            changed = .comparison(symbol, body(left), body(right))
        case .distinct(let left, let right, let negated):
            changed = .distinct(body(left), body(right), negated: negated)
        case .and(let left, let right): changed = .and(body(left), body(right))
        case .or(let left, let right): changed = .or(body(left), body(right))
        case .not(let operand): changed = .not(body(operand))
        case .isNull(let operand, let negated):
            changed = .isNull(body(operand), negated: negated)
        case .isTrue(let operand, let value, let negated):
            changed = .isTrue(body(operand), value: value, negated: negated)
        case .inSet(let operand, let values, let hasNull, let negated):
            changed = .inSet(body(operand), values, hasNull: hasNull, negated: negated)
        case .like(let operand, let pattern, let escape, let negated):
            changed = .like(body(operand), pattern: body(pattern), escape: escape, negated: negated)
        case .choose(let conditions, let values, let otherwise):
            changed = .choose(
                conditions: conditions.map(body), values: values.map(body), body(otherwise))
        case .cast(let operand, let isTry): changed = .cast(body(operand), isTry: isTry)
        case .call(let name, let arguments): changed = .call(name, arguments.map(body))
        case .window(let part, let operand, let size, let offset):
            changed = .window(part, body(operand), size: size, offset: offset)
        }
        return BoundExpression(changed, type, span)
    }

    /// The same expression with each column replaced by an expression.
    func replacingColumns(_ body: (Int) -> BoundExpression) -> BoundExpression {
        if case .column(let index) = node { return body(index) }
        return mapChildren { $0.replacingColumns(body) }
    }

    /// The size that `replacingColumns` would give, found without building it.
    func sizeReplacingColumns(_ size: (Int) -> Int) -> Int {
        if case .column(let index) = node { return size(index) }
        return children.reduce(1) { $0 + $1.sizeReplacingColumns(size) }
    }

    /// Both conditions.
    static func conjunction(_ left: BoundExpression, _ right: BoundExpression) -> BoundExpression {
        BoundExpression(
            .and(left, right),
            DataType(.boolean, nullable: left.type.isNullable || right.type.isNullable),
            left.span.union(right.span))
    }

    /// All conditions; nil for none.
    static func conjunction(of parts: [BoundExpression]) -> BoundExpression? {
        guard let first = parts.first else { return nil }
        return parts.dropFirst().reduce(first, conjunction)
    }

    /// The conditions that AND joins.
    var conjuncts: [BoundExpression] {
        guard case .and(let left, let right) = node else { return [self] }
        return left.conjuncts + right.conjuncts
    }

    /// The first part for which a condition holds.
    func first(where isWanted: (BoundExpression) -> Bool) -> BoundExpression? {
        if isWanted(self) { return self }
        for child in children {
            if let found = child.first(where: isWanted) { return found }
        }
        return nil
    }

    /// The same expression over columns with other numbers.
    func mapColumns(_ body: (Int) -> Int) -> BoundExpression {
        if case .column(let index) = node {
            return BoundExpression(.column(body(index)), type, span)
        }
        return mapChildren { $0.mapColumns(body) }
    }
}
