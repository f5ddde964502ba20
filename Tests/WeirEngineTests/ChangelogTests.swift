// TO_CHANGELOG: the changes between commits as rows.

import Foundation
import TestSupport
import Testing
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirSQL

@Suite struct ChangelogTests {
    private static let source = """
        CREATE TABLE t (id BIGINT, k STRING)
          WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');
        /*+engine(stream)*/ Counts := SELECT k, COUNT(*) AS n FROM t GROUP BY k;

        """
    private static let rows = ["t.csv": "1,a\n2,b\n3,a\n"]

    @Test func changesOfOneCommitAreNetted() throws {
        let harness = try PipelineHarness(
            Self.source + "Q := SELECT * FROM TO_CHANGELOG(TABLE Counts);", files: Self.rows)
        try harness.run()
        #expect(try harness.query("SELECT * FROM Q ORDER BY k") == ["INSERT|a|2", "INSERT|b|1"])
    }

    @Test func eachCommitHasItsChanges() throws {
        let harness = try PipelineHarness(
            Self.source + """
                Q := SELECT * FROM TO_CHANGELOG(input => TABLE Counts);
                Mapped := SELECT * FROM TO_CHANGELOG(input => TABLE Counts PARTITION BY n,
                  op => DESCRIPTOR(what), op_mapping => MAP['INSERT, UPDATE_AFTER', 'now', 'DELETE', 'gone']);
                """, files: Self.rows)
        try harness.run(chunkBytes: 1, commitRows: 1)
        #expect(
            try harness.query("SELECT * FROM Q ORDER BY k, n, op")
                == ["INSERT|a|1", "UPDATE_BEFORE|a|1", "UPDATE_AFTER|a|2", "INSERT|b|1"])
        #expect(
            try harness.query("SELECT n, what, k FROM Mapped ORDER BY k, n")
                == ["1|now|a", "2|now|a", "1|now|b"])
        #expect(try unbalancedStages(harness) == [])
    }

    /// Versions that only repeat the row, or are older than one that came before, are no changes.
    @Test func repeatedVersionsAreNoChanges() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE v (id BIGINT, name STRING, version BIGINT)
              WITH ('connector' = 'filesystem', 'path' = 'v.csv', 'format' = 'csv', 'csv.null-literal' = '');
            /*+filtered_distinct_order, engine(stream)*/
            Latest := DISTINCT v ON id ORDER BY version DESC;
            Log := SELECT * FROM TO_CHANGELOG(TABLE Latest, op_mapping => MAP['INSERT, UPDATE_AFTER', 'now']);
            """,
            files: [
                "v.csv":
                    "1,a,10\n1,a,11\n1,b,9\n2,,5\n1,b,12\n1,b,13\n2,,6\n2,x,6\n1,b,13\n1,a,12\n"
            ])
        try harness.run(chunkBytes: 1, commitRows: 1)
        #expect(try harness.query("SELECT * FROM Latest ORDER BY id") == ["1|b|12", "2|x|6"])
        #expect(
            try harness.query("SELECT id, name, version FROM Log ORDER BY id, version, name")
                == ["1|a|10", "1|b|12", "2|NULL|5", "2|x|6"])
        #expect(try unbalancedStages(harness) == [])
    }

    @Test(arguments: [
        ("TO_CHANGELOG(TABLE Counts, op => DESCRIPTOR(k))", "duplicate-column"),
        ("TO_CHANGELOG(TABLE Counts, op_mapping => MAP['INSERTS', 'I'])", "unknown-change"),
        ("TO_CHANGELOG(TABLE Counts, op_mapping => 'I')", "bad-arguments"),
        ("TO_CHANGELOG(op => DESCRIPTOR(x))", "bad-arguments"),
        ("FROM_CHANGELOG(TABLE Counts)", "unsupported"),
    ])
    func refusals(_ call: String, _ code: String) throws {
        let harness = try PipelineHarness(Self.source + "Q := SELECT * FROM \(call);")
        let path = try harness.folder.write("q.sqrl", harness.script)
        let codes = Engine.compile(try Project(path: path)).diagnostics.map(\.code)
        #expect(codes.contains(code), "\(codes)")
    }
}
