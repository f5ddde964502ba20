// Broken input: every record is a row or a reject, whatever the pieces it is read in.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirSQL

@Suite struct BadInputTests {
    private static let script = """
        CREATE TABLE t (id BIGINT NOT NULL, name STRING, at TIMESTAMP(3), amount DECIMAL(10, 2), n INT,
          PRIMARY KEY (id) NOT ENFORCED, CONSTRAINT small CHECK (n < 1000))
          WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv', 'csv.null-literal' = 'NA');
        Rows := SELECT * FROM t;
        Totals := SELECT name, COUNT(*) AS c, SUM(amount) AS s FROM t GROUP BY name;
        """

    @Test func knownMistakes() throws {
        let lines = [
            "1,ok,2020-01-01 00:00:00,1.50,1", "2,\"quoted, with \"\"quotes\"\"\",NA,NA,NA",
            "3,\"two\nlines\",2020-01-01T10:00:00.5,2,3", "x,bad id,NA,1,1",
            "5,bad time,2020-13-01,1,1", "6,too few", "7,too,many,1,1,1,1", "8,\"open quote,NA,1,1",
            "9,after the open quote,NA,1,1", "10,\"text\"behind,NA,1,1", ",no id,NA,1,1",
            "11,big number,NA,99999999999.99,1", "12,int too large,NA,1,9999999999",
            "13,check,NA,1,1000", "1,duplicate,NA,1,1", "14,last without break,NA,0.005,7",
        ]
        let harness = try PipelineHarness(
            Self.script, files: ["in.csv": lines.joined(separator: "\n")])
        try harness.run()
        #expect(try harness.query("SELECT id FROM Rows ORDER BY id") == ["1", "2", "3", "9", "14"])
        #expect(
            try harness.query("SELECT name FROM Rows WHERE id IN (2, 3)")
                == ["quoted, with \"quotes\"", "two\nlines"])
        #expect(try harness.query("SELECT amount FROM Rows WHERE id = 14") == ["0.01"])
        #expect(
            try harness.query(
                "SELECT line, code, \"column\", value FROM weir_rejects ORDER BY line")
                == [
                    "5|bad-value|id|x", "6|bad-value|at|2020-13-01", "7|field-count|NULL|NULL",
                    "8|field-count|NULL|NULL", "9|bad-quotes|NULL|NULL", "11|bad-quotes|NULL|NULL",
                    "12|not-null|id|", "13|bad-value|amount|99999999999.99",
                    "14|bad-value|n|9999999999", "15|check-failed|n|1000",
                ])
        #expect(
            try harness.query("SELECT rows FROM weir_ledger WHERE reason = 'duplicate'") == ["1"])
        #expect(try unbalancedStages(harness) == [])
    }

    /// The fast paths of the field parsers against the plain ones.
    @Test("fields are read as the slow parsers read them", arguments: 0..<10)
    func fields(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let samples = ["2020-02-29 23:59:59", "2021-12-31T00:00:00.123", "1969-07-20 20:17:40.5"]
        let texts = (0..<400).map { _ -> String in
            var bytes = Array(random.pick(samples).utf8)
            for _ in 0..<random.below(3) {
                let place = random.below(bytes.count)
                bytes[place] = random.pick(Array("0123456789:;/.-T Z@".utf8))
            }
            if random.below(5) == 0 { bytes.removeLast(random.below(6)) }
            return String(decoding: bytes, as: UTF8.self)
        }
        let lines = texts.enumerated().map { "\($0.offset),\($0.element)" }
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT NOT NULL, at TIMESTAMP(6) NOT NULL)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Rows := SELECT id, at FROM t;
            """, files: ["in.csv": lines.joined(separator: "\n")])
        try harness.run()
        let expected = texts.enumerated().compactMap { index, text -> String? in
            TimeText.parseTimestamp(Array(text.utf8), allowsZone: false).map { "\(index)|\($0)" }
        }
        let stored = try harness.query("SELECT id, at FROM weir_data_Rows ORDER BY id")
        #expect(stored == expected, "seed \(seed)")
    }

    @Test(arguments: [256 << 10, 100_000, 5_000_000])
    func recordsWithoutAnEndAreRejectedWhateverStandsBehindTheSource(_ chunkBytes: Int) throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT NOT NULL, s STRING, at TIMESTAMP(3), twice AS id * 2,
              CONSTRAINT positive CHECK (id > 0), WATERMARK FOR at AS at)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Kept := SELECT id, twice / id AS two FROM t WHERE MOD(id, 2) = 0;
            Grouped := SELECT s, COUNT(*) AS n FROM t WHERE id > 0 GROUP BY s;
            Windowed := SELECT window_start, COUNT(*) AS n
              FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '1' MINUTE))
              GROUP BY window_start, window_end;
            """)
        let good = Array("2,a,2020-01-01 00:00:00\n".utf8)
        let long = Array("1,".utf8) + [UInt8](repeating: 0x78, count: 17 << 20) + [0x0A]
        try harness.folder.write(
            "in.csv", bytes: good + long + Array("4,a,\n6,b,2020-01-01\n".utf8))
        try harness.run(chunkBytes: chunkBytes)
        #expect(try harness.query("SELECT id, two FROM Kept ORDER BY id") == ["2|2", "6|2"])
        #expect(try harness.query("SELECT s, n FROM Grouped ORDER BY s") == ["a|1", "b|1"])
        #expect(try harness.query("SELECT n FROM Windowed") == ["2"])
        #expect(
            try harness.query("SELECT code FROM weir_rejects ORDER BY line")
                == ["record-too-long", "null-event-time"])
        #expect(try unbalancedStages(harness) == [])
    }

    /// What a rejected change replaces is gone, whether it was stored before or not.
    @Test(arguments: [1, 100_000]) func aRejectedUpdateLeavesNoOldRow(_ commitRows: Int) throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, k STRING)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            /*+engine(stream)*/ Q := SELECT k, 10 / (2 - COUNT(*)) AS x FROM t GROUP BY k;
            """, files: ["in.csv": "1,a\n2,b\n3,a\n"])
        try harness.run(chunkBytes: 1, commitRows: commitRows)
        #expect(try harness.query("SELECT * FROM Q") == ["b|10"])
        #expect(
            try harness.query("SELECT DISTINCT code FROM weir_rejects") == ["division-by-zero"])
        #expect(try unbalancedStages(harness) == [])
    }

    /// A scalar subquery with several rows has no value and says so; when one is left it has one.
    @Test(arguments: [1, 100_000]) func scalarQueriesWithSeveralRows(_ commitRows: Int) throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, k STRING)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            CREATE TABLE u (id BIGINT)
              WITH ('connector' = 'filesystem', 'path' = 'one.csv', 'format' = 'csv');
            /*+engine(stream)*/ One := SELECT id, (SELECT k FROM t WHERE k = 'b') AS b FROM u;
            /*+engine(stream)*/ Many := SELECT id, (SELECT id FROM t WHERE k = 'a') AS a FROM u;
            /*+engine(stream)*/ Each :=
              SELECT u.id, (SELECT k FROM t WHERE t.id = u.id) AS k FROM u;
            /*+engine(stream)*/ Nulls :=
              SELECT id, (SELECT NULLIF(k, 'a') FROM t WHERE k = 'a') AS n FROM u;
            """, files: ["in.csv": "1,a\n2,b\n3,a\n", "one.csv": "1\n2\n9\n"])
        try harness.run(chunkBytes: 1, commitRows: commitRows)
        #expect(try harness.query("SELECT * FROM One ORDER BY id") == ["1|b", "2|b", "9|b"])
        #expect(
            try harness.query("SELECT * FROM Many ORDER BY id") == ["1|NULL", "2|NULL", "9|NULL"])
        #expect(try harness.query("SELECT * FROM Each ORDER BY id") == ["1|a", "2|b", "9|NULL"])
        #expect(
            try harness.query("SELECT * FROM Nulls ORDER BY id") == ["1|NULL", "2|NULL", "9|NULL"])
        #expect(try harness.query("SELECT DISTINCT code FROM weir_rejects") == ["several-rows"])
        #expect(
            try harness.query(
                "SELECT DISTINCT stage FROM weir_rejects WHERE stage LIKE 'Nulls%'") == [
                    "Nulls.right"
                ])
        #expect(try unbalancedStages(harness) == [])
    }

    /// Windows of a millisecond, of three thousand years, and with offsets of any size.
    @Test func absurdWindows() throws {
        let window = { (name: String, call: String) in
            """

            \(name) := SELECT COUNT(*) AS n FROM TABLE(\(call)) GROUP BY window_start, window_end;
            """
        }
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, at TIMESTAMP(3), WATERMARK FOR at AS at - INTERVAL '1' SECOND)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            """
                + window("Tiny", "TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '0.001' SECOND)")
                + window("Huge", "TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '999999' DAY(6))")
                + window(
                    "Shifted",
                    "TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '1' DAY, INTERVAL '-999999' DAY(6))")
                + window(
                    "Hops",
                    "HOP(TABLE t, DESCRIPTOR(at), INTERVAL '1' SECOND, INTERVAL '1000' SECOND(4))")
                + window("Gaps", "SESSION(TABLE t, DESCRIPTOR(at), INTERVAL '999999' DAY(6))"),
            files: [
                "in.csv":
                    "1,0001-01-01 00:00:00\n2,1969-12-31 23:59:59.999\n3,1970-01-01 00:00:00\n"
                    + "4,9999-12-31 23:59:59.999\n5,2026-01-01 00:00:00\n6,\n"
            ])
        try harness.run()
        #expect(try harness.query("SELECT SUM(n) FROM Tiny") == ["4"])
        #expect(try harness.query("SELECT SUM(n) FROM Huge") == ["4"])
        #expect(try harness.query("SELECT SUM(n) FROM Shifted") == ["4"])
        #expect(try harness.query("SELECT SUM(n), COUNT(*) FROM Hops") == ["4000|3001"])
        #expect(try harness.query("SELECT SUM(n) FROM Gaps") == ["4"])
        #expect(
            try harness.query("SELECT code FROM weir_rejects ORDER BY line") == ["null-event-time"])
        #expect(
            try harness.query(
                "SELECT DISTINCT rows FROM weir_ledger WHERE reason = 'late' AND rows > 0") == ["1"]
        )
        #expect(try unbalancedStages(harness) == [])
    }

    /// Keys of a mebibyte that differ in their last byte: groups, joins, Top-N, sets and windows,
    /// in one go and with state that is stored and read again.
    @Test(arguments: [false, true]) func keysOfAMebibyte(_ isStopped: Bool) throws {
        let long = String(repeating: "k", count: 1 << 20)
        let rows = (0..<12).map { "\($0),\(long)\($0 % 3),2026-01-01 00:00:0\($0 % 10)\n" }
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, k STRING, at TIMESTAMP(3),
              WATERMARK FOR at AS at - INTERVAL '1' MINUTE)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Groups := SELECT RIGHT(k, 2) AS k, n, s FROM (
              SELECT k, COUNT(*) AS n, SUM(id) AS s FROM t GROUP BY k);
            Pairs := SELECT a.id AS a, b.id AS b FROM t a JOIN t b ON a.k = b.k AND a.id < b.id;
            Firsts := SELECT RIGHT(k, 2) AS k, id FROM (
              SELECT id, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY id DESC) AS rank FROM t)
              WHERE rank <= 2;
            Keys := SELECT RIGHT(k, 2) AS k FROM (
              SELECT k FROM t WHERE id < 2 UNION SELECT k FROM t WHERE id > 2);
            Windows := SELECT RIGHT(k, 2) AS k, n FROM (
              SELECT k, window_start, COUNT(*) AS n
              FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '1' HOUR))
              GROUP BY k, window_start, window_end);
            """, files: ["in.csv": rows.joined()])
        for rows in isStopped ? [2, 5, 9] : [] {
            let session = try harness.start(chunkBytes: 2 << 20, commitRows: 2)
            _ = Program.wait(seconds: 10) {
                let read = session.snapshot().stages.first { $0.plan.input == nil }?.counters.rowsIn
                return (read ?? 0) >= rows || session.state != .running
            }
            session.stop()
            session.wait()
        }
        try harness.run(chunkBytes: 2 << 20, commitRows: 2)
        #expect(
            try harness.query("SELECT k, n, s FROM Groups ORDER BY k")
                == ["k0|4|18", "k1|4|22", "k2|4|26"])
        #expect(try harness.query("SELECT COUNT(*), SUM(a), SUM(b) FROM Pairs") == ["18|54|144"])
        #expect(
            try harness.query("SELECT k, id FROM Firsts ORDER BY k, id")
                == ["k0|6", "k0|9", "k1|7", "k1|10", "k2|8", "k2|11"])
        #expect(try harness.query("SELECT k FROM Keys ORDER BY k") == ["k0", "k1", "k2"])
        #expect(
            try harness.query("SELECT k, n FROM Windows ORDER BY k") == ["k0|4", "k1|4", "k2|4"])
        #expect(try unbalancedStages(harness) == [])
    }

    @Test func aRowIsNotInMillionsOfWindows() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, at TIMESTAMP(3), WATERMARK FOR at AS at)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Q := SELECT * FROM TABLE(HOP(TABLE t, DESCRIPTOR(at), INTERVAL '0.001' SECOND,
              INTERVAL '1' DAY));
            """)
        let path = try harness.folder.write("q.sqrl", harness.script)
        let codes = Engine.compile(try Project(path: path)).diagnostics.map(\.code)
        #expect(codes.contains("bad-window"))
    }

    @Test func whatStandsForNullMayLookLikeAValue() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, a INT, d DECIMAL(10, 2), f DOUBLE, s STRING, n INT NOT NULL)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv',
                    'csv.null-literal' = '-999');
            Rows := SELECT * FROM t;
            """, files: ["in.csv": "1,-999,-999,-999,-999,1\n-999,5,1.5,2.5,x,2\n3,1,1,1,y,-999\n"])
        try harness.run()
        #expect(
            try harness.query("SELECT id, a, d, f, s, n FROM Rows ORDER BY n")
                == ["1|NULL|NULL|NULL|NULL|1", "NULL|5|1.5|2.5|x|2"])
        #expect(try harness.query("SELECT line, code FROM weir_rejects") == ["3|not-null"])
    }

    @Test func emptyBytesAreNoDateAndNoEndOfAMessage() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, at TIMESTAMP(3))
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Rows := SELECT * FROM t;
            """)
        let nul = [UInt8](repeating: 0, count: 10)
        try harness.folder.write(
            "in.csv",
            bytes: Array("1,".utf8) + nul + Array(" 00:00:07\n2,1970-01-01 00:00:01\n".utf8))
        try harness.run()
        #expect(try harness.query("SELECT id FROM Rows") == ["2"])
        let message = try harness.query("SELECT message FROM weir_rejects")
        #expect(message.first?.contains("is not a TIMESTAMP(3)") ?? false, "\(message)")
    }

    /// A value that the type calls NOT NULL must not end the pipeline.
    @Test func whatBecomesNullIsStored() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT NOT NULL)
              WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Rows := SELECT id, SPLIT_INDEX('a,b', ',', 5) AS a, SQRT(-1e0) AS b, LN(-1e0) AS c,
              FROM_UNIXTIME(9223372036854775807) AS d, TO_TIMESTAMP_LTZ(9223372036854775807, 3) AS e FROM t;
            Roots := SELECT SQRT(CAST(id AS DOUBLE) - 2) AS r, COUNT(*) AS n FROM t
              GROUP BY SQRT(CAST(id AS DOUBLE) - 2);
            """, files: ["in.csv": "0\n1\n2\n"])
        try harness.run()
        #expect(try harness.query("SELECT count(*), count(a), count(b) FROM Rows") == ["3|0|0"])
        #expect(try harness.query("SELECT n FROM Roots ORDER BY n") == ["1", "2"])
    }

    @Test func zerosAndNaNsAreOneKeyEach() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (x DOUBLE) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
            Groups := SELECT x, COUNT(*) AS n FROM t GROUP BY x;
            """, files: ["in.csv": "0.0\n-0.0\nNaN\nNaN\n1\n"])
        try harness.run()
        #expect(try harness.query("SELECT n FROM Groups ORDER BY n") == ["1", "2", "2"])
    }

    @Test func hostileBytes() throws {
        let folder = try PipelineHarness(Self.script)
        var bytes: [UInt8] = Array("1,".utf8) + [0xFF, 0xFE] + Array(",NA,1,1\n2,a".utf8) + [0]
        bytes += Array("b,NA,1,1\n3,".utf8) + [UInt8](repeating: 0x61, count: 1 << 20)
        bytes += Array(",NA,1,1\r\n\r\n4,é,NA,1,1\r\n5,\"".utf8)
        bytes += [UInt8](repeating: 0x62, count: 1 << 20) + Array("\",NA,1,1\n".utf8)
        try folder.folder.write("in.csv", bytes: bytes)
        try folder.run(chunkBytes: 4096)
        #expect(
            try folder.query("SELECT id, length(name) FROM Rows ORDER BY id")
                == ["3|1048576", "4|1", "5|1048576"])
        #expect(
            try folder.query("SELECT code FROM weir_rejects ORDER BY line")
                == ["bad-encoding", "nul-byte"])
    }

    /// A file of random fields with random mistakes.
    private func randomFile(_ seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        let fields = [
            "1", "22", "NA", "", "abc", "\"q,q\"", "\"a\"\"b\"", "\"", "a\"b",
            "2020-01-01 00:00:00",
            "1.25", "-7", "99999999999999999999", "\"x\ny\"", "é", "\u{0}", "1e5", " 4 ",
        ]
        var bytes: [UInt8] = []
        for row in 0..<(20 + random.below(60)) {
            var line = ["\(row)"]
            for _ in 0..<(random.below(10) == 0 ? random.below(7) : 4) {
                line.append(
                    random.below(3) > 0 ? random.pick(["1", "NA", "x"]) : random.pick(fields))
            }
            bytes += Array(line.joined(separator: ",").utf8)
            if random.below(40) == 0 { bytes += [0xC3, 0x28] }
            bytes += Array(random.pick(["\n", "\n", "\r\n", "\n\n"]).utf8)
        }
        if random.below(2) == 0 { bytes.removeLast() }
        return bytes
    }

    @Test("nothing is lost, and pieces do not matter", arguments: 0..<40)
    func fuzz(_ seed: Int) throws {
        let bytes = randomFile(UInt64(seed))
        var results: [[String]] = []
        for chunk in [64, 777, 256 << 10] {
            let harness = try PipelineHarness(Self.script)
            try harness.folder.write("in.csv", bytes: bytes)
            try harness.run(chunkBytes: chunk, commitRows: chunk == 64 ? 7 : 200_000)
            let counts = try harness.query(
                "SELECT records_read = records_accepted + records_rejected, records_read > 0 FROM weir_offsets"
            )
            #expect(counts == ["1|1"], "seed \(seed), pieces of \(chunk)")
            #expect(try unbalancedStages(harness) == [], "seed \(seed), pieces of \(chunk)")
            let rejected = try harness.query(
                "SELECT count(*) = (SELECT sum(records_rejected) FROM weir_offsets) FROM weir_rejects"
            )
            #expect(rejected == ["1"], "seed \(seed), pieces of \(chunk)")
            results.append(
                try harness.query("SELECT * FROM Rows ORDER BY id")
                    + harness.query(
                        "SELECT line, byte_offset, code, raw FROM weir_rejects ORDER BY line")
                    + harness.query("SELECT * FROM Totals ORDER BY name"))
        }
        #expect(results[0] == results[2], "seed \(seed)")
        #expect(results[1] == results[2], "seed \(seed)")
    }

    @Test func missingAndChangedFilesAreErrors() throws {
        let harness = try PipelineHarness(Self.script)
        #expect(throws: (any Error).self) { try harness.run() }
        try harness.folder.write("in.csv", "1,a,NA,1,1\n2,b,NA,1,1\n")
        try harness.run()
        try harness.folder.write("in.csv", "1,a\n")
        #expect(throws: (any Error).self) { try harness.run() }
        try harness.run(isFresh: true)
        #expect(try harness.query("SELECT count(*) FROM weir_rejects") == ["1"])
    }

    @Test func anotherScriptDoesNotTouchTheStore() throws {
        let harness = try PipelineHarness(Self.script, files: ["in.csv": "1,a,NA,1,1\n"])
        try harness.run()
        let other = PipelineHarness(
            Self.script.replacing("COUNT(*) AS c", with: "COUNT(*) AS d"), in: harness.folder)
        #expect(throws: (any Error).self) { try other.run() }
        #expect(try harness.query("SELECT id FROM Rows") == ["1"])
    }

    @Test func jsonLines() throws {
        let script = """
            CREATE TABLE t (id BIGINT NOT NULL, name STRING, tags ARRAY<STRING>, price DOUBLE, ok BOOLEAN)
              WITH ('connector' = 'filesystem', 'path' = 'in.jsonl', 'format' = 'json');
            Rows := SELECT * FROM t;
            """
        let lines = [
            #"{"id": 1, "name": "a\n\u00e9", "tags": ["x", "y"], "price": 1.5e2, "ok": true}"#,
            #"{"name": "extra", "zzz": {"deep": [1, 2]}, "id": 2}"#, "", #"{"id": "3", "name": 4}"#,
            #"{"id": null}"#, "not json", #"{"id": 4} trailing"#, #"{"id": 5, "tags": "flat"}"#,
            #"{"id": 6, "price": {"a": 1}}"#, #"{"id": 7.5}"#, #"["id"]"#,
            #"{"id": 8, "ok": "yes"}"#,
        ]
        let harness = try PipelineHarness(
            script, files: ["in.jsonl": lines.joined(separator: "\n")])
        try harness.run(chunkBytes: 64)
        #expect(
            try harness.query("SELECT * FROM Rows ORDER BY id")
                == [
                    "1|a\né|[\"x\", \"y\"]|150.0|1", "2|extra|NULL|NULL|NULL", "3|4|NULL|NULL|NULL",
                    "8|NULL|NULL|NULL|1",
                ])
        #expect(
            try harness.query("SELECT line, code FROM weir_rejects ORDER BY line")
                == [
                    "5|not-null", "6|bad-record", "7|bad-record", "8|bad-value", "9|bad-value",
                    "10|bad-value", "11|bad-record",
                ])
        #expect(try unbalancedStages(harness) == [])
    }
}
