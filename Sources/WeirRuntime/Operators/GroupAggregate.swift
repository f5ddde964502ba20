// GROUP BY over a stream: one row a group, updated as rows come (Flink: GroupAggFunction).

package import WeirColumnar
import WeirPlanner

/// Keeps the aggregates of each group and emits the changed groups before each commit.
///
/// Changes are netted per group: between two commits a group gives at most one `-U +U` pair.
package final class GroupAggregate: Operator {
    private let state: GroupedState
    private let keys: [Int]
    /// Nil when rows are added to the groups by one thread.
    private let locals: LocalAggregates?
    /// Whether `-U` rows are needed behind this stage; a store with the same key needs none.
    private let emitsUpdateBefore: Bool
    /// What the groups touched since the last flush were before: number and old row count.
    private var touched: [Int32] = []
    private var isNew: [Bool] = []
    private var before: [[Column]] = []
    private var readAt: UInt64 = 0
    private var watermark = Int64.min
    private var sentWatermark = Int64.min

    init(_ plan: AggregatePlan, emitsUpdateBefore: Bool, workers: Workers, ttl: StateTTL?) {
        state = GroupedState(keyTypes: plan.keys.map(\.type), calls: plan.calls, ttl: ttl)
        keys = plan.keys.map { key in
            guard case .column(let index) = key.node else {
                preconditionFailure("group keys are columns; the binder computes them before")
            }
            return index
        }
        locals = LocalAggregates(plan, columns: keys, workers: workers)
        self.emitsUpdateBefore = emitsUpdateBefore
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        watermark = max(watermark, batch.watermark)
        guard batch.count > 0 else { return }
        output.count(.grouped, batch.count)
        if readAt == 0 { readAt = batch.readAt }
        if let locals, locals.add(batch) {
            if locals.isFull { takeLocals() }
            return
        }
        // Groups come in the order of their first rows.
        takeLocals()
        let groups = touch(keys.map { batch.columns[$0] }, count: batch.count)
        state.aggregates.accumulate(batch, groups: groups)
    }

    /// Finds the groups of some rows and notes how they were before.
    private func touch(_ keyColumns: [Column], count: Int) -> [Int32] {
        if touched.isEmpty { state.expire() }
        let groups = state.groups(keyColumns, count: count)
        let fresh = state.markDirty(groups)
        if !fresh.isEmpty {
            touched += fresh
            isNew += fresh.map { state.rowCount($0) == 0 }
            if emitsUpdateBefore { before.append(state.results(fresh)) }
        }
        return groups
    }

    private func takeLocals() {
        locals?.take(
            find: { keyColumns, count in touch(keyColumns, count: count) },
            merge: { state.aggregates.merge($0, from: $1, into: $2) })
    }

    package func flush(into output: inout OperatorOutput) {
        takeLocals()
        emitChanges(into: &output)
        guard watermark > sentWatermark else { return }
        sentWatermark = watermark
        output.batches.append(Batch(count: 0, columns: [], watermark: watermark))
    }

    private func emitChanges(into output: inout OperatorOutput) {
        guard !touched.isEmpty else { return }
        state.noteWritten(touched)
        let keyColumns = state.keyColumns(touched)
        let after = state.results(touched)
        var rows: [Int32] = []
        var kinds: [UInt8] = []
        var isOld: [UInt8] = []
        let old = emitsUpdateBefore ? joinedBefore() : after
        for (position, group) in touched.enumerated() {
            let isGone = state.rowCount(group) <= 0
            if isGone, isNew[position] { continue }
            if !isNew[position], !isGone, emitsUpdateBefore,
                zip(old, after).allSatisfy({ $0.scalar(position) == $1.scalar(position) })
            {
                continue
            }
            if !isNew[position], emitsUpdateBefore {
                rows.append(Int32(position))
                kinds.append((isGone ? RowKind.delete : .updateBefore).rawValue)
                isOld.append(1)
            }
            if isGone, !emitsUpdateBefore {
                rows.append(Int32(position))
                kinds.append(RowKind.delete.rawValue)
                isOld.append(0)
            }
            if !isGone {
                rows.append(Int32(position))
                kinds.append((isNew[position] ? RowKind.insert : .updateAfter).rawValue)
                isOld.append(0)
            }
        }
        if !rows.isEmpty {
            let results = zip(old, after).map { oldColumn, newColumn in
                emitsUpdateBefore
                    ? Select.rows(
                        isOld, oldColumn.take(rows), newColumn.take(rows), count: rows.count)
                    : newColumn.take(rows)
            }
            output.batches.append(
                Batch(
                    count: rows.count, columns: keyColumns.map { $0.take(rows) } + results,
                    kinds: kinds, readAt: readAt))
        }
        touched = []
        readAt = 0
        isNew = []
        before = []
        state.compactIfSparse()
    }

    private func joinedBefore() -> [Column] {
        (before.first ?? []).indices.map { column in
            let parts = before.map { $0[column] }
            return Column.joined(parts, counts: parts.map(\.count))
        }
    }

    package func takeStateDelta() -> StateDelta { state.takeDelta() }

    package var stateBytes: Int { state.stateBytes + (locals?.stateBytes ?? 0) }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) { state.restore(entries) }
}
