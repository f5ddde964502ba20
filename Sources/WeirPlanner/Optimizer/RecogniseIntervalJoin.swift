// Joins bounded in time (Flink: queries/joins.md, interval joins).

import WeirColumnar

/// A join of two streams whose condition bounds the difference of their event times on both sides.
enum RecogniseIntervalJoin: PlanRule {
    static let name = "recognise-interval-join"

    static func apply(_ plan: LogicalPlan) -> LogicalPlan? {
        guard case .join(let left, let right, var join) = plan.node, join.time == .regular,
            join.kind != .semi, join.kind != .anti, let condition = join.condition
        else { return nil }
        let first = left.relation
        let second = right.relation
        guard first.mode == .append, second.mode == .append, let leftTime = first.rowtime,
            let rightTime = second.rowtime.map({ $0 + left.columns.count })
        else { return nil }
        var lower: Int64?
        var upper: Int64?
        for part in condition.conjuncts {
            guard let bound = TimeBound(part, left: leftTime, right: rightTime) else { continue }
            if bound.isLower {
                lower = max(lower ?? .min, bound.micros)
            } else {
                upper = min(upper ?? .max, bound.micros)
            }
        }
        let hasEquality = condition.conjuncts.contains { part in
            guard case .comparison(.equal, let one, let other) = part.node else { return false }
            let sides = [one, other].map { $0.columns.allSatisfy { $0 < left.columns.count } }
            return sides[0] != sides[1]
        }
        guard hasEquality, let lower, let upper, lower <= upper else { return nil }
        join.time = .interval(lower: lower, upper: upper)
        return LogicalPlan(.join(left, right, join), plan.columns, plan.span)
    }
}

/// A comparison of two event times: `left time − right time` is at least or at most something.
private struct TimeBound {
    let isLower: Bool
    let micros: Int64

    init?(_ part: BoundExpression, left: Int, right: Int) {
        guard case .comparison(let symbol, let one, let other) = part.node,
            let first = TimeTerm(one), let second = TimeTerm(other)
        else { return nil }
        // column1 + a ⋚ column2 + b, so column1 − column2 ⋚ b − a
        let difference = second.shift - first.shift
        let isForward = first.column == left && second.column == right
        guard isForward || (first.column == right && second.column == left) else { return nil }
        let step: Int64
        let isGreater: Bool
        switch symbol {
        case .greaterOrEqual: (step, isGreater) = (0, true)
        case .greater: (step, isGreater) = (1000, true)
        case .lessOrEqual: (step, isGreater) = (0, false)
        case .less: (step, isGreater) = (1000, false)
        case .equal, .notEqual: return nil
        }
        // A strict bound is one millisecond tighter: event times have no finer digits.
        let bound = isGreater ? difference + step : difference - step
        isLower = isForward == isGreater
        micros = isForward ? bound : -bound
    }
}

/// A column plus a constant number of microseconds.
private struct TimeTerm {
    let column: Int
    let shift: Int64
    /// About 9000 years in µs: sums and differences of two of them do not overflow.
    private static let range: ClosedRange<Int64> = -(1 << 58)...(1 << 58)

    init?(_ expression: BoundExpression) {
        switch expression.node {
        case .column(let index):
            column = index
            shift = 0
        case .cast(let operand, _) where operand.type.kind.isTimestamp:
            guard let inner = TimeTerm(operand) else { return nil }
            self = inner
        case .shift(let operand, let by, let isBack):
            guard let inner = TimeTerm(operand), by.type.kind == .intervalTime,
                case .literal(.int64(let micros)) = by.node, Self.range.contains(micros)
            else { return nil }
            let moved = inner.shift + (isBack ? -micros : micros)
            guard Self.range.contains(moved) else { return nil }
            column = inner.column
            shift = moved
        default: return nil
        }
    }
}
