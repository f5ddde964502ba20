// Projections of projections.

/// Two projections, one over the other, become one.
enum MergeProjections: PlanRule {
    static let name = "merge-projections"

    static func apply(_ plan: LogicalPlan) -> LogicalPlan? {
        guard case .project(let input, let values) = plan.node,
            case .project(let source, let inner) = input.node,
            values.reduce(0, { $0 + $1.sizeReplacingColumns { inner[$0].size } })
                <= InlinedInput.maximumSize
        else { return nil }
        return LogicalPlan(
            .project(source, values.map { $0.replacingColumns { inner[$0] } }), plan.columns,
            plan.span)
    }
}
