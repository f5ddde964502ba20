// Conditions on one side of a join are tested before it.

import WeirColumnar

/// Moves the parts of a filter above a join to the side that they read, and those that read both
/// sides of an inner join into its condition.
enum PushFilterIntoJoin: PlanRule {
    static let name = "push-filter-into-join"

    static func apply(_ plan: LogicalPlan) -> LogicalPlan? {
        guard case .filter(let input, let condition) = plan.node,
            case .join(let left, let right, var join) = input.node, join.kind != .full
        else { return nil }
        let width = left.columns.count
        var toLeft: [BoundExpression] = []
        var toRight: [BoundExpression] = []
        var toJoin: [BoundExpression] = []
        var rest: [BoundExpression] = []
        for part in condition.conjuncts {
            let columns = part.columns
            if !columns.isEmpty, columns.allSatisfy({ $0 < width }), join.kind != .right {
                toLeft.append(part)
            } else if !columns.isEmpty, columns.allSatisfy({ $0 >= width }),
                join.kind == .inner || join.kind == .right, !join.isTemporal
            {
                toRight.append(part.mapColumns { $0 - width })
            } else if join.kind == .inner, join.time == .regular {
                toJoin.append(part)
            } else {
                rest.append(part)
            }
        }
        guard !(toLeft.isEmpty && toRight.isEmpty && toJoin.isEmpty) else { return nil }
        join.condition = all(toJoin, and: join.condition)
        let joined = LogicalPlan(
            .join(filtered(left, toLeft), filtered(right, toRight), join), input.columns,
            input.span)
        return filtered(joined, rest)
    }

    private static func all(
        _ parts: [BoundExpression], and first: BoundExpression?
    ) -> BoundExpression? {
        parts.reduce(first) { joined, part in
            joined.map { BoundExpression.conjunction($0, part) } ?? part
        }
    }

    private static func filtered(_ plan: LogicalPlan, _ parts: [BoundExpression]) -> LogicalPlan {
        guard let condition = all(parts, and: nil) else { return plan }
        return LogicalPlan(.filter(plan, condition), plan.columns, condition.span)
    }
}

extension LogicalJoin {
    fileprivate var isTemporal: Bool { if case .temporal = time { true } else { false } }
}
