// Filter and projection.

package import WeirColumnar
package import WeirPlanner

/// Keeps the rows whose condition is TRUE and computes the output columns.
package final class Calc: Operator {
    private let filter: CompiledExpression?
    private let projections: [CompiledExpression]
    private let shared: SharedExpressions
    private let plan: CalcPlan
    private let stage: String
    /// What users call it.
    private let definition: String
    private let inputFields: [Field]

    package init(_ plan: CalcPlan, stage: String, definition: String, inputFields: [Field]) {
        self.plan = plan
        self.stage = stage
        self.definition = definition
        self.inputFields = inputFields
        let shared = SharedExpressions((plan.filter.map { [$0] } ?? []) + plan.projections)
        self.shared = shared
        filter = plan.filter.map { CompiledExpression($0, sharing: shared) }
        projections = plan.projections.map { CompiledExpression($0, sharing: shared) }
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        guard batch.count > 0 else {
            // Only its watermark counts; it may have no columns.
            if batch.watermark > .min { output.batches.append(batch.replacing(columns: [])) }
            return
        }
        var batch = batch
        let total = batch.count
        shared.next()
        if let filter {
            let errors = RowErrors()
            var selected = Logic.isTrue(filter.evaluate(batch, errors: errors), count: batch.count)
            reject(errors, batch, "WHERE", &selected, &output)
            let indices = Logic.indices(of: selected)
            if indices.count < batch.count {
                batch = batch.take(indices)
                shared.next(keeping: indices)
            }
        }
        let rejectedByFilter = output.rejects.count
        output.count(.filtered, total - batch.count - rejectedByFilter)
        guard batch.count > 0 else {
            output.count(.rejected, rejectedByFilter)
            if batch.watermark > .min { output.batches.append(batch.replacing(columns: [])) }
            return
        }
        let errors = RowErrors()
        var columns = projections.map { $0.evaluate(batch, errors: errors) }
        if !errors.isEmpty {
            var selected = [UInt8](repeating: 1, count: batch.count)
            reject(errors, batch, "SELECT", &selected, &output)
            batch = batch.take(Logic.indices(of: selected))
            shared.next()
            columns = projections.map { $0.evaluate(batch, errors: RowErrors()) }
        }
        output.count(.rejected, output.rejects.count)
        output.count(.passed, batch.count)
        output.batches.append(batch.replacing(columns: columns))
    }

    /// Turns errors into rejects and unselects their rows.
    private func reject(
        _ errors: RowErrors, _ batch: Batch, _ rule: String, _ selected: inout [UInt8],
        _ output: inout OperatorOutput
    ) {
        var seen: Set<Int32> = []
        for error in errors.items where seen.insert(error.row).inserted {
            selected[Int(error.row)] = 0
            output.rejects.append(
                .row(
                    Int(error.row), of: batch, fields: inputFields, stage: stage, column: nil,
                    value: nil, rule: "\(definition): \(error.code.rawValue)", code: error.code,
                    message: "\(error.message), in \(rule) of \(definition)"))
        }
    }
}
