// Windows, updates, sinks and resumption.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirRuntime

@Suite struct StreamSemanticsTests {
    private static let windowed = """
        CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
          WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
        W := SELECT window_start, window_end, k, COUNT(*) AS c, SUM(v) AS s, MIN(v) AS lo, MAX(v) AS hi
          FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
          GROUP BY window_start, window_end, k;
        """

    private func line(_ second: Int, _ key: String, _ value: String) -> String {
        let minutes = second / 60
        let rest = second % 60
        return
            "2020-01-01 00:\(minutes < 10 ? "0" : "")\(minutes):\(rest < 10 ? "0" : "")\(rest),\(key),\(value)"
    }

    @Test func lateRowsAreThoseBehindTheWatermarkOfEarlierRows() throws {
        // Watermark is 2 s behind; the window [0, 10) closes with the row at second 12 (Flink:
        // fires when the watermark reaches 9.999).
        let rows = [
            line(1, "a", "1"), line(11, "a", "10"), line(5, "a", "2"), line(12, "a", "20"),
            line(6, "a", "99"), line(13, "b", ""),
        ]
        let harness = try PipelineHarness(
            Self.windowed, files: ["in.csv": rows.joined(separator: "\n") + "\n"])
        for (chunk, commits) in [(64, 1), (256 << 10, 1000)] {
            try harness.run(isFresh: true, chunkBytes: chunk, commitRows: commits)
            #expect(
                try harness.query(
                    "SELECT substr(window_start, 18, 2), k, c, s, lo, hi FROM W ORDER BY 1, 2")
                    == ["00|a|2|3|1|2", "10|a|2|30|10|20", "10|b|1|NULL|NULL|NULL"])
            #expect(
                try harness.query("SELECT rows FROM weir_ledger WHERE reason = 'late'") == ["1"])
            #expect(try unbalancedStages(harness) == [])
        }
    }

    @Test func windowsGoThroughNamedDefinitions() throws {
        let rows = (0..<100).map { line($0, $0 % 2 == 0 ? "a" : "b", "\($0)") + "\n" }.joined()
        let harness = try PipelineHarness(
            Self.windowed + """

                Opened := SELECT *, v + 1 AS more FROM
                  TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE k = 'a';
                Closed := SELECT window_end, k, SUM(more) AS s FROM Opened
                  GROUP BY window_start, window_end, k;
                """, files: ["in.csv": rows])
        let session = try harness.run()
        let closed = try #require(session.plan.tables.first { $0.name == "Closed" })
        #expect(closed.mode == .append)
        let expected = (0..<10).map { window in
            (0..<10).map { window * 10 + $0 }.filter { $0 % 2 == 0 }.reduce(0) { $0 + $1 + 1 }
        }
        #expect(
            try harness.query("SELECT s FROM Closed ORDER BY window_end")
                == expected.map(String.init))
        #expect(try harness.query("SELECT count(*) FROM Opened") == ["50"])
    }

    /// What nobody reads is not looked at, unless the script wants it.
    @Test("columns that nobody reads", arguments: ["csv", "json"])
    func columnsThatNobodyReads(_ format: String) throws {
        func table(_ name: String, _ option: String) -> String {
            """
            CREATE TABLE \(name) (id INT NOT NULL, bad INT NOT NULL, k STRING, twice AS bad * 2)
              WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = '\(format)'\(option));
            \(name)Counts := SELECT k, COUNT(*) AS n, SUM(id) AS s FROM \(name) GROUP BY k;

            """
        }
        let lines =
            format == "csv"
            ? "1,1,a\n2,oops,a\n3,,b\n"
            : #"{"id":1,"bad":1,"k":"a"}\#n{"id":2,"bad":[],"k":"a"}\#n{"id":3,"k":"b"}\#n"#
        let harness = try PipelineHarness(
            table("some", "") + table("whole", ", 'scan.columns' = 'all'"), files: ["in": lines])
        let session = try harness.run()
        #expect(
            try harness.query("SELECT * FROM someCounts ORDER BY k") == ["a|2|3", "b|1|3"])
        #expect(try harness.query("SELECT * FROM wholeCounts ORDER BY k") == ["a|1|1"])
        let source = try #require(session.plan.stages.first { $0.name == "some" })
        #expect(source.shownColumns == ["id", "bad ✗", "k"])
        #expect(try unbalancedStages(harness) == [])
    }

    @Test func filesTellTheirNames() throws {
        func table(_ name: String, _ format: String, _ option: String) -> String {
            """
            CREATE TABLE \(name) (id INT, f STRING METADATA FROM 'file.name', k STRING,
              `file.size` BIGINT METADATA VIRTUAL, p STRING METADATA FROM 'file.path',
              m TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'file.modification-time')
              WITH ('connector' = 'filesystem', 'path' = '\(format)', 'format' = '\(format)'\(option));
            \(name)Files := SELECT f, `file.size` AS size, COUNT(*) AS n, SUM(id) AS s, MAX(k) AS k,
              COUNT(p) AS p, COUNT(m) AS m FROM \(name) GROUP BY f, `file.size`;

            """
        }
        let harness = try PipelineHarness(
            table("a", "csv", ", 'csv.header' = 'true'") + table("b", "json", ""),
            files: [
                "csv/1.csv": "k,id\nx,1\ny,2\n", "csv/2.csv": "id,k\n3,z\n",
                "json/1.jsonl": "{\"id\": 4, \"k\": \"u\", \"f\": 9}\n",
            ])
        try harness.run()
        #expect(
            try harness.query("SELECT * FROM aFiles ORDER BY f")
                == ["1.csv|13|2|3|y|2|2", "2.csv|9|1|3|z|1|1"])
        #expect(try harness.query("SELECT * FROM bFiles") == ["1.jsonl|28|1|4|u|1|1"])
    }

    /// The older spelling gives what the table function gives.
    @Test func windowsInGroupBy() throws {
        let rows = (0..<100).map { line($0, $0 % 3 == 0 ? "a" : "b", "\($0)") + "\n" }.joined()
        let harness = try PipelineHarness(
            Self.windowed + """

                Old := SELECT k, TUMBLE_START(ts, INTERVAL '20' SECOND) AS b,
                  TUMBLE_END(ts, INTERVAL '20' SECOND) AS e, COUNT(*) AS n, SUM(v) AS s
                  FROM t WHERE v > 5 GROUP BY k, TUMBLE(ts, INTERVAL '20' SECOND);
                New := SELECT k, window_start AS b, window_end AS e, COUNT(*) AS n, SUM(v) AS s
                  FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND)) WHERE v > 5
                  GROUP BY k, window_start, window_end;
                Twice := SELECT TUMBLE_START(r, INTERVAL '1' MINUTE) AS b, SUM(n) AS n FROM (
                  SELECT TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS r, COUNT(*) AS n
                  FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)) AS x
                  GROUP BY TUMBLE(r, INTERVAL '1' MINUTE) HAVING SUM(n) > 50;
                """, files: ["in.csv": rows])
        try harness.run()
        let new = try harness.query("SELECT * FROM New ORDER BY b, k")
        #expect(new.count == 10)
        #expect(try harness.query("SELECT * FROM Old ORDER BY b, k") == new)
        #expect(try harness.query("SELECT n FROM Twice") == ["60"])
    }

    @Test("queries of every form that runs", arguments: [64, 1 << 20])
    func queryForms(_ chunkBytes: Int) throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, k STRING, v INT)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Edges := SELECT k, FIRST_VALUE(v) AS f, LAST_VALUE(v) AS l, LISTAGG(CAST(v AS STRING)) AS a
              FROM t GROUP BY k;
            Filtered := SELECT k, COUNT(*) FILTER (WHERE v > 2) AS c, SUM(v) FILTER (WHERE v > 2) AS s
              FROM t GROUP BY k;
            Common := WITH big (key, val) AS (SELECT k, v FROM t WHERE v > 1),
              counted AS (SELECT key, COUNT(*) AS n FROM big GROUP BY key) SELECT key, n FROM counted;
            CREATE VIEW named (a, b) AS SELECT k, v FROM t;
            Viewed := SELECT b, UPPER(a) AS big, COUNT(*) AS n FROM named GROUP BY b, big;
            Numbered := SELECT k AS x, v % 2 AS y, COUNT(*) AS n FROM t GROUP BY x, y;
            Added := SELECT id, v FROM t WHERE v IS NOT NULL;
            Added.twice := v * 2;
            Added.v := twice + 1;
            CREATE TABLE out (n BIGINT, k STRING, extra INT)
              WITH ('connector' = 'filesystem', 'path' = 'out.csv', 'format' = 'csv');
            INSERT INTO out (k, n) SELECT k, id FROM t WHERE v > 3;
            CREATE TABLE all_rows (id BIGINT, v INT, twice INT)
              WITH ('connector' = 'filesystem', 'path' = 'all.csv', 'format' = 'csv');
            EXPORT Added TO all_rows;
            EXPORT Added TO print.Shown;
            Symmetric := SELECT id FROM t WHERE v BETWEEN SYMMETRIC 3 AND 2;
            Matched := SELECT id, REGEXP_EXTRACT(k, '([a-z])') AS c FROM t WHERE REGEXP(k, '^b');
            """, files: ["in.csv": "1,a,1\n2,b,2\n3,a,\n4,b,3\n5,a,4\n6,,5\n"])
        try harness.run(chunkBytes: chunkBytes)
        #expect(
            try harness.query("SELECT k, f, l, a FROM Edges ORDER BY k")
                == ["|5|5|5", "a|1|4|1,4", "b|2|3|2,3"])
        #expect(
            try harness.query("SELECT k, c, s FROM Filtered ORDER BY k")
                == ["|1|5", "a|1|4", "b|1|3"])
        #expect(
            try harness.query("SELECT key, n FROM Common ORDER BY key") == ["|1", "a|1", "b|2"])
        #expect(
            try harness.query("SELECT b, big, n FROM Viewed ORDER BY b")
                == ["NULL|A|1", "1|A|1", "2|B|1", "3|B|1", "4|A|1", "5||1"])
        #expect(
            try harness.query("SELECT x, y, n FROM Numbered ORDER BY x, y")
                == ["|1|1", "a|NULL|1", "a|0|1", "a|1|1", "b|0|1", "b|1|1"])
        #expect(
            try harness.query("SELECT id, v, twice FROM Added WHERE id < 3 ORDER BY id")
                == ["1|3|2", "2|5|4"])
        #expect(
            try String(contentsOfFile: harness.folder.path + "/out.csv", encoding: .utf8).split(
                separator: "\n") == ["5,a,", "6,,"])
        #expect(
            try String(contentsOfFile: harness.folder.path + "/all.csv", encoding: .utf8).split(
                separator: "\n"
            ).count == 5)
        #expect(try harness.query("SELECT id FROM Symmetric ORDER BY id") == ["2", "4"])
        #expect(try harness.query("SELECT id, c FROM Matched ORDER BY id") == ["2|b", "4|b"])
        #expect(try unbalancedStages(harness) == [])
    }

    /// Windows by a plain loop over the rows.
    private func naive(_ rows: [(second: Int, key: String, value: Int)]) -> ([String], Int) {
        var watermark = Int.min
        var windows: [String: (count: Int, sum: Int)] = [:]
        var late = 0
        for row in rows {
            let end = (row.second / 10 + 1) * 10
            if watermark != .min, watermark * 1000 >= end * 1000 - 1 {
                late += 1
            } else {
                let key = "\(end - 10)|\(row.key)"
                let old = windows[key] ?? (0, 0)
                windows[key] = (old.count + 1, old.sum + row.value)
            }
            watermark = max(watermark, row.second - 2)
        }
        return (windows.map { "\($0.key)|\($0.value.count)|\($0.value.sum)" }.sorted(), late)
    }

    @Test("windows agree with a plain loop, in any pieces", arguments: 0..<25)
    func windowsAgainstLoop(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var now = 0
        let rows = (0..<(50 + random.below(200))).map { _ in
            now += random.below(4)
            return (
                second: max(0, now - random.below(8)),
                key: random.pick(["a", "b", "long key name"]),
                value: random.below(100)
            )
        }
        let (expected, late) = naive(rows)
        let text = rows.map { line($0.second, $0.key, "\($0.value)") + "\n" }.joined()
        let harness = try PipelineHarness(Self.windowed, files: ["in.csv": text])
        try harness.run(chunkBytes: random.pick([64, 200, 5000]), commitRows: 1 + random.below(40))
        let actual = try harness.query(
            "SELECT (strftime('%s', window_start) - strftime('%s', '2020-01-01')) || '', k, c, s FROM W"
        )
        #expect(actual.sorted() == expected, "seed \(seed)")
        let counted = try harness.query("SELECT rows FROM weir_ledger WHERE reason = 'late'")
        #expect(counted == (late > 0 ? ["\(late)"] : []), "seed \(seed)")
    }

    @Test func updatesOfUpdates() throws {
        let script = """
            CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            PerKey := SELECT k, COUNT(*) AS c, SUM(v) AS s FROM t GROUP BY k;
            Few := SELECT k, c FROM PerKey WHERE c < 3;
            Sizes := SELECT c, COUNT(*) AS keys, SUM(s) AS total FROM PerKey GROUP BY c;
            All_ := SELECT COUNT(*) AS n, AVG(v) AS mean FROM t;
            Kinds := SELECT DISTINCT k FROM t;
            """
        let rows = ["a,1", "b,2", ",3", "a,4", "c,5", "a,6", ",7", "b,8", "a,9"]
        for commits in [1, 2, 100] {
            let harness = try PipelineHarness(
                script, files: ["in.csv": rows.joined(separator: "\n") + "\n"])
            try harness.run(chunkBytes: 64, commitRows: commits)
            #expect(
                try harness.query("SELECT * FROM PerKey ORDER BY k")
                    == ["|2|10", "a|4|20", "b|2|10", "c|1|5"])
            // A key that is counted past the filter leaves the table again.
            #expect(try harness.query("SELECT * FROM Few ORDER BY k") == ["|2", "b|2", "c|1"])
            #expect(
                try harness.query("SELECT * FROM Sizes ORDER BY c") == [
                    "1|1|5", "2|2|20", "4|1|20",
                ])
            #expect(try harness.query("SELECT * FROM All_") == ["9|5"])
            #expect(try harness.query("SELECT count(*) FROM Kinds") == ["4"])
            #expect(try unbalancedStages(harness) == [])
        }
    }

    @Test func storedValuesAreReadable() throws {
        let script = """
            CREATE TABLE t (d DATE, tm TIME, ts TIMESTAMP(6), z TIMESTAMP_LTZ(3), p DECIMAL(30, 4), q DECIMAL(6, 2), b BYTES, f FLOAT)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Rows := SELECT * FROM t;
            """
        let rows = [
            "1969-12-31,23:59:59,1969-12-31 23:59:59.999999,2020-01-01T00:00:00.5Z,12345678901234567890123456.7891,-0.05,abc,1.1",
            "2020-02-29,00:00:00,2020-02-29 12:00:00,2020-01-01 00:00:00Z,-1.5,1234.50,,2.5",
        ]
        let harness = try PipelineHarness(script, files: ["in.csv": rows.joined(separator: "\n")])
        try harness.run()
        #expect(
            try harness.query("SELECT d, tm, ts, z, p, q FROM Rows")
                == [
                    "1969-12-31|23:59:59|1969-12-31 23:59:59.999999|2020-01-01 00:00:00.500Z|12345678901234567890123456.7891|-0.05",
                    "2020-02-29|00:00:00|2020-02-29 12:00:00.000000|2020-01-01 00:00:00.000Z|-1.5|1234.5",
                ])
        #expect(try harness.query("SELECT count(*) FROM Rows WHERE q > 100 AND p < 0") == ["1"])
    }

    @Test func sinksAndGzip() throws {
        let script = """
            CREATE TABLE t (id BIGINT, name STRING, ts TIMESTAMP_LTZ(3))
              WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = 'csv', 'csv.header' = 'true');
            CREATE TABLE c (id BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = 'out.csv', 'format' = 'csv', 'csv.header' = 'true');
            CREATE TABLE j (id BIGINT, name STRING, ts TIMESTAMP_LTZ(3)) WITH (
              'connector' = 'filesystem', 'path' = 'out.jsonl', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601');
            CREATE TABLE n (id BIGINT) WITH ('connector' = 'blackhole');
            INSERT INTO c SELECT id, name FROM t;
            INSERT INTO j SELECT * FROM t;
            INSERT INTO n SELECT id FROM t;
            """
        let harness = try PipelineHarness(script)
        let input = harness.folder.path + "/in"
        try FileManager.default.createDirectory(
            atPath: input, withIntermediateDirectories: false)
        try harness.folder.write(
            "in/a.csv", "extra,name,id,ts\n0,\"x, y\",1,2020-01-01 00:00:00Z\n")
        try harness.folder.write("in/b.csv", "id,name,ts\n2,plain,2020-01-01 00:00:01Z\n")
        let zipped = try Program.run(
            "/usr/bin/env", ["gzip", harness.folder.path + "/in/b.csv"], folder: harness.folder.path
        )
        #expect(zipped.status == 0)
        try harness.run(chunkBytes: 64)
        let csv = try String(contentsOfFile: harness.folder.path + "/out.csv", encoding: .utf8)
        #expect(csv == "id,name\n1,\"x, y\"\n2,plain\n")
        let json = try String(contentsOfFile: harness.folder.path + "/out.jsonl", encoding: .utf8)
        #expect(
            json == """
                {"id":1,"name":"x, y","ts":"2020-01-01T00:00:00.000Z"}
                {"id":2,"name":"plain","ts":"2020-01-01T00:00:01.000Z"}

                """)
        // Running again changes nothing: everything is read already.
        try harness.run()
        #expect(
            try String(contentsOfFile: harness.folder.path + "/out.csv", encoding: .utf8) == csv)
    }

    @Test("stopping and going on gives the same store", arguments: 0..<12)
    func stopAndResume(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var now = 0
        let rows = (0..<3000).map { _ -> String in
            now += random.below(3)
            return line(
                max(0, now - random.below(6)) % 3600, random.pick(["a", "b", "c", ""]),
                random.pick(["1", "2", "x", "3"]))
        }
        let script =
            Self.windowed + "G := SELECT k, COUNT(*) AS c, AVG(v) AS m FROM t GROUP BY k;"
            + "Log_ := SELECT ts, k, v FROM t WHERE v > 1;"
        let text = rows.joined(separator: "\n")
        let whole = try PipelineHarness(script, files: ["in.csv": text])
        try whole.run()
        let parts = try PipelineHarness(script, files: ["in.csv": text])
        var runs = 0
        while runs < 200 {
            let session = try parts.start(chunkBytes: 512, commitRows: 1 + random.below(300))
            let stopAfter = random.below(600)
            _ = Program.wait(seconds: 10) {
                let read = session.snapshot().stages.first { $0.plan.input == nil }?.counters.rowsIn
                return (read ?? 0) >= stopAfter * (runs + 1) || session.state != .running
            }
            session.stop()
            session.wait()
            runs += 1
            if session.state == .finished { break }
            if case .failed(let message) = session.state { Issue.record("\(message)") }
        }
        let actual = try parts.contents()
        let expected = try whole.contents()
        let different = zip(actual, expected).first { $0 != $1 }
        #expect(
            actual == expected,
            "seed \(seed), \(runs) runs, \(actual.count) and \(expected.count) lines: \(String(describing: different))"
        )
        #expect(try unbalancedStages(parts) == [], "seed \(seed)")
    }

    @Test func observationCanBeSwitchedOff() throws {
        let harness = try PipelineHarness(
            Self.windowed, files: ["in.csv": line(1, "a", "1") + "\n"])
        let session = try harness.run(isObserving: false)
        let source = try #require(session.snapshot().stages.first)
        #expect(source.counters.rowsIn == 1 && source.counters.busyNanos == 0)
        #expect(session.tap(stage: 0, since: 0).isEmpty)
    }

    @Test func tapsOfLargeBatchesEndWithTheLastRow() throws {
        let count = 3000
        let rows = (0..<count).map { line($0, "a", "\($0)") + "\n" }.joined()
        let harness = try PipelineHarness(Self.windowed, files: ["in.csv": rows])
        let session = try harness.run()
        let check = try #require(session.plan.stages.first { $0.name == "t.check" })
        let batches = session.tap(stage: check.id, since: 0)
        let last = try #require(batches.last)
        #expect(last.endRow == Int64(count) && last.batch.count < 1000)
        let origin = try #require(last.batch.origin)
        let record = origin.chunk.record(Int(origin.records[last.batch.count - 1]))
        #expect(String(decoding: record, as: UTF8.self) == line(count - 1, "a", "\(count - 1)"))
    }

    @Test func tapsKeepTheLastBatchesWithTheirOrigin() throws {
        let rows = (0..<50).map { line($0, "a", "\($0)") + "\n" }.joined()
        let harness = try PipelineHarness(Self.windowed, files: ["in.csv": rows])
        let session = try harness.run(chunkBytes: 128)
        let check = try #require(session.plan.stages.first { $0.name == "t.check" })
        let batches = session.tap(stage: check.id, since: 0)
        let last = try #require(batches.last?.batch)
        let origin = try #require(last.origin)
        let record = origin.chunk.record(Int(origin.records[last.count - 1]))
        #expect(String(decoding: record, as: UTF8.self) == line(49, "a", "49"))
        #expect(origin.chunk.lines[Int(origin.records[last.count - 1])] == 50)
        #expect(
            origin.chunk.offset(Int(origin.records[last.count - 1])) == rows.utf8.count
                - line(49, "a", "49").utf8.count - 1)
        // A tap must not keep what was read with its rows.
        #expect(origin.chunk.lines.count == last.count)
        let next = batches.last?.endRow ?? 0
        let later = session.tap(stage: check.id, since: next)
        #expect(later.isEmpty)
    }
}
