// MATCH_RECOGNIZE where Flink would end the job, and what is refused.

import Foundation
import TestSupport
import Testing
import WeirEngine
import WeirPlanner
import WeirSQL

@Suite struct RowPatternTests {
    private static let source = """
        CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
          WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');

        """

    private static func pattern(_ pattern: String, _ skip: String, _ define: String) -> String {
        """
        Q := SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts
          MEASURES A.v AS a, COUNT(B.v) AS n, C.v AS c AFTER MATCH SKIP \(skip)
          PATTERN (\(pattern)) DEFINE \(define));
        """
    }

    private static let rows =
        "x,7,2026-01-01 00:00:01\nx,3,2026-01-01 00:00:02\nx,20,2026-01-01 00:00:03\n"
        + "x,4,2026-01-01 00:00:04\n"

    /// Flink ends the job; here such a match is a reject, and the search goes on.
    @Test func aMissingSkipTargetIsAReject() throws {
        let harness = try PipelineHarness(
            Self.source
                + Self.pattern("A B* C", "TO FIRST B", "B AS B.v > 10, C AS C.v < 5"),
            files: ["t.csv": Self.rows])
        try harness.run()
        #expect(try harness.query("SELECT * FROM Q") == ["x|3|1|4"])
        #expect(
            try harness.query("SELECT code, COUNT(*) FROM weir_rejects GROUP BY code")
                == ["skip-target|2"])
        #expect(try unbalancedStages(harness) == [])
    }

    /// A condition that cannot be computed is not met, and says so once for each match that asks.
    @Test func aFailingConditionIsAReject() throws {
        let harness = try PipelineHarness(
            Self.source
                + Self.pattern(
                    "A B C", "TO NEXT ROW",
                    "A AS 10 / (A.v - 3) > 1, B AS B.v < 10, C AS C.v / (LAST(B.v) - 3) > 0"),
            files: ["t.csv": Self.rows])
        try harness.run()
        // Row 2 cannot be an A, and as a B it leaves the condition of C without an answer.
        #expect(try harness.query("SELECT * FROM Q") == [])
        #expect(
            try harness.query("SELECT code, COUNT(*) FROM weir_rejects GROUP BY code")
                == ["division-by-zero|2"])
        #expect(try unbalancedStages(harness) == [])
    }

    @Test(arguments: [
        ("A B C", "TO FIRST A", "skip-to-start"), ("A B C", "TO LAST A", "skip-to-start"),
        ("A{1,2} B C", "TO FIRST A", "skip-to-start"),
        ("A+ B? C", "TO NEXT ROW", "greedy-optional"),
        ("A B C+", "TO NEXT ROW", "greedy-end"), ("A B | C", "TO NEXT ROW", "unsupported"),
        ("A{1001} B", "TO NEXT ROW", "bad-quantifier"),
        ("A B B", "TO NEXT ROW", "duplicate-variable"), ("(A B)+ C", "TO NEXT ROW", "unsupported"),
    ])
    func refusals(_ pattern: String, _ skip: String, _ code: String) throws {
        let harness = try PipelineHarness(
            Self.source + Self.pattern(pattern, skip, "A AS A.v > 1"))
        let path = try harness.folder.write("q.sqrl", harness.script)
        let codes = Engine.compile(try Project(path: path)).diagnostics.map(\.code)
        #expect(codes.contains(code), "\(codes)")
    }

    /// A key of a mebibyte, a pattern that never ends, times at the ends of what there is.
    @Test func extremes() throws {
        let long = String(repeating: "x", count: 1 << 20)
        let harness = try PipelineHarness(
            Self.source
                + Self.pattern("A B+ C", "PAST LAST ROW", "B AS B.v > 0, C AS C.v < 0"),
            files: [
                "t.csv": "\(long),1,0001-01-01 00:00:00\n\(long),2,2026-01-01 00:00:00\n"
                    + "\(long),-1,9999-12-31 23:59:59\ny,1,9999-12-31 23:59:59\n"
            ])
        try harness.run()
        #expect(try harness.query("SELECT LENGTH(k), a, n, c FROM Q") == ["1048576|1|1|-1"])
        #expect(try unbalancedStages(harness) == [])
    }
}
