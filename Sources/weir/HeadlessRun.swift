// A run without a workbench: progress while it goes, an exit code at its end.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirRuntime

/// Runs a pipeline to its end and says how far it is.
struct HeadlessRun {
    let compiled: Compiled
    let options: EngineOptions

    /// - Throws: `ExitCode` when the run failed or was interrupted.
    func run() throws -> Session {
        let session: Session
        do {
            session = try Engine.start(
                compiled.plan, sources: compiled.compilation.sources, project: compiled.project,
                options: options)
        } catch {
            throw Failure.work("\(error)")
        }
        let interrupts = Interrupts(session: session)
        if session.isResumed { Console.talk("resuming \(options.storePath)\n") }
        var bar = ProgressBar(isTerminal: Console.talkIsTerminal)
        while !session.wait(seconds: bar.interval) { bar.show(session.snapshot()) }
        bar.finish(session.snapshot())
        if case .failed(let message) = session.state { throw Failure.work(message) }
        if interrupts.wasInterrupted {
            Console.talk("stopped; everything read is committed, run again to go on\n")
            throw Failure.interrupted
        }
        return session
    }
}
