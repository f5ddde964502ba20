// `weir bench api`: how fast the API answers, here or on a server that runs.

import ArgumentParser
import Foundation

struct APIBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Measure the API: throughput, latency, and where it breaks.",
        discussion: """
            Without --url it makes a pipeline of its own and measures lookups beside a route of
            Hummingbird that returns a constant, lists in lists beside one query in SQL, a thousand
            subscribers, and lookups while rows come in. With --url it sends requests to a server
            on this machine, those of its specification or those of --request, until it is stopped
            by --seconds; with --find it raises the rate until the server cannot follow.
            """)

    @Option(
        help: ArgumentHelp(
            "A server on this machine, such as http://127.0.0.1:8888.",
            valueName: "URL"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "'[WEIGHT] METHOD PATH [BODY]', {n} is a number. Repeatable.", valueName: "REQUEST"))
    var request: [String] = []

    @Option(help: ArgumentHelp("Numbers that {n} may be.", valueName: "N"))
    var keys = 1000

    @Option(help: ArgumentHelp("Of the header Authorization.", valueName: "TOKEN"))
    var token: String?

    @Option(help: ArgumentHelp("How long each load goes on.", valueName: "S"))
    var seconds = 4.0

    @Option(help: ArgumentHelp("Connections at the same time.", valueName: "N"))
    var connections = 32

    @Option(
        help: ArgumentHelp(
            "Requests a second, whatever the server does (open model).", valueName: "N"))
    var rate: Double?

    @Flag(help: "Raise the rate until the server cannot follow.")
    var find = false

    @Option(help: ArgumentHelp("p99 at which --find ends.", valueName: "MS"))
    var limit = 50.0

    func validate() throws {
        guard seconds > 0, seconds <= 3600 else { throw ValidationError("--seconds is 0 to 3600.") }
        guard (1...10_000).contains(connections) else {
            throw ValidationError("--connections is 1 to 10000.")
        }
        guard rate ?? 1 >= 1, rate ?? 1 <= 1_000_000 else {
            throw ValidationError("--rate is 1 to 1000000 requests a second.")
        }
        if url == nil, find || rate != nil || !request.isEmpty {
            throw ValidationError("--rate, --find and --request go with --url.")
        }
        guard limit > 0, limit.isFinite else {
            throw ValidationError("--limit is a positive number of milliseconds.")
        }
        guard keys > 0 else { throw ValidationError("--keys is positive.") }
    }

    func run() throws {
        if let url { return try ServerLoad(self, url).run() }
        let folder = NSTemporaryDirectory() + "/weir-bench-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            try APIBench(folder: folder, seconds: seconds, connections: connections).run()
        } catch {
            throw Failure.work("\(error)")
        }
    }
}
