// What operators that work on columns by number do, in words.

import WeirColumnar

/// Names of columns for `weir explain`.
enum OperatorText {
    static func column(
        _ index: Int, _ stage: StagePlan, in plan: StreamPlan, side: Int = 0
    ) -> String {
        plan.stages[stage.inputs[side]].relation.columns[index].name
    }

    static func join(_ join: JoinPlan, _ stage: StagePlan, in plan: StreamPlan) -> String {
        "\(join.kind.rawValue) join\(on(join.keys, stage, plan))"
            + (join.residual == nil ? "" : " with a further condition")
    }

    static func temporal(
        _ join: TemporalJoinPlan, _ stage: StagePlan, in plan: StreamPlan
    ) -> String {
        let version =
            join.times.map { "the version at \(column($0.left, stage, in: plan))" }
            ?? "the current rows"
        return "\(join.kind.rawValue) join with \(version)\(on(join.keys, stage, plan))"
    }

    private static func on(_ keys: JoinKeys, _ stage: StagePlan, _ plan: StreamPlan) -> String {
        if keys.left.isEmpty { return " of all pairs" }
        let pairs = zip(keys.left, keys.right).map { left, right in
            "\(column(left, stage, in: plan)) = \(column(right, stage, in: plan, side: 1))"
        }
        return " on \(pairs.joined(separator: ", "))"
    }

    static func rank(_ rank: RankPlan, _ stage: StagePlan, in plan: StreamPlan) -> String {
        let upper = rank.ranks.upperBound
        let count =
            rank.ranks.lowerBound > 1
            ? "rows \(rank.ranks.lowerBound) to \(upper == .max ? "the last" : "\(upper)")"
            : upper == 1 ? "the first row" : "the first \(upper) rows"
        return count + by(rank.partitionBy, rank.orderBy, stage, plan, isLast: rank.lastWins)
    }

    static func over(_ over: OverPlan, _ stage: StagePlan, in plan: StreamPlan) -> String {
        over.calls.map(\.function).joined(separator: ", ")
            + by(over.partitionBy, over.orderBy, stage, plan, isLast: false)
    }

    static func match(_ match: MatchPlan, _ stage: StagePlan, in plan: StreamPlan) -> String {
        let time = SortColumn(column: match.time, isDescending: false, nullsFirst: true)
        return "matches \(match.pattern.text(match.variables))"
            + by(match.partitionBy, [time] + match.orderBy, stage, plan, isLast: false)
    }

    private static func by(
        _ partition: [Int], _ order: [SortColumn], _ stage: StagePlan, _ plan: StreamPlan,
        isLast: Bool
    ) -> String {
        let keys = partition.map { column($0, stage, in: plan) }.joined(separator: ", ")
        let sorting = order.map {
            column($0.column, stage, in: plan) + ($0.isDescending ? " desc" : "")
        }.joined(separator: ", ")
        let arrival = isLast ? "the order of arrival, the last first" : "the order of arrival"
        return (keys.isEmpty ? "" : " of each \(keys)")
            + " by \(sorting.isEmpty ? arrival : sorting)"
    }
}
