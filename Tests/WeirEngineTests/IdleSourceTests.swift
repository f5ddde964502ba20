// Time goes on without a source that gives no rows.

import Foundation
import TestSupport
import Testing
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirSQL
import WeirStore

@Suite struct IdleSourceTests {
    private static let start: Int64 = 1_767_225_607_000_000

    private static let script = """
        CREATE TABLE quick (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
          WITH ('connector' = 'filesystem', 'path' = 'quick.csv', 'format' = 'csv');
        CREATE TABLE slow (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
          WITH ('connector' = 'filesystem', 'path' = 'slow.csv', 'format' = 'csv');
        _Both := SELECT * FROM quick UNION ALL SELECT * FROM slow;
        Counts := SELECT window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE _Both, DESCRIPTOR(ts),
          INTERVAL '1' SECOND)) GROUP BY window_start, window_end;
        Alone := SELECT l.id, r.id AS other FROM
          (SELECT * FROM TABLE(TUMBLE(TABLE quick, DESCRIPTOR(ts), INTERVAL '1' SECOND))) l LEFT JOIN
          (SELECT * FROM TABLE(TUMBLE(TABLE slow, DESCRIPTOR(ts), INTERVAL '1' SECOND))) r
          ON l.id = r.id AND l.window_start = r.window_start AND l.window_end = r.window_end;
        """

    /// The next row of each is days away; those of `quick` are 2 s ahead of those of `slow`.
    private static let files = [
        "quick.csv":
            "1,2026-01-01 00:00:00\n2,2026-01-01 00:00:01\n3,2026-01-01 00:00:02\n4,2026-01-03 00:00:00\n",
        "slow.csv": "1,2026-01-01 00:00:00\n6,2026-01-02 00:00:00\n",
    ]

    /// For all sources, and for the slow one alone.
    @Test(arguments: [
        "SET 'table.exec.source.idle-timeout' = '5 s';\n" + script,
        "SET 'table.exec.source.idle-timeout' = '1 h';\n"
            + script.replacing(
                "'slow.csv',", with: "'slow.csv', 'scan.watermark.idle-timeout' = '5 s',"),
    ]) func windowsCloseWithoutTheIdleSource(_ script: String) throws {
        let harness = try PipelineHarness(script, files: Self.files)
        let clock = SetClock(Self.start)
        let session = try harness.start(pace: 100, clock: clock.clock)
        try readAll(session, harness)
        // So far time waits for the slower source.
        #expect(try harness.query("SELECT * FROM Counts") == [])
        clock.set(Self.start + 5_000_000)
        let epoch = session.snapshot().commit.epoch
        while session.snapshot().commit.epoch == epoch { _ = session.wait(seconds: 0.001) }
        session.stop()
        session.wait()
        #expect(
            try harness.query("SELECT * FROM Counts ORDER BY 1")
                == ["2026-01-01 00:00:01.000|2", "2026-01-01 00:00:02.000|1"])
        let alone = try harness.query("SELECT * FROM Alone ORDER BY id")
        #expect(alone == ["1|1", "2|NULL"])
        // What comes later is not lost.
        try harness.run(clock: clock.clock)
        #expect(try harness.query("SELECT SUM(n) FROM Counts") == ["6"])
        #expect(try harness.query("SELECT COUNT(*) FROM Alone") == ["4"])
        #expect(try unbalancedStages(harness) == [])
    }

    /// Waits until all rows but the last of each source are stored.
    private func readAll(_ session: Session, _ harness: PipelineHarness) throws {
        let count = "SELECT COALESCE(SUM(records_accepted), 0) FROM weir_offsets"
        while try harness.query(count) != ["4"] { _ = session.wait(seconds: 0.001) }
    }

    @Test(arguments: [
        ("'scan.watermark.idle-timeout' = 'soon'", ["bad-option"]),
        ("'scan.watermark.emit.on-event.gap' = '10'", ["bad-option"]),
        ("'scan.watermark.alignment.max-drift' = '1 min'", []),
        ("'scan.watermark.alignment.group' = 'g', 'scan.watermark.emit.strategy' = 'on-event'", []),
        ("'scan.watermark.idle' = '1 min'", ["unknown-option"]),
    ]) func optionsAreChecked(_ option: String, _ codes: [String]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "s.sqrl", Self.script.replacing("'slow.csv',", with: "'slow.csv', \(option),"))
        let found = Engine.compile(try Project(path: path)).diagnostics
        #expect(found.filter { $0.severity == .error }.map(\.code) == codes)
    }
}
