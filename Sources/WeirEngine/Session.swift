// A pipeline that runs or has run, for command line and workbench.

import Foundation
package import WeirPlanner
package import WeirRuntime
package import WeirSQL
import WeirStore

/// An immutable picture of the engine.
package struct EngineSnapshot: Sendable {
    /// Monotonic ns.
    package let at: UInt64
    package let uptimeSeconds: Double
    package let state: RunState
    package let isPaused: Bool
    package let stages: [StageSnapshot]
    package let commit: CommitStatus

    package init(
        at: UInt64, uptimeSeconds: Double, state: RunState, isPaused: Bool,
        stages: [StageSnapshot], commit: CommitStatus
    ) {
        self.at = at
        self.uptimeSeconds = uptimeSeconds
        self.state = state
        self.isPaused = isPaused
        self.stages = stages
        self.commit = commit
    }
}

/// One stage in a snapshot.
package struct StageSnapshot: Sendable {
    package let plan: StagePlan
    package let counters: StageCounters

    package init(plan: StagePlan, counters: StageCounters) {
        self.plan = plan
        self.counters = counters
    }
}

/// A running pipeline with everything that belongs to it.
package final class Session: Sendable {
    package let plan: StreamPlan
    package let sources: SourceMap
    package let project: Project
    package let options: EngineOptions
    /// Whether the run goes on from an earlier one.
    package let isResumed: Bool
    /// Records that earlier runs have read.
    package let earlierRows: Int64
    /// Whether the script has changed since then, and the store with it.
    package let isAdapted: Bool
    /// Takes rows for tables that the API writes; nil when there are none or it takes no more.
    package let writes: WriteService?
    private let run: PipelineRun
    private let log: WriteLog?

    init(
        plan: StreamPlan, sources: SourceMap, project: Project, options: EngineOptions,
        run: PipelineRun, isResumed: Bool, earlierRows: Int64, isAdapted: Bool, log: WriteLog?
    ) {
        self.plan = plan
        self.sources = sources
        self.project = project
        self.options = options
        self.run = run
        self.isResumed = isResumed
        self.earlierRows = earlierRows
        self.isAdapted = isAdapted
        self.log = log
        writes = options.acceptsWrites ? WriteService(plan, log: log, options) : nil
    }

    package var state: RunState { run.status.state }

    package func snapshot() -> EngineSnapshot {
        let now = MonotonicClock.now()
        return EngineSnapshot(
            at: now, uptimeSeconds: Double(now - run.startedAt) / 1e9, state: state,
            isPaused: run.control.isPaused,
            stages: zip(plan.stages, run.probes).map {
                StageSnapshot(plan: $0, counters: $1.snapshot)
            }, commit: run.status.commit)
    }

    /// The last rows that left a stage, from a running number on.
    package func tap(stage: Int, since row: Int64) -> [TappedBatch] {
        run.probes.indices.contains(stage) ? run.probes[stage].batches(since: row) : []
    }

    /// Calls something after each commit and at the end of the run; it must be quick.
    package func listen(_ listener: @escaping @Sendable () -> Void) { run.status.listen(listener) }

    package func setPaused(_ value: Bool) { run.control.setPaused(value) }

    /// Asks the run to stop; what has been read is committed.
    package func stop() {
        run.stop()
        log?.close()
    }

    /// Takes no more writes; the run ends when all input and what was written has been read.
    package func finishWrites() { log?.close() }

    package func wait() { run.wait() }

    /// Waits some time; false when the run still goes on.
    package func wait(seconds: Double) -> Bool { run.wait(seconds: seconds) }
}
