// OVER by event time or in the order of arrival (Flink: queries/over-agg.md).

package import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Rows wait until the watermark has passed their time and come out in the order of time with the
/// results of the calls; without a time they come out at once.
package final class OverTime: Operator {
    private let plan: OverPlan
    private let keyTypes: [DataType]
    private let keys: KeyTable
    /// Rows that wait (tag 0), and those before the next ones that frames still reach (tag 1).
    private let rows: KeyedRows
    private var waiting = TimeHeap()
    private let calls: [OverCallState]
    private var partitions: OverPartitions
    /// When partitions are forgotten; some times are not theirs any more.
    private var forgetting = TimeHeap()
    private var dirty: Set<Int32> = []
    private var writes: WriteTimes?
    /// Partitions that have expired and not come again.
    private var dead: Set<Int32> = []
    /// Keys of partitions that are to be taken out of the store.
    private var removed: [[UInt8]] = []
    private let keepsRows: Int64
    private let keepsMicros: Int64?
    private let isBounded: Bool
    private var watermark = Int64.min
    /// The watermark up to which rows have come out. One that comes late waits for the next.
    private var reached = Int64.min
    private var storedReached = Int64.min

    init(_ plan: OverPlan, types: [DataType], ttl: StateTTL?) {
        writes = ttl.map(WriteTimes.init)
        self.plan = plan
        keyTypes = plan.partitionBy.map { types[$0] }
        keys = KeyTable(columns: keyTypes)
        let rows = KeyedRows(types, [.removal, .tags])
        self.rows = rows
        calls = plan.calls.map {
            OverCallState($0, rows: rows, types: types, time: plan.time)
        }
        keepsRows = calls.map(\.keeps.rows).max() ?? 0
        keepsMicros = calls.compactMap(\.keeps.micros).max()
        isBounded = plan.calls.allSatisfy { call in
            if case .unbounded = call.frame { false } else { true }
        }
        let ranges = plan.calls.map { call -> Int64? in
            if case .range(let micros) = call.frame { micros } else { nil }
        }
        partitions = OverPartitions(
            range: plan.time == nil || Set(ranges).count > 1 ? nil : ranges.first ?? nil)
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 { take(batch, into: &output) }
        if plan.time == nil { emit(upTo: .max, readAt: batch.readAt, into: &output) }
        advance(to: max(watermark, batch.watermark), readAt: batch.readAt, into: &output)
        guard batch.watermark > watermark else { return }
        watermark = batch.watermark
        output.batches.append(
            Batch(count: 0, columns: [], watermark: watermark, readAt: batch.readAt))
    }

    private func find(_ columns: [Column], _ count: Int) -> [Int32] {
        let found = keys.groups(plan.partitionBy.map { columns[$0] }, rows: count)
        partitions.grow(to: keys.count)
        for call in calls { call.grow(to: keys.count) }
        return found
    }

    private func take(_ batch: Batch, into output: inout OperatorOutput) {
        expire()
        let found = find(batch.columns, batch.count)
        writes?.note(found, of: keys.count)
        if !dead.isEmpty { dead.subtract(found) }
        var kept: [Int32] = []
        var late = 0
        var timeless = 0
        func keep() {
            let first = Int32(rows.count)
            rows.append(batch.columns, rows: kept, groups: found, groupCount: keys.count)
            for (offset, row) in kept.enumerated() {
                let time = plan.time.map { batch.columns[$0].int64Values[Int(row)] } ?? 0
                waiting.push(time, first + Int32(offset))
            }
            output.count(.held, kept.count)
            kept = []
        }
        for row in 0..<batch.count {
            guard let time = plan.time else {
                kept.append(Int32(row))
                continue
            }
            let column = batch.columns[time]
            if column.isNull(row) {
                timeless += 1
                continue
            }
            // Bounded frames take what is late until the partition has gone on.
            let held = max(watermark, batch.watermarks?[row] ?? .min)
            let partition = Int(found[row])
            let isForgotten = partitions.isForgotten(partition, at: held)
            if isForgotten || (isBounded && column.int64Values[row] <= held) {
                keep()
                advance(to: held, readAt: batch.readAt, into: &output)
            }
            if isForgotten { forget(partition) }
            let isLate =
                isBounded
                ? column.int64Values[row] <= partitions.lastTime[partition]
                : column.int64Values[row] <= held
            if isLate {
                late += 1
            } else {
                kept.append(Int32(row))
                if partitions.scheduleForgetting(partition, after: column.int64Values[row], held) {
                    dirty.insert(Int32(partition))
                    forgetting.push(partitions.forgetTime(partition), Int32(partition))
                }
            }
        }
        output.count(.late, late)
        output.count(.timeless, timeless)
        keep()
    }

    private func forget(_ partition: Int) {
        for call in calls { call.reset(partition) }
        for row in partitions.history[partition] { rows.remove(Int(row)) }
        partitions.forget(partition)
        dirty.insert(Int32(partition))
    }

    /// Forgets the partitions that a row coming now would find forgotten.
    private func forgetPassed() {
        var later: [Int32] = []
        while let item = forgetting.pop(upTo: watermark) {
            let partition = Int(item.item)
            if partitions.isForgotten(partition, at: watermark) {
                forget(partition)
                dead.insert(item.item)
            } else if partitions.forgetTime(partition) == item.time {
                later.append(item.item)
            }
        }
        // Noted under this watermark: it counts from the next one on.
        for partition in later { forgetting.push(watermark &+ 1, partition) }
    }

    private func scheduleForgetting() {
        forgetting.removeAll()
        for partition in 0..<keys.count where partitions.forgetTime(partition) != .min {
            forgetting.push(partitions.forgetTime(partition), Int32(partition))
        }
    }

    // MARK: Time to live

    /// Forgets the partitions whose time is over, but for those with rows that wait.
    private func expire() {
        let expired = writes?.takeExpired() ?? []
        if expired.isEmpty { return }
        let busy = Set(waiting.items.map { rows.group(Int($0)) })
        for partition in expired {
            if busy.contains(partition) {
                writes?.note([partition], of: keys.count)
            } else {
                forget(Int(partition))
                dead.insert(partition)
            }
        }
    }

    /// Forgets the keys of dead partitions, once they are the larger part.
    private func dropDeadPartitions() {
        if watermark < .max { forgetPassed() }
        guard dead.count > 1024, dead.count * 2 > keys.count else { return }
        for key in encodedKeys(Array(dead)) { removed.append(key) }
        let kept = (0..<Int32(keys.count)).filter { !dead.contains($0) }
        keys.compact(keeping: kept)
        for call in calls { call.compact(keeping: kept) }
        partitions.compact(keeping: kept)
        writes?.renumber(kept)
        dirty = Set(kept.indices.filter { dirty.contains(kept[$0]) }.map { Int32($0) })
        dead = []
        compact()
        scheduleForgetting()
    }

    private func compact() {
        rows.compact { columns, count in (self.find(columns, count), self.keys.count) }
        index()
    }

    // MARK: Results

    private func advance(
        to watermark: Int64, readAt: UInt64, into output: inout OperatorOutput
    ) {
        guard watermark > reached else { return }
        reached = watermark
        emit(upTo: watermark, readAt: readAt, into: &output)
    }

    private func emit(upTo limit: Int64, readAt: UInt64, into output: inout OperatorOutput) {
        var due: [Int32] = []
        var times: [Int64] = []
        while let item = waiting.pop(upTo: limit) {
            due.append(item.item)
            times.append(item.time)
        }
        guard !due.isEmpty else { return }
        output.count(.held, -due.count)
        output.count(.passed, due.count)
        var numbers: [Int32: Int] = [:]
        var byPartition: [(partition: Int32, rows: [Int32])] = []
        for (index, row) in due.enumerated() {
            let partition = rows.group(Int(row))
            let number = numbers[partition] ?? byPartition.count
            if number == byPartition.count {
                numbers[partition] = number
                byPartition.append((partition, []))
            }
            byPartition[number].rows.append(Int32(index))
        }
        let set = OverRows(partitions: byPartition, kept: due, times: times)
        let results = calls.map { call in
            call.compute(set) { partition in
                let kept = self.partitions.history[Int(partition)]
                return (kept, self.partitions.forgotten[Int(partition)])
            }
        }
        output.batches.append(
            Batch(count: due.count, columns: rows.allValues(due) + results, readAt: readAt))
        for (partition, own) in byPartition { pass(partition, own.map { due[Int($0)] }) }
    }

    private func times(_ kept: [Int32]) -> [Int64] {
        guard let time = plan.time else { return kept.map { _ in 0 } }
        return rows.values(time, kept).int64Values
    }

    /// Moves rows to the history and forgets what no frame reaches any more.
    private func pass(_ partition: Int32, _ passed: [Int32]) {
        let number = Int(partition)
        partitions.history[number] += passed
        for row in passed { rows.setTag(Int(row), 1) }
        dirty.insert(partition)
        let count = partitions.history[number].count
        var keep = count - min(count, Int(clamping: keepsRows))
        if let time = plan.time, let last = passed.last {
            partitions.lastTime[number] = rows.int64(time, Int(last))
            if let keepsMicros {
                let bound = partitions.lastTime[number].subtractingReportingOverflow(keepsMicros)
                let first = partitions.history[number].firstIndex {
                    bound.overflow || rows.int64(time, Int($0)) >= bound.partialValue
                }
                keep = min(keep, first ?? count)
            }
        }
        // A few at a time cost a move of all others each.
        guard keep * 8 > count else { return }
        for index in 0..<keep { rows.remove(Int(partitions.history[number][index])) }
        partitions.history[number].removeFirst(keep)
        partitions.forgotten[number] += Int64(keep)
    }

    // MARK: State

    package func flush(into output: inout OperatorOutput) {
        dropDeadPartitions()
        if rows.isSparse { compact() }
    }

    private func index() {
        waiting.removeAll()
        for partition in partitions.history.indices { partitions.history[partition] = [] }
        for row in rows.liveRows {
            let time = plan.time.map { rows.int64($0, Int(row)) } ?? 0
            if rows.tag(Int(row)) == 0 {
                waiting.push(time, row)
            } else {
                partitions.history[Int(rows.group(Int(row)))].append(row)
            }
        }
        for partition in partitions.history.indices {
            let list = partitions.history[partition]
            let times = times(list)
            partitions.history[partition] = list.indices.sorted {
                times[$0] == times[$1] ? $0 < $1 : times[$0] < times[$1]
            }.map { list[$0] }
        }
    }

    package func takeStateDelta() -> StateDelta {
        var delta = rows.takeDelta(part: 0)
        delta.deletes += removed
        removed = []
        let changed = Array(dirty)
        for (key, partition) in zip(encodedKeys(changed), changed) {
            var value = StateBytes()
            partitions.encodeTimes(Int(partition), into: &value)
            for call in calls { call.encode(Int(partition), into: &value) }
            partitions.encodeForgetting(Int(partition), into: &value)
            delta.upserts.append((key, value.bytes))
        }
        dirty = []
        if isBounded, storedReached != reached {
            storedReached = reached
            var value = StateBytes()
            value.write(reached)
            delta.upserts.append(([2], value.bytes))
        }
        return delta
    }

    private func encodedKeys(_ numbers: [Int32]) -> [[UInt8]] {
        let columns = keys.keyColumns(numbers)
        return numbers.indices.map { row in
            var key = StateBytes([1])
            for column in columns { key.write(column.scalar(row)) }
            return key.bytes
        }
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        rows.restore(entries, part: 0) { columns, count in
            (self.find(columns, count), self.keys.count)
        }
        if let entry = entries.first(where: { $0.key.first == 2 }) {
            var value = StateBytes(entry.value)
            reached = value.readInt64()
        }
        let states = entries.filter { $0.key.first == 1 }
        var builders = keyTypes.map { ColumnBuilder($0.kind.physical) }
        for entry in states {
            var key = StateBytes(Array(entry.key.dropFirst()))
            for index in builders.indices { builders[index].append(key.readScalar()) }
        }
        let found = keys.groups(builders.map { $0.build() }, rows: states.count)
        _ = find(plan.partitionBy.isEmpty ? [] : emptyColumns, 0)
        for (entry, partition) in zip(states, found) {
            var value = StateBytes(entry.value)
            partitions.decodeTimes(Int(partition), from: &value)
            for call in calls { call.decode(Int(partition), from: &value) }
            partitions.decodeForgetting(Int(partition), from: &value)
        }
        writes?.note((0..<Int32(keys.count)).map { $0 }, of: keys.count)
        scheduleForgetting()
        index()
    }

    private var emptyColumns: [Column] {
        rows.types.map { Column.nulls($0.kind.physical, count: 0) }
    }

    package var stateBytes: Int {
        keys.stateBytes + rows.stateBytes + waiting.stateBytes + partitions.stateBytes
            + forgetting.stateBytes
    }
}
