// Expressions whose names and types are resolved.

package import WeirColumnar
package import WeirSQL

/// What a window column shows.
package enum WindowPart: Sendable, Hashable {
    case start
    case end
    /// The last millisecond of the window.
    case time
}

/// A typed expression over the columns of one input.
package struct BoundExpression: Sendable, Hashable {
    package indirect enum Node: Sendable, Hashable {
        case column(Int)
        /// A column of the row around a correlated query, until `Decorrelator` has made it a join.
        case outer(Int)
        /// An aggregate call of the select list, until the grouping is known.
        case aggregate(Int)
        /// A call with OVER, until its operator is known.
        case over(Int)
        /// An argument of a table function.
        case parameter(String)
        /// A field of a ROW.
        case field(BoundExpression, Int)
        /// An element of an ARRAY (from 1) or the value of a MAP's key.
        case element(BoundExpression, BoundExpression)
        /// ARRAY, MAP (keys and values in turns) and ROW constructors.
        case construct([BoundExpression])
        case literal(Scalar)
        case arithmetic(ArithmeticOperator, BoundExpression, BoundExpression)
        /// A time plus or minus an interval.
        case shift(BoundExpression, by: BoundExpression, isBack: Bool)
        case negate(BoundExpression)
        case comparison(ComparisonOperator, BoundExpression, BoundExpression)
        case distinct(BoundExpression, BoundExpression, negated: Bool)
        case and(BoundExpression, BoundExpression)
        case or(BoundExpression, BoundExpression)
        case not(BoundExpression)
        case isNull(BoundExpression, negated: Bool)
        /// `IS [NOT] TRUE`, `IS [NOT] FALSE`
        case isTrue(BoundExpression, value: Bool, negated: Bool)
        /// Membership in constants of the operand's type.
        case inSet(BoundExpression, Set<Scalar>, hasNull: Bool, negated: Bool)
        case like(BoundExpression, pattern: BoundExpression, escape: UInt8?, negated: Bool)
        /// The value of the first condition that is TRUE.
        case choose(conditions: [BoundExpression], values: [BoundExpression], BoundExpression)
        case cast(BoundExpression, isTry: Bool)
        /// A scalar function by its registered name.
        case call(String, [BoundExpression])
        /// A bound of the tumbling window of a time; size and offset in µs.
        case window(WindowPart, BoundExpression, size: Int64, offset: Int64)
    }

    package let node: Node
    package let type: DataType
    package let span: Span
    /// Nodes in the tree.
    package let size: Int

    package init(_ node: Node, _ type: DataType, _ span: Span) {
        self.node = node
        self.type = type
        self.span = span
        size = node.children.reduce(1) { $0 + $1.size }
    }

    /// Equality is of meaning: the place in the text does not count.
    package static func == (left: BoundExpression, right: BoundExpression) -> Bool {
        left.type.kind == right.type.kind && left.node == right.node
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(node) }

    /// The columns that it reads.
    package var columns: Set<Int> {
        if case .column(let index) = node { return [index] }
        var result: Set<Int> = []
        for child in children { result.formUnion(child.columns) }
        return result
    }

    package var children: [BoundExpression] { node.children }

    /// Whether it may have no value for a row, which is rejected then.
    package var mayFail: Bool {
        switch node {
        case .call, .element, .shift, .cast(_, isTry: false), .arithmetic(.divide, _, _),
            .arithmetic(.remainder, _, _):
            true
        default: children.contains(where: \.mayFail)
        }
    }

    /// Levels of the tree.
    var depth: Int { 1 + (children.map(\.depth).max() ?? 0) }
}

extension BoundExpression.Node {
    /// The operands, in order.
    package var children: [BoundExpression] {
        switch self {
        case .column, .outer, .literal, .aggregate, .over, .parameter: []
        case .arithmetic(_, let left, let right), .comparison(_, let left, let right),
            .distinct(let left, let right, _), .and(let left, let right), .or(let left, let right),
            .shift(let left, let right, _), .like(let left, let right, _, _):
            [left, right]
        case .negate(let operand), .not(let operand), .isNull(let operand, _),
            .isTrue(let operand, _, _), .inSet(let operand, _, _, _), .cast(let operand, _),
            .window(_, let operand, _, _):
            [operand]
        case .choose(let conditions, let values, let otherwise): conditions + values + [otherwise]
        case .call(_, let arguments), .construct(let arguments): arguments
        case .field(let operand, _): [operand]
        case .element(let operand, let index): [operand, index]
        }
    }
}
