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

    /// Whether several windows may have one start: those of CUMULATE, and a session of rows that
    /// came when an earlier session had been closed. Their ends differ.
    var mayShareStart: Bool {
        switch window.shape {
        case .cumulate, .session: true
        case .tumble, .hop: false
        }
    }

    var all: [Int] { [start, end] + (time.map { [$0] } ?? []) }

    /// Nil when the plan is no aggregation over a window with both bounds as keys.
    init?(_ plan: LogicalPlan) {
        guard case .aggregate(let input, let aggregation) = plan.node else { return nil }
        let below = InlinedInput(input)
        guard case .window(let source, let window) = below.plan.node else { return nil }
        let base = source.columns.count
        let keys = aggregation.keys.map { below.inline($0) }
        guard let start = keys.firstIndex(where: { $0.node == .column(base) }),
            let end = keys.firstIndex(where: { $0.node == .column(base + 1) })
        else { return nil }
        // Totals over all windows would never be final.
        guard aggregation.sets?.allSatisfy({ $0.contains(start) && $0.contains(end) }) ?? true
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
    /// The first plan that is neither a projection nor a filter, or a projection that would make
    /// the expressions too large.
    private(set) var plan: LogicalPlan
    /// What the columns of the chain's top are; nil when there is no projection.
    private(set) var values: [BoundExpression]?
    private(set) var filter: BoundExpression?
    /// Nodes of all expressions: each projection that reads a column twice doubles it.
    static let maximumSize = 4000

    init(_ top: LogicalPlan) {
        plan = top
        while true {
            switch plan.node {
            case .project(let input, let inner):
                guard take(inner) else { return }
                plan = input
            case .filter(let input, let condition):
                filter = filter.map { BoundExpression.conjunction(condition, $0) } ?? condition
                plan = input
            default:
                return
            }
        }
    }

    /// Moves the expressions below a projection; false when they would grow too large.
    private mutating func take(_ inner: [BoundExpression]) -> Bool {
        let parts = (values ?? []) + (filter.map { [$0] } ?? [])
        let size = parts.reduce(0) { $0 + $1.sizeReplacingColumns { inner[$0].size } }
        guard size <= Self.maximumSize || parts.isEmpty else { return false }
        values = values?.map { $0.replacingColumns { inner[$0] } } ?? inner
        filter = filter?.replacingColumns { inner[$0] }
        return true
    }

    /// An expression over the chain's top as one over `plan`.
    func inline(_ expression: BoundExpression) -> BoundExpression {
        guard let values else { return expression }
        return expression.replacingColumns { values[$0] }
    }
}
