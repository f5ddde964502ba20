// Queries as relational algebra: what the binder makes of them and what the rules do to it.

import TestSupport
import Testing
import WeirColumnar
import WeirConnectors
import WeirPlanner
import WeirSQL

@Suite struct LogicalPlanTests {
    private static let tables = """
        CREATE TABLE t (a BIGINT, s STRING, u STRING, ts TIMESTAMP(3), tags ARRAY<STRING>,
          items ARRAY<ROW<x INT, y INT>>, m MAP<STRING, INT>, r ROW<x INT, y ROW<z STRING>>,
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
          WITH ('connector' = 'filesystem', 'path' = 'x.jsonl', 'format' = 'json');
        CREATE TABLE w (a BIGINT, b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
          WITH ('connector' = 'filesystem', 'path' = 'y.jsonl', 'format' = 'json');
        CREATE TABLE v (id BIGINT, name STRING NOT NULL, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED,
          WATERMARK FOR ts AS ts)
          WITH ('connector' = 'filesystem', 'path' = 'z.jsonl', 'format' = 'json');

        """

    private static func compile(_ sql: String) -> Compilation {
        ScriptBinder.compile(
            SourceText(name: "t.sqrl", tables + sql), connectors: ConnectorRegistry.catalog)
    }

    static let queries =
        ((try? Repository.text("Tests/Cases/plans/logical.sql")) ?? "").split(separator: "\n")
        .map(String.init).filter { !$0.hasPrefix("--") }

    @Test func plansAreAsRecorded() {
        var text = ""
        for query in Self.queries {
            let compilation = Self.compile(query)
            // What cannot run yet is named; nothing else may be wrong.
            let problems = compilation.diagnostics.filter { $0.code != "unsupported" }
            #expect(problems.isEmpty, "\(query): \(problems.map(\.message))")
            text += query + "\n"
            for definition in compilation.definitions {
                text += LogicalExplainer.text(definition.optimised)
                let relation = definition.optimised.relation
                let key = relation.key.map { key in key.map { relation.columns[$0].name } }
                text += "-- \(relation.type.rawValue), \(relation.mode.rawValue)"
                text += key.map { ", key (\($0.joined(separator: ", ")))" } ?? ""
                text += relation.rowtime.map { ", time \(relation.columns[$0].name)" } ?? ""
                text += "\n"
            }
            for problem in compilation.diagnostics { text += "-- \(problem.message)\n" }
            text += "\n"
        }
        let difference = Golden.difference(text, file: "plans/logical.txt")
        #expect(difference == nil, "\(difference ?? "")")
    }

    static let mistakes = [
        "A := SELECT «ambiguous-column»a FROM t JOIN w ON t.a = w.a;",
        "A := SELECT x.a FROM t JOIN w ON «unknown-table»x.a = w.a;",
        "A := SELECT t.a FROM t JOIN w USING («unknown-column»s);",
        "A := SELECT t.a FROM t JOIN w ON «not-boolean»t.a;",
        "A := SELECT t.a FROM t LEFT JOIN «no-condition»w;",
        "A := SELECT «unknown-table»z.* FROM t;",
        "A := SELECT r.«unknown-field»q FROM t;",
        "A := SELECT s.«not-a-row»q FROM t;",
        "A := SELECT tags[«bad-index»'x'] FROM t;",
        "A := SELECT «not-a-collection»a[1] FROM t;",
        "A := SELECT «type-mismatch»ARRAY[1, ts] FROM t;",
        "A := SELECT «unknown-argument»:x AS y FROM t;",
        "A := SELECT a FROM t UNION ALL «column-count»SELECT a, b FROM w;",
        "A := SELECT a FROM t UNION «type-mismatch»SELECT ts FROM w;",
        "A := SELECT a FROM t WHERE a IN («column-count»SELECT a, b FROM w);",
        "A := SELECT a FROM t WHERE «unsupported»s NOT IN (SELECT b FROM w);",
        "A := SELECT SUM(a) OVER «unknown-window»x FROM t;",
        "A := SELECT «no-order»SUM(a) OVER (PARTITION BY s) FROM t;",
        "A := SELECT SUM(a) OVER (ORDER BY ts «bad-frame»ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM t;",
        "A := SELECT SUM(a) OVER (ORDER BY ts ROWS BETWEEN «bad-frame»'x' PRECEDING AND CURRENT ROW) FROM t;",
        "A := SELECT «unknown-function»FOO(a) OVER (ORDER BY ts) FROM t;",
        "A := SELECT a FROM t WHERE «misplaced-over»ROW_NUMBER() OVER (ORDER BY ts) = 1;",
        "A := SELECT «bad-filter»UPPER(s) FILTER (WHERE a > 1) FROM t;",
        "A := SELECT * FROM t FOR SYSTEM_TIME AS OF «misplaced-period»ts;",
        "A := SELECT t.a FROM t JOIN w FOR SYSTEM_TIME AS OF «bad-period»t.a ON t.a = w.a;",
        "A := SELECT t.a FROM «no-version-key»t JOIN w FOR SYSTEM_TIME AS OF t.ts ON t.a = w.a;",
        "A := SELECT * FROM «misplaced-unnest»UNNEST(tags) AS x (y);",
        "A := SELECT x.y FROM t CROSS JOIN UNNEST(«bad-unnest»t.a) AS x (y);",
        "A := SELECT x.y FROM t CROSS JOIN «column-count»UNNEST(t.tags) AS x (y, z);",
        "A := SELECT * FROM TABLE(«unknown-function»TUMBEL(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY));",
        "A := SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), «bad-window»WIDTH => INTERVAL '1' DAY));",
        "A := SELECT * FROM TABLE(«bad-window»TUMBLE(TABLE t, INTERVAL '1' DAY));",
        "A := SELECT * FROM TABLE(«bad-window»CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '7' MINUTE, INTERVAL '1' HOUR));",
        "A := SELECT * FROM TABLE(TUMBLE(TABLE t PARTITION BY «bad-window»s, DESCRIPTOR(ts), INTERVAL '1' DAY));",
        "A := SELECT s, COUNT(*) AS n FROM t GROUP BY «bad-group»5;",
        "A := WITH x («column-count»p, q) AS (SELECT a FROM t) SELECT * FROM x;",
        "A := SELECT * FROM («column-count»VALUES (1), (1, 2)) AS x;",
        "A := SELECT * FROM (VALUES («type-mismatch»1), (TRUE)) AS x;",
        "A := SELECT a FROM t WHERE a > 1 AND «never-true»FALSE;",
        "CREATE VIEW A («column-count»p, q) AS SELECT a FROM t;",
        "A := SELECT a FROM t; A.b := «unknown-column»c + 1;",
        "A := SELECT a FROM t; B := SELECT a FROM t; A.«misplaced-column»b := a;",
        "A := DISTINCT «unknown-table»x ON a ORDER BY b;",
        "A := DISTINCT t ON «unknown-column»q ORDER BY ts;",
        "«unsupported»A := DISTINCT t ON a ORDER BY ts DESC;",
        "EXPORT «unknown-table»x TO print.X;",
        "EXPORT t TO «unknown-table»x;",
        "EXPORT t TO «unsupported»log.x;",
        "CREATE TABLE s (a BIGINT, b STRING) WITH ('connector' = 'print'); INSERT INTO s («unknown-column»c) SELECT a FROM t;",
        "CREATE TABLE s (a BIGINT, b STRING) WITH ('connector' = 'print'); INSERT INTO «column-count»s (a, b) SELECT a FROM t;",
        "«unsupported»SET 'table.local-time-zone' = 'Europe/Berlin'; A := SELECT a FROM t;",
        "«setting-ignored»SET 'parallelism.default' = '2'; A := SELECT a FROM t;",
        "«unsupported»IMPORT x.y; A := SELECT a FROM t;",
        "«unsupported»F(x INT) := SELECT a FROM t;",
    ]

    @Test("mistakes are found at their place", arguments: mistakes)
    func diagnostics(_ marked: String) {
        let expected = MarkedText(marked)
        let found = Self.compile(expected.text).diagnostics
        let shift = Self.tables.utf8.count
        for (code, offset) in expected.markers {
            #expect(
                found.contains { $0.code == code && $0.span.start == offset + shift },
                "\(code) at \(offset + shift): \(found)")
        }
        #expect(!found.isEmpty)
    }
}
