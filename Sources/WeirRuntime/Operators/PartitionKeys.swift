// Which stages work on each key by itself.

import WeirPlanner

enum PartitionKeys {
    /// For each input of a stage the columns whose values decide where a row goes; nil when the
    /// stage needs all rows together, or does so little for a row that routing it costs more.
    static func columns(_ stage: StagePlan, inputs: [Relation]) -> [[Int]]? {
        let columns = wanted(stage.node, inputs)
        return columns.flatMap { $0.contains(where: \.isEmpty) ? nil : $0 }
    }

    private static func wanted(_ node: StreamNode, _ inputs: [Relation]) -> [[Int]]? {
        switch node {
        case .join(let join): [join.keys.left, join.keys.right]
        case .timedJoin(let join): [join.join.keys.left, join.join.keys.right]
        case .temporalJoin(let join): [join.keys.left, join.keys.right]
        case .rank(let rank): [rank.partitionBy]
        case .over(let over): [over.partitionBy]
        case .match(let match): [match.partitionBy]
        case .windowAssign(let window):
            if case .session(_, let partitionBy) = window.shape { [partitionBy] } else { nil }
        case .setOperation: inputs.map { Array($0.columns.indices) }
        case .aggregate(let aggregate):
            isHeavy(aggregate.calls) ? [columns(aggregate.keys)] : nil
        case .windowAggregate(let window):
            isHeavy(window.calls) ? [columns(window.keys)] : nil
        default: nil
        }
    }

    /// Sets of distinct values, and values kept to be taken back.
    private static func isHeavy(_ calls: [AggregateCall]) -> Bool {
        calls.contains { $0.isDistinct || $0.retracts }
    }

    private static func columns(_ keys: [BoundExpression]) -> [Int] {
        keys.compactMap { if case .column(let index) = $0.node { index } else { nil } }
    }
}
