// The writer thread's view of store and sinks.

import WeirColumnar
import WeirPlanner
import WeirRuntime
import WeirStore

/// Sends rows to tables and sinks and commits them together.
///
/// Sinks are made durable before the commit that records where they stand, so that on resume what
/// was written after the last commit is cut off and written again.
final class StoreEpochWriter: EpochWriter {
    private let plan: StreamPlan
    private let store: StoreWriter
    private let sinks: [Int: any SinkWriter]
    private let writes: WriteLog?
    /// When the log of writes was last cleared of what is too old (monotonic, ns).
    private var forgottenAt: UInt64 = 0
    private static let forgetInterval: UInt64 = 60_000_000_000
    /// Table number by stage.
    private let tables: [Int: Int]
    /// Median and 99th percentile of each stage's latency (ms), and when they were computed
    /// (monotonic, ns): going through the histograms takes longer than a small commit.
    private var latencies: [(p50: Double, p99: Double)] = []
    private var latenciesAt: UInt64 = 0
    private static let latencyInterval: UInt64 = 1_000_000_000

    init(
        plan: StreamPlan, store: StoreWriter, sinks: [Int: any SinkWriter], writes: WriteLog?
    ) {
        self.writes = writes
        self.plan = plan
        self.store = store
        self.sinks = sinks
        var tables: [Int: Int] = [:]
        for stage in plan.stages {
            if case .store = stage.node { tables[stage.id] = tables.count }
        }
        self.tables = tables
    }

    func write(stage: Int, _ batch: Batch) throws -> WriteCounts {
        var counts = WriteCounts()
        if let table = tables[stage] {
            let written = try store.write(table: table, batch)
            counts.stored = Int64(written.stored)
            counts.duplicates = Int64(written.duplicates)
            counts.superseded = Int64(written.superseded)
        } else {
            try sinks[stage]?.write(batch)
            counts.stored = Int64(batch.count)
        }
        return counts
    }

    func commit(_ epoch: Epoch, counters: [StageCounters]) throws {
        var positions: [String: Int64] = [:]
        for (stage, sink) in sinks { positions[plan.stages[stage].name] = try sink.commit() }
        measureLatencies(counters, isFinal: epoch.isFinal)
        let record = CommitRecord(
            epoch: epoch.number, offsets: epoch.sources.map(OffsetRecord.init),
            rejects: epoch.rejects.map(RejectRecord.init),
            stages: plan.stages.indices.map { stageRecord($0, counters[$0]) },
            state: epoch.state.map { stage, delta in
                StateRecord(
                    stage: plan.stages[stage].name, upserts: delta.upserts, deletes: delta.deletes,
                    deletedPrefixes: delta.deletedPrefixes)
            }, sinks: positions, isFinal: epoch.isFinal)
        try store.commit(record)
        try forgetWrites(record.offsets)
    }

    /// Clears the log of writes, now and then, of what has been read and is older than it is kept.
    private func forgetWrites(_ offsets: [OffsetRecord]) throws {
        let now = MonotonicClock.now()
        guard let writes, now - forgottenAt > Self.forgetInterval else { return }
        forgottenAt = now
        for table in plan.writes {
            guard let retention = table.retention,
                let offset = offsets.first(where: { $0.source == table.name })
            else { continue }
            let time = Int64(MonotonicClock.wallSeconds() * 1e6)
            try writes.forget(
                table: table.name, read: offset.byteOffset,
                before: time.subtractingReportingOverflow(retention).partialValue)
        }
    }

    func close() throws {
        for sink in sinks.values { try sink.close() }
        // Both are closed, whatever becomes of the other.
        let released = Result { try writes?.release() }
        try store.close()
        try released.get()
    }

    private func measureLatencies(_ counters: [StageCounters], isFinal: Bool) {
        let now = MonotonicClock.now()
        guard isFinal || latencies.isEmpty || now - latenciesAt > Self.latencyInterval else {
            return
        }
        latenciesAt = now
        latencies = counters.map { ($0.latencyMillis(50), $0.latencyMillis(99)) }
    }

    private func stageRecord(_ index: Int, _ counters: StageCounters) -> StageRecord {
        let stage = plan.stages[index]
        var ledger: [String: Int64] = [:]
        for (reason, rows) in counters.ledger { ledger[reason.rawValue] = rows }
        return StageRecord(
            stage: stage.name, kind: stage.node.label,
            input: stage.inputs.isEmpty
                ? nil : stage.inputs.map { plan.stages[$0].name }.joined(separator: ", "),
            rowsIn: counters.rowsIn,
            rowsOut: counters.rowsOut, busySeconds: Double(counters.busyNanos) / 1e9,
            blockedSeconds: Double(counters.blockedNanos) / 1e9,
            p50Millis: latencies[index].p50, p99Millis: latencies[index].p99,
            stateBytes: counters.stateBytes, ledger: ledger)
    }
}

extension OffsetRecord {
    init(_ progress: SourceProgress) {
        self.init(
            source: progress.name, file: progress.position.file,
            byteOffset: progress.position.byteOffset, line: progress.position.line,
            recordsRead: progress.recordsRead, recordsAccepted: progress.recordsAccepted,
            recordsRejected: progress.recordsRejected,
            watermark: progress.watermark == .min ? nil : progress.watermark,
            isDone: progress.isDone)
    }
}

extension RejectRecord {
    init(_ reject: Reject) {
        self.init(
            stage: reject.stage, source: reject.source, file: reject.path, line: reject.line,
            byteOffset: reject.byteOffset, column: reject.column, value: reject.value,
            rule: reject.rule, code: reject.code.rawValue, message: reject.message,
            raw: reject.raw)
    }
}
