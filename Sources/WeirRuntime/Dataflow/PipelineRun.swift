// A running pipeline: its threads from start to end.

import Foundation
import WeirColumnar
package import WeirPlanner

/// How a run goes.
package struct RunOptions: Sendable {
    /// How many times faster than real event time is replayed; nil is as fast as possible.
    package var pace: Double?
    package var commit: CommitPolicy

    package init(pace: Double?, commit: CommitPolicy) {
        self.pace = pace
        self.commit = commit
    }
}

/// One run of a plan: a thread per source, one for the operators, one for the writer.
package final class PipelineRun: Sendable {
    package let plan: StreamPlan
    package let probes: [StageProbe]
    package let status = RunStatus()
    package let control = RunControl()
    /// Monotonic ns.
    package let startedAt = MonotonicClock.now()
    private let done = DispatchGroup()

    /// Starts all threads.
    ///
    /// - Parameters:
    ///   - setups: one per source of the plan, in order.
    ///   - progress: where the sources stand, in the same order.
    package init(
        graph: sending RunGraph, setups: sending [SourceSetup], progress: [SourceProgress],
        epoch: Int64, writer: sending any EpochWriter, options: RunOptions
    ) {
        plan = graph.plan
        probes = graph.probes
        let input = BoundedQueue<SourceBatch>(lanes: setups.count, capacity: 4)
        let output = BoundedQueue<WriterMessage>(capacity: 8)
        let paced = setups.filter { setup in
            !setup.isLive && setup.check.flatMap { graph.plan.stages[$0].relation.rowtime } != nil
        }
        let pace =
            paced.isEmpty ? nil : options.pace.map { PaceClock(factor: $0, sources: setups.count) }
        var sources: [SourceTask] = []
        for (index, setup) in setups.enumerated() {
            sources.append(
                SourceTask(
                    index: index, setup: setup, plan: graph.plan, probes: graph.probes,
                    queue: input, control: control, pace: pace))
        }
        let operators = OperatorTask(
            graph: graph, setups: setups, progress: progress, epoch: epoch, input: input,
            output: output, policy: options.commit, isAligned: options.pace == nil, status: status,
            control: control)
        let writing = WriterTask(
            queue: output, writer: writer, probes: graph.probes, status: status)
        for source in sources { start("weir source", ThreadBody { source.run() }) }
        start("weir operators", ThreadBody { operators.run() })
        start(
            "weir writer",
            ThreadBody { [status, control] in
                writing.run()
                status.end(control.isStopping ? .stopped : .finished)
            })
    }

    private func start(_ name: String, _ body: ThreadBody) {
        done.enter()
        let group = done
        let thread = Thread {
            body.run()
            group.leave()
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Asks the run to stop; what has been read is committed.
    package func stop() { control.stop() }

    /// Waits until all threads have ended.
    package func wait() { done.wait() }

    /// Waits some time; false when the run still goes on.
    package func wait(seconds: Double) -> Bool {
        done.wait(timeout: .now() + seconds) == .success
    }
}

/// Work that is handed to one thread and used nowhere else.
///
/// `@unchecked Sendable` holds because the body is run by exactly one thread, once, and the
/// objects in it are not touched by the thread that made them any more.
private final class ThreadBody: @unchecked Sendable {
    private let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }

    func run() { body() }
}
