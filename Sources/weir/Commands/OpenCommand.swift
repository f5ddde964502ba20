// `weir open`: the workbench, or a plain report where there is no terminal.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirSQL
import WeirTUI

struct OpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Run a pipeline and watch it in the workbench (the default command).",
        discussion: """
            Without PROJECT: the project of this folder, or else the demo, flights from New York
            replayed at an hour a second. When standard output is not a terminal, the pipeline runs
            to its end and a plain report is printed.
            """)

    @Argument(help: "A .sqrl or .sql script, a package.json, or a folder with one of them.")
    var project: String?

    @OptionGroup var packages: PackageArguments

    @OptionGroup var server: ServerArguments

    @OptionGroup var arguments: RunArguments

    @Option(help: "The colours: a theme's name or a .toml file.")
    var theme: String = "dark"

    @Flag(inversion: .prefixedNo, help: "Use the mouse (F2 switches while it runs).")
    var mouse = true

    func run() throws {
        let isInteractive = Console.outputIsTerminal && Console.inputIsTerminal
        let target = try Target(project)
        let compiled = try Compiled(
            store: target.isDemo ? arguments.store ?? DemoStore.path : arguments.store,
            isFresh: arguments.fresh && !target.isDemo
        ) { try packages.load(target.path) }
        let pace = target.isDemo && isInteractive ? 3600.0 : nil
        var options = arguments.engineOptions(compiled.project, defaultPace: pace)
        if target.isDemo {
            options.isFresh = true
            if arguments.store == nil { options.storePath = DemoStore.path }
        }
        if isInteractive {
            try runWorkbench(compiled, options)
        } else {
            try runPlainly(compiled, options)
        }
    }

    private func runPlainly(_ compiled: Compiled, _ options: EngineOptions) throws {
        try HeadlessRun(compiled: compiled, options: options).run { session in
            do {
                Console.output(try RunReport(session: session).text())
            } catch {
                throw Failure.work("\(error)")
            }
        }
    }

    private func runWorkbench(_ compiled: Compiled, _ options: EngineOptions) throws {
        let themeFile = try ThemeChoice.load(theme)
        let session: Session
        let serving = server.serving
        var options = options
        options.acceptsWrites = serving != nil && !compiled.plan.writes.isEmpty
        do {
            session = try Engine.start(
                compiled.plan, sources: compiled.compilation.sources, project: compiled.project,
                options: options)
        } catch {
            throw Failure.work("\(error)")
        }
        let running: RunningServer?
        do {
            running = try serving?.startBesideWorkbench(
                compiled, session, isAsked: server.listen != nil)
        } catch {
            session.stop()
            session.wait()
            throw Failure.work("\(error)")
        }
        defer { running?.stop() }
        guard
            let app = App(
                session: session, theme: themeFile, hasMouse: mouse,
                wantsColor: Console.wantsColor, api: running.map { server in { server.status } })
        else {
            session.stop()
            session.wait()
            throw Failure.usage(
                "this terminal cannot show the workbench (TERM is"
                    + " '\(Console.terminalName)'); try weir run, or set TERM=xterm-256color")
        }
        app.run()
        session.stop()
        session.wait()
        Console.output(compiled.movedText)
        try finish(session)
    }

    /// Two lines on the shell: what was done and where it is.
    private func finish(_ session: Session) throws {
        let snapshot = session.snapshot()
        let sources = snapshot.stages.filter { $0.plan.input == nil }
        let read = sources.reduce(Int64(0)) { $0 + $1.counters.rowsIn }
        let rejects = snapshot.stages.reduce(Int64(0)) {
            $0 + ($1.counters.ledger[.rejected] ?? 0)
        }
        Console.output(
            "weir: \(grouped(read)) rows read, \(grouped(rejects)) rejected\n"
                + "store: \(session.options.storePath)\n")
        if case .failed(let message) = snapshot.state { throw Failure.work(message) }
    }
}

/// What `open` opens.
private struct Target {
    let path: String
    let isDemo: Bool

    /// - Throws: `ExitCode` 2 when there is nothing to open.
    init(_ named: String?) throws {
        if let named {
            path = named
            isDemo = false
            return
        }
        if (try? Project(path: ".")) != nil {
            path = "."
            isDemo = false
            return
        }
        guard let folder = Resources.folder("sample-data") else {
            throw Failure.usage(
                "there is no script here and no demo beside the program; name a .sqrl script")
        }
        path = folder + "/nyc-flights/flights.sqrl"
        isDemo = true
    }
}
