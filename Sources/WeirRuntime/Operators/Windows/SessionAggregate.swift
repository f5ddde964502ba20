// GROUP BY over sessions: windows that grow with their rows until a gap in time (Flink: SESSION).

package import WeirColumnar
import WeirFunctions
package import WeirPlanner

/// Aggregates the rows of each key by session; sessions that come to touch become one.
package final class SessionAggregate: Operator {
    private let gap: Int64
    private let timeColumn: Int
    private let keys: [Int]
    private let keyTypes: [DataType]
    private let calls: [AggregateCall]
    private var keyTable: KeyTable
    /// Sessions by key.
    private var sessionsOfKey: [[Int32]] = []
    /// By session; its number is its group among the aggregates.
    private var starts: [Int64] = []
    private var ends: [Int64] = []
    private var keyOf: [Int32] = []
    private var rows: [Int] = []
    private var isOpen: [UInt8] = []
    private var openCount = 0
    private var isDirty: [UInt8] = []
    private var dirty: [Int32] = []
    /// What each session is stored under.
    private var storedKeys: [[UInt8]?] = []
    private var removed: [[UInt8]] = []
    private let aggregates: AggregateState
    private var due = TimeHeap()
    private var watermark: Int64 = .min

    package init(_ plan: WindowAggregatePlan, time: BoundExpression, gap: Int64) {
        func column(_ expression: BoundExpression) -> Int {
            guard case .column(let index) = expression.node else {
                preconditionFailure("windows read columns; the planner computes them before")
            }
            return index
        }
        self.gap = gap
        timeColumn = column(time)
        keys = plan.keys.map(column)
        keyTypes = plan.keys.map(\.type)
        calls = plan.calls
        keyTable = KeyTable(columns: keyTypes)
        aggregates = AggregateState(plan.calls, merges: true)
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 { take(batch, into: &output) }
        guard batch.watermark > watermark else { return }
        watermark = batch.watermark
        fire(upTo: watermark, readAt: batch.readAt, into: &output)
        output.batches.append(
            Batch(count: 0, columns: [], watermark: watermark, readAt: batch.readAt))
    }

    // MARK: Rows

    private func take(_ batch: Batch, into output: inout OperatorOutput) {
        let time = batch.columns[timeColumn]
        let times = time.int64Values
        let found = keyTable.groups(keys.map { batch.columns[$0] }, rows: batch.count)
        while sessionsOfKey.count < keyTable.count { sessionsOfKey.append([]) }
        var pending: [Int32] = []
        var sessions: [Int32] = []
        var timeless = 0
        var late = 0
        for row in 0..<batch.count {
            if time.isNull(row) {
                timeless += 1
                continue
            }
            let held = max(watermark, batch.watermarks?[row] ?? .min)
            if held > watermark {
                // Sessions that this row finds closed must not grow by it.
                add(batch, pending, sessions)
                pending = []
                sessions = []
                fire(upTo: held, readAt: batch.readAt, into: &output)
                watermark = held
            }
            guard
                let session = place(
                    times[row], key: found[row],
                    beforeMerge: {
                        self.add(batch, pending, sessions)
                        pending = []
                        sessions = []
                    })
            else {
                late += 1
                continue
            }
            pending.append(Int32(row))
            sessions.append(session)
        }
        add(batch, pending, sessions)
        output.count(.timeless, timeless)
        output.count(.late, late)
        output.count(.held, batch.count - timeless - late)
    }

    private func add(_ batch: Batch, _ part: [Int32], _ sessions: [Int32]) {
        guard !part.isEmpty else { return }
        for session in sessions { rows[Int(session)] += 1 }
        aggregates.accumulate(
            part.count == batch.count ? batch : batch.take(part), groups: sessions)
    }

    /// The session of a row, made, extended or put together as need be; nil for a late row.
    private func place(_ time: Int64, key: Int32, beforeMerge: () -> Void) -> Int32? {
        let end = time &+ gap
        let own = sessionsOfKey[Int(key)]
        let touching = own.filter { starts[Int($0)] <= end && ends[Int($0)] >= time }
        guard let first = touching.first else {
            if end &- WindowBounds.step <= watermark { return nil }
            return make(time, end, key)
        }
        if touching.count > 1 { beforeMerge() }
        for other in touching.dropFirst() { merge(other, into: first) }
        if time < starts[Int(first)] {
            starts[Int(first)] = time
        }
        if end > ends[Int(first)] { ends[Int(first)] = end }
        mark(first)
        return first
    }

    private func make(_ start: Int64, _ end: Int64, _ key: Int32) -> Int32 {
        let session = Int32(starts.count)
        starts.append(start)
        ends.append(end)
        keyOf.append(key)
        rows.append(0)
        isOpen.append(1)
        isDirty.append(0)
        storedKeys.append(nil)
        openCount += 1
        aggregates.grow(to: starts.count)
        sessionsOfKey[Int(key)].append(session)
        due.push(end, session)
        mark(session)
        return session
    }

    private func merge(_ other: Int32, into first: Int32) {
        aggregates.merge(aggregates, from: [other], into: [first])
        starts[Int(first)] = min(starts[Int(first)], starts[Int(other)])
        ends[Int(first)] = max(ends[Int(first)], ends[Int(other)])
        rows[Int(first)] += rows[Int(other)]
        close(other)
    }

    private func close(_ session: Int32) {
        isOpen[Int(session)] = 0
        openCount -= 1
        let key = Int(keyOf[Int(session)])
        sessionsOfKey[key].removeAll { $0 == session }
        if let stored = storedKeys[Int(session)] { removed.append(stored) }
        storedKeys[Int(session)] = nil
    }

    private func mark(_ session: Int32) {
        guard isDirty[Int(session)] == 0 else { return }
        isDirty[Int(session)] = 1
        dirty.append(session)
    }

    // MARK: Firing

    private func fire(upTo limit: Int64, readAt: UInt64, into output: inout OperatorOutput) {
        let last = limit == .max ? limit : limit &+ WindowBounds.step
        var closed: [Int32] = []
        while let item = due.pop(upTo: last) {
            let session = item.item
            guard isOpen[Int(session)] != 0 else { continue }
            let end = ends[Int(session)]
            if end > item.time {
                // It has grown since.
                due.push(end, session)
                continue
            }
            closed.append(session)
            close(session)
        }
        guard !closed.isEmpty else { return }
        let count = closed.reduce(0) { $0 + rows[Int($1)] }
        output.count(.held, -count)
        output.count(.windowed, count)
        let shown = closed.filter { aggregates.rowCount($0) > 0 }
        let bounds = [
            Column(.int64(shown.map { starts[Int($0)] })),
            Column(.int64(shown.map { ends[Int($0)] })),
            Column(.int64(shown.map { ends[Int($0)] &- WindowBounds.step })),
        ]
        if !shown.isEmpty {
            output.batches.append(
                Batch(
                    count: shown.count,
                    columns: bounds + keyTable.keyColumns(shown.map { keyOf[Int($0)] })
                        + aggregates.results(shown), readAt: readAt))
        }
    }

    package func flush(into output: inout OperatorOutput) { compactIfSparse() }

    /// Forgets closed sessions and keys without one, once they are the larger part.
    private func compactIfSparse() {
        guard starts.count > 1024, openCount * 2 < starts.count else { return }
        let kept = (0..<Int32(starts.count)).filter { isOpen[Int($0)] != 0 }
        let columns = keyTable.keyColumns(kept.map { keyOf[Int($0)] })
        let fresh = KeyTable(columns: keyTypes)
        keyOf = fresh.groups(columns, rows: kept.count)
        keyTable = fresh
        aggregates.compact(keeping: kept)
        starts = kept.map { starts[Int($0)] }
        ends = kept.map { ends[Int($0)] }
        rows = kept.map { rows[Int($0)] }
        storedKeys = kept.map { storedKeys[Int($0)] }
        isDirty = kept.map { isDirty[Int($0)] }
        dirty = isDirty.indices.filter { isDirty[$0] != 0 }.map(Int32.init)
        isOpen = kept.map { _ in 1 }
        sessionsOfKey = [[Int32]](repeating: [], count: fresh.count)
        due.removeAll()
        for session in kept.indices {
            sessionsOfKey[Int(keyOf[session])].append(Int32(session))
            due.push(ends[session], Int32(session))
        }
    }

    // MARK: Checkpoints

    package func takeStateDelta() -> StateDelta {
        var delta = StateDelta()
        delta.deletes = removed
        removed = []
        let live = dirty.filter { isOpen[Int($0)] != 0 }
        let columns = keyTable.keyColumns(live.map { keyOf[Int($0)] })
        for (row, session) in live.enumerated() {
            var key = StateBytes()
            key.write(starts[Int(session)])
            for column in columns { key.write(column.scalar(row)) }
            if let stored = storedKeys[Int(session)], stored != key.bytes {
                delta.deletes.append(stored)
            }
            storedKeys[Int(session)] = key.bytes
            var value = StateBytes()
            value.write(ends[Int(session)])
            value.write(Int64(rows[Int(session)]))
            aggregates.encode(Int(session), into: &value)
            delta.upserts.append((key.bytes, value.bytes))
        }
        for session in dirty { isDirty[Int(session)] = 0 }
        dirty = []
        return delta
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        var builders = keyTypes.map { ColumnBuilder($0.kind.physical) }
        var restored: [Int64] = []
        for entry in entries {
            var key = StateBytes(entry.key)
            restored.append(key.readInt64())
            for index in builders.indices { builders[index].append(key.readScalar()) }
        }
        let found = keyTable.groups(builders.map { $0.build() }, rows: entries.count)
        while sessionsOfKey.count < keyTable.count { sessionsOfKey.append([]) }
        for (index, entry) in entries.enumerated() {
            var value = StateBytes(entry.value)
            let session = make(restored[index], value.readInt64(), found[index])
            rows[Int(session)] = Int(value.readInt64())
            aggregates.decode(Int(session), from: &value)
            storedKeys[Int(session)] = entry.key
            isDirty[Int(session)] = 0
        }
        dirty = []
    }

    package var stateBytes: Int {
        keyTable.stateBytes + aggregates.stateBytes + starts.capacity * 48 + due.stateBytes
    }
}
