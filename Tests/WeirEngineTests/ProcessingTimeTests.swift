// Windows of PROCTIME(): by the clock, and by the clock alone.

import Foundation
import TestSupport
import Testing
import WeirEngine
import WeirRuntime
import WeirStore

@Suite struct ProcessingTimeTests {
    private static let source = """
        CREATE TABLE t (id BIGINT, k STRING, ts TIMESTAMP(3) NOT NULL, came AS PROCTIME(),
          WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');

        """
    /// 2026-01-01 00:00:07 UTC
    private static let start: Int64 = 1_767_225_607_000_000

    /// Rows that come at once are in the window of that moment; it closes at the end of the input.
    @Test(arguments: [
        ("", "2026-01-01 00:00:00.000|2026-01-01 00:00:10.000|3"),
        (
            "SET 'table.local-time-zone' = 'Asia/Kolkata';",
            "2026-01-01 05:30:00.000|2026-01-01 05:30:10.000|3"
        ),
    ])
    func rowsAreInTheWindowOfTheirArrival(_ zone: String, _ expected: String) throws {
        let harness = try PipelineHarness(
            zone + Self.source + """
                Counts := SELECT window_start, window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t,
                  DESCRIPTOR(came), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
                Legacy := SELECT TUMBLE_END(came, INTERVAL '10' SECOND) AS w, COUNT(*) AS n FROM t
                  GROUP BY TUMBLE(came, INTERVAL '10' SECOND);
                Hops := SELECT window_end, k, COUNT(*) AS n FROM TABLE(HOP(TABLE t, DESCRIPTOR(came),
                  INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
                Rows := SELECT id, came, window_start, window_time FROM TABLE(TUMBLE(TABLE t,
                  DESCRIPTOR(came), INTERVAL '10' SECOND));
                First := SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start,
                  window_end, k ORDER BY id) AS rn FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(came),
                  INTERVAL '10' SECOND, INTERVAL '20' SECOND))) AS x WHERE rn = 1;
                Sessions := SELECT k, COUNT(*) AS n FROM TABLE(SESSION(TABLE t PARTITION BY k,
                  DESCRIPTOR(came), INTERVAL '5' SECOND)) GROUP BY k, window_start, window_end;
                """,
            files: [
                "t.csv":
                    "1,a,2026-01-01 00:00:01\n2,b,2026-01-05 00:00:01\n3,a,2026-01-03 00:00:01\n"
            ])
        try harness.run(clock: SetClock(Self.start).clock)
        #expect(try harness.query("SELECT * FROM Counts") == [expected])
        #expect(try harness.query("SELECT n FROM Legacy") == ["3"])
        let start = expected.prefix(23)
        let rows = try harness.query(
            "SELECT id, came, window_start, window_time FROM Rows ORDER BY id")
        #expect(
            rows
                == (1...3).map {
                    "\($0)|2026-01-01 00:00:07.000Z|\(start)|2026-01-01 00:00:09.999Z"
                })
        #expect(
            try harness.query("SELECT id, k FROM First ORDER BY id, k") == [
                "1|a", "1|a", "2|b", "2|b",
            ])
        #expect(
            try harness.query("SELECT k, n FROM Hops ORDER BY window_end, k")
                == ["a|2", "b|1", "a|2", "b|1"])
        #expect(try harness.query("SELECT * FROM Sessions ORDER BY k") == ["a|2", "b|1"])
        #expect(try unbalancedStages(harness) == [])
    }

    /// Patterns in the order of arrival; what is too long ago is given up by the clock.
    @Test func patternsInTheOrderOfArrival() throws {
        let pattern = { (within: String) in
            """
            SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY came MEASURES A.id AS a, B.id AS b
              AFTER MATCH SKIP PAST LAST ROW PATTERN (A B) \(within) DEFINE B AS B.id > A.id)
            """
        }
        let harness = try PipelineHarness(
            Self.source + "Q := \(pattern(""));\nW := \(pattern("WITHIN INTERVAL '1' MINUTE"));",
            files: [
                "t.csv":
                    "1,a,2026-01-01 00:00:01\n5,b,2026-01-01 00:00:01\n4,b,2026-01-01 00:00:01\n"
                    + "7,b,2026-01-01 00:00:01\n2,a,2026-01-02 00:00:01\n"
            ])
        let clock = SetClock(Self.start)
        // The last row is due in a day; the run goes on two minutes later.
        let session = try harness.start(pace: 1, clock: clock.clock)
        while session.snapshot().commit.epoch < 1 { session.waitABit() }
        session.stop()
        session.wait()
        clock.set(Self.start + 120_000_000)
        try harness.run(clock: clock.clock)
        #expect(try harness.query("SELECT * FROM Q ORDER BY k") == ["a|1|2", "b|4|7"])
        #expect(try harness.query("SELECT * FROM W ORDER BY k") == ["b|4|7"])
    }

    /// No row comes any more, but the clock goes on.
    @Test func aWindowClosesByTheClock() throws {
        let harness = try PipelineHarness(
            Self.source + """
                Counts := SELECT window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t,
                  DESCRIPTOR(came), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
                """,
            files: ["t.csv": "1,a,2026-01-01 00:00:01\n2,b,2026-01-02 00:00:01\n"])
        let clock = SetClock(Self.start)
        // The second row is due in a day.
        let session = try harness.start(pace: 1, clock: clock.clock)
        while session.snapshot().commit.epoch < 1 { session.waitABit() }
        clock.set(Self.start + 3_000_000)
        while session.snapshot().commit.epoch < 2 { session.waitABit() }
        session.stop()
        session.wait()
        #expect(try harness.query("SELECT n FROM Counts") == ["1"])
        // The other row comes after the restart, in a window of its own.
        clock.set(Self.start + 60_000_000)
        try harness.run(clock: clock.clock)
        #expect(
            try harness.query("SELECT * FROM Counts ORDER BY 1")
                == ["2026-01-01 00:00:10.000|1", "2026-01-01 00:01:10.000|1"])
    }

    /// A window that was open at a stop closes by the clock of the next run, with its own rows.
    @Test func anOpenWindowOutlivesARestart() throws {
        let harness = try PipelineHarness(
            Self.source + """
                Counts := SELECT window_end, COUNT(*) AS n FROM TABLE(HOP(TABLE t, DESCRIPTOR(came),
                  INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
                """,
            files: ["t.csv": "1,a,2026-01-01 00:00:01\n2,b,2026-01-02 00:00:01\n"])
        let clock = SetClock(Self.start)
        let session = try harness.start(pace: 1, clock: clock.clock)
        while session.snapshot().commit.epoch < 1 { session.waitABit() }
        session.stop()
        session.wait()
        clock.set(Self.start + 60_000_000)
        try harness.run(clock: clock.clock)
        #expect(
            try harness.query("SELECT * FROM Counts ORDER BY 1")
                == [
                    "2026-01-01 00:00:10.000|1", "2026-01-01 00:00:15.000|1",
                    "2026-01-01 00:01:10.000|1", "2026-01-01 00:01:15.000|1",
                ])
    }
}

extension Session {
    /// Gives the other threads time.
    fileprivate func waitABit() { _ = wait(seconds: 0.001) }
}
