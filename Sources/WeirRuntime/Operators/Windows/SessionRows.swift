// SESSION whose rows are not grouped by it: each row with its session, once the session is closed.

import WeirColumnar
import WeirPlanner

/// Keeps the rows of open sessions and gives them with window_start, window_end and window_time
/// when the watermark has passed a session's end (Flink: WindowTableFunctionOperator over
/// sessions).
final class SessionRows: Operator {
    private let time: Int
    private let gap: Int64
    private let partitionBy: [Int]
    private let types: [DataType]
    private var keys: KeyTable
    private let rows: KeyedRows
    /// The sessions of each key that are open, by their start; no two of them touch.
    private var sessions: [[OpenSession]] = []
    /// When sessions close if no other row comes, with their keys; some have grown since.
    private var due = TimeHeap()
    private var watermark = Int64.min

    /// - Parameter types: of the input's columns.
    init(_ plan: WindowAssignPlan, gap: Int64, partitionBy: [Int], types: [DataType]) {
        time = plan.time
        self.gap = gap
        self.partitionBy = partitionBy
        self.types = types
        keys = KeyTable(columns: partitionBy.map { types[$0] })
        rows = KeyedRows(types, .removal)
    }

    func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 { take(batch, into: &output) }
        guard batch.watermark > watermark else { return }
        watermark = batch.watermark
        fire(readAt: batch.readAt, into: &output)
        output.batches.append(
            Batch(count: 0, columns: [], watermark: watermark, readAt: batch.readAt))
    }

    private func groups(_ columns: [Column], _ count: Int) -> [Int32] {
        keys.groups(partitionBy.map { columns[$0] }, rows: count)
    }

    // MARK: Rows

    private func take(_ batch: Batch, into output: inout OperatorOutput) {
        let column = batch.columns[time]
        let times = column.int64Values
        let found = groups(batch.columns, batch.count)
        var pending: [Int32] = []
        func add() {
            if pending.isEmpty { return }
            rows.append(
                batch.columns, rows: pending, groups: found, groupCount: keys.count)
            for row in pending { note(times[Int(row)], found[Int(row)]) }
            output.count(.held, pending.count)
            pending = []
        }
        for row in 0..<batch.count {
            if column.isNull(row) {
                output.count(.timeless, 1)
                continue
            }
            let held = batch.watermarks?[row] ?? .min
            if held > watermark {
                add()
                watermark = held
                fire(readAt: batch.readAt, into: &output)
            }
            if times[row] &+ gap &- WindowBounds.step <= watermark {
                add()
                guard touchesOpenSession(times[row], found[row]) else {
                    output.count(.late, 1)
                    continue
                }
            }
            pending.append(Int32(row))
        }
        add()
    }

    /// The first and the last time of a session's rows.
    private struct OpenSession {
        var start: Int64
        var last: Int64

        func touches(_ moment: Int64, _ gap: Int64) -> Bool {
            start &- gap <= moment && moment <= last &+ gap
        }
    }

    private func touchesOpenSession(_ moment: Int64, _ key: Int32) -> Bool {
        Int(key) < sessions.count && sessions[Int(key)].contains { $0.touches(moment, gap) }
    }

    /// A row begins a session, or belongs to one, which it may join to the next.
    private func note(_ moment: Int64, _ key: Int32) {
        while sessions.count < keys.count { sessions.append([]) }
        var session = OpenSession(start: moment, last: moment)
        var place = 0
        var joined = 0
        for other in sessions[Int(key)] {
            if other.touches(moment, gap) {
                session.start = min(session.start, other.start)
                session.last = max(session.last, other.last)
                joined += 1
            } else if other.last < moment {
                place += 1
            }
        }
        sessions[Int(key)].replaceSubrange(place..<(place + joined), with: [session])
        // The end of one that has not grown is there already.
        if session.last == moment || joined > 1 { due.push(session.last &+ gap, key) }
    }

    // MARK: Firing

    private func fire(readAt: UInt64, into output: inout OperatorOutput) {
        let limit = watermark == .max ? watermark : watermark &+ WindowBounds.step
        var candidates: Set<Int32> = []
        while let item = due.pop(upTo: limit) { candidates.insert(item.item) }
        var closed = ClosedSessions()
        for key in candidates.sorted() { close(key, limit, &closed) }
        guard !closed.rows.isEmpty else { return }
        for row in closed.rows { rows.remove(Int(row)) }
        output.count(.held, -closed.rows.count)
        output.count(.windowed, closed.rows.count)
        let bounds = [
            closed.starts, closed.ends, closed.ends.map { $0 &- WindowBounds.step },
        ]
        output.batches.append(
            Batch(
                count: closed.rows.count,
                columns: rows.allValues(closed.rows) + bounds.map { Column(.int64($0)) },
                readAt: readAt))
    }

    private struct ClosedSessions {
        var rows: [Int32] = []
        var starts: [Int64] = []
        var ends: [Int64] = []
    }

    /// The sessions of a key that end by a limit.
    private func close(_ key: Int32, _ limit: Int64, _ closed: inout ClosedSessions) {
        let ended = sessions[Int(key)].prefix { $0.last &+ gap <= limit }
        guard let last = ended.last else { return }
        let sorted = rows.rows(of: key).map { (row: $0, time: rows.int64(time, Int($0))) }
            .filter { $0.time <= last.last }.sorted { ($0.time, $0.row) < ($1.time, $1.row) }
        var next = 0
        for session in ended {
            while next < sorted.count, sorted[next].time <= session.last {
                closed.rows.append(sorted[next].row)
                closed.starts.append(session.start)
                closed.ends.append(session.last &+ gap)
                next += 1
            }
        }
        sessions[Int(key)].removeFirst(ended.count)
    }

    // MARK: State

    func flush(into output: inout OperatorOutput) {
        guard rows.isSparse else { return }
        keys = KeyTable(columns: partitionBy.map { types[$0] })
        rows.compact { columns, count in (self.groups(columns, count), self.keys.count) }
        findSessions()
    }

    private func findSessions() {
        due.removeAll()
        sessions = Array(repeating: [], count: keys.count)
        for row in rows.liveRows { note(rows.int64(time, Int(row)), rows.group(Int(row))) }
    }

    func takeStateDelta() -> StateDelta { rows.takeDelta(part: 0) }

    func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        rows.restore(entries, part: 0) { columns, count in
            (self.groups(columns, count), self.keys.count)
        }
        findSessions()
    }

    var stateBytes: Int {
        keys.stateBytes + rows.stateBytes + due.stateBytes
            + sessions.reduce(0) { $0 + 32 + $1.capacity * 16 }
    }
}
