// ROW_NUMBER with a bound is Top-N (Flink: queries/topn.md, deduplication.md).

import WeirColumnar

/// A filter on the only ROW_NUMBER of an OVER becomes a rank.
enum RecogniseRank: PlanRule {
    static let name = "recognise-rank"

    static func apply(_ plan: LogicalPlan) -> LogicalPlan? {
        guard case .filter(let input, let condition) = plan.node else { return nil }
        // The number may have passed through a projection.
        if case .project(let below, let values) = input.node, isOver(below) {
            let inlined = condition.replacingColumns { values[$0] }
            guard
                let ranked = apply(
                    LogicalPlan(.filter(below, inlined), below.columns, condition.span))
            else { return nil }
            return LogicalPlan(.project(ranked, values), plan.columns, plan.span)
        }
        guard case .over(let source, let calls) = input.node, calls.count == 1,
            calls[0].function == "ROW_NUMBER"
        else { return nil }
        let rank = source.columns.count
        var ranks: ClosedRange<Int64>?
        var rest: [BoundExpression] = []
        for part in condition.conjuncts {
            if let bound = range(part, of: rank) {
                ranks = ranks.map { $0.clamped(to: bound) } ?? bound
            } else {
                rest.append(part)
            }
        }
        guard let ranks, ranks.upperBound < .max else { return nil }
        var result = LogicalPlan(
            .rank(
                source,
                LogicalRank(
                    partitionBy: calls[0].partitionBy, orderBy: calls[0].orderBy, ranks: ranks,
                    emitsRank: true)), input.columns, plan.span)
        for part in rest {
            result = LogicalPlan(.filter(result, part), result.columns, part.span)
        }
        return result
    }

    private static func isOver(_ plan: LogicalPlan) -> Bool {
        if case .over = plan.node { true } else { false }
    }

    /// The ranks that a comparison of the rank with a constant lets through.
    private static func range(_ part: BoundExpression, of rank: Int) -> ClosedRange<Int64>? {
        guard case .comparison(let symbol, let left, let right) = part.node else { return nil }
        if let column = column(left), column == rank, let value = constant(right) {
            return range(symbol, value)
        }
        if let column = column(right), column == rank, let value = constant(left) {
            return range(flipped(symbol), value)
        }
        return nil
    }

    private static func column(_ expression: BoundExpression) -> Int? {
        switch expression.node {
        case .column(let index): index
        case .cast(let operand, _): column(operand)
        default: nil
        }
    }

    private static func constant(_ expression: BoundExpression) -> Int64? {
        if case .literal(.int64(let value)) = expression.node { value } else { nil }
    }

    private static func range(
        _ symbol: ComparisonOperator, _ value: Int64
    ) -> ClosedRange<Int64>? {
        switch symbol {
        case .equal where value >= 1: value...value
        case .lessOrEqual where value >= 1: 1...value
        case .less where value >= 2: 1...(value - 1)
        default: nil
        }
    }

    private static func flipped(_ symbol: ComparisonOperator) -> ComparisonOperator {
        switch symbol {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .equal, .notEqual: symbol
        }
    }
}
