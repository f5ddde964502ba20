// A run without a workbench: progress while it goes, an exit code at its end.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirRuntime

/// Runs a pipeline to its end and says how far it is.
struct HeadlessRun {
    let compiled: Compiled
    let options: EngineOptions
    /// Where the API is served; nil for nowhere. A run with an API goes on until it is stopped.
    var serving: Serving?
    /// Whether it ends with its sources although there is an API.
    var endsWhenFinished = false

    init(compiled: Compiled, options: EngineOptions) {
        self.compiled = compiled
        self.options = options
    }

    /// - Parameter finished: is called when all sources have been read, before the API is waited for.
    /// - Throws: `ExitCode` when the run failed or was interrupted.
    func run(finished: (Session) throws -> Void = { _ in }) throws {
        let session: Session
        var options = options
        options.acceptsWrites = serving != nil && !endsWhenFinished
        do {
            session = try Engine.start(
                compiled.plan, sources: compiled.compilation.sources, project: compiled.project,
                options: options)
        } catch {
            throw Failure.work("\(error)")
        }
        Console.talk(compiled.movedText)
        let interrupts = Interrupts(session: session)
        let server: RunningServer?
        do {
            server = try serving?.start(compiled, session)
        } catch {
            session.stop()
            session.wait()
            throw Failure.work("\(error)")
        }
        defer { server?.stop() }
        if let server { Console.talk("serving \(server.address)/v1/graphql\n") }
        if session.isAdapted {
            Console.talk("the script has changed; the store has been adapted to it\n")
        }
        if session.isResumed { Console.talk("resuming \(options.storePath)\n") }
        var bar = ProgressBar(
            isTerminal: Console.talkIsTerminal, earlier: session.earlierRows)
        var hasRead = false
        while !session.wait(seconds: bar.interval) {
            let snapshot = session.snapshot()
            if hasRead { continue }
            hasRead = snapshot.commit.hasReadInput && session.writes != nil
            guard hasRead else {
                bar.show(snapshot)
                continue
            }
            bar.finish(snapshot)
            if let server {
                Console.talk(
                    "all input is read; serving \(server.address), which takes writes, until"
                        + " Ctrl-C\n")
            }
        }
        if case .failed(let message) = session.state { throw Failure.work(message) }
        if hasRead { return try finished(session) }
        bar.finish(session.snapshot())
        if interrupts.wasInterrupted {
            Console.talk("stopped; everything read is committed, run again to go on\n")
            throw Failure.interrupted
        }
        try finished(session)
        guard let server, !endsWhenFinished else { return }
        Console.talk("all input is read; serving \(server.address) until Ctrl-C\n")
        interrupts.wait()
    }
}
