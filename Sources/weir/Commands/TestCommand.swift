// `weir test`: a pipeline's tests against their snapshots.

import ArgumentParser
import Foundation
import WeirColumnar
import WeirEngine
import WeirFunctions
import WeirPlanner
import WeirRuntime
import WeirTesting

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests of a pipeline and compare what they give with snapshots.",
        discussion: """
            Tests are files in the project's test folder (tests/): NAME.graphql with a query, a
            mutation or a subscription, NAME.http with requests; and tables with the hint
            /*+test*/ or /*+test(no_rows)*/. The pipeline runs on a store of its own to the end of
            its input, with the mutations' rows, while the clock stands still. Answers are compared
            with snapshots/NAME.snapshot as JSON: spelling and order of members are of no matter.
            docs/testing-pipelines.md has the whole.

            Exit code 0 when all tests pass, 1 when one fails.
            """)

    @OptionGroup var projectArguments: ProjectArguments

    @Argument(
        help:
            "Names of tests, or their beginnings (api-*); all when none is given. Mutations always run."
    )
    var names: [String] = []

    @Flag(help: "Write the snapshots that differ or are not there yet.")
    var update = false

    @Option(
        help: ArgumentHelp("Write what was got to a folder; compare nothing.", valueName: "DIR"))
    var results: String?

    @Flag(help: "Write tests for each endpoint of the API to the test folder, and run nothing.")
    var api = false

    @Flag(help: "With --api: also tests that add rows, which all other tests then see.")
    var addRows = false

    @Flag(help: "Print a JSON object on standard output.")
    var json = false

    @Option(help: ArgumentHelp("Also write the report as JUnit's XML.", valueName: "FILE"))
    var junit: String?

    @Option(
        help: ArgumentHelp(
            "The time at which everything happens; by default that of the start.",
            valueName: "2026-01-31T12:00:00Z"))
    var now: String?

    @Option(
        help: ArgumentHelp("The session time zone.", valueName: "Europe/Berlin"))
    var timeZone: String?

    func validate() throws {
        if [update, results != nil, api].count(where: \.self) > 1 {
            throw ValidationError("--update, --results and --api exclude each other.")
        }
        if addRows, !api { throw ValidationError("--add-rows goes with --api.") }
        if let now, Self.micros(now) == nil {
            throw ValidationError(
                "--now takes a time such as 2026-01-31T12:00:00Z, not '\(now)'.")
        }
    }

    func run() throws {
        let start = MonotonicClock.now()
        let time = now.flatMap(Self.micros) ?? FunctionClock.now()
        FunctionClock.stop(at: time)
        let compiled = try Compiled {
            var project = try projectArguments.load()
            project.script.settings.includesTests = true
            if let timeZone { project.script.settings.timeZone = timeZone }
            return project
        }
        var options = TestOptions(time: time)
        options.names = names
        if update { options.mode = .update }
        if let results { options.mode = .write(folder: results) }
        let run = try begin(compiled, options)
        defer { run.close() }
        if api { return try writeAPITests(run, compiled.project) }
        guard run.count > 0 else {
            throw Failure.work(
                "there are no tests: write tests/NAME.graphql beside the script, put /*+test*/ in"
                    + " front of a table, or let 'weir test --api' write some")
        }
        let summary = try finish(run, start: start)
        if json {
            Console.output(summary.json.text + "\n")
        } else {
            Console.output(
                TestReport(
                    summary, isColoured: Console.outputIsTerminal && Console.wantsColor
                ).text())
        }
        if let junit { try write(summary.junit(suite: compiled.project.name), to: junit) }
        if summary.failures > 0 { throw ExitCode(1) }
    }

    private func begin(_ compiled: Compiled, _ options: TestOptions) throws -> TestRun {
        do {
            let (plan, sources) = (compiled.plan, compiled.compilation.sources)
            let project = compiled.project
            return try Blocking.run {
                try await TestRun(plan, sources: sources, project: project, options: options)
            }
        } catch {
            throw Failure.work("\(error)")
        }
    }

    private func finish(_ run: TestRun, start: UInt64) throws -> TestSummary {
        var results = try readInput(run)
        results += try Blocking.run { await run.ask() }
        return run.summary(results, seconds: Double(MonotonicClock.now() - start) / 1e9)
    }

    /// Runs the mutations, and the pipeline to its end.
    private func readInput(_ run: TestRun) throws -> [TestResult] {
        let interrupts = Interrupts(session: run.session)
        let results = try Blocking.run { await run.mutate() }
        var bar = ProgressBar(isTerminal: Console.talkIsTerminal)
        while !run.session.wait(seconds: bar.interval) { bar.show(run.session.snapshot()) }
        if Console.talkIsTerminal { bar.finish(run.session.snapshot()) }
        if interrupts.wasInterrupted { throw Failure.interrupted }
        if case .failed(let message) = run.session.state { throw Failure.work(message) }
        return results
    }

    private func writeAPITests(_ run: TestRun, _ project: Project) throws {
        _ = try readInput(run)
        let files: [(path: String, isNew: Bool)]
        do {
            files = try Blocking.run { try await run.writeAPITests(of: project, addsRows: addRows) }
        } catch {
            throw Failure.work("\(error)")
        }
        for (path, isNew) in files {
            Console.output("\(isNew ? "written" : "is there")  \(path)\n")
        }
        Console.talk(
            "weir test --update 'api-*' writes their snapshots; look at them before you keep them. Times"
                + " of writes are those of the run: --now 2026-01-31T12:00:00Z keeps them the same\n"
        )
    }

    private func write(_ text: String, to path: String) throws {
        do {
            // Not atomically: what is there may be a device.
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw Failure.work("cannot write \(path): \(error.localizedDescription)")
        }
    }

    /// µs since 1970 in UTC.
    private static func micros(_ text: String) -> Int64? {
        TimeText.parseTimestamp(Array(text.utf8), allowsZone: true)
    }
}
