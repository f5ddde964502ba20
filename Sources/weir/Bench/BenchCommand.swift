// `weir bench`: measures.

import ArgumentParser
import Foundation
import WeirEngine
import WeirStore

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this machine.",
        subcommands: [NexmarkCommand.self, APIBenchCommand.self])
}

struct NexmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nexmark",
        abstract: "Run the Nexmark queries over a generated file, beside Flink if it is there.",
        discussion: """
            The file is made once and kept. Each query is a process of its own that reads the file
            and throws its rows away; the time is that of the whole process. With --flink each
            query is run by Flink on the same file as well, with --check the rows of both are
            compared. With --steady each query is run with five times as many events as well, and
            the events a second are those of the difference.
            """)

    @Option(help: "How many events.")
    var events = 2_000_000

    @Option(help: "Queries, with commas between them; all when left out.")
    var only: String?

    @Option(help: "Where files are kept; by default the cache folder.")
    var dir: String?

    @Option(help: "The runner of Flink, Benchmarks/flink/run.")
    var flink: String?

    @Flag(help: "Compare the rows with Flink's instead of measuring.")
    var check = false

    @Flag(help: "Measure the steady state: run with five times as many events as well.")
    var steady = false

    @Option(help: "Seed of the generator.")
    var seed: UInt64 = 1

    @Flag(help: "Only make the file, and say where it is.")
    var generate = false

    func validate() throws {
        guard (1...200_000_000).contains(events) else {
            throw ValidationError("--events is 1 to 200000000.")
        }
        if check, steady { throw ValidationError("--check and --steady do not go together.") }
        if check, flink == nil { throw ValidationError("--check needs --flink RUNNER.") }
        for name in only?.split(separator: ",") ?? []
        where !NexmarkQueries.all.contains(where: { $0.name == name }) {
            let names = NexmarkQueries.all.map(\.name).joined(separator: ", ")
            throw ValidationError("There is no query '\(name)'; queries: \(names).")
        }
    }

    func run() throws {
        let bench = try NexmarkBench(
            events: events, seed: seed, folder: dir, flink: flink)
        if generate {
            Console.output(bench.eventsPath + "\n")
            return
        }
        let wanted = only.map { Set($0.split(separator: ",").map(String.init)) }
        let queries = NexmarkQueries.all.filter { wanted?.contains($0.name) ?? true }
        if !(try done(bench, queries)) { throw ExitCode(1) }
    }

    private func done(_ bench: NexmarkBench, _ queries: [NexmarkQuery]) throws -> Bool {
        if check { return try bench.compare(queries) }
        guard steady else { return try bench.measure(queries) }
        let larger = try NexmarkBench(events: events * 5, seed: seed, folder: dir, flink: flink)
        return try bench.measureSteadyState(queries, larger: larger)
    }
}
