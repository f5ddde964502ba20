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
    /// By partition: the rows before the next ones, in order, and how many are not kept any more.
    private var history: [[Int32]] = []
    private var forgotten: [Int64] = []
    private var lastTime: [Int64] = []
    /// By partition, where frames are bounded by time: the watermark (µs) that makes it forget all,
    /// `.min` when there is none, and the one that held when this was noted.
    private var forgetAt: [Int64] = []
    private var notedAt: [Int64] = []
    private var dirty: Set<Int32> = []
    private var writes: WriteTimes?
    /// Partitions that have expired and not come again.
    private var dead: Set<Int32> = []
    /// Keys of partitions that are to be taken out of the store.
    private var removed: [[UInt8]] = []
    private let keepsRows: Int64
    private let keepsMicros: Int64?
    private let isBounded: Bool
    /// The length of the frames (µs) when all are bounded by the same time.
    private let range: Int64?
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
            OverCallState($0, rows: rows, types: types, isArrival: plan.time == nil)
        }
        keepsRows = calls.map(\.keeps.rows).max() ?? 0
        keepsMicros = calls.compactMap(\.keeps.micros).max()
        isBounded = plan.calls.allSatisfy { call in
            if case .unbounded = call.frame { false } else { true }
        }
        let ranges = plan.calls.map { call -> Int64? in
            if case .range(let micros) = call.frame { micros } else { nil }
        }
        range = plan.time == nil || Set(ranges).count > 1 ? nil : ranges.first ?? nil
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

    private func partitions(_ columns: [Column], _ count: Int) -> [Int32] {
        let found = keys.groups(plan.partitionBy.map { columns[$0] }, rows: count)
        while history.count < keys.count {
            history.append([])
            forgotten.append(0)
            lastTime.append(.min)
            forgetAt.append(.min)
            notedAt.append(.min)
        }
        for call in calls { call.grow(to: keys.count) }
        return found
    }

    private func take(_ batch: Batch, into output: inout OperatorOutput) {
        expire()
        let partitions = partitions(batch.columns, batch.count)
        writes?.note(partitions, of: keys.count)
        if !dead.isEmpty { dead.subtract(partitions) }
        var kept: [Int32] = []
        var late = 0
        var timeless = 0
        func keep() {
            let first = Int32(rows.count)
            rows.append(batch.columns, rows: kept, groups: partitions, groupCount: keys.count)
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
            let partition = Int(partitions[row])
            let isForgotten =
                forgetAt[partition] != .min && forgetAt[partition] <= held
                && notedAt[partition] < held
            if isForgotten || (isBounded && column.int64Values[row] <= held) {
                keep()
                advance(to: held, readAt: batch.readAt, into: &output)
            }
            if isForgotten { forget(partition) }
            let isLate =
                isBounded
                ? column.int64Values[row] <= lastTime[partition]
                : column.int64Values[row] <= held
            if isLate {
                late += 1
            } else {
                kept.append(Int32(row))
                scheduleForgetting(partition, after: column.int64Values[row], held)
            }
        }
        output.count(.late, late)
        output.count(.timeless, timeless)
        keep()
    }

    /// Flink forgets a partition when event time has gone on by one to one and a half frames
    /// (RowTimeRangeBoundedPrecedingFunction.registerCleanupTimer), and then takes what is late.
    private func scheduleForgetting(_ partition: Int, after time: Int64, _ watermark: Int64) {
        guard let range else { return }
        let step = WindowBounds.step
        if forgetAt[partition] != .min, forgetAt[partition] >= time &+ range &+ step { return }
        // Flink computes in milliseconds.
        let longer = Int64(Double(range / step) * 1.5) &* step
        forgetAt[partition] = time &+ longer &+ step
        notedAt[partition] = watermark
        dirty.insert(Int32(partition))
    }

    private func forget(_ partition: Int) {
        for call in calls { call.reset(partition) }
        for row in history[partition] { rows.remove(Int(row)) }
        history[partition] = []
        forgotten[partition] = 0
        lastTime[partition] = .min
        forgetAt[partition] = .min
        dirty.insert(Int32(partition))
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
        guard dead.count > 1024, dead.count * 2 > keys.count else { return }
        for key in encodedKeys(Array(dead)) { removed.append(key) }
        let kept = (0..<Int32(keys.count)).filter { !dead.contains($0) }
        keys.compact(keeping: kept)
        for call in calls { call.compact(keeping: kept) }
        forgotten = kept.map { forgotten[Int($0)] }
        lastTime = kept.map { lastTime[Int($0)] }
        forgetAt = kept.map { forgetAt[Int($0)] }
        notedAt = kept.map { notedAt[Int($0)] }
        history = kept.map { _ in [] }
        writes?.renumber(kept)
        dirty = Set(kept.indices.filter { dirty.contains(kept[$0]) }.map { Int32($0) })
        dead = []
        compact()
    }

    private func compact() {
        rows.compact { columns, count in (self.partitions(columns, count), self.keys.count) }
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
                let kept = self.history[Int(partition)]
                return (kept, self.times(kept), self.forgotten[Int(partition)])
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
        history[number] += passed
        for row in passed { rows.setTag(Int(row), 1) }
        dirty.insert(partition)
        let list = history[number]
        var keep = list.count - min(list.count, Int(clamping: keepsRows))
        if let time = plan.time, let last = passed.last {
            lastTime[number] = rows.int64(time, Int(last))
            if let keepsMicros {
                let bound = lastTime[number].subtractingReportingOverflow(keepsMicros)
                let first = list.firstIndex {
                    bound.overflow || rows.int64(time, Int($0)) >= bound.partialValue
                }
                keep = min(keep, first ?? list.count)
            }
        }
        guard keep > 0 else { return }
        for row in list[..<keep] { rows.remove(Int(row)) }
        history[number].removeFirst(keep)
        forgotten[number] += Int64(keep)
    }

    // MARK: State

    package func flush(into output: inout OperatorOutput) {
        dropDeadPartitions()
        if rows.isSparse { compact() }
    }

    private func index() {
        waiting.removeAll()
        for partition in history.indices { history[partition] = [] }
        for row in rows.liveRows {
            let time = plan.time.map { rows.int64($0, Int(row)) } ?? 0
            if rows.tag(Int(row)) == 0 {
                waiting.push(time, row)
            } else {
                history[Int(rows.group(Int(row)))].append(row)
            }
        }
        for partition in history.indices {
            let list = history[partition]
            let times = times(list)
            history[partition] = list.indices.sorted {
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
            value.write(forgotten[Int(partition)])
            value.write(lastTime[Int(partition)])
            for call in calls { call.encode(Int(partition), into: &value) }
            value.write(Int64(forgetAt[Int(partition)] == .min ? 0 : 1))
            value.write(forgetAt[Int(partition)])
            value.write(notedAt[Int(partition)])
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

    private func encodedKeys(_ partitions: [Int32]) -> [[UInt8]] {
        let columns = keys.keyColumns(partitions)
        return partitions.indices.map { row in
            var key = StateBytes([1])
            for column in columns { key.write(column.scalar(row)) }
            return key.bytes
        }
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        rows.restore(entries, part: 0) { columns, count in
            (self.partitions(columns, count), self.keys.count)
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
        _ = partitions(plan.partitionBy.isEmpty ? [] : emptyColumns, 0)
        for (entry, partition) in zip(states, found) {
            var value = StateBytes(entry.value)
            forgotten[Int(partition)] = value.readInt64()
            lastTime[Int(partition)] = value.readInt64()
            for call in calls { call.decode(Int(partition), from: &value) }
            // Older states end here.
            if value.readInt64() == 1 {
                forgetAt[Int(partition)] = value.readInt64()
                notedAt[Int(partition)] = value.readInt64()
            }
        }
        writes?.note((0..<Int32(keys.count)).map { $0 }, of: keys.count)
        index()
    }

    private var emptyColumns: [Column] {
        rows.types.map { Column.nulls($0.kind.physical, count: 0) }
    }

    package var stateBytes: Int {
        keys.stateBytes + rows.stateBytes + waiting.stateBytes
            + history.reduce(0) { $0 + 56 + $1.capacity * 4 }
    }
}
