// Functions, relationships, subscriptions, hints, internal tables.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirConnectors
import WeirPlanner
import WeirSQL

@Suite struct TableFunctionTests {
    private static let tables = """
        CREATE TABLE src (id BIGINT NOT NULL, item STRING, price DOUBLE, who BIGINT, ts TIMESTAMP(3) NOT NULL,
          WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'csv');
        Orders := SELECT * FROM src;

        """

    private static func compile(_ sql: String) -> Compilation {
        ScriptBinder.compile(
            SourceText(name: "t.sqrl", tables + sql), connectors: ConnectorRegistry.catalog)
    }

    private static func problems(_ compilation: Compilation) -> [Diagnostic] {
        compilation.diagnostics.filter { $0.code != "hint-ignored" }
    }

    /// A script, and the SQL of its last query.
    /// A script, and the SQL of its last query.
    static let accepted = ((try? Repository.text("Tests/Cases/plans/functions.txt")) ?? "")
        .components(separatedBy: "\n\n").map { item in
            let lines = item.split(separator: "\n", omittingEmptySubsequences: false)
            return (String(lines[0]), lines[1] == "-" ? "" : String(lines[1]))
        }

    @Test("functions become statements", arguments: accepted)
    func statements(_ script: String, _ sql: String) {
        let compilation = Self.compile(script)
        #expect(Self.problems(compilation).isEmpty, "\(compilation.diagnostics)")
        #expect(compilation.plan?.queries.last?.sql == sql)
    }

    static let mistakes =
        ((try? Repository.text("Tests/Cases/plans/function-mistakes.sql")) ?? "")
        .split(separator: "\n").map(String.init)

    @Test func casesAreThere() {
        #expect(Self.accepted.count > 8)
        #expect(Self.mistakes.count > 35)
    }

    @Test("mistakes are found at their place", arguments: mistakes)
    func diagnostics(_ marked: String) {
        let expected = MarkedText(marked)
        let found = Self.compile(expected.text).diagnostics
        let shift = Self.tables.utf8.count
        for (code, offset) in expected.markers {
            let places = found.map { "\($0.code) at \($0.span.start - shift): \($0.message)" }
            #expect(
                found.contains { $0.code == code && abs($0.span.start - offset - shift) == 0 },
                "\(code) at \(offset): \(places)")
        }
    }

    @Test func tablesOfTheApiHaveKeyAndTime() throws {
        let compilation = Self.compile(
            """
            /*+ engine(kafka), insert(SINGLE) */
            CREATE TABLE W (id STRING NOT NULL METADATA FROM 'uuid', x INT,
              me STRING METADATA FROM 'auth.sub',
              at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp') PARTITIONED BY (x);
            A := SELECT window_start, COUNT(*) AS n
              FROM TABLE(TUMBLE(TABLE W, DESCRIPTOR(`at`), INTERVAL '1' HOUR))
              GROUP BY window_start, window_end;
            """)
        #expect(Self.problems(compilation).isEmpty, "\(compilation.diagnostics)")
        let check = try #require(compilation.plan?.stages.first { $0.name == "W.check" })
        #expect(check.relation.key == [0])
        #expect(check.relation.rowtime == 3)
    }

    @Test func indexesAreChosenFromTheQueries() throws {
        let compilation = Self.compile(
            """
            /*+ query_by_all(item) */ A := SELECT id, item, who, price, ts FROM Orders;
            /*+ primary_key(id) */ K := SELECT id, who FROM Orders;
            /*+ index(btree, who, price) */ H := SELECT id, who, price FROM Orders;
            F(w BIGINT, t TIMESTAMP(3)) := SELECT id FROM A WHERE who = :w AND ts > :t;
            G(w BIGINT) := SELECT id FROM A WHERE who = :w;
            ById(i BIGINT) := SELECT who FROM K WHERE id = :i;
            Latest() := SELECT id FROM A ORDER BY price DESC LIMIT 10;
            A.same := SELECT k.id FROM K k WHERE k.who = this.who;
            HH(i BIGINT) := SELECT id FROM H WHERE id = :i;
            """)
        #expect(Self.problems(compilation).isEmpty, "\(compilation.diagnostics)")
        let indexes = compilation.plan?.indexes.map {
            "\($0.table)(\($0.columns.joined(separator: ", "))) for \($0.reasons.joined(separator: ", "))"
        }
        #expect(
            indexes == [
                "A(who, ts) for F, G", "A(item) for query_by_all", "A(price) for Latest",
                "K(who) for A.same", "H(who, price) for hint",
            ])
    }

    @Test func misspeltNamesCanBeFixed() throws {
        let compilation = Self.compile("A := SELECT id FROM Oders;")
        let fix = try #require(compilation.diagnostics.first?.fixes.first)
        #expect(fix.replacement == "Orders")
        #expect(compilation.sources.text(fix.span) == "Oders")
    }
}
