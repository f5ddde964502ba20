// The operator thread: runs batches through the graph and cuts epochs.

import Foundation
import Histogram
import WeirColumnar
import WeirPlanner

/// How often a run commits.
package struct CommitPolicy: Sendable {
    /// Longest time between commits while rows come, seconds.
    package var seconds: Double
    /// Most source rows between commits; nil for any number.
    package var rows: Int?
    /// Most rows written, and most rejects, between commits: what a transaction holds.
    package var writtenRows = 200_000
    /// Most bytes of memory that the state of all stages may take; nil for any number.
    package var stateLimit: Int?

    package init(seconds: Double, rows: Int? = nil, stateLimit: Int? = nil) {
        self.seconds = seconds
        self.rows = rows
        self.stateLimit = stateLimit
    }
}

/// Owns all operators; everything it does is in the order of the source queue.
final class OperatorTask {
    private let plan: StreamPlan
    private let operators: [(any Operator)?]
    private let consumers: [[StageInput]]
    private let changes: [TableChanges?]
    private let probes: [StageProbe]
    private let setups: [SourceSetup]
    private let input: BoundedQueue<SourceBatch>
    private let output: BoundedQueue<WriterMessage>
    private let policy: CommitPolicy
    private let status: RunStatus
    private let control: RunControl
    private var progress: [SourceProgress]
    private var rejects: [Reject] = []
    private var epoch: Int64
    private var openSources: Int
    private var isOpen: [Bool]
    private let isAligned: Bool
    private var rowsSinceCommit = 0
    private var rowsWritten = 0
    private var rowsEmitted = 0
    /// Nil when no stage has to do with the clock.
    private var nextTick: Date?
    /// Nil when sources never count as idle.
    private var idleSources: IdleSources?
    private var hasChanges = false
    private var isWriterGone = false
    private var isOverLimit = false
    private let isObserving: Bool
    /// Whether the rows at hand are the last of their source.
    private var isLastPiece = false

    init(
        graph: RunGraph, setups: [SourceSetup], progress: [SourceProgress], epoch: Int64,
        input: BoundedQueue<SourceBatch>, output: BoundedQueue<WriterMessage>,
        policy: CommitPolicy, isAligned: Bool, status: RunStatus, control: RunControl
    ) {
        plan = graph.plan
        operators = graph.operators
        consumers = graph.consumers
        changes = graph.changes
        probes = graph.probes
        self.setups = setups
        self.progress = progress
        self.epoch = epoch
        self.input = input
        self.output = output
        self.policy = policy
        self.status = status
        self.control = control
        openSources = setups.count
        isOpen = setups.map { _ in true }
        self.isAligned = isAligned
        idleSources = IdleSources(graph.plan, sources: setups.map(\.stage), clock: graph.clock)
        isObserving = graph.probes.first?.isObserving ?? true
    }

    func run() {
        begin()
        var deadline = Date(timeIntervalSinceNow: policy.seconds)
        var wasStopped = false
        while openSources > 0, !isWriterGone {
            let wake = [hasChanges ? deadline : nil, nextTick].compactMap { $0 }.min()
            let piece = input.pop(until: wake) { _ in self.laneBehind }
            if let due = nextTick, Date() >= due { tick() }
            if let piece {
                if piece.isEnd || piece.batch.columns.isEmpty && piece.records == 0 {
                    openSources -= 1
                    isOpen[piece.source] = false
                    if !piece.isEnd { wasStopped = true }
                    if let failure = piece.failure {
                        status.fail(failure)
                        control.stop()
                    }
                    progress[piece.source].isDone = piece.isEnd
                    if piece.isEnd { tell(setups[piece.source], .max) }
                    probes[setups[piece.source].stage].update { $0.isAtEnd = piece.isEnd }
                    hasChanges = true
                } else {
                    take(piece)
                }
            }
            if isFull || (hasChanges && Date() >= deadline) {
                commit(isFinal: false)
                deadline = Date(timeIntervalSinceNow: policy.seconds)
            }
        }
        if wasStopped {
            commit(isFinal: false)
        } else {
            commit(isFinal: true)
        }
        input.close()
        output.close()
    }

    private var isFull: Bool {
        rowsSinceCommit >= policy.rows ?? .max || rowsWritten >= policy.writtenRows
            || rejects.count >= policy.writtenRows
    }

    /// Longest time between two looks at the clock, seconds.
    private static let tickSeconds = 0.05

    /// Lets windows of the clock close that have no rows to close them.
    private func tick() {
        nextTick = Date(timeIntervalSinceNow: Self.tickSeconds)
        let before = rowsEmitted
        for stage in plan.stages.indices {
            guard case .stamp = plan.stages[stage].node, let runner = operators[stage] else {
                continue
            }
            run(stage, rowsIn: 0, watermark: .min, readAt: 0) { runner.tick(into: &$0) }
        }
        if idleSources != nil { lookForIdleSources() }
        if rowsEmitted > before { hasChanges = true }
    }

    private func lookForIdleSources() {
        let isPaused = control.isPaused
        let isOpen = isOpen
        let queue = input
        idleSources?.look { !isPaused && isOpen[$0] && queue.count(lane: $0) == 0 }
        tellIdle()
    }

    /// Lets stages with several inputs know which of them have no rows for the time being.
    private func tellIdle() {
        for change in idleSources?.takeChanges() ?? [] {
            guard let runner = operators[change.edge.stage] else { continue }
            runner.setIdle(change.edge.input, change.isIdle)
            run(change.edge.stage, rowsIn: 0, watermark: .min, readAt: 0) {
                runner.process(
                    Batch(count: 0, columns: []), input: change.edge.input, into: &$0)
            }
        }
    }

    /// Stages without inputs give their rows; the others hear how far time had come.
    private func begin() {
        for stage in plan.stages where stage.inputs.isEmpty {
            guard let runner = operators[stage.id] else { continue }
            run(stage.id, rowsIn: 0, watermark: .min, readAt: 0) { runner.start(into: &$0) }
            hasChanges = true
        }
        let hasClock = plan.stages.contains { if case .stamp = $0.node { true } else { false } }
        if hasClock || idleSources != nil {
            nextTick = Date(timeIntervalSinceNow: Self.tickSeconds)
        }
        for (source, setup) in setups.enumerated() where progress[source].watermark > .min {
            tell(setup, progress[source].watermark)
        }
    }

    /// The source whose event time is the furthest behind; nil when sources are replayed at their
    /// own pace. What has no event time is read first. So a run over files takes the same rows in
    /// the same order each time, and joins keep little.
    private var laneBehind: Int? {
        guard isAligned else { return nil }
        var behind: Int?
        for lane in isOpen.indices where isOpen[lane] && !setups[lane].isLive {
            if behind.map({ progress[lane].watermark < progress[$0].watermark }) ?? true {
                behind = lane
            }
        }
        return behind
    }

    /// Sends a watermark without rows.
    private func tell(_ setup: SourceSetup, _ watermark: Int64) {
        forward(setup.check ?? setup.stage, Batch(count: 0, columns: [], watermark: watermark))
    }

    // MARK: Batches

    private func take(_ piece: SourceBatch) {
        let setup = setups[piece.source]
        isLastPiece = piece.isLast
        let accepted = piece.batch.count
        let decoded = piece.records - piece.undecodable
        let checkRejected = decoded - accepted
        account(
            setup.stage, rowsIn: piece.records, rowsOut: decoded, rejected: piece.undecodable,
            piece)
        if let check = setup.check {
            account(check, rowsIn: decoded, rowsOut: accepted, rejected: checkRejected, piece)
        }
        progress[piece.source].position = piece.end
        progress[piece.source].recordsRead += Int64(piece.records)
        progress[piece.source].recordsAccepted += Int64(accepted)
        progress[piece.source].recordsRejected += Int64(piece.records - accepted)
        progress[piece.source].watermark = max(
            progress[piece.source].watermark, piece.batch.watermark)
        rejects += piece.rejects
        rowsSinceCommit += piece.records
        hasChanges = true
        if piece.records > 0 {
            idleSources?.noteRows(piece.source)
            tellIdle()
        }
        forward(setup.check ?? setup.stage, piece.batch)
    }

    private func account(
        _ stage: Int, rowsIn: Int, rowsOut: Int, rejected: Int, _ piece: SourceBatch
    ) {
        let probe = probes[stage]
        let now = isObserving ? MonotonicClock.now() : 0
        probe.update { counters in
            counters.batches += 1
            counters.rowsIn += Int64(rowsIn)
            counters.rowsOut += Int64(rowsOut)
            counters.ledger[.passed, default: 0] += Int64(rowsOut)
            if rejected > 0 { counters.ledger[.rejected, default: 0] += Int64(rejected) }
            counters.watermark = max(counters.watermark, piece.batch.watermark)
            counters.bytesRead = piece.bytesRead
            counters.bytesTotal = piece.bytesTotal
            guard isObserving else { return }
            if now > piece.batch.readAt, piece.batch.readAt > 0 {
                counters.latency.record(now - piece.batch.readAt, count: UInt64(max(1, rowsOut)))
            }
            counters.queued = input.count(lane: piece.source)
            counters.queueCapacity = input.capacity
        }
        let isOutput = setups[piece.source].check.map { $0 == stage } ?? true
        if isOutput { probe.push(piece.batch, isLast: piece.isLast) }
    }

    /// Gives a stage's output to the stages behind it.
    private func forward(_ stage: Int, _ batch: Batch) {
        for consumer in consumers[stage] {
            if let changes = changes[consumer.stage] {
                changes.add(batch)
                rowsWritten += batch.count
                continue
            }
            guard let runner = operators[consumer.stage] else {
                send(
                    .rows(stage: consumer.stage, batch, superseded: 0), from: stage,
                    isEmpty: batch.count == 0)
                continue
            }
            run(
                consumer.stage, rowsIn: batch.count, watermark: batch.watermark,
                readAt: batch.readAt
            ) {
                runner.process(batch, input: consumer.input, into: &$0)
            }
        }
    }

    private func send(_ message: WriterMessage, from stage: Int, isEmpty: Bool) {
        if isEmpty || isWriterGone { return }
        if case .rows(_, let batch, _) = message { rowsWritten += batch.count }
        guard let waited = output.push(message) else {
            isWriterGone = true
            control.stop()
            input.close()
            return
        }
        if isObserving, waited > 0 { probes[stage].update { $0.blockedNanos += waited } }
    }

    /// Runs one step of an operator, measures it and passes on what it gives.
    private func run(
        _ stage: Int, rowsIn: Int, watermark: Int64, readAt: UInt64,
        _ step: (inout OperatorOutput) -> Void
    ) {
        var result = OperatorOutput()
        let start = isObserving ? MonotonicClock.now() : 0
        step(&result)
        let end = isObserving ? MonotonicClock.now() : 0
        let rowsOut = result.batches.reduce(0) { $0 + $1.count }
        rowsEmitted += rowsOut
        let probe = probes[stage]
        probe.update { counters in
            counters.batches += 1
            counters.rowsIn += Int64(rowsIn)
            counters.rowsOut += Int64(rowsOut)
            for (reason, rows) in result.ledger { counters.ledger[reason, default: 0] += rows }
            counters.watermark = max(counters.watermark, watermark)
            guard isObserving else { return }
            counters.busyNanos += end - start
            if readAt > 0, end > readAt, rowsOut > 0 {
                counters.latency.record(end - readAt, count: UInt64(rowsOut))
            }
        }
        rejects += result.rejects
        for batch in result.batches {
            probe.push(batch, isLast: isLastPiece)
            forward(stage, batch)
        }
    }

    // MARK: Epochs

    /// Everything that stages hold back until a commit, in the order in which rows flow.
    private func flushAll() {
        for stage in plan.stages.indices {
            if let net = changes[stage]?.take() {
                let input = plan.stages[stage].input ?? stage
                send(
                    .rows(stage: stage, net.batch, superseded: net.superseded), from: input,
                    isEmpty: false)
            }
            guard let runner = operators[stage] else { continue }
            run(stage, rowsIn: 0, watermark: .min, readAt: 0) { runner.flush(into: &$0) }
        }
    }

    /// Notes how much memory the stages take, and ends the run before it is too much.
    private func weighState() {
        var total = 0
        var largest = (bytes: 0, stage: 0)
        for (stage, runner) in operators.enumerated() {
            guard let bytes = runner?.stateBytes else { continue }
            probes[stage].update { $0.stateBytes = bytes }
            total += bytes
            if bytes > largest.bytes { largest = (bytes, stage) }
        }
        guard let limit = policy.stateLimit, total > limit, !isOverLimit else { return }
        isOverLimit = true
        status.fail(
            "the state takes \(total >> 20) MiB, more than the limit of \(limit >> 20) MiB; most of"
                + " it is in '\(plan.stages[largest.stage].name)' (\(largest.bytes >> 20) MiB)")
        control.stop()
    }

    private func commit(isFinal: Bool) {
        guard hasChanges || isFinal, !isWriterGone else { return }
        flushAll()
        epoch += 1
        var state: [(stage: Int, delta: StateDelta)] = []
        for (stage, runner) in operators.enumerated() {
            guard let delta = runner?.takeStateDelta(), !delta.isEmpty else { continue }
            state.append((stage, delta))
        }
        weighState()
        let counters = plan.stages.map { stage in
            switch stage.node {
            case .store, .sink: StageCounters.ofWriter
            default: probes[stage.id].snapshot
            }
        }
        if isFinal { for index in progress.indices { progress[index].watermark = .max } }
        send(
            .commit(
                Epoch(
                    number: epoch, sources: progress, rejects: rejects, state: state,
                    counters: counters, isFinal: isFinal,
                    hasReadInput: zip(setups, progress).allSatisfy { $0.isLive || $1.isDone })),
            from: 0, isEmpty: false)
        for (lane, setup) in setups.enumerated() {
            let waiting = input.count(lane: lane)
            for stage in [setup.stage, setup.check].compactMap({ $0 }) {
                probes[stage].update { $0.queued = waiting }
            }
        }
        rejects = []
        rowsSinceCommit = 0
        rowsWritten = 0
        hasChanges = false
    }
}
