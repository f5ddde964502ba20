// All stored tables show the same prefix of the input at each commit, whatever the shape of the
// graph (after Jamie Brandon, "Internal consistency in streaming systems", 2021).

import Foundation
import Synchronization
import TestSupport
import Testing
import WeirEngine
import WeirRuntime
import WeirStore

@Suite struct ConsistencyTests {
    /// Money moves between accounts: through a union, two aggregates over each other, a self-join
    /// and an outer join.
    private static let script = """
        CREATE TABLE transfers (id BIGINT NOT NULL, source BIGINT NOT NULL, target BIGINT NOT NULL,
          amount BIGINT NOT NULL) WITH ('connector' = 'filesystem', 'path' = 'transfers.csv',
          'format' = 'csv');
        /*+engine(stream)*/ Debits := SELECT id, source AS account, -amount AS amount FROM transfers;
        /*+engine(stream)*/ Credits := SELECT id, target AS account, amount FROM transfers;
        /*+engine(stream)*/ Moves := SELECT account, amount FROM Debits
          UNION ALL SELECT account, amount FROM Credits;
        /*+engine(stream)*/ Balances := SELECT account, SUM(amount) AS balance FROM Moves
          GROUP BY account;
        /*+engine(stream)*/ Total := SELECT SUM(balance) AS total FROM Balances;
        /*+engine(stream)*/ Pairs := SELECT SUM(d.amount + c.amount) AS total FROM Debits d
          JOIN Credits c ON d.id = c.id;
        /*+engine(stream)*/ Sides := SELECT SUM(COALESCE(d.paid, 0) + COALESCE(c.got, 0)) AS total
          FROM (SELECT account, SUM(amount) AS paid FROM Debits GROUP BY account) AS d
          FULL JOIN (SELECT account, SUM(amount) AS got FROM Credits GROUP BY account) AS c
          ON d.account = c.account;
        /*+engine(stream)*/ Counted := SELECT COUNT(*) AS n FROM transfers;

        """

    /// Everything that must be 0, and the number of transfers, as one snapshot of the store.
    private static let question = """
        SELECT (SELECT total FROM Total), (SELECT total FROM Pairs), (SELECT total FROM Sides),
          (SELECT SUM(balance) FROM Balances), (SELECT n FROM Counted)
        """

    /// The largest numbers that a script can write trap nowhere.
    @Test func extremeBounds() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts)
              WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');
            /*+engine(stream)*/ A := SELECT id, SUM(id) OVER (ORDER BY ts
              ROWS BETWEEN 9223372036854775807 PRECEDING AND CURRENT ROW) AS s FROM t;
            /*+engine(stream)*/ B := SELECT id, SUM(id) OVER (ORDER BY id
              ROWS BETWEEN 9223372036854775807 PRECEDING AND CURRENT ROW) AS s FROM t;
            /*+engine(stream)*/ C := SELECT id FROM
              (SELECT id FROM t ORDER BY id LIMIT 3 OFFSET 9223372036854775807) AS x;
            /*+engine(stream)*/ D := SELECT id, LAG(id, 9223372036854775807) OVER (ORDER BY ts)
              AS before FROM t;
            /*+engine(stream)*/ E := SELECT * FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id)
              AS rn FROM t) AS y WHERE rn <= 9223372036854775806;
            /*+engine(stream)*/ R := SELECT id, SUM(id) OVER (ORDER BY CAST(id AS STRING)
              RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS s FROM t;
            F := SELECT window_end, COUNT(*) AS n FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts),
              INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
            G := SELECT window_end, COUNT(*) AS n FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts),
              INTERVAL '1' HOUR, INTERVAL '3' HOUR)) GROUP BY window_start, window_end;
            H := SELECT window_end, COUNT(*) AS n FROM TABLE(SESSION(TABLE t, DESCRIPTOR(ts),
              INTERVAL '1' HOUR)) GROUP BY window_start, window_end;
            """,
            files: ["t.csv": "1,2024-01-01 00:00:00\n2,9999-12-31 23:59:59\n"])
        try harness.run()
        #expect(try harness.query("SELECT * FROM A ORDER BY id") == ["1|1", "2|3"])
        #expect(try harness.query("SELECT * FROM B ORDER BY id") == ["1|1", "2|3"])
        #expect(try harness.query("SELECT * FROM C") == [])
        #expect(try harness.query("SELECT * FROM D ORDER BY id") == ["1|NULL", "2|NULL"])
        #expect(try harness.query("SELECT * FROM E ORDER BY id") == ["1|1", "2|2"])
        #expect(try harness.query("SELECT * FROM R ORDER BY id") == ["1|1", "2|2"])
        // The watermark jumps by eight thousand years over windows that nobody is in.
        #expect(try harness.query("SELECT COUNT(*), SUM(n) FROM F") == ["4|4"])
        #expect(try harness.query("SELECT COUNT(*), SUM(n) FROM G") == ["4|4"])
        #expect(try harness.query("SELECT COUNT(*), SUM(n) FROM H") == ["2|2"])
    }

    @Test func stateIsWeighedAndLimited() throws {
        var lines = ""
        for id in 0..<60_000 { lines += "\(id),\(id),\(id + 1),5\n" }
        let harness = try PipelineHarness(Self.script, files: ["transfers.csv": lines])
        let session = try harness.start(commitRows: 5000, stateLimit: 4 << 20)
        session.wait()
        guard case .failed(let message) = session.state else {
            Issue.record("the run ended as \(session.state)")
            return
        }
        #expect(message.contains("more than the limit of 4 MiB"))
        let weighed = try harness.query("SELECT SUM(state_bytes) > 4000000 FROM weir_stages")
        #expect(weighed == ["1"])
    }

    @Test func noMoneyIsMadeAtAnyCommit() throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SeededRandom(seed: seed)
        var lines = ""
        for id in 0..<20_000 {
            lines += "\(id),\(random.below(50)),\(random.below(50)),\(random.below(1000))\n"
        }
        let harness = try PipelineHarness(Self.script, files: ["transfers.csv": lines])
        let session = try harness.start(chunkBytes: 4096, commitRows: 500)
        var seen: Set<String> = []
        var hasEnded = false
        while !hasEnded {
            hasEnded = session.wait(seconds: 0)
            guard let row = try? harness.query(Self.question).first else { continue }
            let values = row.split(separator: "|").map(String.init)
            // Before the first commit there is nothing.
            if values[4] == "NULL" { continue }
            #expect(Array(values[..<4]) == ["0", "0", "0", "0"], "seed \(seed), \(row)")
            seen.insert(values[4])
        }
        #expect(seen.contains("20000"))
        #expect(seen.count > 2, "only \(seen.count) commits were seen")
    }

    /// What a window has counted goes with the window, from memory and from the store.
    @Test func closedWindowsLeaveNoValues() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts)
              WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');
            W := SELECT window_start, COUNT(DISTINCT id) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts),
              INTERVAL '1' SECOND)) GROUP BY window_start, window_end;
            """,
            files: [
                "t.csv": (0..<12_000).map { "\($0),2026-01-01 00:00:\($0 / 300 + 10)\n" }.joined()
            ])
        try harness.run(chunkBytes: 4096, commitRows: 500)
        #expect(try harness.query("SELECT COUNT(*), SUM(n) FROM W") == ["40|12000"])
        let stored = try harness.query("SELECT COALESCE(SUM(LENGTH(value)), 0) FROM weir_state")
        #expect(try #require(Int(stored[0])) < 40_000)
        let bytes = try harness.query("SELECT MAX(state_bytes) FROM weir_stages")
        #expect(try #require(Int(bytes[0])) < 300_000)
    }
}
