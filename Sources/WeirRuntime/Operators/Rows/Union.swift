// UNION ALL: the rows of both inputs.

package import WeirColumnar

/// Passes rows on; the watermark is the least of the inputs'.
package final class Union: Operator {
    private var watermarks: WatermarkMerge

    package init(inputs: Int) { watermarks = WatermarkMerge(inputs: inputs) }

    package func setIdle(_ input: Int, _ value: Bool) { watermarks.setIdle(input, value) }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        let before = watermarks.current
        let hasMoved = watermarks.advance(input, to: batch.watermark)
        if batch.count > 0 {
            output.count(.passed, batch.count)
            // A row is late when both inputs have passed its time.
            let held = batch.watermarks.map { own in
                own.map { min($0, max(before, watermarks.current)) }
            }
            output.batches.append(
                Batch(
                    count: batch.count, columns: batch.columns, kinds: batch.kinds,
                    watermarks: held, watermark: hasMoved ? watermarks.current : .min,
                    readAt: batch.readAt))
        } else if hasMoved {
            output.batches.append(
                Batch(
                    count: 0, columns: [], watermark: watermarks.current, readAt: batch.readAt))
        }
    }
}
