// Each row several times with other columns: grouping sets.

package import WeirColumnar
package import WeirPlanner

package final class Expand: Operator {
    private let projections: [[CompiledExpression]]

    package init(_ plan: ExpandPlan) {
        projections = plan.projections.map { $0.map(CompiledExpression.init) }
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 {
            output.count(.passed, batch.count)
            for projection in projections {
                // The columns are plain: nothing in them can fail.
                let columns = projection.map { $0.evaluate(batch, errors: RowErrors()) }
                output.batches.append(
                    Batch(
                        count: batch.count, columns: columns, kinds: batch.kinds,
                        watermarks: batch.watermarks, readAt: batch.readAt))
            }
        }
        guard batch.watermark > .min else { return }
        output.batches.append(
            Batch(count: 0, columns: [], watermark: batch.watermark, readAt: batch.readAt))
    }
}
