// Queries over generated data whose results were taken from a real Flink (`make parity`).

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirFunctions
import WeirPlanner
import WeirRuntime
import WeirSQL
import WeirStore

@Suite struct FlinkStreamTests {
    static let folder = "Tests/Cases/flink/streams"

    /// One recorded query.
    struct Case: Sendable {
        let name: String
        let settings: [String]
        let query: String
        /// The rows, sorted; nil when Flink refuses the query.
        let rows: [String]?

        /// The session zone that it sets.
        var zone: SessionZone? {
            let key = "table.local-time-zone="
            return settings.first { $0.hasPrefix(key) }
                .flatMap { SessionZone(String($0.dropFirst(key.count))) }
        }

        /// The query with names of its own: columns of a SELECT may have the same name twice,
        /// those of a table may not.
        var definition: String {
            guard let first = rows?.first else { return query }
            let count = first.split(separator: "\t", omittingEmptySubsequences: false).count
            let names = (0..<count).map { "c\($0)" }.joined(separator: ", ")
            return "SELECT * FROM (\(query)) AS t(\(names))"
        }
    }

    static let topics = Repository.files(in: folder, ending: ".txt").filter {
        !$0.hasSuffix("differences.txt")
    }

    static func cases(_ file: String) throws -> [Case] {
        try Repository.text(file).components(separatedBy: "\n\n").compactMap { block in
            var lines = block.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
            while lines.last == "" { lines.removeLast() }
            guard let first = lines.first, first.hasPrefix("# ") else { return nil }
            let head = lines.prefix { $0.hasPrefix("# ") }
            let settings = head.dropFirst().filter { $0.hasPrefix("# set ") }.map {
                String($0.dropFirst(6))
            }
            guard let line = lines.firstIndex(of: "----"), line > head.count else { return nil }
            let query = lines[head.count..<line].joined(separator: " ")
            let rest = Array(lines[(line + 1)...])
            let isError = rest.first?.hasPrefix("# error") ?? false
            return Case(
                name: String(first.dropFirst(2)), settings: settings, query: query,
                rows: isError ? nil : rest)
        }
    }

    /// Cases that Weir answers otherwise, with the reason.
    static func differences() throws -> [String: String] {
        var result: [String: String] = [:]
        for line in try Repository.text(folder + "/differences.txt").split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            if parts.count == 2, !line.hasPrefix("#") { result[parts[0]] = parts[1] }
        }
        return result
    }

    /// How a pipeline is run; the rows must be the same in all ways.
    enum Way: String, CaseIterable, Sendable {
        /// Batches and epochs as users have them.
        case plain
        /// A few rows a batch, a few batches an epoch, three threads that share each batch.
        case small
        /// Each row is a batch of its own.
        case single
        /// Stopped again and again, and gone on with from the store; batches, epochs and threads are
        /// others each time.
        case restarted
    }

    static func script(_ cases: [(number: Int, case: Case)]) throws -> String {
        var script = try Repository.text(folder + "/tables.sql").replacingOccurrences(
            of: "data/", with: Repository.path(folder) + "/data/")
        for setting in cases.first?.case.settings ?? [] {
            let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
            if parts[0] == "table.local-time-zone" {
                script = "SET '\(parts[0])' = '\(parts[1])';\n" + script
            }
        }
        for item in cases {
            script += "\n/*+engine(stream)*/\nQ\(item.number) := \(item.case.definition);\n"
        }
        return script
    }

    @Test(arguments: topics, Way.allCases)
    func answersAreFlinks(_ topic: String, _ way: Way) throws {
        let known = try Self.differences()
        if let wanted = ProcessInfo.processInfo.environment["WEIR_TOPIC"], !topic.contains(wanted) {
            return
        }
        let only = ProcessInfo.processInfo.environment["WEIR_CASE"]
        var groups: [[String]: [(number: Int, case: Case)]] = [:]
        for (number, item) in try Self.cases(topic).enumerated()
        where item.rows != nil && (only == nil || only == item.name) {
            // Each alone first, so that one that does not compile does not take the others along.
            let problems = try Self.problems(item)
            if problems.isEmpty {
                groups[item.settings, default: []].append((number, item))
            } else if known[item.name] == nil {
                Issue.record("\(item.name): \(problems)")
            }
        }
        for cases in groups.values { try check(cases, known, way) }
    }

    private static func problems(_ item: Case) throws -> String {
        let harness = try PipelineHarness(script([(0, item)]))
        let path = try harness.folder.write("case.sqrl", harness.script)
        let compilation = Engine.compile(try Project(path: path))
        if compilation.plan?.tables.contains(where: { $0.name == "Q0" }) ?? false { return "" }
        let errors = compilation.diagnostics.filter { $0.severity == .error }
        return errors.map { "\($0.code): \($0.message)" }.joined(separator: "; ")
    }

    private func check(
        _ cases: [(number: Int, case: Case)], _ known: [String: String], _ way: Way
    ) throws {
        let harness = try PipelineHarness(Self.script(cases))
        let session = try Self.run(harness, way)
        #expect(try unbalancedStages(harness) == [])
        for item in cases {
            guard let table = session.plan.tables.first(where: { $0.name == "Q\(item.number)" })
            else { continue }
            let got = try Self.rows(table, harness, zone: item.case.zone)
            let expected = item.case.rows ?? []
            let isSame = got == expected.sorted()
            if let reason = known[item.case.name] {
                #expect(
                    !isSame || way != .plain,
                    "\(item.case.name) is no difference any more: \(reason)")
            } else {
                #expect(
                    isSame,
                    "\(item.case.name): \(Self.difference(got, expected)); WEIR_SEED=\(Self.seed)")
            }
        }
    }

    private static func run(_ harness: PipelineHarness, _ way: Way) throws -> Session {
        switch way {
        case .plain: return try harness.run(workers: Workers(1))
        case .small:
            return try harness.run(
                chunkBytes: 700, commitRows: 40, workers: Workers(3, fewRows: 1))
        case .single: return try harness.run(chunkBytes: 1, commitRows: 50, workers: Workers(1))
        case .restarted: return try runInParts(harness)
        }
    }

    /// Of where runs are stopped; `WEIR_SEED` repeats one.
    private static let seed =
        ProcessInfo.processInfo.environment["WEIR_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: 0..<1_000_000)

    private static func runInParts(_ harness: PipelineHarness) throws -> Session {
        var random = SeededRandom(seed: seed)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let session = try harness.start(
                chunkBytes: Int.random(in: 1...2000, using: &random),
                commitRows: Int.random(in: 3...60, using: &random),
                workers: Workers(
                    Int.random(in: 1...3, using: &random),
                    fewRows: Int.random(in: 1...50, using: &random)))
            let stop = session.snapshot().commit.epoch + Int64.random(in: 1...9, using: &random)
            while session.snapshot().commit.epoch < stop, !session.wait(seconds: 0.001) {}
            session.stop()
            session.wait()
        }
        let last = try harness.run()
        #expect(last.isResumed, "seed \(seed)")
        return last
    }

    private static func difference(_ got: [String], _ expected: [String]) -> String {
        var counts: [String: Int] = [:]
        for row in got { counts[row, default: 0] += 1 }
        for row in expected { counts[row, default: 0] -= 1 }
        let more = counts.filter { $0.value > 0 }.keys.sorted()
        let less = counts.filter { $0.value < 0 }.keys.sorted()
        return "\(got.count) rows instead of \(expected.count);"
            + " not Flink's: \(more.prefix(3)), missing: \(less.prefix(3))"
    }

    /// The rows of a table as Flink writes them: instants by the clocks of the session.
    static func rows(
        _ table: StoredTable, _ harness: PipelineHarness, zone: SessionZone?
    ) throws -> [String] {
        let columns = table.hidesLast ? table.columns.dropLast() : table.columns[...]
        let result = try StoreReader(path: harness.storePath).query(
            "SELECT * FROM \"weir_data_\(table.name)\"", limit: 1_000_000)
        let names = result.columns.filter { $0 != "_key" }.count
        return result.rows.map { row in
            zip(columns, row.suffix(names)).map { text($1, $0.type, zone) }.joined(separator: "\t")
        }.sorted()
    }

    private static func text(
        _ value: StoreValue, _ type: DataType, _ zone: SessionZone?
    ) -> String {
        let scalar: Scalar
        switch (value, type.kind.physical) {
        case (.null, _): return "<NULL>"
        case (.integer(let number), .bool): scalar = .bool(number != 0)
        case (.integer(let number), .int128): scalar = .int128(Int128(number))
        case (.integer(let number), .float64): scalar = .float64(Double(number))
        case (.integer(let number), _): scalar = .int64(number)
        case (.real(let number), _): scalar = .float64(number)
        case (.text(let text), .int128): scalar = Int128(text).map { .int128($0) } ?? .null
        case (.text(let text), _): scalar = .string(text)
        case (.blob(let bytes), _): scalar = .bytes(bytes)
        }
        if type.kind.isNested, case .bytes(let bytes) = scalar, let json = JsonValue.parse(bytes) {
            return NestedValue.text(json, type)
        }
        if let zone, type.kind.isInstant, case .int64(let micros) = scalar {
            return ValueText.string(.int64(zone.local(micros)), kind: type.kind)
        }
        return ValueText.string(scalar, kind: type.kind)
    }
}
