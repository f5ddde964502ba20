// What every operator promises, checked in debug builds.

#if DEBUG
    import WeirColumnar
    import WeirPlanner

    /// Runs an operator and stops the program when what comes out is not what the plan says of it.
    ///
    /// Batches have the columns of the stage; what only adds rows takes none back; no row is taken
    /// back that was not given; watermarks do not go back.
    final class CheckedOperator: Operator {
        private let stage: StagePlan
        private let inner: any Operator
        private var watermark = Int64.min
        /// How often each row (by its hash) is there; nil when earlier rows are not known.
        private var rows: [UInt64: Int]? = [:]
        private var touched: Set<UInt64> = []

        /// - Parameter knowsRows: whether all rows were given by this run, none expires, and what is taken
        ///   back is given with its values.
        init(_ inner: any Operator, _ stage: StagePlan, knowsRows: Bool) {
            self.inner = inner
            self.stage = stage
            if !knowsRows || stage.relation.mode == .append { rows = nil }
        }

        func start(into output: inout OperatorOutput) {
            check(&output) { inner.start(into: &$0) }
        }

        func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
            check(&output) { inner.process(batch, input: input, into: &$0) }
        }

        func tick(into output: inout OperatorOutput) { check(&output) { inner.tick(into: &$0) } }

        func flush(into output: inout OperatorOutput) {
            check(&output) { inner.flush(into: &$0) }
            for hash in touched {
                guard let count = rows?[hash] else { continue }
                assert(count >= 0, "'\(stage.name)' took back a row that it had not given")
                if count == 0 { rows?[hash] = nil }
            }
            touched = []
        }

        func setIdle(_ input: Int, _ value: Bool) { inner.setIdle(input, value) }

        func takeStateDelta() -> StateDelta { inner.takeStateDelta() }

        func restore(_ entries: [(key: [UInt8], value: [UInt8])]) { inner.restore(entries) }

        var stateBytes: Int { inner.stateBytes }

        private func check(
            _ output: inout OperatorOutput, _ step: (inout OperatorOutput) -> Void
        ) {
            let before = output.batches.count
            step(&output)
            for batch in output.batches[before...] { check(batch) }
        }

        private func check(_ batch: Batch) {
            if batch.watermark != .min {
                assert(batch.watermark >= watermark, "the watermark of '\(stage.name)' went back")
                watermark = batch.watermark
            }
            guard batch.count > 0 else { return }
            let fields = stage.relation.columns
            assert(
                batch.columns.count == fields.count,
                "'\(stage.name)' gives \(batch.columns.count) columns, not \(fields.count)")
            for (column, field) in zip(batch.columns, fields) {
                // Constants are made once, for the largest batch.
                assert(
                    column.count >= batch.count,
                    "'\(stage.name)' gives \(column.count) values of \(field.name), not \(batch.count)"
                )
            }
            assert(
                batch.kinds.map { $0.count == batch.count } ?? true,
                "'\(stage.name)' gives \(batch.kinds?.count ?? 0) kinds, not \(batch.count)")
            let isAppend = stage.relation.mode == .append
            assert(
                !isAppend || !(0..<batch.count).contains { batch.kind($0) != .insert },
                "'\(stage.name)' changes rows, but is planned as adding them only")
            if rows != nil { count(batch) }
        }

        private func count(_ batch: Batch) {
            for (row, hash) in RowHash.hashes(batch.columns, count: batch.count).enumerated() {
                touched.insert(hash)
                rows?[hash, default: 0] += batch.kind(row).isRetraction ? -1 : 1
            }
        }
    }
#endif
