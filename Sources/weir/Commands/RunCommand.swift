// `weir run`: headless.

import ArgumentParser
import WeirEngine
import WeirRuntime

/// Options that all commands share that start a run.
struct RunArguments: ParsableArguments {
    @Option(help: "The store; by default PROJECT/.weir/NAME.db.")
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Replay by event time at so many times real time, or 'max'.", valueName: "N|max"))
    var pace: String?

    @Flag(help: "Throw away what is in the store and start afresh.")
    var fresh = false

    @Option(
        help: ArgumentHelp(
            "Stop before the state of all stages takes more memory than this.", valueName: "MiB"))
    var stateLimit: Int?

    @Option(
        help: ArgumentHelp(
            "Threads that share the work on a batch; by default one for each core.",
            discussion: "Results are the same for any number.", valueName: "N"))
    var workers: Int?

    @Flag(inversion: .prefixedNo, help: .hidden)
    var observe = true

    @Option(help: .hidden)
    var chunkBytes: Int = 512 << 10

    @Option(help: .hidden)
    var commitRows: Int?

    func validate() throws {
        if let pace, pace != "max" {
            guard let value = Double(pace), value > 0, value.isFinite else {
                throw ValidationError("--pace takes a positive number or 'max', not '\(pace)'.")
            }
        }
        guard (1...(1 << 24)).contains(stateLimit ?? 1) else {
            throw ValidationError("--state-limit is 1 to 16777216 MiB.")
        }
        guard (1...256).contains(workers ?? 1) else {
            throw ValidationError("--workers is 1 to 256.")
        }
        guard (64...(64 << 20)).contains(chunkBytes), commitRows ?? 1 > 0 else {
            throw ValidationError("--chunk-bytes is 64 to 67108864, --commit-rows is positive.")
        }
    }

    func engineOptions(_ project: Project, defaultPace: Double?) -> EngineOptions {
        let factor = pace.map { $0 == "max" ? nil : Double($0) } ?? defaultPace
        var options = EngineOptions(
            storePath: store ?? project.defaultStorePath, isFresh: fresh, pace: factor,
            isObserving: observe, chunkBytes: chunkBytes)
        if let workers { options.workers = Workers(workers) }
        if let commitRows { options.commit.rows = commitRows }
        options.commit.stateLimit = stateLimit.map { $0 << 20 }
        return options
    }
}

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a pipeline without the workbench.",
        discussion: """
            Rows, rejects, positions and counts are committed together; a run that was stopped or
            killed goes on where the last commit was. When all sources have been read, the last
            windows are closed. Tables and functions are served over GraphQL (docs/api.md) until
            the run is stopped; with --once it ends when everything has been read.
            """)

    @OptionGroup var projectArguments: ProjectArguments

    @Flag(help: "End when all sources are exhausted; nothing is served unless --listen is given.")
    var once = false

    @OptionGroup var server: ServerArguments

    @OptionGroup var arguments: RunArguments

    @Flag(help: "Do not print the report at the end.")
    var quiet = false

    func run() throws {
        let compiled = try Compiled(
            projectArguments, store: arguments.store, isFresh: arguments.fresh)
        var options = arguments.engineOptions(compiled.project, defaultPace: nil)
        let serving = try serving(compiled)
        options.defersIndexes = once && serving == nil
        var run = HeadlessRun(compiled: compiled, options: options)
        run.endsWhenFinished = once
        run.serving = serving
        try run.run { session in
            if quiet { return }
            do {
                Console.talk(try RunReport(session: session).text())
            } catch {
                throw Failure.work("\(error)")
            }
        }
    }

    private func serving(_ compiled: Compiled) throws -> Serving? {
        if once && server.listen == nil { return nil }
        return server.serving
    }
}
