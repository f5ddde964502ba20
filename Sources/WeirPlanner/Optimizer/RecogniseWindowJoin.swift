// Joins of rows of the same window (Flink: queries/window-join.md).

import WeirColumnar

/// A join whose condition compares the bounds of the windows of both sides.
enum RecogniseWindowJoin: PlanRule {
    static let name = "recognise-window-join"

    static func apply(_ plan: LogicalPlan) -> LogicalPlan? {
        guard case .join(let left, let right, var join) = plan.node, join.time == .regular,
            let condition = join.condition
        else { return nil }
        let width = left.columns.count
        guard left.relation.mode == .append, right.relation.mode == .append,
            let first = left.relation.window, let second = right.relation.window
        else { return nil }
        let pairs = condition.conjuncts.compactMap { part -> [Int]? in
            guard case .comparison(.equal, let one, let other) = part.node,
                case .column(let from) = one.node, case .column(let to) = other.node
            else { return nil }
            return [min(from, to), max(from, to)]
        }
        guard pairs.contains([first.start, second.start + width]),
            pairs.contains([first.end, second.end + width])
        else { return nil }
        join.time = .window
        return LogicalPlan(.join(left, right, join), plan.columns, plan.span)
    }

    /// Where the end of a plan's window is among its columns.
    static func ends(_ plan: LogicalPlan) -> Int? { plan.relation.window?.end }
}
