// A rank that nobody shows (Flink: queries/topn.md, no ranking output optimisation).

/// A projection that leaves the rank out lets the rank operator leave it out: a row that moves by
/// one place then changes nothing.
enum DropUnusedRank: PlanRule {
    static let name = "drop-unused-rank"

    static func apply(_ plan: LogicalPlan) -> LogicalPlan? {
        guard case .project(let input, let values) = plan.node,
            case .rank(let source, let rank) = input.node, rank.emitsRank,
            !values.contains(where: { $0.columns.contains(source.columns.count) })
        else { return nil }
        let silent = LogicalRank(
            partitionBy: rank.partitionBy, orderBy: rank.orderBy, ranks: rank.ranks,
            emitsRank: false)
        let ranked = LogicalPlan(.rank(source, silent), source.columns, input.span)
        return LogicalPlan(.project(ranked, values), plan.columns, plan.span)
    }
}
