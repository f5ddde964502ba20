// The binder: names, types and what it says about mistakes.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirConnectors
import WeirPlanner
import WeirSQL

@Suite struct BinderTests {
    private static let source = """
        CREATE TABLE t (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL, name STRING, price DECIMAL(10, 2),
          ok BOOLEAN, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
          WITH ('connector' = 'filesystem', 'path' = 'x.csv', 'format' = 'csv');

        """

    private func compile(_ sql: String) -> Compilation {
        ScriptBinder.compile(
            SourceText(name: "t.sqrl", sql), connectors: ConnectorRegistry.catalog)
    }

    static let mistakes = [
        "A := SELECT «unknown-column»nam FROM t;",
        "A := SELECT id FROM «unknown-table»tt;",
        "A := SELECT «unknown-function»UPER(name) FROM t;",
        "A := SELECT «bad-arguments»UPPER(id) FROM t;",
        "A := SELECT «bad-operand»name + 1 FROM t;",
        "A := SELECT id FROM t WHERE «not-boolean»id;",
        "A := SELECT «type-mismatch»ok = id FROM t;",
        "A := SELECT «not-grouped»name, COUNT(*) FROM t GROUP BY id;",
        "A := SELECT id FROM t WHERE «misplaced-aggregate»COUNT(*) > 1;",
        "A := SELECT COUNT(«misplaced-aggregate»SUM(id)) FROM t;",
        "A := «duplicate-column»SELECT id, name AS id FROM t;",
        "A := SELECT id FROM t; «duplicate-table»A := SELECT id FROM t;",
        "A := SELECT id FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(«not-event-time»id), INTERVAL '1' DAY));",
        "A := SELECT id FROM TABLE(«bad-window»HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY));",
        "A := SELECT id FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), «bad-window»INTERVAL '1' MONTH));",
        "A := SELECT id FROM t ORDER BY «bad-order»price * 2;",
        "A := SELECT «bad-literal»DATE '2020-13-01' FROM t;",
        "A := SELECT «bad-cast»CAST(ts AS BOOLEAN) FROM t;",
        "/*+ «unknown-hint»no_qery */ A := SELECT id FROM t;",
        "«reserved-name»weir_x := SELECT id FROM t;",
        "CREATE TABLE s (a INT) WITH ('connector' = «unknown-connector»'kafk');",
    ]

    @Test("mistakes are found at their place", arguments: mistakes)
    func diagnostics(_ marked: String) {
        let expected = MarkedText(Self.source + marked)
        let found = compile(expected.text).diagnostics
        for (code, offset) in expected.markers {
            #expect(
                found.contains { $0.code == code && $0.span.start == offset },
                "\(code) at \(offset): \(found)")
        }
        #expect(!found.isEmpty)
    }

    @Test("options are checked, with a suggestion")
    func options() throws {
        let cases: [(String, String, String)] = [
            ("'connector' = 'filesytem'", "unknown-connector", "did you mean filesystem?"),
            (
                "'connector' = 'filesystem', 'path' = 'x', 'format' = 'csv', 'csv.field-delimter' = ';'",
                "unknown-option", "did you mean 'csv.field-delimiter'?"
            ),
            (
                "'connector' = 'filesystem', 'path' = 'x', 'format' = 'csv', 'csv.header' = 'maybe'",
                "bad-option", "whether the first line"
            ),
            (
                "'connector' = 'filesystem', 'format' = 'csv'", "missing-option",
                "the file or folder"
            ),
            ("'connector' = 'filesystem', 'path' = 'x', 'format' = 'cvs'", "unknown-format", "csv"),
            ("'connector' = 'filesystem', 'path' = 'x'", "missing-option", "'format' = 'csv'"),
        ]
        for (options, code, hint) in cases {
            let found = compile("CREATE TABLE s (a INT) WITH (\(options)); A := SELECT a FROM s;")
            let diagnostic = try #require(found.diagnostics.first { $0.code == code }, "\(options)")
            #expect(diagnostic.hint?.contains(hint) ?? false, "\(diagnostic)")
        }
    }

    @Test func nestedTypesNeedAFormatThatHoldsThem() {
        let table =
            """
            CREATE TABLE s (a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT>)
              WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'FORMAT');
            A := SELECT a FROM s;
            """
        #expect(compile(table.replacing("FORMAT", with: "json")).plan != nil)
        #expect(
            compile(table.replacing("FORMAT", with: "csv")).diagnostics.map(\.code) == [
                "unsupported"
            ])
    }

    @Test func streamPropertiesAreInferred() throws {
        let plan = try #require(
            compile(
                Self.source + """
                    Kept := SELECT ts, id FROM t WHERE ok;
                    Grouped := SELECT name, COUNT(*) AS n FROM t GROUP BY name;
                    Windowed := SELECT window_start, name, SUM(price) AS s FROM
                      TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR))
                      GROUP BY window_start, window_end, name;
                    _Hidden := SELECT id FROM t;
                    """
            ).plan)
        #expect(plan.tables.map(\.name) == ["Kept", "Grouped", "Windowed"])
        let grouped = try #require(plan.tables.first { $0.name == "Grouped" })
        #expect(grouped.mode == .updating && grouped.key == [0])
        let windowed = try #require(plan.tables.first { $0.name == "Windowed" })
        #expect(windowed.mode == .append && windowed.key == [0, 1])
        #expect("\(windowed.columns[2].type)" == "DECIMAL(38, 2)")
        // Nobody reads the hidden table, so nothing runs for it.
        #expect(!plan.stages.contains { $0.name.hasPrefix("_Hidden") })
    }

    @Test func updatingResultsNeedASinkThatTakesThem() {
        // Without its key the rows are numbered, so that they can be told apart.
        let lost = compile(Self.source + "A := SELECT COUNT(*) AS n FROM t GROUP BY name;")
        #expect(lost.plan?.tables.map(\.hidesLast) == [true])
        let sink =
            "CREATE TABLE s (name STRING, n BIGINT) WITH ('connector' = 'CONNECTOR'OPTIONS); INSERT INTO s SELECT name, COUNT(*) FROM t GROUP BY name;"
        let print = sink.replacing("CONNECTOR", with: "print").replacing("OPTIONS", with: "")
        #expect(compile(Self.source + print).plan != nil)
        let file = sink.replacing("CONNECTOR", with: "filesystem").replacing(
            "OPTIONS", with: ", 'path' = 'x', 'format' = 'csv'")
        #expect(compile(Self.source + file).diagnostics.map(\.code) == ["updating-sink"])
        let extreme =
            "B := SELECT name, COUNT(*) AS n FROM t GROUP BY name; C := SELECT MIN(n) AS m FROM B;"
        let plan = compile(Self.source + extreme).plan
        #expect(plan?.tables.map(\.name) == ["B", "C"])
        #expect(plan?.views.isEmpty == true)
    }

    @Test("random words never trap the binder", arguments: 0..<300)
    func fuzz(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let words = [
            "id", "ts", "name", "price", "ok", "*", "+", "-", "(", ")", ",", "1", "'x'", "NULL",
            "COUNT(*)", "SUM(price)", "CASE WHEN ok THEN 1 END", "CAST(id AS STRING)", "AND", "=",
            "IS NULL", "IN (1, 2)", "INTERVAL '1' DAY", "EXTRACT(DAY FROM ts)", "||", "LIKE 'x%'",
            "BETWEEN 1 AND 2", "FROM t", "GROUP BY id", "WHERE ok", "ORDER BY id", "LIMIT 3",
            "COALESCE(name, 'y')", "ROUND(price, 1)", "MAX(ts)",
        ]
        let text = (0..<random.below(14)).map { _ in random.pick(words) }.joined(separator: " ")
        _ = compile(Self.source + "A := SELECT id, \(text) FROM t; B := SELECT \(text) ;")
    }

    @Test func explainOfTheSamplePipeline() throws {
        let path = "sample-data/nyc-flights/flights.sqrl"
        let source = SourceText(name: path, try Repository.text(path))
        let compilation = ScriptBinder.compile(source, connectors: ConnectorRegistry.catalog)
        let plan = try #require(compilation.plan, "\(compilation.diagnostics)")
        let text = try #require(
            PlanExplainer(plan: plan, sources: SourceMap(source)).text(table: nil))
        #expect(Golden.difference(text, file: "plans/flights.txt") == nil)
        let graph = PlanGraph(plan: plan)
        #expect(Golden.difference(graph.text, file: "plans/flights-graph.txt") == nil)
        #expect(Golden.difference(graph.dot, file: "plans/flights-graph.dot") == nil)
        let stages = try #require(
            try JSONSerialization.jsonObject(with: Data(graph.json.utf8)) as? [[String: Any]])
        #expect(stages.count == plan.stages.count)
        #expect(stages.last?["inputs"] as? [Int] == plan.stages.last?.input.map { [$0] })
        #expect(PlanExplainer(plan: plan, sources: SourceMap(source)).text(table: "nothing") == nil)
    }
}
