// Tables without a key whose rows change: equal rows get numbers, so that each can be found again.

package import WeirColumnar
import WeirFunctions

/// Counts equal rows and emits before each commit how many there are: the row with the numbers
/// 1, 2, … behind it.
package final class RowNumbers: Operator {
    private let types: [DataType]
    private let keys: KeyTable
    private var counts: [Int64] = []
    private var isTouched: [UInt8] = []
    private var touched: [Int32] = []
    private var before: [Int64] = []
    private var changed: [Int32] = []
    private var readAt: UInt64 = 0

    package init(types: [DataType]) {
        // What nobody reads is NULL, whatever the type says.
        self.types = types.map { $0.nullable(true) }
        keys = KeyTable(columns: self.types)
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        guard batch.count > 0 else { return }
        output.count(.grouped, batch.count)
        readAt = batch.readAt
        for (row, group) in find(batch.columns, batch.count).enumerated() {
            if isTouched[Int(group)] == 0 {
                isTouched[Int(group)] = 1
                touched.append(group)
                before.append(counts[Int(group)])
            }
            counts[Int(group)] += batch.kind(row).isRetraction ? -1 : 1
        }
    }

    private func find(_ columns: [Column], _ count: Int) -> [Int32] {
        let groups = keys.groups(columns, rows: count)
        let missing = keys.count - counts.count
        if missing > 0 {
            counts.append(contentsOf: repeatElement(0, count: missing))
            isTouched.append(contentsOf: repeatElement(0, count: missing))
        }
        return groups
    }

    package func flush(into output: inout OperatorOutput) {
        var groups: [Int32] = []
        var numbers: [Int64] = []
        var kinds: [UInt8] = []
        for (group, old) in zip(touched, before) {
            isTouched[Int(group)] = 0
            let old = max(0, old)
            let new = max(0, counts[Int(group)])
            guard new != old else { continue }
            for number in min(old, new)..<max(old, new) {
                groups.append(group)
                numbers.append(number + 1)
                kinds.append((new > old ? RowKind.insert : .delete).rawValue)
            }
            changed.append(group)
        }
        touched = []
        before = []
        guard !groups.isEmpty else { return }
        output.batches.append(
            Batch(
                count: groups.count, columns: keys.keyColumns(groups) + [Column(.int64(numbers))],
                kinds: kinds, readAt: readAt))
    }

    // MARK: State

    package func takeStateDelta() -> StateDelta {
        var delta = StateDelta()
        let columns = keys.keyColumns(changed)
        for (row, group) in changed.enumerated() {
            var key = StateBytes()
            for column in columns { key.write(column.scalar(row)) }
            if counts[Int(group)] == 0 {
                delta.deletes.append(key.bytes)
            } else {
                var value = StateBytes()
                value.write(counts[Int(group)])
                delta.upserts.append((key.bytes, value.bytes))
            }
        }
        changed = []
        let kept = (0..<Int32(keys.count)).filter { counts[Int($0)] != 0 }
        if keys.count > 1024, kept.count * 2 < keys.count {
            keys.compact(keeping: kept)
            counts = kept.map { counts[Int($0)] }
            isTouched = [UInt8](repeating: 0, count: kept.count)
        }
        return delta
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        var builders = types.map { ColumnBuilder($0.kind.physical) }
        for entry in entries {
            var key = StateBytes(entry.key)
            for index in builders.indices { builders[index].append(key.readScalar()) }
        }
        for (entry, group) in zip(entries, find(builders.map { $0.build() }, entries.count)) {
            var value = StateBytes(entry.value)
            counts[Int(group)] = value.readInt64()
        }
    }

    package var stateBytes: Int { keys.stateBytes + counts.capacity * 9 }
}
