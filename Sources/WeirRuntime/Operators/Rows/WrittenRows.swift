// VALUES: rows that are written in the script.

package import WeirColumnar
package import WeirPlanner

/// Gives its rows once, when the first run begins.
package final class WrittenRows: Operator {
    private let plan: ValuesPlan
    private let types: [DataType]
    private var isGiven = false
    private var isStored = false

    package init(_ plan: ValuesPlan, types: [DataType]) {
        self.plan = plan
        self.types = types
    }

    package func start(into output: inout OperatorOutput) {
        if !isGiven { give(into: &output) }
        isGiven = true
        output.batches.append(Batch(count: 0, columns: [], watermark: .max))
    }

    private func give(into output: inout OperatorOutput) {
        var builders = types.map { ColumnBuilder($0.kind.physical) }
        let one = Batch(count: 1, columns: [])
        for row in plan.rows {
            for (index, value) in row.enumerated() {
                let column = CompiledExpression(value).evaluate(one, errors: RowErrors())
                builders[index].append(column.scalar(0))
            }
        }
        output.batches.append(
            Batch(count: plan.rows.count, columns: builders.map { $0.build() }))
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {}

    package func takeStateDelta() -> StateDelta {
        var delta = StateDelta()
        if isGiven, !isStored { delta.upserts.append(([0], [1])) }
        isStored = isGiven
        return delta
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        isGiven = !entries.isEmpty
        isStored = isGiven
    }
}
