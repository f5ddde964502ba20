// Grouping by the bounds of a window.

import WeirColumnar

/// Where the window's columns are among the keys of an aggregation, if it groups by both bounds.
struct WindowKeys {
    let start: Int
    let end: Int
    let time: Int?
    let window: LogicalWindow
    /// The plan below the window.
    let input: LogicalPlan
    /// The plan between the aggregation and the window as one filter and what its columns are, over
    /// the columns of the window.
    let below: InlinedInput

    var all: [Int] { [start, end] + (time.map { [$0] } ?? []) }

    /// Nil when the plan is no aggregation over a window with both bounds as keys.
    init?(_ plan: LogicalPlan) {
        guard case .aggregate(let input, let aggregation) = plan.node, aggregation.sets == nil
        else { return nil }
        let below = InlinedInput(input)
        guard case .window(let source, let window) = below.plan.node else { return nil }
        let base = source.columns.count
        let keys = aggregation.keys.map { below.inline($0) }
        guard let start = keys.firstIndex(where: { $0.node == .column(base) }),
            let end = keys.firstIndex(where: { $0.node == .column(base + 1) })
        else { return nil }
        self.start = start
        self.end = end
        time = keys.firstIndex { $0.node == .column(base + 2) }
        self.window = window
        self.input = source
        self.below = below
    }
}

extension LogicalPlan {
    /// The plan itself when it is only projections and filters over a window function.
    var windowed: LogicalPlan? {
        if case .window = InlinedInput(self).plan.node { self } else { nil }
    }
}

/// A chain of projections and filters as one of each, over the columns of what is below them.
struct InlinedInput {
    /// The first plan that is neither a projection nor a filter.
    let plan: LogicalPlan
    /// What the columns of the chain's top are; nil when there is no projection.
    private(set) var values: [BoundExpression]?
    private(set) var filter: BoundExpression?

    init(_ top: LogicalPlan) {
        var plan = top
        var steps: [LogicalNode] = []
        while true {
            if case .project(let input, _) = plan.node {
                steps.append(plan.node)
                plan = input
            } else if case .filter(let input, _) = plan.node {
                steps.append(plan.node)
                plan = input
            } else {
                break
            }
        }
        self.plan = plan
        for step in steps.reversed() {
            switch step {
            case .project(_, let written): values = written.map { inline($0) }
            case .filter(_, let condition): add(inline(condition))
            default: break
            }
        }
    }

    private mutating func add(_ condition: BoundExpression) {
        filter = filter.map { BoundExpression.conjunction($0, condition) } ?? condition
    }

    /// An expression over the chain's top as one over `plan`.
    func inline(_ expression: BoundExpression) -> BoundExpression {
        guard let values else { return expression }
        return expression.replacingColumns { values[$0] }
    }
}
