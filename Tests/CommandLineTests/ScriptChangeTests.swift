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
}
