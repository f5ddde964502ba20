// `kill -9` at any moment: the next run goes on and ends with the store of an undisturbed run.

import Foundation
import TestSupport
import Testing

@Suite struct KillTests {
    private static let script = """
        CREATE TABLE t (id BIGINT NOT NULL, ts TIMESTAMP(3), k STRING, v DECIMAL(8, 2),
          PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
          CONSTRAINT positive CHECK (v >= 0))
          WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
        CREATE TABLE out (id BIGINT, k STRING)
          WITH ('connector' = 'filesystem', 'path' = 'out.csv', 'format' = 'csv');
        Events := SELECT * FROM t;
        PerKey := SELECT k, COUNT(*) AS n, SUM(v) AS total, MIN(ts) AS since FROM t GROUP BY k;
        PerMinute := SELECT window_start, k, COUNT(*) AS n, AVG(v) AS mean
          FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
          GROUP BY window_start, window_end, k;
        OfKey(k STRING NOT NULL) := SELECT * FROM Events WHERE k = :k;
        INSERT INTO out SELECT id, k FROM t WHERE v > 50;
        """

    /// Rows with some duplicates, late rows and rejects.
    private func input(_ rows: Int) -> String {
        var random = SeededRandom(seed: 42)
        var lines: [String] = []
        for row in 0..<rows {
            let second = max(0, row / 20 - random.below(30))
            let id = random.below(50) == 0 ? random.below(row + 1) : row
            let value = random.below(100) == 0 ? "x" : "\(random.below(120) - 3).5"
            let stamp =
                "2026-01-01 \(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
            lines.append("\(id),\(stamp),key\(random.below(40)),\(value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private func contents(_ folder: TemporaryFolder) throws -> String {
        var text = ""
        for sql in [
            "SELECT * FROM Events ORDER BY id", "SELECT * FROM PerKey ORDER BY k",
            "SELECT * FROM PerMinute ORDER BY 1, 2",
            "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'weir_Events_%'",
            "SELECT source, line, code, raw FROM weir_rejects ORDER BY line",
            "SELECT source, byte_offset, records_read, records_accepted, records_rejected FROM weir_offsets",
            "SELECT stage, reason, rows FROM weir_ledger WHERE stage IN ('t', 't.check', 'PerMinute.window', 'Events.table', 'out.sink') AND rows <> 0",
        ] {
            let result = try Program.run(
                Program.weir, ["query", "--store", "s.db", "--format", "csv", sql],
                folder: folder.path)
            #expect(result.status == 0, "\(result.errors)")
            text += result.output
        }
        return text + (try String(contentsOfFile: folder.path + "/out.csv", encoding: .utf8))
    }

    @Test func killedFiftyTimes() throws {
        let rows = input(30_000)
        let whole = try TemporaryFolder()
        try whole.write("in.csv", rows)
        try whole.write("p.sqrl", Self.script)
        let arguments = [
            "run", "p.sqrl", "--once", "--store", "s.db", "--quiet", "--chunk-bytes", "4096",
            "--commit-rows", "300",
        ]
        #expect(try Program.run(Program.weir, arguments, folder: whole.path).status == 0)
        let expected = try contents(whole)
        #expect(expected.contains("weir_Events_btree_c2"))
        var random = SeededRandom(seed: UInt64(Date().timeIntervalSince1970))
        var kills = 0
        var folder = try TemporaryFolder()
        var longest = 0.4
        while kills < 50 {
            if !FileManager.default.fileExists(atPath: folder.path + "/p.sqrl") {
                try folder.write("in.csv", rows)
                try folder.write("p.sqrl", Self.script)
            }
            let start = Date()
            let process = try Program.start(
                Program.weir, arguments, folder: folder.path,
                output: URL(fileURLWithPath: folder.path + "/out.txt"),
                errors: URL(fileURLWithPath: folder.path + "/err.txt"))
            let moment = Double(random.below(1000)) / 1000 * longest
            let hasEnded = Program.wait(seconds: moment) { !process.isRunning }
            if hasEnded {
                longest = max(0.05, Date().timeIntervalSince(start))
                #expect(process.terminationStatus == 0)
                #expect(
                    try contents(folder) == expected, "seed \(random.seed), after \(kills) kills")
                folder = try TemporaryFolder()
            } else {
                process.signal(SIGKILL)
                process.waitUntilExit()
                kills += 1
            }
        }
        let last = try Program.run(Program.weir, arguments, folder: folder.path)
        if FileManager.default.fileExists(atPath: folder.path + "/p.sqrl") {
            #expect(last.status == 0, "\(last.errors)")
            #expect(try contents(folder) == expected, "seed \(random.seed), after \(kills) kills")
        }
    }
}
