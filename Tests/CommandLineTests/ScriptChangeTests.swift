// A script that changes between runs: what only adds goes on, the rest is refused.

import Foundation
import TestSupport
import Testing

@Suite struct ScriptChangeTests {
    private static let tables = """
        CREATE TABLE src (id BIGINT NOT NULL, k STRING, v BIGINT, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
        Sums := SELECT k, SUM(v) AS v FROM src GROUP BY k;
        Rows := SELECT id, k, v FROM src WHERE v > 1;

        """

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("rows.csv", "id,k,v\n1,a,1\n2,b,2\n3,a,3\n")
        try folder.write("more.csv", "id\n7\n")
    }

    private func run(_ script: String, _ more: String...) throws -> ProgramResult {
        try folder.write("p.sqrl", script)
        return try Program.run(
            Program.weir, ["run", "p.sqrl", "--once", "--quiet"] + more, folder: folder.path)
    }

    private func query(_ sql: String) throws -> String {
        try Program.run(
            Program.weir, ["query", "--store", "p.sqrl", "--format", "csv", sql],
            folder: folder.path
        ).output
    }

    @Test func whatOnlyAddsGoesOn() throws {
        #expect(try run(Self.tables).status == 0)
        let added = try run(
            Self.tables + """
                /** What is large. */
                /*+engine(database)*/ Large := SELECT * FROM Rows WHERE v >= 3;
                Of(k STRING NOT NULL) := SELECT * FROM Rows WHERE k = :k;
                CREATE TABLE more (id BIGINT NOT NULL)
                  WITH ('connector'='filesystem','path'='more.csv','format'='csv');
                Others := SELECT id FROM more;

                """)
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.errors.contains("has been adapted"))
        #expect(try query("SELECT id FROM Large") == "id\n3\n")
        #expect(try query("SELECT id FROM Others") == "id\n7\n")
        #expect(try query("SELECT k, v FROM Sums ORDER BY k") == "k,v\na,4\nb,2\n")
        // What was read stays read once.
        #expect(
            try query("SELECT records_read FROM weir_offsets WHERE source = 'src'")
                == "records_read\n4\n")
        #expect(
            try query(
                "SELECT count(*) AS n FROM sqlite_master WHERE name = 'weir_Rows_btree_c1'")
                == "n\n1\n")
        // Another order is a matter of the view.
        let ordered = try run(
            Self.tables.replacing("WHERE v > 1", with: "WHERE v > 1 ORDER BY id DESC"))
        #expect(ordered.status == 1 && ordered.errors.contains("more is gone"))
    }

    @Test func orderIsOfTheView() throws {
        #expect(try run(Self.tables).status == 0)
        let changed = try run(
            Self.tables.replacing("WHERE v > 1", with: "WHERE v > 1 ORDER BY id DESC"))
        #expect(changed.status == 0, "\(changed.errors)")
        #expect(try query("SELECT id FROM Rows") == "id\n3\n2\n")
    }

    @Test(arguments: [
        ("v > 1", "v > 2", "Rows does something else"),
        ("SUM(v) AS v", "SUM(v + 1) AS v", "Sums"),
        ("Sums := ", "Totals := ", "is gone"),
        ("'rows.csv'", "'more.csv'", "src does something else"),
        ("v BIGINT,", "v INT,", "src does something else"),
        (
            "Rows :=", "Extra := SELECT k FROM src WHERE v = 1; Rows :=",
            "needs the 4 records of src"
        ),
    ])
    func whatWouldBeReadAsSomethingElseIsRefused(
        _ old: String, _ new: String, _ message: String
    ) throws {
        #expect(try run(Self.tables).status == 0)
        let changed = Self.tables.replacing(old, with: new)
            .replacing("= 1; Rows", with: "= 1;\nRows")
        let refused = try run(changed)
        #expect(refused.status == 1)
        #expect(refused.errors.contains(message), "\(refused.errors)")
        #expect(refused.errors.contains("--fresh"))
        // The store is as it was.
        #expect(try run(Self.tables).status == 0)
        #expect(try query("SELECT k, v FROM Sums ORDER BY k") == "k,v\na,4\nb,2\n")
        #expect(try run(changed, "--fresh").status == 0)
    }

    private static let pairs = """
        CREATE TABLE a (id BIGINT NOT NULL, v BIGINT)
          WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
        CREATE TABLE b (id BIGINT NOT NULL, v BIGINT)
          WITH ('connector'='filesystem','path'='pairs.csv','format'='csv');
        M := SELECT id, v FROM a;
        N := SELECT id, v FROM b;
        T := SELECT id, v + 1 AS v FROM a;
        G := SELECT id, COUNT(*) AS n FROM M GROUP BY id;
        /*+engine(stream)*/ J := SELECT l.id, l.v FROM M l JOIN N r ON l.id = r.id;
        U := SELECT * FROM M UNION ALL SELECT * FROM N;

        """

    /// What a stage reads is a part of what it does.
    @Test(arguments: [
        ("v + 1 AS v FROM a", "v + 1 AS v FROM b"), ("n FROM M GROUP", "n FROM N GROUP"),
        ("FROM M l JOIN N r", "FROM N l JOIN M r"), ("FROM M l JOIN N r", "FROM M l JOIN M r"),
        ("SELECT * FROM M UNION ALL SELECT * FROM N", "SELECT * FROM N UNION ALL SELECT * FROM M"),
    ])
    func anotherInputIsAnotherStage(_ old: String, _ new: String) throws {
        try folder.write("rows.csv", "1,1\n2,2\n")
        try folder.write("pairs.csv", "2,20\n3,30\n")
        #expect(try run(Self.pairs).status == 0)
        let refused = try run(Self.pairs.replacing(old, with: new))
        #expect(refused.status == 1)
        #expect(refused.errors.contains("does something else"), "\(refused.errors)")
    }

    /// The same script with other settings: what was computed with them is not mixed; a path from the
    /// environment is no other script.
    @Test func settingsAndEnvironment() throws {
        try folder.write(
            "p.sqrl",
            """
            CREATE TABLE src (id BIGINT NOT NULL, ts TIMESTAMP(3))
              WITH ('connector'='filesystem','path'='${FILE}','format'='csv');
            Days := SELECT id, CAST(CAST(ts AS TIMESTAMP_LTZ(3)) AS STRING) AS at FROM src;

            """)
        try folder.write("days.csv", "1,2026-01-01 00:00:00\n")
        try folder.write("moved.csv", "1,2026-01-01 00:00:00\n")
        func run(_ zone: String, _ file: String = "days.csv", _ more: String...) throws
            -> ProgramResult
        {
            try folder.write(
                "package.json",
                """
                {"script": {"main": "p.sqrl"},
                 "engines": {"flink": {"config": {"table.local-time-zone": "\(zone)"}}}}
                """)
            return try Program.run(
                "/usr/bin/env",
                ["FILE=\(file)", Program.weir, "run", "package.json", "--once", "--quiet"] + more,
                folder: folder.path)
        }
        let first = try run("UTC")
        #expect(first.status == 0, "\(first.errors)")
        let again = try run("UTC")
        #expect(again.status == 0 && !again.errors.contains("has been adapted"), "\(again.errors)")
        #expect(try run("UTC", "moved.csv").status == 0)
        let refused = try run("Asia/Tokyo")
        #expect(refused.status == 1)
        #expect(
            refused.errors.contains("the settings in the package file have changed"),
            "\(refused.errors)")
        #expect(try run("Asia/Tokyo", "days.csv", "--fresh").status == 0)
    }

    /// A search for words gives a table row numbers, and takes them from it.
    @Test func searchesComeAndGo() throws {
        let search = "Find(q STRING NOT NULL) := SELECT k FROM Rows WHERE text_search(:q, k) > 0;\n"
        let sums =
            "FindSum(q STRING NOT NULL) := SELECT v FROM Sums WHERE text_search(:q, k) > 0;\n"
        #expect(try run(Self.tables).status == 0)
        let numbers =
            "SELECT count(*) AS n FROM pragma_table_info('weir_data_Sums') WHERE name = 'weir_row'"
        for (script, count) in [(search + sums, 1), ("", 0), (sums, 1)] {
            let changed = try run(Self.tables + script)
            #expect(changed.status == 0, "\(changed.errors)")
            #expect(changed.errors.contains("has been adapted"))
            #expect(try query(numbers) == "n\n\(count)\n")
            #expect(try query("SELECT k, v FROM Sums ORDER BY k") == "k,v\na,4\nb,2\n")
            #expect(try query("SELECT id FROM Rows") == "id\n2\n3\n")
        }
        #expect(
            try query(
                "SELECT count(*) AS n FROM weir_Sums_text_c0 WHERE weir_Sums_text_c0 MATCH weir_match('b')"
            )
                == "n\n1\n")
        // Rows go on coming in.
        try folder.write("rows.csv", try folder.text("rows.csv") + "4,b,5\n")
        #expect(try run(Self.tables + sums).status == 0)
        #expect(try query("SELECT k, v FROM Sums ORDER BY k") == "k,v\na,4\nb,7\n")
    }
}
