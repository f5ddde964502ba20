// What a definition costs in each stage (SQRL's cost model).

import WeirColumnar

/// Relative costs; the smaller one wins.
enum StageCost {
    /// A query over stored tables.
    static let store = 1.0
    /// What a stream may cost that is chosen by measurement: two changing sides of a join, once. More,
    /// or a join without equality, is the author's to decide.
    static let mostMeasured = 20.0

    /// 0.1 times what each join costs; the other models do not look at the joins.
    static func stream(_ plan: LogicalPlan, _ model: CostModel) -> Double {
        switch model {
        case .standard: 0.1 * joins(plan)
        case .read: 2
        case .write: 0.1
        }
    }

    private static func joins(_ plan: LogicalPlan) -> Double {
        let below = plan.inputs.reduce(1) { $0 * joins($1) }
        guard case .join(let left, let right, let join) = plan.node, join.time == .regular else {
            return below
        }
        return below * max(1, cost(left, right, join))
    }

    /// Both sides are kept; one whose key the condition binds is looked up and costs nothing.
    private static func cost(
        _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin
    ) -> Double {
        let pairs = join.condition.map { equalities($0, split: left.columns.count) } ?? []
        let isLeftBound = isBound(left.relation.key, by: pairs.map(\.left))
        let isRightBound = isBound(right.relation.key, by: pairs.map(\.right))
        let sides =
            (isLeftBound ? 0 : weight(left.relation.type))
            + (isRightBound ? 0 : weight(right.relation.type))
        let isOpen = pairs.isEmpty && !isLeftBound && !isRightBound
        return sides * (isOpen ? 100 : 1)
    }

    private static func isBound(_ key: [Int]?, by columns: [Int]) -> Bool {
        guard let key else { return false }
        return key.allSatisfy { columns.contains($0) }
    }

    private static func weight(_ type: TableType) -> Double {
        switch type {
        case .stream: 100
        case .relation: 20
        case .state: 10
        case .versionedState: 4
        case .lookup: 2
        case .static: 1
        }
    }

    /// Pairs of columns that a condition holds equal.
    private static func equalities(
        _ condition: BoundExpression, split: Int
    ) -> [(left: Int, right: Int)] {
        switch condition.node {
        case .and(let first, let second):
            return equalities(first, split: split) + equalities(second, split: split)
        case .comparison(.equal, let first, let second):
            guard let one = column(first), let other = column(second) else { return [] }
            let low = min(one, other)
            let high = max(one, other)
            return low < split && high >= split ? [(low, high - split)] : []
        default: return []
        }
    }

    private static func column(_ expression: BoundExpression) -> Int? {
        switch expression.node {
        case .column(let index): index
        case .cast(let operand, _): column(operand)
        default: nil
        }
    }
}
