// State that nobody writes is forgotten when its time is over.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirSQL
import WeirStore

@testable import WeirRuntime

@Suite struct StateTTLTests {
    /// One stage of a script, driven by hand with a clock that is set.
    private final class Stage {
        private let plan: StreamPlan
        private let stage: StagePlan
        private let runner: any Operator
        private let time = SetClock()

        init(_ query: String, _ isWanted: (StreamNode) -> Bool) throws {
            let harness = try PipelineHarness(
                """
                SET 'table.exec.state.ttl' = '1 h';
                CREATE TABLE l (id BIGINT, k STRING) WITH ('connector' = 'filesystem', 'path' = 'l', 'format' = 'csv');
                CREATE TABLE r (id BIGINT, k STRING) WITH ('connector' = 'filesystem', 'path' = 'r', 'format' = 'csv');
                CREATE TABLE e (at TIMESTAMP(3), k STRING, WATERMARK FOR at AS at, PRIMARY KEY (k) NOT ENFORCED)
                  WITH ('connector' = 'filesystem', 'path' = 'e', 'format' = 'csv');
                /*+engine(stream)*/ Q := \(query);
                """)
            let path = try harness.folder.write("q.sqrl", harness.script)
            plan = try #require(Engine.compile(try Project(path: path)).plan)
            stage = try #require(plan.stages.first { isWanted($0.node) })
            runner = try #require(
                OperatorFactory.make(
                    stage, plan, emitsUpdateBefore: true, workers: Workers(1),
                    clock: time.clock))
        }

        func set(minutes: Int64) { time.set(minutes * 60_000_000) }

        /// Gives rows of (id, k) to an input; what comes out until the commit.
        func take(
            _ rows: [(Int64, String)], input: Int = 0, watermark: Int64 = .min
        ) -> [String] {
            let fields = plan.stages[stage.inputs[input]].relation.columns
            let columns = fields.map { field in
                field.type.kind.isString
                    ? Column(.bytes(ByteColumn(rows.map(\.1)))) : Column(.int64(rows.map(\.0)))
            }
            var output = OperatorOutput()
            runner.process(
                Batch(count: rows.count, columns: columns, watermark: watermark), input: input,
                into: &output)
            runner.flush(into: &output)
            _ = runner.takeStateDelta()
            return output.batches.flatMap { batch in
                (0..<batch.count).map { row in
                    let values = zip(batch.columns, stage.relation.columns).map {
                        ValueText.string($0.scalar(row), kind: $1.type.kind)
                    }
                    return batch.kind(row).symbol + values.joined(separator: "|")
                }
            }.sorted()
        }

        var stateBytes: Int { runner.stateBytes }
    }

    @Test func groupsBeginAnew() throws {
        let stage = try Stage("SELECT k, COUNT(*) AS n FROM l GROUP BY k") {
            if case .aggregate = $0 { true } else { false }
        }
        #expect(stage.take([(1, "a"), (2, "b")]) == ["+Ia|1", "+Ib|1"])
        stage.set(minutes: 40)
        #expect(stage.take([(3, "a")]) == ["+Ua|2", "-Ua|1"])
        stage.set(minutes: 70)
        // b has not been written for seventy minutes, a for thirty.
        #expect(stage.take([(4, "a"), (5, "b")]) == ["+Ib|1", "+Ua|3", "-Ua|2"])
        stage.set(minutes: 131)
        #expect(stage.take([(6, "a")]) == ["+Ia|1"])
    }

    @Test func joinsForgetOldRows() throws {
        let stage = try Stage("SELECT l.id AS a, r.id AS b FROM l JOIN r ON l.k = r.k") {
            if case .join = $0 { true } else { false }
        }
        #expect(stage.take([(1, "a")]) == [])
        stage.set(minutes: 30)
        #expect(stage.take([(2, "a")]) == [])
        stage.set(minutes: 60)
        let pairs = stage.take([(9, "a")], input: 1)
        #expect(pairs.count == 1 && pairs[0].contains("2") && !pairs[0].contains("1"))
        stage.set(minutes: 91)
        #expect(stage.take([(8, "a")], input: 1) == [])
    }

    @Test func topNBeginsAnew() throws {
        let stage = try Stage(
            """
            SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY id) AS rn FROM l)
              AS t WHERE rn <= 1
            """
        ) { if case .rank = $0 { true } else { false } }
        #expect(stage.take([(5, "a"), (5, "b")]).count == 2)
        stage.set(minutes: 59)
        #expect(stage.take([(4, "b")]).count == 2)
        stage.set(minutes: 61)
        // The first row of a is forgotten; that of b is not.
        let changes = stage.take([(7, "a"), (7, "b")])
        #expect(changes == ["+I7|a"])
    }

    @Test func setsBeginAnew() throws {
        let stage = try Stage("SELECT id, k FROM l EXCEPT SELECT id, k FROM r") {
            if case .setOperation = $0 { true } else { false }
        }
        #expect(stage.take([(1, "a"), (2, "b")]) == ["+I1|a", "+I2|b"])
        stage.set(minutes: 40)
        #expect(stage.take([(2, "b")], input: 1) == ["-D2|b"])
        stage.set(minutes: 70)
        // 1 is forgotten and comes anew, 2 was written half an hour ago.
        #expect(stage.take([(1, "a"), (2, "b")]) == ["+I1|a"])
    }

    @Test func rankedPartitionsBeginAnew() throws {
        let stage = try Stage(
            "SELECT id, k, COUNT(*) OVER (PARTITION BY k ORDER BY id DESC) AS n FROM l"
        ) { if case .over = $0 { true } else { false } }
        #expect(stage.take([(1, "a"), (1, "b")]) == ["+I1|a|1", "+I1|b|1"])
        stage.set(minutes: 40)
        #expect(stage.take([(2, "b")]) == ["+I2|b|1", "+U1|b|2", "-U1|b|1"])
        stage.set(minutes: 70)
        #expect(stage.take([(3, "a"), (3, "b")]).filter { $0.contains("a") } == ["+I3|a|1"])
    }

    @Test func runningTotalsBeginAnew() throws {
        let stage = try Stage(
            "SELECT id, k, COUNT(*) OVER (PARTITION BY k ORDER BY PROCTIME()) AS n FROM l"
        ) { if case .over = $0 { true } else { false } }
        #expect(stage.take([(1, "a"), (2, "b")]) == ["+I1|a|1", "+I2|b|1"])
        stage.set(minutes: 40)
        #expect(stage.take([(3, "b")]) == ["+I3|b|2"])
        stage.set(minutes: 70)
        #expect(stage.take([(4, "a"), (5, "b")]) == ["+I4|a|1", "+I5|b|3"])
        // More keys than are kept at once: those of the others are let go.
        for round in 1...4 {
            stage.set(minutes: 70 + Int64(round) * 61)
            let rows = (0..<2000).map { (Int64($0), "\(round)-\($0)") }
            #expect(stage.take(rows).allSatisfy { $0.hasSuffix("|1") })
        }
        #expect(stage.take([(6, "4-7"), (6, "a")]) == ["+I6|4-7|2", "+I6|a|1"])
    }

    /// Keys that have expired are dropped, not only their rows.
    @Test func keysOfFirstRowsAreDropped() throws {
        let stage = try Stage(
            """
            SELECT at, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY at) AS rn FROM e)
              AS t WHERE rn = 1
            """
        ) { if case .rank = $0 { true } else { false } }
        var sizes: [Int] = []
        for round in 0..<8 {
            stage.set(minutes: Int64(round) * 61)
            let rows = (0..<2000).map { (Int64(round * 3000 + $0) * 1000, "\(round)-\($0)") }
            let changes = stage.take(rows, watermark: Int64(round * 3000 + 2999) * 1000)
            #expect(changes.count == 2000)
            // It has come before, and is known.
            let again = (Int64(round * 3000 + 2999) * 1000 + 1, "\(round)-7")
            #expect(stage.take([again], watermark: again.0) == [])
            sizes.append(stage.stateBytes)
        }
        #expect(sizes[7] < sizes[1] * 2, "\(sizes)")
    }

    @Test func keysOfTemporalJoinsAreDropped() throws {
        let stage = try Stage(
            """
            SELECT l.id, e.at FROM (SELECT id, k, PROCTIME() AS p FROM l) AS l
              LEFT JOIN e FOR SYSTEM_TIME AS OF l.p ON l.k = e.k
            """
        ) { if case .temporalJoin = $0 { true } else { false } }
        _ = stage.take([(1, "a")], input: 1, watermark: .max)
        var sizes: [Int] = []
        for round in 0..<8 {
            stage.set(minutes: Int64(round) * 61)
            _ = stage.take((0..<2000).map { (Int64($0), "\(round)-\($0)") })
            sizes.append(stage.stateBytes)
        }
        #expect(sizes[7] < sizes[1] * 2, "\(sizes)")
    }

    @Test(arguments: [("'nonsense'", "bad-duration"), ("'5 weeks'", "bad-duration"), ("'0'", "")])
    func durationsAreChecked(_ value: String, _ code: String) throws {
        let harness = try PipelineHarness(
            """
            SET 'table.exec.state.ttl' = \(value);
            CREATE TABLE l (id BIGINT) WITH ('connector' = 'filesystem', 'path' = 'l', 'format' = 'csv');
            Q := SELECT * FROM l;
            """)
        let path = try harness.folder.write("q.sqrl", harness.script)
        let codes = Engine.compile(try Project(path: path)).diagnostics.map(\.code)
        #expect(codes == (code.isEmpty ? [] : [code]))
    }

    @Test func whatKeepsItsStateSaysSo() throws {
        let harness = try PipelineHarness(
            """
            SET 'table.exec.state.ttl' = '2 d';
            CREATE TABLE l (id BIGINT) WITH ('connector' = 'filesystem', 'path' = 'l', 'format' = 'csv');
            /*+engine(stream)*/ Q := SELECT COUNT(*) AS n FROM l GROUP BY id;
            """)
        let path = try harness.folder.write("q.sqrl", harness.script)
        let findings = Engine.compile(try Project(path: path)).diagnostics
        #expect(findings.map(\.code) == ["state-kept"])
    }
}
