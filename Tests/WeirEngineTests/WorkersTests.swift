// The number of workers changes nothing that can be seen.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirPlanner

@testable import WeirRuntime

@Suite struct WorkersTests {
    private static let script = """
        CREATE TABLE t (id BIGINT NOT NULL, k STRING, v INT, ts TIMESTAMP(3) NOT NULL,
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = 'FORMAT');
        /*+engine(stream)*/ Hops := SELECT window_end, COUNT(DISTINCT k) AS n, SUM(v) AS s FROM TABLE(HOP(
          TABLE t, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '2' MINUTE)) GROUP BY window_start, window_end;
        /*+engine(stream)*/ Pairs := SELECT a.id AS x, b.id AS y FROM t a JOIN t b ON a.k = b.k AND a.v = b.v AND a.id < b.id;
        /*+engine(stream)*/ Top := SELECT id, k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k
          ORDER BY v DESC, id) AS rn FROM t) AS q WHERE rn <= 2;
        """

    /// Rows in a folder of two files: broken values, records and quotes, blank lines, quoted line
    /// breaks, either line end, with and without a last one.
    private static func file(_ random: inout SeededRandom, isJson: Bool) -> String {
        var text = ""
        let end = random.pick(["\n", "\r\n"])
        let hasQuotes = random.below(2) == 0
        for id in 0..<(20 + random.below(150)) {
            let second = max(0, id - random.below(12))
            let time =
                "2026-01-01 00:0\(second / 60 % 10):\(second % 60 < 10 ? "0" : "")\(second % 60)"
            let value = random.below(30) == 0 ? "x1" : "\(random.below(9))"
            let name = random.pick(["a", "b", "longer text", "é"])
            if isJson {
                let line = #"{"id":\#(id),"k":"\#(name)","v":"\#(value)","ts":"\#(time)"}"#
                text += (random.below(40) == 0 ? String(line.dropLast(5)) : line) + end
                continue
            }
            let quoted = random.pick(["\"q,\"\"z\"", "\"two\nlines\"", "\"open"])
            let key = hasQuotes && random.below(12) == 0 ? quoted : name
            text += "\(id),\(key),\(value),\(time)\(random.below(40) == 0 ? ",more" : "")" + end
            if random.below(40) == 0 { text += end }
        }
        return random.below(2) == 0 ? text : String(text.dropLast())
    }

    /// Groups come out in the order of their first rows since the last commit, whoever counted them:
    /// that decides about ties behind them.
    @Test(arguments: 0..<6) func orderOfGroups(_ seed: Int) throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE l (id BIGINT, k BIGINT) WITH ('connector' = 'filesystem', 'path' = 'l', 'format' = 'csv');
            Q := SELECT k, COUNT(*) AS n, SUM(id) AS s FROM l GROUP BY k;
            """)
        let path = try harness.folder.write("q.sqrl", harness.script)
        let plan = try #require(Engine.compile(try Project(path: path)).plan)
        let stage = try #require(
            plan.stages.first { if case .aggregate = $0.node { true } else { false } })
        func changes(_ workers: Workers) throws -> [String] {
            var random = SeededRandom(seed: UInt64(seed))
            let runner = try #require(
                OperatorFactory.make(
                    stage, plan, emitsUpdateBefore: true, workers: workers, clock: .system))
            var output = OperatorOutput()
            let keys = random.pick([3, 40, 2000])
            for _ in 0..<30 {
                let count = random.pick([1, 9, 300, 1500])
                let columns = (0..<2).map { _ in
                    Column(.int64((0..<count).map { _ in Int64(random.below(keys)) }))
                }
                runner.process(Batch(count: count, columns: columns), input: 0, into: &output)
                if random.below(4) == 0 { runner.flush(into: &output) }
            }
            runner.flush(into: &output)
            return output.batches.flatMap { batch in
                (0..<batch.count).map { row in
                    batch.kind(row).symbol + batch.columns.map { "\($0.scalar(row))" }.joined()
                }
            }
        }
        let alone = try changes(Workers(1))
        #expect(alone.count > 2)
        for workers in [Workers(2, fewRows: 1), Workers(3, fewRows: 200)] {
            #expect(try changes(workers) == alone, "seed \(seed), \(workers.count) workers")
        }
    }

    @Test(arguments: 0..<12) func makeNoDifference(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let isJson = seed % 3 == 0
        let files = [
            "in/1": Self.file(&random, isJson: isJson), "in/2": Self.file(&random, isJson: isJson),
        ]
        let chunk = random.pick([64, 333, 1000, 1 << 20])
        let rows = random.pick([7, 50, 100_000])
        func contents(_ workers: Workers) throws -> [String] {
            let harness = try PipelineHarness(
                Self.script.replacing("FORMAT", with: isJson ? "json" : "csv"))
            try FileManager.default.createDirectory(
                atPath: harness.folder.path + "/in", withIntermediateDirectories: true)
            for (name, text) in files { try harness.folder.write(name, text) }
            try harness.run(chunkBytes: chunk, commitRows: rows, workers: workers)
            #expect(try unbalancedStages(harness) == [])
            // Where the folder is says nothing.
            return try harness.contents().map { $0.replacing(harness.folder.path, with: "") }
        }
        let alone = try contents(Workers(1))
        #expect(alone.count > 20)
        for workers in [Workers(2), Workers(4, fewRows: 1)] {
            let shared = try contents(workers)
            #expect(shared.count == alone.count, "seed \(seed)")
            let first = zip(alone, shared).first { $0 != $1 }
            #expect(
                first == nil, "seed \(seed), \(workers.count) workers: \(String(describing: first))"
            )
        }
    }
}
