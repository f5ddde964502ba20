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
        let first = bounds(left)
        let second = bounds(right)
        guard let first, let second else { return nil }
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

    /// Where the window's start and end are among a plan's columns.
    private static func bounds(_ plan: LogicalPlan) -> (start: Int, end: Int)? {
        switch plan.node {
        case .window(let input, _): return (input.columns.count, input.columns.count + 1)
        case .filter(let input, _): return bounds(input)
        case .aggregate:
            return WindowKeys(plan).map { ($0.start, $0.end) }
        case .project(let input, let values):
            guard let inner = bounds(input),
                let start = values.firstIndex(where: { $0.node == .column(inner.start) }),
                let end = values.firstIndex(where: { $0.node == .column(inner.end) })
            else { return nil }
            return (start, end)
        default: return nil
        }
    }
}
