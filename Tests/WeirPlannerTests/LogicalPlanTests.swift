// Queries as relational algebra: what the binder makes of them and what the rules do to it.

import TestSupport
import Testing
import WeirColumnar
import WeirConnectors
import WeirPlanner
import WeirSQL

@Suite struct LogicalPlanTests {
    private static let tables = """
        CREATE TABLE t (a BIGINT, s STRING, u STRING, ts TIMESTAMP(3) NOT NULL, tags ARRAY<STRING>,
          items ARRAY<ROW<x INT, y INT>>, m MAP<STRING, INT>, r ROW<x INT, y ROW<z STRING>>,
          WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
          WITH ('connector' = 'filesystem', 'path' = 'x.jsonl', 'format' = 'json');
        CREATE TABLE w (a BIGINT, b STRING, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts)
          WITH ('connector' = 'filesystem', 'path' = 'y.jsonl', 'format' = 'json');
        CREATE TABLE v (id BIGINT, name STRING NOT NULL, ts TIMESTAMP(3) NOT NULL, PRIMARY KEY (id) NOT ENFORCED,
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
            for view in compilation.plan?.views ?? [] { text += "-- store: \(view.sql)\n" }
            for problem in compilation.diagnostics { text += "-- \(problem.message)\n" }
            text += "\n"
        }
        let difference = Golden.difference(text, file: "plans/logical.txt")
        #expect(difference == nil, "\(difference ?? "")")
    }

    /// Queries put together from parts that fit often enough to get far.
    @Test("random queries never trap the planner", arguments: 0..<400)
    func fuzz(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let values = [
            "a", "t.a", "s", "w.b", "v.name", "ts", "r.x", "tags[1]", "m['k']", "1", "'x'", "NULL",
            "x.a",
            "COUNT(*)", "SUM(a) FILTER (WHERE a > 1)", "COUNT(DISTINCT s)", "window_start",
            "window_end",
            "ROW_NUMBER() OVER (PARTITION BY s ORDER BY ts DESC)", "SUM(a) OVER w2", "ARRAY[a, 1]",
            "MAX(ts)", "(SELECT MAX(a) FROM w)", "UPPER(s)", "CASE WHEN a > 1 THEN s END", "*",
            "rn", ":p", "(SELECT MAX(w.a) FROM w WHERE w.b = s)", "(SELECT a FROM w)",
            "(SELECT COUNT(*) FROM w WHERE w.a < t.a)", "s IN (SELECT b FROM w WHERE w.a = t.a)",
            "a > ALL (SELECT a FROM w)", "TUMBLE_START(ts, INTERVAL '1' HOUR)",
            "EXISTS (SELECT 1 FROM v WHERE v.id = a LIMIT 1)",
        ]
        let tables = [
            "t", "w", "v", "nothing", "t AS x (a, s)", "(SELECT a, s, ts FROM t) AS x",
            "TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR))",
            "UNNEST(t.tags) AS g (tag)",
            "TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR))", "c",
            "(VALUES (1, 'a')) AS y (a, s)", "v FOR SYSTEM_TIME AS OF t.ts",
            "(SELECT *, ROW_NUMBER() OVER (PARTITION BY s ORDER BY ts) AS rn FROM t)",
            "LATERAL (SELECT a, s, ts FROM w WHERE w.a = t.a ORDER BY ts LIMIT 2) AS x",
            "LATERAL (SELECT SUM(w.a + t.a) AS a, 's' AS s FROM w WHERE w.a > t.a) AS x",
            "t MATCH_RECOGNIZE (PARTITION BY s ORDER BY ts MEASURES A.a AS a, LAST(ts) AS ts"
                + " PATTERN (A B*? C) DEFINE B AS B.a > A.a) AS x",
        ]
        let conditions = [
            "t.a = w.a", "t.a = v.id", "a > 1", "rn = 1", "rn <= 3", "s IN (SELECT b FROM w)",
            "FALSE",
            "EXISTS (SELECT 1 FROM v WHERE v.id = t.a)",
            "t.ts BETWEEN w.ts AND w.ts + INTERVAL '1' HOUR",
            "NOT EXISTS (SELECT 1 FROM w)", "a", "COUNT(*) > 1", "window_start = window_end",
            "NOT (a > ANY (SELECT a FROM w WHERE w.b = s))", "s NOT IN (SELECT b FROM w)",
            "a = (SELECT MAX(i.a) FROM t AS i WHERE i.s = t.s)",
            "(a > 1 OR EXISTS (SELECT 1 FROM w WHERE w.a = t.a))",
        ]
        func query(_ depth: Int) -> String {
            var text = depth == 0 && random.below(5) == 0 ? "WITH c AS (\(query(1))) " : ""
            text += "SELECT " + (random.below(6) == 0 ? "DISTINCT " : "")
            text += (0...random.below(3)).map { _ in random.pick(values) }.joined(separator: ", ")
            text += " FROM " + random.pick(tables)
            for _ in 0..<random.below(3) {
                let kind = random.pick(["JOIN", "LEFT JOIN", "FULL JOIN", "CROSS JOIN", ","])
                text += " \(kind) \(random.pick(tables))"
                if kind.hasSuffix(" JOIN") || kind == "JOIN" {
                    text += " ON \(random.pick(conditions))"
                }
            }
            if random.below(2) == 0 {
                text += " WHERE \(random.pick(conditions)) AND \(random.pick(conditions))"
            }
            if random.below(3) == 0 {
                text +=
                    " GROUP BY "
                    + random.pick([
                        "a", "s, a", "1", "ROLLUP (a, s)", "window_start, window_end, s",
                        "GROUPING SETS ((a), ())", "s, TUMBLE(ts, INTERVAL '1' HOUR)",
                    ])
                if random.below(3) == 0 { text += " HAVING \(random.pick(conditions))" }
            }
            if random.below(5) == 0 { text += " QUALIFY \(random.pick(conditions))" }
            if depth < 2, random.below(5) == 0 {
                text +=
                    random.pick([" UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT "])
                    + query(depth + 1)
            }
            if random.below(5) == 0 { text += " ORDER BY 1 LIMIT 5" }
            return text
        }
        let compilation = Self.compile(
            "A := \(query(0)); A.extra := \(random.pick(values)); B := \(query(0)); EXPORT B TO print.X;"
        )
        for definition in compilation.definitions {
            _ = LogicalExplainer.text(definition.optimised)
            #expect(
                definition.optimised.columns.count == definition.logical.columns.count,
                "seed \(seed)")
        }
    }

    private static let json =
        "WITH ('connector' = 'filesystem', 'path' = 's', 'format' = 'json');"

    static let mistakes = [
        "A := SELECT «ambiguous-column»a FROM t JOIN w ON t.a = w.a;",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY «not-event-time»a MEASURES A.a AS x PATTERN (A));",
        "A := SELECT * FROM t «no-order»MATCH_RECOGNIZE (MEASURES A.a AS x PATTERN (A));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.«unknown-column»q AS x PATTERN (A));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x PATTERN (A «greedy-end»B+) DEFINE B AS TRUE);",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x PATTERN («unsupported»A | B));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x PATTERN ((«unsupported»A B)+ C));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x PATTERN (A «duplicate-variable»A));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x PATTERN (A) DEFINE «unknown-variable»B AS TRUE);",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x AFTER MATCH SKIP TO FIRST «unknown-variable»C PATTERN (A));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES SUM(«mixed-variables»A.a + B.a) AS x PATTERN (A B));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES «unsupported»PREV(A.a) AS x PATTERN (A B));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES «unsupported»COUNT(DISTINCT A.a) AS x PATTERN (A B));",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x PATTERN (A B) DEFINE A AS «not-boolean»A.a);",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x PATTERN (A B) WITHIN «bad-interval»5 DEFINE A AS TRUE);",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.a AS x PATTERN (A B) SUBSET «unsupported»u = (A, B) DEFINE A AS TRUE);",
        "A := SELECT «bad-window»TUMBLE_START(ts, INTERVAL '2' HOUR) AS b FROM t GROUP BY TUMBLE(ts, INTERVAL '1' HOUR);",
        "A := SELECT COUNT(*) AS n FROM t GROUP BY TUMBLE(ts, INTERVAL '1' HOUR), «bad-window»HOP(ts, INTERVAL '1' HOUR, INTERVAL '2' HOUR);",
        "A := SELECT COUNT(*) AS n FROM t GROUP BY «bad-window»TUMBLE(ts);",
        "A := SELECT COUNT(*) AS n FROM t GROUP BY TUMBLE(«not-event-time»a, INTERVAL '1' HOUR);",
        "A := SELECT «unsupported»TUMBLE_PROCTIME(ts, INTERVAL '1' HOUR) AS b FROM t GROUP BY TUMBLE(ts, INTERVAL '1' HOUR);",
        "A := SELECT SUM(«misplaced-aggregate»COUNT(*)) AS x FROM t;",
        "A := SELECT SUM(a) OVER w AS x FROM t WINDOW w AS (ORDER BY ts), «duplicate-window»w AS (ORDER BY ts);",
        "A := SELECT REGEXP_EXTRACT(s, «bad-pattern»'(a') AS x FROM t;",
        "A := SELECT s SIMILAR TO «bad-pattern»'(a' AS x FROM t;",
        "A := SELECT GROUPING(«bad-arguments»a) AS x FROM t GROUP BY s;",
        "A := SELECT «bad-arguments»LISTAGG(s, s, s) AS x FROM t;",
        "A := SELECT «bad-arguments»JSONB_OBJECT_AGG(s) AS x FROM t;",
        "A := SELECT «unknown-column»größe AS x FROM t;",
        "A := SELECT «bad-literal»U&'\\00zz' AS x FROM t;",
        "CREATE TABLE q (a INT, «bad-metadata»f STRING METADATA FROM 'file.nam') \(json) A := SELECT * FROM q;",
        "CREATE TABLE q (a INT, «type-mismatch»f INT METADATA FROM 'file.size') \(json) A := SELECT * FROM q;",
        "A := SELECT s, «not-grouped»(SELECT MAX(w.a) FROM w WHERE w.a = t.a) AS m FROM t GROUP BY s;",
        "A := SELECT s, «unsupported»(SELECT MAX(w.a) FROM w WHERE w.b = t.s) AS m FROM t GROUP BY ROLLUP (s);",
        "A := SELECT a, (SELECT COUNT(*) FROM «unsupported»(SELECT * FROM w WHERE w.a = t.a) AS x RIGHT JOIN v ON x.a = v.id) AS n FROM t;",
        "A := SELECT a FROM t WHERE EXISTS (SELECT «unknown-column»nope FROM w WHERE w.a = t.a);",
        "A := SELECT a FROM t WHERE EXISTS (SELECT 1 FROM w WHERE w.a = «unknown-column»t.aa);",
        "A := SELECT a FROM t WHERE EXISTS (SELECT 1 FROM w WHERE w.a = t.a AND EXISTS (SELECT 1 FROM v WHERE v.id = «unsupported»t.a));",
        "A := SELECT «unknown-function»WEIR_LOCAL(ts, 'UTC') AS x FROM t;",
        "A := SELECT PERCENTILE(a, «bad-arguments»50) AS x FROM t;",
        "A := SELECT «bad-arguments»TIMESTAMPDIFF(DAY, ts, CURRENT_TIMESTAMP) AS x FROM t;",
        "A := SELECT l.a FROM t CROSS JOIN LATERAL («unsupported»SELECT a FROM w WHERE w.a = t.a LIMIT 2 OFFSET 9223372036854775807) AS l;",
        "EXPORT t TO log.x; EXPORT w TO log.«duplicate-table»x;",
        "A := SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES SUM(«bad-arguments»COUNT(*)) AS x PATTERN (A));",
        "A := SELECT COUNT(*) AS n FROM t GROUP BY ROLLUP («unsupported»TUMBLE(ts, INTERVAL '1' HOUR), s);",
        "A := SELECT ts + «bad-literal»INTERVAL '1000000001' YEAR AS x FROM t;",
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
        "A := SELECT a FROM t JOIN w ON «unsupported»s IN (SELECT b FROM w);",
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
        "A := SELECT «not-grouped»s, COUNT(*) AS n FROM t GROUP BY 5;",
        "A := SELECT s, COUNT(*) AS n FROM t GROUP BY s, «misplaced-aggregate»n;",
        "A := SELECT ROW_NUMBER() OVER (ORDER BY ts) AS n FROM t GROUP BY «misplaced-aggregate»n;",
        "A := «too-long»SELECT COUNT(*) AS n FROM t GROUP BY CUBE (a, s, u), CUBE (a, s, u), CUBE (a, s, u), CUBE (a, s, u);",
        "A := WITH x AS (SELECT a FROM t), «duplicate-table»x AS (SELECT s FROM t) SELECT * FROM x;",
        "CREATE VIEW A (p, «duplicate-column»p) AS SELECT a, s FROM t;",
        "A := WITH x («column-count»p, q) AS (SELECT a FROM t) SELECT * FROM x;",
        "A := SELECT * FROM («column-count»VALUES (1), (1, 2)) AS x;",
        "A := SELECT * FROM (VALUES («type-mismatch»1), (TRUE)) AS x;",
        "A := SELECT a FROM t WHERE a > 1 AND «never-true»FALSE;",
        "CREATE VIEW A («column-count»p, q) AS SELECT a FROM t;",
        "A := SELECT a FROM t; A.b := «unknown-column»c + 1;",
        "A := SELECT a FROM t; B := SELECT a FROM t; A.«misplaced-column»b := a;",
        "A := DISTINCT «unknown-table»x ON a ORDER BY b;",
        "A := DISTINCT t ON «unknown-column»q ORDER BY ts;",
        "EXPORT «unknown-table»x TO print.X;",
        "EXPORT t TO «unknown-table»x;",
        "CREATE TABLE s (a BIGINT, b STRING) WITH ('connector' = 'print'); INSERT INTO s («unknown-column»c) SELECT a FROM t;",
        "CREATE TABLE s (a BIGINT, b STRING) WITH ('connector' = 'print'); INSERT INTO «column-count»s (a, b) SELECT a FROM t;",
        "«unknown-zone»SET 'table.local-time-zone' = 'Europe/Berlim'; A := SELECT a FROM t;",
        "«setting-ignored»SET 'parallelism.default' = '2'; A := SELECT a FROM t;",
        "IMPORT «unknown-module»x.y; A := SELECT a FROM t;",
        "A := SELECT «unsupported»PARSE_JSON(s) AS x FROM t;",
        "A := SELECT «bad-arguments»JSON_VALUE(s, '$.a', 'DEFAULT') AS x FROM t;",
        "A := SELECT «bad-literal»1E999 AS x FROM t;",
        "A := SELECT a FROM t WHERE a = «column-count»(SELECT a, b FROM w);",
        "A := SELECT a FROM t WHERE a = «column-count»(SELECT MAX(a), MIN(a) FROM w);",
        "F(«unused-argument»x INT) := SELECT a FROM t;",
        "Last := DISTINCT w ON a ORDER BY ts DESC; A := SELECT t.a, Last.b FROM t JOIN «temporal-join»Last ON t.a = Last.a;",
        "A := SELECT ts, COUNT(*) AS n FROM t GROUP BY «unbounded-state»ts;",
        "CREATE TABLE s («nullable-time»x TIMESTAMP(3), WATERMARK FOR x AS x) \(json) A := SELECT * FROM s;",
        "P := SELECT a, s FROM t; A := SELECT a FROM TABLE(TUMBLE(TABLE P, DESCRIPTOR(«not-event-time»s), INTERVAL '1' DAY));",
        "CREATE TABLE s (x INT, c AS «unsupported»(SELECT MAX(a) FROM t)) \(json)",
        "CREATE TABLE s (x INT, CONSTRAINT k CHECK (x > «unsupported»(SELECT MAX(a) FROM t))) \(json)",
    ]

    /// Each common table reads the one before it twice: the plan doubles with each.
    @Test func commonTablesThatDoubleAreRefused() {
        let tables = (1..<40).map {
            "a\($0) AS (SELECT x.a FROM a\($0 - 1) x JOIN a\($0 - 1) y ON x.a = y.a)"
        }
        let found = Self.compile(
            "A := WITH a0 AS (SELECT a FROM t), \(tables.joined(separator: ", ")) SELECT * FROM a39;"
        )
        #expect(Set(found.diagnostics.map(\.code)) == ["too-long"])
        #expect(found.diagnostics.count < 5, "\(found.diagnostics.count)")
    }

    /// Each subquery reads the column below it twice: merged they would double with each.
    @Test func expressionsThatDoubleStayApart() {
        let query = (0..<40).reduce("SELECT a FROM t") { inner, _ in
            "SELECT a + a AS a FROM (\(inner))"
        }
        let found = Self.compile("A := \(query);")
        #expect(found.diagnostics.isEmpty, "\(found.diagnostics)")
        #expect(found.definitions.first?.optimised.columns.map(\.name) == ["a"])
        let stages = found.plan?.stages.filter { if case .calc = $0.node { true } else { false } }
        #expect((2...40).contains(stages?.count ?? 0))
    }

    @Test func theMessageNamesWhereTheEventTimeWasLost() {
        let found = Self.compile(
            "P := SELECT a, CAST(ts AS DATE) AS d FROM t;"
                + "A := SELECT a FROM TABLE(TUMBLE(TABLE P, DESCRIPTOR(d), INTERVAL '1' DAY));")
        #expect(found.diagnostics.first?.note == "'P' does not keep the event time 'ts'")
    }

    @Test func fixesOfWarningsCompile() throws {
        let script =
            "Last := DISTINCT w ON a ORDER BY ts DESC; A := SELECT t.a FROM t JOIN Last AS x ON t.a = x.a;"
        let found = Self.compile(script)
        let fix = try #require(found.diagnostics.first { $0.code == "temporal-join" }?.fixes.first)
        var bytes = Array((Self.tables + script).utf8)
        bytes.replaceSubrange(fix.span.start..<fix.span.end, with: Array(fix.replacement.utf8))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("JOIN Last FOR SYSTEM_TIME AS OF t.ts AS x ON"))
        #expect(Parser.parse(SourceText(name: "fixed", text)).diagnostics.isEmpty)
    }

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
