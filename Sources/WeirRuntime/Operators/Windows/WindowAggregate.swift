// GROUP BY over aligned windows: a window's groups are emitted once, when the watermark has passed
// its end (Flink: window TVF aggregation on shared slices).

package import WeirColumnar
import WeirFunctions
package import WeirPlanner

/// Aggregates rows by slice and key and puts slices together to windows; late rows are dropped and
/// counted.
package final class WindowAggregate: Operator {
    private let slices: WindowSlices?
    private let timeColumn: Int
    /// Key columns; where the bounds of windows are columns, the start is the first of them.
    private let keys: [Int]
    private let groups: WindowGroups
    /// Slices put together, where a window has several.
    private let merged: GroupedState
    /// Start and end of what is in `merged` when the next window of the same start goes on there.
    private var mergedRange: (start: Int64, end: Int64)?
    /// The earliest window with rows that has not been emitted, by its end (µs).
    private var nextWindow = Int64.max
    private var watermark: Int64 = .min
    /// Whether the watermark of before is still to come.
    private var isRestored = false

    package init(_ plan: WindowAggregatePlan) {
        func column(_ expression: BoundExpression) -> Int {
            guard case .column(let index) = expression.node else {
                preconditionFailure("windows read columns; the planner computes them before")
            }
            return index
        }
        var keys = plan.keys
        switch plan.assignment {
        case .time(let time, let shape):
            slices = WindowSlices(shape)
            timeColumn = column(time)
        case .attached(let start, let end):
            slices = nil
            timeColumn = column(end)
            keys.insert(start, at: 0)
        }
        self.keys = keys.map(column)
        groups = WindowGroups(
            keyTypes: keys.map(\.type), calls: plan.calls, merges: !(slices?.isSingle ?? true))
        merged = GroupedState(keyTypes: keys.map(\.type), calls: plan.calls, merges: true)
    }

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
            nextWindow = groups.ends.map(firstOpenWindow).min() ?? .max
        }
        fire(upTo: reached, readAt: readAt, into: &output)
        output.batches.append(Batch(count: 0, columns: [], watermark: reached, readAt: readAt))
    }

    // MARK: Rows

    private func take(_ batch: Batch, into output: inout OperatorOutput) {
        let column = batch.columns[timeColumn]
        var batch = batch
        if let validity = column.validity {
            let timed = (0..<batch.count).filter { validity[$0] }.map(Int32.init)
            output.count(.timeless, batch.count - timed.count)
            batch = batch.take(timed)
        }
        let ends = sliceEnds(batch)
        let late = lateRows(ends, batch)
        guard late.isEmpty else {
            takeWithLate(batch, ends, late: late, into: &output)
            return
        }
        add(batch, ends, into: &output)
    }

    /// The end of each row's slice.
    private func sliceEnds(_ batch: Batch) -> [Int64] {
        let times = batch.columns[timeColumn].int64Values
        guard let slices else { return times }
        return [Int64](unsafeUninitializedCapacity: batch.count) { ends, count in
            var start = Int64.max
            var end = Int64.min
            times.withUnsafeBufferPointer { times in
                for row in 0..<batch.count {
                    let time = times[row]
                    if time < start || time >= end {
                        end = slices.end(time)
                        start = end &- slices.slice
                    }
                    ends.initializeElement(at: row, to: end)
                }
            }
            count = batch.count
        }
    }

    /// The watermark that held before a row.
    private func watermark(before row: Int, of batch: Batch) -> Int64 {
        max(watermark, batch.watermarks?[row] ?? .min)
    }

    /// Rows behind the end of their own slice; they may still count in longer windows.
    private func lateRows(_ ends: [Int64], _ batch: Batch) -> [Int32] {
        var late: [Int32] = []
        let initial = watermark
        guard let watermarks = batch.watermarks else {
            for row in 0..<batch.count where initial >= ends[row] &- WindowBounds.step {
                late.append(Int32(row))
            }
            return late
        }
        ends.withUnsafeBufferPointer { ends in
            watermarks.withUnsafeBufferPointer { watermarks in
                for row in 0..<batch.count
                where max(watermarks[row], initial) >= ends[row] &- WindowBounds.step {
                    late.append(Int32(row))
                }
            }
        }
        return late
    }

    /// Windows that a late row finds closed must not see it: they are emitted before it is added.
    private func takeWithLate(
        _ batch: Batch, _ ends: [Int64], late: [Int32], into output: inout OperatorOutput
    ) {
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
        output.count(.late, late.count - cuts.count)
        var part: [Int32] = []
        var next = 0
        for row in 0..<Int32(batch.count) where !isDropped[Int(row)] {
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

    private func add(
        _ batch: Batch, _ ends: [Int64], _ rows: [Int32], into output: inout OperatorOutput
    ) {
        if rows.isEmpty { return }
        add(batch.take(rows), rows.map { ends[Int($0)] }, into: &output)
    }

    private func add(_ batch: Batch, _ ends: [Int64], into output: inout OperatorOutput) {
        if batch.count == 0 { return }
        output.count(.held, batch.count)
        for end in groups.add(batch, ends: ends, keys: keys) {
            nextWindow = min(nextWindow, firstOpenWindow(of: end))
        }
        if let range = mergedRange, ends.contains(where: { $0 > range.start && $0 <= range.end }) {
            mergedRange = nil
        }
    }

    private func firstOpenWindow(of end: Int64) -> Int64 {
        slices?.openWindow(of: end, watermark: watermark) ?? end
    }

    // MARK: Firing

    private var isSingle: Bool { slices?.isSingle ?? true }

    private func fire(upTo limit: Int64, readAt: UInt64, into output: inout OperatorOutput) {
        if isSingle { return fireSlices(upTo: limit, readAt: readAt, into: &output) }
        while nextWindow != .max, nextWindow &- WindowBounds.step <= limit {
            emit(window: nextWindow, readAt: readAt, into: &output)
            drop(after: nextWindow, into: &output)
        }
    }

    /// Most rows of a batch that is emitted.
    private static let batchRows = 16_384

    /// Windows that are one slice, all that are due together.
    private func fireSlices(
        upTo limit: Int64, readAt: UInt64, into output: inout OperatorOutput
    ) {
        let due = groups.ends.prefix { $0 &- WindowBounds.step <= limit }
        let all = due.flatMap(groups.groups(ofSlice:))
        for first in stride(from: 0, to: all.count, by: Self.batchRows) {
            let part = Array(all[first..<min(first + Self.batchRows, all.count)])
            let keyColumns = groups.state.keyColumns(part)
            emit(
                part, ends: keyColumns[0].int64Values, keys: keyColumns.dropFirst(), groups.state,
                readAt, into: &output)
        }
        remove(due.count, into: &output)
        nextWindow = groups.ends.first ?? .max
    }

    private func emit(window end: Int64, readAt: UInt64, into output: inout OperatorOutput) {
        merge(from: slices?.start(ofWindow: end) ?? end, to: end)
        let all = (0..<Int32(merged.count)).filter { merged.rowCount($0) > 0 }
        emit(
            all, ends: [Int64](repeating: end, count: all.count), keys: merged.keyColumns(all)[...],
            merged, readAt, into: &output)
    }

    private func emit(
        _ groups: [Int32], ends: [Int64], keys: ArraySlice<Column>, _ state: GroupedState,
        _ readAt: UInt64, into output: inout OperatorOutput
    ) {
        if groups.isEmpty { return }
        let starts = slices.map { slices in
            Column(.int64(ends.map(slices.start(ofWindow:))))
        }
        let times = Column(.int64(ends.map { $0 &- WindowBounds.step }))
        output.batches.append(
            Batch(
                count: groups.count,
                // Where the bounds are columns, the start is the first key.
                columns: (starts.map { [$0] } ?? Array(keys.prefix(1)))
                    + [Column(.int64(ends)), times] + keys.dropFirst(starts == nil ? 1 : 0)
                    + state.results(groups),
                readAt: readAt))
    }

    /// Puts the slices of a window together; a window that begins where the last one did is
    /// that one with the slices after it.
    private func merge(from start: Int64, to end: Int64) {
        var known = start
        if let range = mergedRange, range.start == start, range.end <= end {
            known = range.end
        } else {
            merged.reset()
        }
        for sliceEnd in groups.slices(after: known, upTo: end) {
            let own = groups.groups(ofSlice: sliceEnd)
            let keyColumns = Array(groups.state.keyColumns(own).dropFirst())
            let into = merged.groups(keyColumns, count: own.count)
            merged.aggregates.merge(groups.state.aggregates, from: own, into: into)
        }
        mergedRange = (start, end)
    }

    /// Lets go the slices of which a window was the last, and finds the next window.
    private func drop(after window: Int64, into output: inout OperatorOutput) {
        let gone = groups.ends.prefix { (slices?.lastWindow(of: $0) ?? $0) <= window }.count
        remove(gone, into: &output)
        nextWindow =
            groups.ends.first.map {
                max(slices?.firstWindow(of: $0) ?? $0, slices?.next(window) ?? $0)
            } ?? .max
    }

    private func remove(_ slices: Int, into output: inout OperatorOutput) {
        if slices == 0 { return }
        let rows = groups.removeFirst(slices)
        output.count(.held, -rows)
        output.count(.windowed, rows)
    }

    // MARK: Checkpoints

    package func takeStateDelta() -> StateDelta { groups.takeStateDelta() }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        groups.restore(entries)
        isRestored = true
    }

    package var stateBytes: Int { groups.stateBytes + merged.stateBytes }
}
