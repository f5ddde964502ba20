// GROUP BY over tumbling windows: a window's groups are emitted once, when the watermark has
// passed its end (Flink: window TVF aggregation).

package import WeirColumnar
package import WeirPlanner

/// Aggregates rows by window and key; late rows are dropped and counted.
package final class TumbleWindow: Operator {
    private let state: GroupedState
    private let plan: WindowAggregatePlan
    private let timeColumn: Int
    private let keys: [Int]
    /// The earliest end of an open window (µs).
    private var firstEnd = Int64.max
    private var watermark: Int64 = .min
    private var heldRows: Int64 = 0

    package init(_ plan: WindowAggregatePlan, watermark: Int64) {
        self.plan = plan
        self.watermark = watermark
        func column(_ expression: BoundExpression) -> Int {
            guard case .column(let index) = expression.node else {
                preconditionFailure("window keys are columns; the binder computes them before")
            }
            return index
        }
        timeColumn = column(plan.time)
        keys = plan.keys.map(column)
        let end = DataType(.timestamp(3), nullable: false)
        state = GroupedState(keyTypes: [end] + plan.keys.map(\.type), calls: plan.calls)
    }

    package func process(_ batch: Batch, into output: inout OperatorOutput) {
        if batch.count > 0 { add(batch, into: &output) }
        watermark = max(watermark, batch.watermark)
        fire(upTo: watermark, readAt: batch.readAt, into: &output)
    }

    private func add(_ batch: Batch, into output: inout OperatorOutput) {
        let times = batch.columns[timeColumn].int64Values
        var ends = [Int64](repeating: 0, count: batch.count)
        let lateRows = assign(
            times, batch.watermarks, &ends, size: plan.size, offset: plan.offset)
        var batch = batch
        if lateRows > 0 {
            let indices = Logic.indices(of: ends.map { $0 == .min ? 0 : 1 })
            batch = batch.take(indices)
            ends = indices.map { ends[Int($0)] }
            output.count(.late, lateRows)
            guard batch.count > 0 else { return }
        }
        let groups = state.groups(
            [Column(.int64(ends))] + keys.map { batch.columns[$0] }, count: batch.count)
        _ = state.markDirty(groups)
        state.accumulate(batch, groups: groups)
        heldRows += Int64(batch.count)
        output.count(.held, batch.count)
    }

    /// Computes the window end of each row, `Int64.min` for late ones; returns how many are late.
    private func assign(
        _ times: [Int64], _ watermarks: [Int64]?, _ ends: inout [Int64], size: Int64,
        offset: Int64
    ) -> Int {
        var late = 0
        var start: Int64 = 0
        var end: Int64 = 0
        var first = firstEnd
        for row in ends.indices {
            let time = times[row]
            if time < start || time >= end {
                start = WindowBounds.start(time, size: size, offset: offset)
                end = start &+ size
            }
            ends[row] = end
        }
        if let watermarks {
            late = markLate(watermarks, &ends)
        } else if watermark != .min {
            let held = watermark
            for row in ends.indices where held >= ends[row] &- WindowBounds.step {
                ends[row] = .min
                late += 1
            }
        }
        for end in ends where end < first && end != .min { first = end }
        firstEnd = first
        return late
    }

    /// Drops rows whose window had closed before they came.
    private func markLate(_ watermarks: [Int64], _ ends: inout [Int64]) -> Int {
        var late = 0
        let initial = watermark
        for row in ends.indices
        where max(watermarks[row], initial) >= ends[row] &- WindowBounds.step {
            ends[row] = .min
            late += 1
        }
        return late
    }

    private func fire(upTo limit: Int64, readAt: UInt64, into output: inout OperatorOutput) {
        guard firstEnd != .max, limit >= firstEnd &- WindowBounds.step else { return }
        let ends = state.keyWords(column: 0)
        var due: [Int32] = []
        var open: [Int32] = []
        for group in ends.indices {
            if ends[group] &- WindowBounds.step <= limit {
                due.append(Int32(group))
            } else {
                open.append(Int32(group))
            }
        }
        // By window, within it in the order of arrival.
        due.sort { ends[Int($0)] == ends[Int($1)] ? $0 < $1 : ends[Int($0)] < ends[Int($1)] }
        let keyColumns = state.keyColumns(due)
        let endValues = due.map { ends[Int($0)] }
        let bounds = [
            Column(.int64(endValues.map { $0 &- plan.size })), Column(.int64(endValues)),
            Column(.int64(endValues.map { $0 &- WindowBounds.step })),
        ]
        let emittedRows = due.reduce(Int64(0)) { $0 + state.rowCount($1) }
        output.batches.append(
            Batch(
                count: due.count,
                columns: bounds + keyColumns.dropFirst() + state.results(due),
                watermark: limit, readAt: readAt))
        heldRows -= emittedRows
        output.count(.held, -Int(emittedRows))
        output.count(.windowed, Int(emittedRows))
        firstEnd = open.map { ends[Int($0)] }.min() ?? .max
        state.compact(keeping: open)
    }

    package func finish(into output: inout OperatorOutput) {
        fire(upTo: .max, readAt: 0, into: &output)
        watermark = .max
    }

    package func takeStateDelta() -> StateDelta { state.takeDelta() }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        state.restore(entries)
        firstEnd = state.keyWords(column: 0).min() ?? .max
        heldRows = state.totalRows
    }
}
