// Computed columns, constraints and the watermark of a source; runs in the source's thread.

package import WeirColumnar
package import WeirPlanner

/// Checks the rows of a source and stamps them with the watermark.
package final class SourceCheck {
    private let columns: [CompiledExpression]
    private let constraints: [(name: String, condition: CompiledExpression, columns: Set<Int>)]
    private let notNull: [Int]
    private let rowtime: Int?
    private let watermarkExpression: CompiledExpression?
    private let fields: [Field]
    private let stage: String
    /// The watermark so far (µs).
    package private(set) var watermark: Int64

    package init(
        _ plan: CheckPlan, fields: [Field], stage: String, watermark: Int64
    ) {
        columns = plan.columns.map(CompiledExpression.init)
        constraints = plan.constraints.map {
            ($0.name, CompiledExpression($0.condition), $0.condition.columns)
        }
        notNull = plan.notNull
        rowtime = plan.watermark?.column
        watermarkExpression = plan.watermark.map { CompiledExpression($0.expression) }
        self.fields = fields
        self.stage = stage
        self.watermark = watermark
    }

    /// The checked rows; what fails becomes a reject.
    package func process(_ batch: Batch, rejects: inout [Reject]) -> Batch {
        guard batch.count > 0 else {
            return Batch(
                count: 0, columns: [], watermark: watermark, origin: batch.origin,
                readAt: batch.readAt)
        }
        let errors = RowErrors()
        var checked = batch.replacing(columns: columns.map { $0.evaluate(batch, errors: errors) })
        var selected = [UInt8](repeating: 1, count: checked.count)
        let before = rejects.count
        for error in errors.items where selected[Int(error.row)] != 0 {
            reject(
                checked, Int(error.row), nil, "computed column", error.code, error.message,
                &selected, &rejects)
        }
        checkNulls(checked, &selected, &rejects)
        for constraint in constraints { check(constraint, checked, &selected, &rejects) }
        if rejects.count > before { checked = checked.take(Logic.indices(of: selected)) }
        return stamp(checked)
    }

    private func checkNulls(
        _ batch: Batch, _ selected: inout [UInt8], _ rejects: inout [Reject]
    ) {
        for column in notNull {
            guard let validity = batch.columns[column].validity else { continue }
            for row in 0..<batch.count where !validity[row] && selected[row] != 0 {
                reject(
                    batch, row, column, "\(fields[column].name) NOT NULL", .notNull,
                    "\(fields[column].name) is NULL", &selected, &rejects)
            }
        }
        guard let rowtime, let validity = batch.columns[rowtime].validity else { return }
        for row in 0..<batch.count where !validity[row] && selected[row] != 0 {
            reject(
                batch, row, rowtime, "\(fields[rowtime].name) event time", .nullEventTime,
                "the event time \(fields[rowtime].name) is NULL", &selected, &rejects)
        }
    }

    /// SQL's CHECK: only FALSE fails, NULL passes.
    private func check(
        _ constraint: (name: String, condition: CompiledExpression, columns: Set<Int>),
        _ batch: Batch, _ selected: inout [UInt8], _ rejects: inout [Reject]
    ) {
        let errors = RowErrors()
        let result = constraint.condition.evaluate(batch, errors: errors)
        for error in errors.items where selected[Int(error.row)] != 0 {
            reject(
                batch, Int(error.row), nil, "check \(constraint.name)", error.code, error.message,
                &selected, &rejects)
        }
        let flags = result.boolValues
        let column = constraint.columns.count == 1 ? constraint.columns.first : nil
        for row in 0..<batch.count where flags[row] == 0 {
            if selected[row] == 0 || result.isNull(row) { continue }
            reject(
                batch, row, column, "check \(constraint.name)", .checkFailed,
                "the constraint \(constraint.name) is not met", &selected, &rejects)
        }
    }

    private func reject(
        _ batch: Batch, _ row: Int, _ column: Int?, _ rule: String, _ code: ErrorCode,
        _ message: String, _ selected: inout [UInt8], _ rejects: inout [Reject]
    ) {
        selected[row] = 0
        let value = column.map {
            ValueText.string(batch.columns[$0].scalar(row), kind: fields[$0].type.kind)
        }
        rejects.append(
            .row(
                row, of: batch, fields: fields, stage: stage,
                column: column.map { fields[$0].name }, value: value, rule: rule, code: code,
                message: message))
    }

    /// Notes the watermark that held before each row and advances it (Flink: a row is sent on
    /// before the watermark that it causes).
    private func stamp(_ batch: Batch) -> Batch {
        guard let watermarkExpression else { return batch }
        let column = watermarkExpression.evaluate(batch, errors: RowErrors())
        let values = column.int64Values
        var current = watermark
        var before = [Int64](repeating: 0, count: batch.count)
        if column.validity == nil {
            before.withUnsafeMutableBufferPointer { before in
                values.withUnsafeBufferPointer { values in
                    for row in before.indices {
                        before[row] = current
                        current = max(current, values[row])
                    }
                }
            }
        } else {
            for row in 0..<batch.count {
                before[row] = current
                if !column.isNull(row) { current = max(current, values[row]) }
            }
        }
        watermark = current
        return Batch(
            count: batch.count, columns: batch.columns, kinds: batch.kinds, watermarks: before,
            watermark: current, origin: batch.origin, readAt: batch.readAt)
    }
}
