// Deduplication that keeps the row of each key with the smallest event time (Flink:
// RowTimeDeduplicateKeepFirstRowFunction): it comes out once and never changes.

package import WeirColumnar
import WeirPlanner

/// A key's first row comes out when the watermark has passed its time; rows after that are late.
package final class FirstRow: Operator {
    private let plan: RankPlan
    private let time: Int
    private let keyTypes: [DataType]
    private let keys: KeyTable
    /// The first row of each key so far; a tag of 1 says that it has come out.
    private let rows: KeyedRows
    private var firstOfKey: [Int32] = []
    private var waiting = TimeHeap()
    private var watermark = Int64.min

    private var writes: WriteTimes?
    /// Keys that have been forgotten since the last time they were dropped; some may have come again.
    private var expired = 0

    init(_ plan: RankPlan, time: Int, types: [DataType], ttl: StateTTL?) {
        writes = ttl.map(WriteTimes.init)
        self.plan = plan
        self.time = time
        keyTypes = plan.partitionBy.map { types[$0] }
        keys = KeyTable(columns: keyTypes)
        rows = KeyedRows(types, [.removal, .tags])
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 { take(batch, into: &output) }
        guard batch.watermark > watermark else { return }
        watermark = batch.watermark
        emit(readAt: batch.readAt, into: &output)
        output.batches.append(
            Batch(count: 0, columns: [], watermark: watermark, readAt: batch.readAt))
    }

    private func groups(_ columns: [Column], _ count: Int) -> [Int32] {
        let found = keys.groups(plan.partitionBy.map { columns[$0] }, rows: count)
        while firstOfKey.count < keys.count { firstOfKey.append(-1) }
        return found
    }

    private func take(_ batch: Batch, into output: inout OperatorOutput) {
        let groups = groups(batch.columns, batch.count)
        let times = batch.columns[time].int64Values
        var best: [Int32: Int32] = [:]
        var timeless = 0
        var late = 0
        for row in 0..<batch.count {
            if batch.columns[time].isNull(row) {
                timeless += 1
                continue
            }
            if max(watermark, batch.watermarks?[row] ?? .min) >= times[row] {
                late += 1
                continue
            }
            let group = groups[row]
            if let other = best[group], times[Int(other)] <= times[row] { continue }
            let first = firstOfKey[Int(group)]
            if first >= 0,
                rows.tag(Int(first)) == 1 || rows.int64(time, Int(first)) <= times[row]
            {
                continue
            }
            best[group] = Int32(row)
        }
        output.count(.timeless, timeless)
        output.count(.late, late)
        output.count(.ranked, batch.count - timeless - late)
        let added = best.values.sorted()
        writes?.note(added.map { groups[Int($0)] }, of: keys.count)
        let number = Int32(rows.count)
        rows.append(batch.columns, rows: added, groups: groups, groupCount: keys.count)
        for (offset, row) in added.enumerated() {
            let group = Int(groups[Int(row)])
            if firstOfKey[group] >= 0 { rows.remove(Int(firstOfKey[group])) }
            firstOfKey[group] = number + Int32(offset)
            waiting.push(times[Int(row)], number + Int32(offset))
        }
    }

    private func emit(readAt: UInt64, into output: inout OperatorOutput) {
        var due: [Int32] = []
        while let item = waiting.pop(upTo: watermark) {
            guard rows.isAlive(Int(item.item)) else { continue }
            due.append(item.item)
            rows.setTag(Int(item.item), 1)
        }
        guard !due.isEmpty else { return }
        writes?.note(due.map { rows.group(Int($0)) }, of: keys.count)
        output.batches.append(
            Batch(count: due.count, columns: rows.allValues(due), readAt: readAt))
    }

    /// Forgets the keys whose time is over; a row that waits for the watermark is kept.
    private func expire() {
        var waiting: [Int32] = []
        for group in writes?.takeExpired() ?? [] {
            let row = firstOfKey[Int(group)]
            if row < 0 { continue }
            if rows.tag(Int(row)) == 0 {
                waiting.append(group)
            } else {
                rows.remove(Int(row))
                firstOfKey[Int(group)] = -1
                expired += 1
            }
        }
        writes?.note(waiting, of: keys.count)
    }

    package func flush(into output: inout OperatorOutput) {
        expire()
        let dropsKeys = expired > 1024 && expired * 2 > keys.count
        if dropsKeys { dropExpiredKeys() }
        guard dropsKeys || rows.isSparse else { return }
        rows.compact { columns, count in (self.groups(columns, count), self.keys.count) }
        index()
    }

    private func dropExpiredKeys() {
        let kept = firstOfKey.indices.filter { firstOfKey[$0] >= 0 }.map { Int32($0) }
        keys.compact(keeping: kept)
        writes?.renumber(kept)
        firstOfKey = []
        expired = 0
    }

    private func index() {
        waiting.removeAll()
        for group in firstOfKey.indices {
            firstOfKey[group] = rows.rows(of: Int32(group)).first ?? -1
        }
        for row in rows.liveRows where rows.tag(Int(row)) == 0 {
            waiting.push(rows.int64(time, Int(row)), row)
        }
    }

    package func takeStateDelta() -> StateDelta { rows.takeDelta(part: 0) }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        rows.restore(entries, part: 0) { columns, count in
            (self.groups(columns, count), self.keys.count)
        }
        index()
        writes?.note((0..<Int32(keys.count)).map { $0 }, of: keys.count)
    }

    package var stateBytes: Int {
        keys.stateBytes + rows.stateBytes + waiting.stateBytes + firstOfKey.capacity * 4
            + (writes?.stateBytes ?? 0)
    }
}
