// What kind of table a logical plan gives: its key, its event time, how its rows change.
//
// The rules are those of Flink's changelog and of SQRL's table types (docs/sqrl-language.md).

import WeirColumnar
import WeirSQL

extension LogicalPlan {
    /// Columns, event time, key and changelog mode, from the relations of the inputs.
    var inferred: Relation {
        var relation = changes
        relation.proctimes = proctimes
        relation.window = windowColumns
        return relation
    }

    /// The columns that are PROCTIME().
    private var proctimes: Set<Int> {
        switch node {
        case .scan(_, _, let relation): relation.proctimes
        case .project(let input, let values):
            Set(values.indices.filter { values[$0].isProcessingTime(in: input) })
        case .filter(let input, _), .window(let input, _), .over(let input, _),
            .rank(let input, _), .sort(let input, _, _, _), .unnest(let input, _, _, _):
            input.relation.proctimes
        case .join(let left, let right, let join):
            join.kind == .semi || join.kind == .anti
                ? left.relation.proctimes
                : left.relation.proctimes.union(
                    right.relation.proctimes.map { $0 + left.columns.count })
        case .values, .aggregate, .setOperation, .match, .changelog: []
        }
    }

    /// The bounds of the window of each row (Flink: RelWindowProperties).
    private var windowColumns: WindowColumns? {
        switch node {
        case .scan(_, _, let relation): return relation.window
        case .window(let input, let window):
            let base = input.columns.count
            return WindowColumns(
                start: base, end: base + 1, time: base + 2,
                source: window.time, zone: window.zone)
        case .filter(let input, _), .sort(let input, _, _, _), .unnest(let input, _, _, _),
            .over(let input, _):
            return input.relation.window
        case .project(let input, let values):
            return input.relation.window?.moved { column in
                values.firstIndex { $0.node == .column(column) }
            }
        case .aggregate(let input, let aggregation):
            guard let window = input.relation.window else { return nil }
            let moved = window.moved { column in
                aggregation.keys.firstIndex { $0.node == .column(column) }
            }
            guard let moved,
                aggregation.sets?.allSatisfy({
                    $0.contains(moved.start) && $0.contains(moved.end)
                }) ?? true
            else { return nil }
            return moved
        case .rank(let input, let rank):
            return input.relation.window.flatMap { window in
                [window.start, window.end].allSatisfy { bound in
                    rank.partitionBy.contains { $0.node == .column(bound) }
                } ? window : nil
            }
        case .join(let left, _, let join):
            return join.time == .window ? left.relation.window : nil
        case .values, .setOperation, .match, .changelog: return nil
        }
    }

    /// Columns, event time, key and changelog mode without what rows carry along.
    private var changes: Relation {
        switch node {
        case .scan(_, _, let relation): return relation
        case .values: return made(.static, key: nil, mode: .append)
        case .project(let input, let values): return projected(input.relation, values)
        case .filter(let input, _): return input.relation
        case .join(let left, let right, let join):
            return joined(left.relation, right.relation, join)
        case .unnest(let input, _, _, _):
            let relation = input.relation
            return made(
                relation.type, rowtime: relation.rowtime, key: nil, mode: relation.mode)
        case .window(let input, let window):
            let relation = input.relation
            let isTumble = if case .tumble = window.shape { true } else { false }
            let key = isTumble ? relation.key : relation.key.map { $0 + [input.columns.count] }
            return made(
                relation.type, rowtime: window.isByArrival ? nil : columns.count - 1, key: key,
                mode: relation.mode)
        case .aggregate(_, let aggregation): return aggregated(aggregation)
        case .over(let input, let calls):
            let relation = input.relation
            guard calls.contains(where: { !comesOnce($0, input) }) else {
                return reshaped(relation)
            }
            return made(.state, key: relation.key, mode: .updating)
        case .rank(let input, let rank): return ranked(input.relation, rank)
        case .setOperation(let operation, let isAll, let left, let right):
            return combined(operation, isAll, left.relation, right.relation)
        case .sort(let input, let keys, let limit, let offset):
            let relation = input.relation
            // Without an order the first rows to come stay the first.
            if limit == nil && offset == nil || keys.isEmpty && relation.mode == .append {
                return relation
            }
            return made(.state, key: relation.key, mode: .updating)
        case .changelog: return made(.stream, key: nil, mode: .append)
        case .match(let input, let match):
            let time = match.measures.firstIndex { measure in
                guard case .column(let index) = measure.node else { return false }
                return match.references[index] == .rowtime
            }
            return made(
                input.relation.type, rowtime: time.map { $0 + match.partitionBy.count }, key: nil,
                mode: .append)
        }
    }

    private func made(
        _ type: TableType, rowtime: Int? = nil, key: [Int]?, mode: ChangelogMode
    ) -> Relation {
        Relation(columns: columns, rowtime: rowtime, key: key, mode: mode, type: type)
    }

    /// Rows of the input with more columns behind them.
    private func reshaped(_ input: Relation) -> Relation {
        made(input.type, rowtime: input.rowtime, key: input.key, mode: input.mode)
    }

    /// Whether the value of a call never changes: it looks back from each row of a stream in the
    /// order of time (Flink: queries/over-agg.md).
    private func comesOnce(_ call: OverCall, _ input: LogicalPlan) -> Bool {
        guard input.relation.mode == .append, let lead = call.orderBy.first else { return false }
        if lead.expression.isProcessingTime(in: input) { return true }
        guard case .column(let column) = lead.expression.node else { return false }
        return column == input.relation.rowtime && call.orderBy.count == 1 && !lead.isDescending
    }

    private func projected(_ input: Relation, _ values: [BoundExpression]) -> Relation {
        var positions: [Int: Int] = [:]
        for (position, value) in values.enumerated() {
            if case .column(let index) = value.node, positions[index] == nil {
                positions[index] = position
            }
        }
        let key = input.key.flatMap { key -> [Int]? in
            let mapped = key.compactMap { positions[$0] }
            return mapped.count == key.count ? mapped : nil
        }
        return made(
            input.type, rowtime: input.rowtime.flatMap { positions[$0] }, key: key,
            mode: input.mode)
    }

    /// The columns of the keys that are window bounds, found through projections and filters.
    private func aggregated(_ aggregation: LogicalAggregation) -> Relation {
        if WindowKeys(self) == nil, let window = windowColumns, inputs[0].relation.mode == .append {
            let bounds = [window.start, window.end] + (window.time.map { [$0] } ?? [])
            let key = aggregation.keys.indices.filter {
                $0 == window.start || $0 == window.end || !bounds.contains($0)
            }
            return made(
                .stream, rowtime: window.time, key: aggregation.sets == nil ? key : nil,
                mode: .append)
        }
        guard let bounds = WindowKeys(self) else {
            // A constant tells no rows apart.
            // Totals and NULLs of a key look alike.
            if aggregation.sets != nil { return made(.state, key: nil, mode: .updating) }
            let key = aggregation.keys.indices.filter { index in
                if case .literal = aggregation.keys[index].node { false } else { true }
            }
            return made(.state, key: key, mode: .updating)
        }
        let key = aggregation.keys.indices.filter { index in
            index == (bounds.mayShareStart ? bounds.end : bounds.start)
                || !bounds.all.contains(index)
        }
        return made(
            .stream, rowtime: bounds.window.isByArrival ? nil : bounds.time,
            key: aggregation.sets == nil ? key : nil, mode: .append)
    }

    private func joined(_ left: Relation, _ right: Relation, _ join: LogicalJoin) -> Relation {
        switch join.kind {
        case .semi, .anti:
            let isAppend =
                left.mode == .append && right.mode == .append && join.kind == .semi
            return made(
                isAppend ? left.type : .state, rowtime: isAppend ? left.rowtime : nil,
                key: left.key, mode: isAppend ? .append : .updating)
        case .inner, .left, .right, .full: break
        }
        let shift = left.columns.count
        let key = left.key.flatMap { first in
            right.key.map { first + $0.map { $0 + shift } }
        }
        switch join.time {
        case .temporal:
            return made(.stream, rowtime: left.rowtime, key: left.key, mode: left.mode)
        case .interval, .window:
            return made(
                .stream, rowtime: left.rowtime, key: join.kind == .full ? nil : key, mode: .append)
        case .regular:
            let isAppend = join.kind == .inner && left.mode == .append && right.mode == .append
            // Rows without a partner have NULL in either key: together they tell nothing apart.
            return made(
                isAppend ? .stream : .state, key: join.kind == .full ? nil : key,
                mode: isAppend ? .append : .updating)
        }
    }

    private func ranked(_ input: Relation, _ rank: LogicalRank) -> Relation {
        let partition = rank.partitionBy.compactMap { part -> Int? in
            if case .column(let index) = part.node { index } else { nil }
        }
        let isComplete = partition.count == rank.partitionBy.count
        let isOne = rank.ranks.upperBound == 1
        var key: [Int]? = isComplete ? partition : nil
        if !isOne, rank.emitsRank { key = key.map { $0 + [columns.count - 1] } }
        if !isOne, !rank.emitsRank { key = input.key }
        let keepsFirst = isOne && isByTime(rank, input, descending: false)
        if isWindowed(rank, input), input.mode == .append {
            return made(
                .stream, rowtime: input.rowtime, key: rank.emitsRank || isOne ? key : input.key,
                mode: .append)
        }
        if rank.orderBy.isEmpty, !rank.emitsRank, input.mode == .append {
            return made(input.type, rowtime: input.rowtime, key: input.key, mode: .append)
        }
        return made(
            isOne ? .versionedState : .state, rowtime: isOne ? input.rowtime : nil, key: key,
            mode: keepsFirst && input.mode == .append ? .append : .updating)
    }

    /// Whether each window has its own ranks (Flink: queries/window-topn.md).
    private func isWindowed(_ rank: LogicalRank, _ input: Relation) -> Bool {
        guard let window = input.window else { return false }
        return [window.start, window.end].allSatisfy { bound in
            rank.partitionBy.contains { $0.node == .column(bound) }
        }
    }

    private func isByTime(_ rank: LogicalRank, _ input: Relation, descending: Bool) -> Bool {
        guard let first = rank.orderBy.first, case .column(let index) = first.expression.node else {
            return false
        }
        return index == input.rowtime && first.isDescending == descending
    }

    private func combined(
        _ operation: SetOperator, _ isAll: Bool, _ left: Relation, _ right: Relation
    ) -> Relation {
        guard operation == .union, isAll else {
            return made(.state, key: isAll ? nil : Array(columns.indices), mode: .updating)
        }
        let isAppend = left.mode == .append && right.mode == .append
        return made(
            isAppend ? .stream : .state,
            rowtime: left.rowtime == right.rowtime ? left.rowtime : nil,
            key: nil, mode: isAppend ? .append : .updating)
    }
}
