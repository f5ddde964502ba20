// GROUP BY over aligned windows: a window's groups are emitted once, when the watermark has passed
// its end (Flink: window TVF aggregation on shared slices).

package import WeirColumnar
import WeirFunctions
package import WeirPlanner

/// Aggregates rows by slice and key and puts slices together to windows; late rows are dropped and
/// counted.
package final class WindowAggregate: Operator {
    /// One slice with its groups.
    private final class Slice {
        let state: GroupedState
        /// Only for windows whose bounds are columns.
        var start: Int64 = 0
        /// Rows that came in.
        var rows = 0

        init(_ state: GroupedState) { self.state = state }
    }

    private let slices: WindowSlices?
    private let timeColumn: Int
    /// The start of the window, where the bounds are columns.
    private let startColumn: Int?
    private let keys: [Int]
    private let keyTypes: [DataType]
    private let calls: [AggregateCall]
    private var open: [Int64: Slice] = [:]
    private var spare: [GroupedState] = []
    private let scratch: GroupedState
    /// The earliest window with rows that has not been emitted, by its end (µs).
    private var nextWindow = Int64.max
    private var watermark: Int64 = .min
    private var dropped: [[UInt8]] = []
    /// Whether the watermark of before is still to come.
    private var isRestored = false

    package init(_ plan: WindowAggregatePlan) {
        func column(_ expression: BoundExpression) -> Int {
            guard case .column(let index) = expression.node else {
                preconditionFailure("windows read columns; the planner computes them before")
            }
            return index
        }
        switch plan.assignment {
        case .time(let time, let shape):
            slices = WindowSlices(shape)
            timeColumn = column(time)
            startColumn = nil
        case .attached(let start, let end):
            slices = nil
            timeColumn = column(end)
            startColumn = column(start)
        }
        keys = plan.keys.map(column)
        keyTypes = plan.keys.map(\.type)
        calls = plan.calls
        scratch = GroupedState(keyTypes: keyTypes, calls: calls, merges: true)
    }

    private var isSingle: Bool { slices?.isSingle ?? true }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 { take(batch, into: &output) }
        advance(toWatermark: batch.watermark, readAt: batch.readAt, into: &output)
    }

    private func advance(
        toWatermark reached: Int64, readAt: UInt64, into output: inout OperatorOutput
    ) {
        guard reached > watermark else { return }
        watermark = reached
        if isRestored {
            // What closed before the last commit has been emitted.
            isRestored = false
            nextWindow = open.keys.map(firstOpenWindow).min() ?? .max
        }
        fire(upTo: reached, readAt: readAt, into: &output)
        output.batches.append(Batch(count: 0, columns: [], watermark: reached, readAt: readAt))
    }

    // MARK: Rows

    private func take(_ batch: Batch, into output: inout OperatorOutput) {
        let column = batch.columns[timeColumn]
        let times = column.int64Values
        var rows: [Int32]?
        if let validity = column.validity {
            let timed = (0..<batch.count).filter { validity[$0] }.map(Int32.init)
            output.count(.timeless, batch.count - timed.count)
            rows = timed
        }
        var ends = times
        if let slices {
            var start = Int64.max
            var end = Int64.min
            for row in 0..<batch.count {
                let time = times[row]
                if time < start || time >= end {
                    end = slices.end(time)
                    start = end &- slices.slice
                }
                ends[row] = end
            }
        }
        let late = lateRows(ends, rows, batch)
        guard late.isEmpty else {
            takeWithLate(batch, ends, rows, late: late, into: &output)
            return
        }
        add(batch, ends, rows, into: &output)
    }

    /// The watermark that held before a row.
    private func watermark(before row: Int, of batch: Batch) -> Int64 {
        max(watermark, batch.watermarks?[row] ?? .min)
    }

    /// Rows behind the end of their own slice; they may still count in longer windows.
    private func lateRows(_ ends: [Int64], _ rows: [Int32]?, _ batch: Batch) -> [Int32] {
        var late: [Int32] = []
        let initial = watermark
        let watermarks = batch.watermarks
        func test(_ row: Int) {
            let held = watermarks.map { max($0[row], initial) } ?? initial
            if held >= ends[row] &- WindowBounds.step { late.append(Int32(row)) }
        }
        if let rows {
            for row in rows { test(Int(row)) }
        } else {
            for row in 0..<batch.count { test(row) }
        }
        return late
    }

    /// Windows that a late row finds closed must not see it: they are emitted before it is added.
    private func takeWithLate(
        _ batch: Batch, _ ends: [Int64], _ rows: [Int32]?, late: [Int32],
        into output: inout OperatorOutput
    ) {
        let all = rows ?? (0..<Int32(batch.count)).map { $0 }
        var isDropped = [Bool](repeating: false, count: batch.count)
        var cuts: [Int32] = []
        for row in late {
            let held = watermark(before: Int(row), of: batch)
            let last = slices?.lastWindow(of: ends[Int(row)]) ?? ends[Int(row)]
            if last &- WindowBounds.step <= held {
                isDropped[Int(row)] = true
            } else {
                cuts.append(row)
            }
        }
        let droppedRows = all.reduce(0) { $0 + (isDropped[Int($1)] ? 1 : 0) }
        output.count(.late, droppedRows)
        var part: [Int32] = []
        var next = 0
        for row in all where !isDropped[Int(row)] {
            if next < cuts.count, cuts[next] == row {
                add(batch, ends, part, into: &output)
                part = []
                let held = watermark(before: Int(row), of: batch)
                fire(upTo: held, readAt: batch.readAt, into: &output)
                watermark = max(watermark, held)
                next += 1
            }
            part.append(row)
        }
        add(batch, ends, part, into: &output)
    }

    /// Adds rows to their slices.
    private func add(
        _ batch: Batch, _ ends: [Int64], _ rows: [Int32]?, into output: inout OperatorOutput
    ) {
        let count = rows?.count ?? batch.count
        guard count > 0 else { return }
        output.count(.held, count)
        let first = ends[Int(rows?[0] ?? 0)]
        let isUniform =
            rows.map { $0.allSatisfy { ends[Int($0)] == first } }
            ?? (ends.last == first && !ends.contains { $0 != first })
        if isUniform {
            add(rows.map { batch.take($0) } ?? batch, to: first)
            return
        }
        var numbers: [Int64: Int] = [:]
        var buckets: [(end: Int64, rows: [Int32])] = []
        var current = -1
        for row in rows ?? (0..<Int32(batch.count)).map({ $0 }) {
            let end = ends[Int(row)]
            if current < 0 || buckets[current].end != end {
                current = numbers[end] ?? buckets.count
                if current == buckets.count {
                    numbers[end] = current
                    buckets.append((end, []))
                }
            }
            buckets[current].rows.append(row)
        }
        for bucket in buckets { add(batch.take(bucket.rows), to: bucket.end) }
    }

    private func add(_ batch: Batch, to end: Int64) {
        let slice = open[end] ?? make(end, batch)
        let state = slice.state
        let groups = state.groups(keys.map { batch.columns[$0] }, count: batch.count)
        state.markDirty(groups)
        state.aggregates.accumulate(batch, groups: groups)
        slice.rows += batch.count
    }

    private func make(_ end: Int64, _ batch: Batch) -> Slice {
        let slice = Slice(
            spare.popLast() ?? GroupedState(keyTypes: keyTypes, calls: calls, merges: !isSingle))
        if let startColumn { slice.start = batch.columns[startColumn].int64Values[0] }
        open[end] = slice
        nextWindow = min(nextWindow, firstOpenWindow(of: end))
        return slice
    }

    private func firstOpenWindow(of end: Int64) -> Int64 {
        slices?.openWindow(of: end, watermark: watermark) ?? end
    }

    // MARK: Firing

    private func fire(upTo limit: Int64, readAt: UInt64, into output: inout OperatorOutput) {
        while nextWindow != .max, nextWindow &- WindowBounds.step <= limit {
            emit(window: nextWindow, readAt: readAt, into: &output)
            drop(after: nextWindow, into: &output)
        }
    }

    private func emit(window end: Int64, readAt: UInt64, into output: inout OperatorOutput) {
        let state: GroupedState
        let start: Int64
        if isSingle {
            guard let slice = open[end] else { return }
            state = slice.state
            start = slices?.start(ofWindow: end) ?? slice.start
        } else {
            start = slices?.start(ofWindow: end) ?? end
            merge(from: start, to: end)
            state = scratch
        }
        let groups = (0..<Int32(state.count)).filter { state.rowCount($0) > 0 }
        guard !groups.isEmpty else { return }
        let bounds = [start, end, end &- WindowBounds.step].map {
            Column(.int64([Int64](repeating: $0, count: groups.count)))
        }
        output.batches.append(
            Batch(
                count: groups.count,
                columns: bounds + state.keyColumns(groups) + state.results(groups),
                readAt: readAt))
    }

    /// Puts the slices of a window together.
    private func merge(from start: Int64, to end: Int64) {
        scratch.reset()
        for sliceEnd in open.keys.sorted() where sliceEnd > start && sliceEnd <= end {
            guard let slice = open[sliceEnd]?.state else { continue }
            let groups = (0..<Int32(slice.count)).map { $0 }
            let merged = scratch.groups(slice.keyColumns(groups), count: groups.count)
            scratch.aggregates.merge(slice.aggregates, from: groups, into: merged)
        }
    }

    /// Lets go the slices of which a window was the last, and finds the next window.
    private func drop(after window: Int64, into output: inout OperatorOutput) {
        nextWindow = .max
        for (end, slice) in open {
            let last = slices?.lastWindow(of: end) ?? end
            if last <= window {
                output.count(.held, -slice.rows)
                output.count(.windowed, slice.rows)
                dropped.append(Self.prefix(end, slice.start))
                open[end] = nil
                if spare.count < 16 {
                    slice.state.reset()
                    spare.append(slice.state)
                }
                continue
            }
            let first = slices?.firstWindow(of: end) ?? end
            nextWindow = min(nextWindow, max(first, slices?.next(window) ?? end))
        }
    }

    // MARK: Checkpoints

    private static func prefix(_ end: Int64, _ start: Int64) -> [UInt8] {
        var bytes = StateBytes()
        bytes.write(end)
        bytes.write(start)
        return bytes.bytes
    }

    package func takeStateDelta() -> StateDelta {
        var delta = StateDelta()
        delta.deletedPrefixes = dropped
        dropped = []
        for (end, slice) in open {
            delta.add(slice.state.takeDelta(prefix: Self.prefix(end, slice.start)))
        }
        return delta
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        var bySlice: [[UInt8]: [(key: [UInt8], value: [UInt8])]] = [:]
        for entry in entries { bySlice[Array(entry.key.prefix(16)), default: []].append(entry) }
        for (prefix, own) in bySlice {
            var bytes = StateBytes(prefix)
            let end = bytes.readInt64()
            let slice = Slice(GroupedState(keyTypes: keyTypes, calls: calls, merges: !isSingle))
            slice.start = bytes.readInt64()
            slice.state.restore(own, prefix: 16)
            slice.rows = Int(slice.state.aggregates.totalRows)
            open[end] = slice
        }
        isRestored = true
    }

    package var stateBytes: Int { open.values.reduce(0) { $0 + $1.state.stateBytes } }
}
