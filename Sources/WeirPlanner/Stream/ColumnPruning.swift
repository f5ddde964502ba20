// Projection push-down: a source reads the columns that somebody needs (Flink: projection
// push-down of csv and json). What nobody reads is neither converted nor checked, and is NULL.

import WeirColumnar

enum ColumnPruning {
    /// The same stages, with what is not read left out of sources and their checks.
    static func apply(_ stages: [StagePlan]) -> [StagePlan] {
        var needed = [Set<Int>](repeating: [], count: stages.count)
        var result = stages
        for stage in stages.reversed() {
            switch stage.node {
            case .check(let check):
                guard let input = stage.input else { continue }
                let outputs = kept(check, needed[stage.id])
                for index in outputs { needed[input].formUnion(check.columns[index].columns) }
                // What the source reads anyway is passed on: it costs nothing.
                let passed = check.columns.indices.filter { index in
                    guard case .column(let column) = check.columns[index].node else { return false }
                    return needed[input].contains(column)
                }
                result[stage.id] = pruned(stage, check, outputs.union(passed))
            case .source(let source) where source.readsAll: break
            case .source(let source):
                let unread = Set(source.columns.indices).subtracting(needed[stage.id])
                result[stage.id] = stage.with(node: .source(source.leaving(unread)), unread: unread)
            default:
                for (position, input) in stage.inputs.enumerated() {
                    needed[input].formUnion(
                        reads(
                            stage.node, input: position,
                            width: stages[input].relation.columns.count))
                }
            }
        }
        return result
    }

    /// Columns of an input that a stage reads.
    private static func reads(_ node: StreamNode, input: Int, width: Int) -> Set<Int> {
        switch node {
        case .store, .sink, .check, .source, .union, .join, .timedJoin, .temporalJoin, .rank,
            .over, .match, .changelog, .setOperation, .unnest, .windowAssign, .zoneShift, .stamp,
            .number,
            .values:
            // What these do not need has been cut off in front of them.
            return Set(0..<width)
        case .expand(let plan): return columns(plan.projections.flatMap { $0 })
        case .calc(let calc):
            return columns(calc.projections + [calc.filter].compactMap { $0 })
        case .aggregate(let plan):
            return columns(plan.keys + plan.calls.flatMap(\.operands))
        case .windowAggregate(let plan):
            return columns(
                plan.assignment.operands + plan.keys + plan.calls.flatMap(\.operands))
        }
    }

    private static func columns(_ expressions: [BoundExpression]) -> Set<Int> {
        expressions.reduce(into: []) { $0.formUnion($1.columns) }
    }

    /// Output columns of a check that are computed: those that are read, and those by which rows
    /// are judged.
    private static func kept(_ check: CheckPlan, _ needed: Set<Int>) -> Set<Int> {
        var kept = needed
        for constraint in check.constraints { kept.formUnion(constraint.condition.columns) }
        if let watermark = check.watermark {
            kept.insert(watermark.column)
            kept.formUnion(watermark.expression.columns)
        }
        return kept
    }

    private static func pruned(
        _ stage: StagePlan, _ check: CheckPlan, _ kept: Set<Int>
    ) -> StagePlan {
        let columns = check.columns.enumerated().map { index, column in
            kept.contains(index)
                ? column
                : BoundExpression(.literal(.null), column.type.nullable(true), column.span)
        }
        let plan = CheckPlan(
            columns: columns, constraints: check.constraints,
            notNull: check.notNull.filter(kept.contains), watermark: check.watermark)
        return stage.with(
            node: .check(plan), unread: Set(check.columns.indices).subtracting(kept))
    }
}

extension SourcePlan {
    /// Whether the script wants all columns read (`'scan.columns' = 'all'`).
    fileprivate var readsAll: Bool { options["scan.columns"]?.lowercased() == "all" }
}
