// One run of the Nexmark queries, here and in Flink.

import Foundation
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirSQL
import WeirStore

/// The files of a run and what is done with them.
struct NexmarkBench {
    private let folder: String
    private let flink: String?
    private let events: Int
    let eventsPath: String
    private let tables: String

    /// Makes the files that are not there yet.
    init(events: Int, seed: UInt64, folder: String?, flink: String?) throws {
        let base =
            folder
            ?? (ProcessInfo.processInfo.environment["XDG_CACHE_HOME"]
                ?? NSHomeDirectory() + "/.cache") + "/weir-bench"
        try FileManager.default.createDirectory(
            atPath: base, withIntermediateDirectories: true)
        self.folder = base
        self.flink = flink
        self.events = events
        let path = "\(base)/nexmark-\(events)-\(seed).csv"
        eventsPath = path
        if !FileManager.default.fileExists(atPath: path) {
            let isTerminal = Console.talkIsTerminal
            Console.talk("making \(path)\(isTerminal ? "" : "\n")")
            var source = NexmarkEvents(seed: seed)
            try source.write(events, to: path) { written in
                guard isTerminal else { return }
                Console.talk("\r\u{1B}[Kmaking \(path)  \(written * 100 / events) %")
            }
            if isTerminal { Console.talk("\r\u{1B}[K") }
        }
        let side = "\(base)/nexmark-side.csv"
        let numbers = (0...10_000).map { "\($0),\($0)\n" }.joined()
        try numbers.write(toFile: side, atomically: true, encoding: .utf8)
        tables = NexmarkQueries.tables.replacingOccurrences(of: "${EVENTS}", with: eventsPath)
            .replacingOccurrences(of: "${SIDE}", with: side)
    }

    // MARK: Scripts

    /// Names and types of a query's columns.
    private func columns(_ query: NexmarkQuery) throws -> [Field] {
        let path = "\(folder)/\(query.name).sqrl"
        try "\(tables)/*+engine(stream)*/ Result := \(query.sql);\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let compilation = Engine.compile(try Project(path: path))
        guard let table = compilation.plan?.tables.first(where: { $0.name == "Result" }) else {
            let errors = compilation.diagnostics.map(\.message).joined(separator: "; ")
            throw StoreError.database("\(query.name) does not compile: \(errors)")
        }
        return Array(table.hidesLast ? table.columns.dropLast() : table.columns[...])
    }

    /// A script that both engines run: the rows go nowhere.
    private func sinkScript(_ query: NexmarkQuery) throws -> String {
        let fields = try columns(query).enumerated().map { index, field in
            "c\(index) \(field.type.nullable(true))"
        }
        let text = """
            \(tables)CREATE TABLE nowhere (\(fields.joined(separator: ", "))) WITH (
              'connector' = 'blackhole');
            INSERT INTO nowhere \(query.sql);

            """
        let path = "\(folder)/\(query.name).sql"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func runHere(_ script: String) -> ChildProcess? {
        ChildProcess.run(
            [
                "/proc/self/exe", "run", script, "--once", "--fresh", "--store",
                "\(folder)/run.db",
            ], errors: "\(folder)/weir.log")
    }

    // MARK: Measuring

    /// Prints a line a query; false when one failed.
    func measure(_ queries: [NexmarkQuery]) throws -> Bool {
        let head = flink == nil ? "" : "   FLINK s   RATIO"
        Console.output("QUERY   WEIR s  M EVENTS/s  PEAK MiB\(head)  WHAT\n")
        var isFine = true
        for query in queries {
            guard let own = runHere(try sinkScript(query)), own.status == 0 else {
                isFine = failed(query)
                continue
            }
            var line = pad(query.name, 5, left: true) + number(own.seconds, 3, 9)
            line += number(Double(events) / own.seconds / 1e6, 2, 12)
            line += pad(String(own.peakBytes >> 20), 10)
            if flink != nil {
                let other = try fastest(query)?.seconds
                line += number(other, 3, 10) + number(other.map { $0 / own.seconds }, 1, 8)
            }
            Console.output(line + "  " + query.what + "\n")
        }
        return isFine
    }

    /// Prints a line a query with the events a second between this number of events and that of
    /// `larger`, which leaves out what starting costs; false when one failed.
    ///
    /// Flink runs the larger file in the mode that was faster on this one.
    func measureSteadyState(_ queries: [NexmarkQuery], larger: NexmarkBench) throws -> Bool {
        let head = flink == nil ? "" : "   FLINK s        s  M EVENTS/s   RATIO"
        Console.output("QUERY   WEIR s        s  M EVENTS/s  PEAK MiB\(head)  WHAT\n")
        var isFine = true
        let more = Double(larger.events - events) / 1e6
        for query in queries {
            guard let few = runHere(try sinkScript(query)), few.status == 0,
                let many = larger.runHere(try larger.sinkScript(query)), many.status == 0
            else {
                isFine = failed(query)
                continue
            }
            let rate = more / (many.seconds - few.seconds)
            var line = pad(query.name, 5, left: true) + number(few.seconds, 3, 9)
            line += number(many.seconds, 3, 9) + number(rate, 2, 12)
            line += pad(String(many.peakBytes >> 20), 10)
            if flink != nil {
                let fast = try fastest(query)
                let slow = try fast.flatMap { try larger.runFlink(query, $0.mode) }
                let otherRate = slow.flatMap { slow in fast.map { more / (slow - $0.seconds) } }
                line += number(fast?.seconds, 3, 10) + number(slow, 3, 9)
                line += number(otherRate, 2, 12) + number(otherRate.map { rate / $0 }, 1, 8)
            }
            Console.output(line + "  " + query.what + "\n")
        }
        return isFine
    }

    private func failed(_ query: NexmarkQuery) -> Bool {
        Console.output("\(query.name) failed; see \(folder)/weir.log\n")
        return false
    }

    // MARK: Flink

    private enum FlinkMode: CaseIterable {
        case plain, miniBatch

        var options: [String] {
            switch self {
            case .plain: []
            case .miniBatch:
                [
                    "table.exec.mini-batch.enabled=true", "table.exec.mini-batch.allow-latency=2s",
                    "table.exec.mini-batch.size=50000",
                ]
            }
        }
    }

    /// Seconds of one run; nil when Flink cannot run the query, or not within `longest`.
    private func runFlink(_ query: NexmarkQuery, _ mode: FlinkMode) throws -> Double? {
        guard let flink else { return nil }
        let limited = ["timeout", String(Self.longest), flink, try sinkScript(query)]
        let ended = ChildProcess.run(
            limited + ["parallelism.default=2"] + mode.options, errors: "\(folder)/flink.log")
        guard let ended, ended.status == 0 else { return nil }
        return ended.seconds
    }

    /// Seconds that a query may take in Flink: one that fills its heap can go on for hours.
    private static let longest = 600

    /// Flink's faster mode; nil when it cannot run the query.
    private func fastest(_ query: NexmarkQuery) throws -> (mode: FlinkMode, seconds: Double)? {
        try FlinkMode.allCases.compactMap { mode in
            try runFlink(query, mode).map { (mode: mode, seconds: $0) }
        }.min { $0.seconds < $1.seconds }
    }

    // MARK: Layout

    private func number(_ value: Double?, _ digits: Int, _ width: Int) -> String {
        guard let value else { return pad("-", width) }
        return pad(
            value.formatted(.number.precision(.fractionLength(digits)).grouping(.never)), width)
    }

    private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + space : space + text
    }

    // MARK: Comparing

    /// Compares the rows of both engines; false when they differ.
    func compare(_ queries: [NexmarkQuery]) throws -> Bool {
        var isFine = true
        for query in queries {
            if let reason = query.notInFlink {
                Console.output("\(query.name)  not compared: \(reason)\n")
                continue
            }
            let own = try rowsHere(query)
            guard let other = try rowsOfFlink(query) else {
                Console.output("\(query.name)  Flink failed; see \(folder)/flink.log\n")
                isFine = false
                continue
            }
            var difference = own
            for (row, count) in other { difference[row, default: 0] -= count }
            difference = difference.filter { $0.value != 0 }
            let total = own.values.reduce(0, +)
            if difference.isEmpty {
                Console.output("\(query.name)  \(total) rows, equal\n")
            } else {
                isFine = false
                let shown = difference.sorted { $0.key < $1.key }.prefix(4).map {
                    "  \($0.value > 0 ? "only here " : "only Flink") \($0.key)\n"
                }
                Console.output(
                    "\(query.name)  \(total) rows, \(difference.count) DIFFER\n\(shown.joined())")
            }
        }
        return isFine
    }

    /// The query with all columns as texts, which both engines write in the same way.
    private func textQuery(_ query: NexmarkQuery) throws -> String {
        let count = try columns(query).count
        let names = (0..<count).map { "c\($0)" }
        let casts = names.map { "COALESCE(CAST(\($0) AS STRING), '<NULL>') AS \($0)" }
        return "SELECT \(casts.joined(separator: ", ")) FROM (\(query.sql)) AS"
            + " t(\(names.joined(separator: ", ")))"
    }

    private func rowsHere(_ query: NexmarkQuery) throws -> [String: Int] {
        let script = "\(folder)/\(query.name)-rows.sqrl"
        try "\(tables)/*+engine(stream)*/ Result := \(try textQuery(query));\n".write(
            toFile: script, atomically: true, encoding: .utf8)
        guard let ended = runHere(script), ended.status == 0 else {
            throw StoreError.database("\(query.name) failed; see \(folder)/weir.log")
        }
        let result = try StoreReader(path: "\(folder)/run.db").query(
            "SELECT * FROM Result", limit: .max)
        var rows: [String: Int] = [:]
        for row in result.rows {
            rows[row.map(\.text).joined(separator: "\t"), default: 0] += 1
        }
        return rows
    }

    private func rowsOfFlink(_ query: NexmarkQuery) throws -> [String: Int]? {
        guard let flink else { return nil }
        let script = "\(folder)/\(query.name)-rows.sql"
        let output = "\(folder)/flink.tsv"
        try "\(tables)\(try textQuery(query));\n".write(
            toFile: script, atomically: true, encoding: .utf8)
        let ended = ChildProcess.run(
            [flink, script, "--tsv", "parallelism.default=1"], output: output,
            errors: "\(folder)/flink.log")
        guard let ended, ended.status == 0 else { return nil }
        var rows: [String: Int] = [:]
        for line in try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n") {
            guard !line.hasPrefix("#"), let tab = line.firstIndex(of: "\t") else { continue }
            let isRetraction = line.hasPrefix("-")
            let row = String(line[line.index(after: tab)...])
            rows[row, default: 0] += isRetraction ? -1 : 1
        }
        return rows.filter { $0.value != 0 }
    }
}
