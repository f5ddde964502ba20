// `weir advise`: what of the store's work is asked often and costs much.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirStore

struct AdviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise",
        abstract: "Say which queries of the API cost most, and what would make them cheap.",
        discussion: """
            'weir run' keeps how often each query of its API was asked and how long SQLite took. From
            these figures come proposals, each with its evidence; the script is not changed.
            """)

    @OptionGroup var arguments: ProjectArguments

    @Option(help: "The store; by default PROJECT/.weir/NAME.db.")
    var store: String?

    @Flag(help: "Print a JSON array of the proposals on standard output.")
    var json = false

    func run() throws {
        let compiled = try Compiled(arguments, store: store)
        let path = compiled.storePath
        let timings = QueryTimings.current(
            QueryTimings.load(store: path), compiled.plan.queryDefinitions)
        guard !timings.isEmpty else {
            throw Failure.work(
                "nothing has been asked of \(path) yet; serve it with 'weir run' and use the API")
        }
        let advice: [Advice]
        do {
            advice = try Advisor(
                plan: compiled.plan, sources: compiled.compilation.sources, timings: timings
            ).proposals(try StoreReader(path: path))
        } catch {
            throw Failure.work("\(error)")
        }
        if json {
            Console.output("[" + advice.map(\.json).joined(separator: ",\n ") + "]\n")
            return
        }
        Console.output(table(timings))
        Console.output("\n")
        if advice.isEmpty {
            Console.output("No query costs enough to propose anything.\n")
        }
        for (number, item) in advice.enumerated() {
            Console.output(
                "\(number + 1). \(item.what)\n   because \(item.evidence)\n   \(item.change)\n")
        }
    }

    private func table(_ timings: [String: QueryTiming]) -> String {
        let all = timings.values.reduce(0) { $0 + $1.seconds }
        let sorted = timings.sorted { $0.value.seconds > $1.value.seconds }
        let rows = sorted.prefix(20).map { name, timing -> [StoreValue] in
            [
                .text(name), .integer(timing.count), .text(Advice.millis(timing.mean)),
                .text(Advice.millis(timing.percentile(99))), .text(Advice.millis(timing.longest)),
                .integer(timing.rows / max(1, timing.count)), .integer(timing.stopped ?? 0),
                .text("\(Int((timing.seconds / max(all, 1e-9) * 100).rounded())) %"),
            ]
        }
        let result = QueryResult(
            columns: [
                "query", "asked", "mean", "p99", "longest", "rows each", "stopped", "of all time",
            ],
            rows: rows, isTruncated: false, seconds: 0)
        return ResultPrinter.render(result, .table)
    }
}
