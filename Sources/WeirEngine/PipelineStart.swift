// From what the last commit left to threads that can go on.

import WeirColumnar
import WeirConnectors
import WeirPlanner
import WeirRuntime
import WeirStore

/// Prepares sources, state and counters for a run.
struct PipelineStart {
    let plan: StreamPlan
    let recovery: Recovery
    let context: ConnectorContext
    let acceptsWrites: Bool

    private var sourceStages: [(stage: StagePlan, source: SourcePlan)] {
        plan.stages.compactMap { stage in
            if case .source(let source) = stage.node { (stage, source) } else { nil }
        }
    }

    private func position(_ name: String) -> SourcePosition {
        guard let offset = recovery.offsets[name] else { return SourcePosition() }
        return SourcePosition(file: offset.file, byteOffset: offset.byteOffset, line: offset.line)
    }

    private func watermark(_ name: String) -> Int64 {
        recovery.offsets[name]?.watermark ?? .min
    }

    func sourceSetups() throws -> [SourceSetup] {
        try sourceStages.map { stage, source in
            guard
                let make = ConnectorRegistry.connector(named: source.connector)?.makeReader
            else { throw ConnectorError("the connector \(source.connector) cannot be read") }
            let start = position(source.name)
            let check = plan.stages.first {
                if case .check = $0.node { $0.input == stage.id } else { false }
            }
            return SourceSetup(
                stage: stage.id, check: check?.id,
                reader: try make(try source.withSecrets(), start, context),
                start: start, watermark: watermark(source.name),
                isLive: acceptsWrites && source.connector == "internal")
        }
    }

    var progress: [SourceProgress] {
        sourceStages.map { _, source in
            guard let offset = recovery.offsets[source.name] else {
                return SourceProgress(name: source.name)
            }
            return SourceProgress(
                name: source.name, position: position(source.name),
                recordsRead: offset.recordsRead, recordsAccepted: offset.recordsAccepted,
                recordsRejected: offset.recordsRejected, watermark: watermark(source.name),
                isDone: offset.isDone)
        }
    }

    /// By stage number.
    var state: [Int: [(key: [UInt8], value: [UInt8])]] {
        var result: [Int: [(key: [UInt8], value: [UInt8])]] = [:]
        for stage in plan.stages {
            if let entries = recovery.state[stage.name] { result[stage.id] = entries }
        }
        return result
    }

    /// Counters go on from where they were, so that the ledger covers all runs.
    func restoreCounters(_ probes: [StageProbe]) {
        for stage in plan.stages {
            guard let record = recovery.stages[stage.name] else { continue }
            probes[stage.id].update { counters in
                counters.rowsIn = record.rowsIn
                counters.rowsOut = record.rowsOut
                for (name, rows) in record.ledger {
                    if let reason = LedgerReason(rawValue: name) { counters.ledger[reason] = rows }
                }
            }
        }
    }

    /// By stage number.
    func sinkWriters() throws -> [Int: any SinkWriter] {
        var writers: [Int: any SinkWriter] = [:]
        for stage in plan.stages {
            guard case .sink(let sink) = stage.node else { continue }
            guard let make = ConnectorRegistry.connector(named: sink.connector)?.makeWriter else {
                throw ConnectorError("the connector \(sink.connector) cannot be written")
            }
            writers[stage.id] = try make(
                try sink.withSecrets(), recovery.sinks[stage.name], context)
        }
        return writers
    }
}
