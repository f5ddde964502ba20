// INTERSECT and EXCEPT (Flink: queries/set-ops.md).

package import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Counts how often each row is on either side and emits before each commit how often it is in the
/// result now.
package final class SetOperation: Operator {
    private let plan: SetOperationPlan
    private let keys: KeyTable
    private var counts: [[Int64]] = [[], []]
    private var isTouched: [UInt8] = []
    private var touched: [Int32] = []
    private var before: [Int64] = []
    private var readAt: UInt64 = 0
    private var watermarks = WatermarkMerge(inputs: 2)
    private var sentWatermark = Int64.min

    private var writes: WriteTimes?

    init(_ plan: SetOperationPlan, ttl: StateTTL?) {
        self.plan = plan
        writes = ttl.map(WriteTimes.init)
        keys = KeyTable(columns: plan.types)
    }

    package func setIdle(_ input: Int, _ value: Bool) { watermarks.setIdle(input, value) }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        _ = watermarks.advance(input, to: batch.watermark)
        guard batch.count > 0 else { return }
        output.count(.grouped, batch.count)
        readAt = batch.readAt
        if touched.isEmpty { expire() }
        let groups = find(batch.columns, batch.count)
        writes?.note(groups, of: keys.count)
        for row in 0..<batch.count {
            let group = Int(groups[row])
            if isTouched[group] == 0 {
                isTouched[group] = 1
                touched.append(Int32(group))
                before.append(result(group))
            }
            counts[input][group] += batch.kind(row).isRetraction ? -1 : 1
            // A row that was forgotten can be taken back no more.
            if writes != nil { counts[input][group] = max(0, counts[input][group]) }
        }
    }

    /// Forgets the rows whose time is over; nothing is said of them.
    private func expire() {
        for group in writes?.takeExpired() ?? [] {
            for side in 0...1 { counts[side][Int(group)] = 0 }
            changed.append(group)
        }
    }

    private func find(_ columns: [Column], _ count: Int) -> [Int32] {
        let groups = keys.groups(columns, rows: count)
        let missing = keys.count - isTouched.count
        if missing > 0 {
            isTouched.append(contentsOf: repeatElement(0, count: missing))
            for side in 0...1 { counts[side].append(contentsOf: repeatElement(0, count: missing)) }
        }
        return groups
    }

    /// How often a row is in the result.
    private func result(_ group: Int) -> Int64 {
        let left = max(0, counts[0][group])
        let right = max(0, counts[1][group])
        return switch (plan.operation, plan.isAll) {
        case (.intersect, true): min(left, right)
        case (.intersect, false): min(left, right, 1)
        case (.except, true): max(0, left - right)
        case (.except, false): right == 0 ? min(left, 1) : 0
        }
    }

    package func flush(into output: inout OperatorOutput) {
        var groups: [Int32] = []
        var kinds: [UInt8] = []
        for (group, old) in zip(touched, before) {
            isTouched[Int(group)] = 0
            let new = result(Int(group))
            let kind = new > old ? RowKind.insert : .delete
            for _ in 0..<(new - old).magnitude {
                groups.append(group)
                kinds.append(kind.rawValue)
            }
            changed.append(group)
        }
        touched = []
        before = []
        if !groups.isEmpty {
            output.batches.append(
                Batch(
                    count: groups.count, columns: keys.keyColumns(groups), kinds: kinds,
                    readAt: readAt))
        }
        guard watermarks.current > sentWatermark else { return }
        sentWatermark = watermarks.current
        output.batches.append(Batch(count: 0, columns: [], watermark: sentWatermark))
    }

    // MARK: State

    /// Rows whose counts changed since the last checkpoint.
    private var changed: [Int32] = []

    package func takeStateDelta() -> StateDelta {
        var delta = StateDelta()
        let columns = keys.keyColumns(changed)
        for (row, group) in changed.enumerated() {
            var key = StateBytes()
            for column in columns { key.write(column.scalar(row)) }
            if counts[0][Int(group)] == 0, counts[1][Int(group)] == 0 {
                delta.deletes.append(key.bytes)
                continue
            }
            var value = StateBytes()
            for side in 0...1 { value.write(counts[side][Int(group)]) }
            delta.upserts.append((key.bytes, value.bytes))
        }
        changed = []
        compactIfSparse()
        return delta
    }

    private func compactIfSparse() {
        guard keys.count > 1024 else { return }
        let kept = (0..<Int32(keys.count)).filter { group in
            counts[0][Int(group)] != 0 || counts[1][Int(group)] != 0
        }
        guard kept.count * 2 < keys.count else { return }
        keys.compact(keeping: kept)
        for side in 0...1 { counts[side] = kept.map { counts[side][Int($0)] } }
        isTouched = [UInt8](repeating: 0, count: kept.count)
        writes?.renumber(kept)
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        var builders = plan.types.map { ColumnBuilder($0.kind.physical) }
        for entry in entries {
            var key = StateBytes(entry.key)
            for index in builders.indices { builders[index].append(key.readScalar()) }
        }
        let groups = find(builders.map { $0.build() }, entries.count)
        writes?.note(groups, of: keys.count)
        for (entry, group) in zip(entries, groups) {
            var value = StateBytes(entry.value)
            for side in 0...1 { counts[side][Int(group)] = value.readInt64() }
        }
    }

    package var stateBytes: Int {
        keys.stateBytes + isTouched.capacity * 17 + (writes?.stateBytes ?? 0)
    }
}
