// Window functions whose rows are not grouped: each row once for each of its windows.

package import WeirColumnar
package import WeirPlanner

/// Adds window_start, window_end and window_time (Flink: WindowTableFunctionOperator).
package final class WindowAssign: Operator {
    private let time: Int
    private let slices: WindowSlices?

    package init(_ plan: WindowAssignPlan) {
        time = plan.time
        slices = WindowSlices(plan.shape)
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0, let slices { assign(batch, slices, into: &output) }
        guard batch.watermark > .min else { return }
        output.batches.append(
            Batch(count: 0, columns: [], watermark: batch.watermark, readAt: batch.readAt))
    }

    private func assign(
        _ batch: Batch, _ slices: WindowSlices, into output: inout OperatorOutput
    ) {
        let column = batch.columns[time]
        let times = column.int64Values
        var rows: [Int32] = []
        var starts: [Int64] = []
        var ends: [Int64] = []
        var timeless = 0
        for row in 0..<batch.count {
            if column.isNull(row) {
                timeless += 1
                continue
            }
            let slice = slices.end(times[row])
            let last = slices.lastWindow(of: slice)
            var window = slices.firstWindow(of: slice)
            while window <= last {
                rows.append(Int32(row))
                starts.append(slices.start(ofWindow: window))
                ends.append(window)
                window = slices.next(window)
            }
        }
        output.count(.timeless, timeless)
        output.count(.passed, batch.count - timeless)
        guard !rows.isEmpty else { return }
        let taken = batch.take(rows)
        let bounds = [
            Column(.int64(starts)), Column(.int64(ends)),
            Column(.int64(ends.map { $0 &- WindowBounds.step })),
        ]
        output.batches.append(
            Batch(
                count: rows.count, columns: taken.columns + bounds, kinds: taken.kinds,
                watermarks: taken.watermarks, readAt: batch.readAt))
    }
}
