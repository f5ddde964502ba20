// Aggregates that collect, JSONB and VECTOR, as a stream and from files. Answers of the aggregates
// were taken from Flink 2.3.

import TestSupport
import Testing
import WeirEngine

@Suite struct CollectionTests {
    private static let table = """
        CREATE TABLE t (k STRING, n INT, d DECIMAL(2, 1), s STRING) WITH ('connector' = 'filesystem',
          'path' = 't.csv', 'format' = 'csv', 'csv.null-literal' = 'NULL');

        """
    private static let rows = "a,1,1.5,x\na,2,2.5,y\na,2,NULL,x\nb,3,3.5,NULL\nb,10,4.5,z\n"

    @Test("aggregates that collect", arguments: [8, 1 << 20])
    func aggregates(_ chunkBytes: Int) throws {
        let harness = try PipelineHarness(
            Self.table + """
                Lists := SELECT k, LISTAGG(s, '-') AS a, COLLECT(s) AS c, CAST(COLLECT(n) AS STRING) AS t
                  FROM t GROUP BY k;
                Objects := SELECT k, JSON_OBJECTAGG(KEY CAST(n AS STRING) VALUE s) AS o,
                  JSON_OBJECTAGG(KEY CAST(n AS STRING) VALUE s ABSENT ON NULL) AS p,
                  JSON_ARRAYAGG(s NULL ON NULL) AS j, JSON_ARRAYAGG(s) AS q FROM t GROUP BY k;
                Middles := SELECT k, PERCENTILE(n, 0.5) AS p, PERCENTILE(n, ARRAY[0.25, 0.75]) AS q,
                  PERCENTILE(n, 0.3, 2) AS f, PERCENTILE(d, 0.5) AS d FROM t GROUP BY k;
                Spread := SELECT k, STDDEV_POP(n) AS a, VAR_SAMP(n) AS b, STDDEV_POP(d) AS c,
                  VARIANCE(d) AS e FROM t GROUP BY k;
                Jsonb := SELECT k, JSONB_ARRAY_AGG(s) AS a, JSONB_OBJECT_AGG(CAST(n AS STRING), d) AS o,
                  CENTER(DOUBLE_TO_VECTOR(ARRAY[CAST(n AS DOUBLE), 1.0])) AS c FROM t GROUP BY k;
                """, files: ["t.csv": Self.rows])
        try harness.run(chunkBytes: chunkBytes)
        #expect(
            try harness.query("SELECT * FROM Lists ORDER BY k")
                == [#"a|x-y-x|{"x":2,"y":1}|{1=1, 2=2}"#, #"b|z|{"z":1}|{3=1, 10=1}"#])
        #expect(
            try harness.query("SELECT * FROM Objects ORDER BY k") == [
                #"a|{"1":"x","2":"x"}|{"1":"x","2":"x"}|["x","y","x"]|["x","y","x"]"#,
                #"b|{"3":null,"10":"z"}|{"10":"z"}|[null,"z"]|["z"]"#,
            ])
        #expect(
            try harness.query("SELECT * FROM Middles ORDER BY k")
                == ["a|2.0|[1.5,2.0]|1.5|2.0", "b|6.5|[4.75,8.25]|3.0|4.0"])
        #expect(
            try harness.query("SELECT * FROM Spread ORDER BY k")
                == ["a|0|0|0.5|0.5", "b|3|24|0.5|0.5"])
        #expect(
            try harness.query("SELECT k, a, o, c FROM Jsonb ORDER BY k") == [
                #"a|["x","y","x"]|{"1":1.5,"2":null}|[1.6666666666666667,1.0]"#,
                #"b|[null,"z"]|{"3":3.5,"10":4.5}|[6.5,1.0]"#,
            ])
    }

    /// Two spellings of an accent are two texts, as GROUP BY has them.
    @Test func textsAreToldApartByTheirBytes() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 't.csv',
              'format' = 'csv');
            A := SELECT CARDINALITY(COLLECT(s)) AS c, COUNT(DISTINCT s) AS d,
              CHAR_LENGTH(JSON_OBJECTAGG(KEY s VALUE n)) > 10 AS both FROM t;
            """, files: ["t.csv": "\u{E9},1\ne\u{301},2\n"])
        try harness.run()
        #expect(try harness.query("SELECT * FROM A") == ["2|2|1"])
    }

    /// The parts of nested values are checked like plain fields.
    @Test func partsOfNestedValuesAreChecked() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id INT, l ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, y ARRAY<DATE>>,
              s MULTISET<INT>) WITH ('connector' = 'filesystem', 'path' = 't.jsonl', 'format' = 'json');
            A := SELECT * FROM t;
            """,
            files: [
                "t.jsonl": """
                {"id": 1, "l": [1, null], "m": {"a": 2}, "r": {"x": 1, "y": ["2024-01-01"]}, "s": {"1": 2}}
                {"id": 2, "l": ["q"]}
                {"id": 3, "l": {"a": 1}}
                {"id": 4, "m": [1]}
                {"id": 5, "r": {"x": "one"}}
                {"id": 6, "r": {"y": ["today"]}}
                {"id": 7, "s": {"1": -2}}
                {"id": 8, "r": {}}

                """
            ])
        try harness.run()
        #expect(try harness.query("SELECT id FROM A ORDER BY id") == ["1", "8"])
        #expect(
            try harness.query("SELECT column FROM weir_rejects ORDER BY line")
                == ["l", "l", "m", "r", "r", "s"])
    }

    /// A file may say any count; nothing traps, and nothing is left out in silence.
    @Test func multisetsOfAnySize() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id INT, s MULTISET<INT>) WITH ('connector' = 'filesystem',
              'path' = 't.jsonl', 'format' = 'json');
            A := SELECT id, CARDINALITY(s) AS n FROM t;
            B := SELECT id, e FROM t CROSS JOIN UNNEST(s) AS u (e);
            """,
            files: [
                "t.jsonl": #"{"id": 1, "s": {"1": 9223372036854775807, "2": 9223372036854775807}}"#
            ])
        try harness.run()
        #expect(try harness.query("SELECT n FROM A") == ["2147483647"])
        #expect(try harness.query("SELECT * FROM B") == [])
        #expect(
            try harness.query("SELECT code, message FROM weir_rejects")
                == ["out-of-range|a MULTISET of more than 1000000 elements"])
    }

    @Test func distinctAndGroupingInTheStore() throws {
        let harness = try PipelineHarness(
            Self.table + """
                Different := SELECT k, SUM(DISTINCT n) AS a, AVG(DISTINCT n) AS b,
                  COUNT(DISTINCT s) AS c, LISTAGG(DISTINCT s, ';') AS d, ARRAY_AGG(DISTINCT n) AS e
                  FROM t GROUP BY k;
                Totals := SELECT k, s, COUNT(*) AS n, GROUPING(k) AS gk, GROUPING(s) AS gs,
                  GROUPING_ID(k, s) AS g FROM t GROUP BY GROUPING SETS ((k, s), (k), ());
                None := SELECT k, GROUPING(k) AS g FROM t GROUP BY k;
                Elements := SELECT k, e FROM (SELECT k, COLLECT(n) AS c FROM t GROUP BY k) AS q
                  CROSS JOIN UNNEST(c) AS u (e);
                """, files: ["t.csv": Self.rows])
        try harness.run()
        #expect(
            try harness.query("SELECT * FROM Different ORDER BY k")
                == ["a|3|1|2|x;y|[1,2]", "b|13|6|1|z|[3,10]"])
        #expect(
            try harness.query("SELECT * FROM Totals").sorted() == [
                "NULL|NULL|5|1|1|3", "a|NULL|3|0|1|1", "a|x|2|0|0|0", "a|y|1|0|0|0",
                "b|NULL|1|0|0|0", "b|NULL|2|0|1|1", "b|z|1|0|0|0",
            ])
        #expect(try harness.query("SELECT * FROM None ORDER BY k") == ["a|0", "b|0"])
        #expect(
            try harness.query("SELECT * FROM Elements").sorted()
                == ["a|1", "a|2", "a|2", "b|10", "b|3"])
    }

    /// A column of JSONB takes any JSON value; what is none is refused with its place.
    @Test func jsonbAndVectorsFromFiles() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE lines (id INT, j JSONB, v VECTOR) WITH ('connector' = 'filesystem',
              'path' = 'in.jsonl', 'format' = 'json');
            CREATE TABLE fields (id INT, j JSONB) WITH ('connector' = 'filesystem',
              'path' = 'in.csv', 'format' = 'csv');
            Values1 := SELECT id, JSONB_TO_STRING(j) AS j, JSONB_EXTRACT(j, '$.a', 0) AS a,
              COSINE_DISTANCE(v, DOUBLE_TO_VECTOR(ARRAY[1.0, 0.0])) AS d FROM lines;
            Values2 := SELECT id, JSONB_QUERY(j, '$.a') AS a FROM fields;
            """,
            files: [
                "in.jsonl": """
                {"id": 1, "j": {"a": 5}, "v": [2, 0]}
                {"id": 2, "j": "text \\"x\\"", "v": [0, 3.5]}
                {"id": 3, "j": [1, true], "v": null}
                {"id": 4, "j": 12.5}
                {"id": 5, "j": null}
                {"id": 6, "v": ["x"]}

                """,
                "in.csv": "1,\"{\"\"a\"\": [1]}\"\n2,\n3,oops\n",
            ])
        try harness.run()
        #expect(
            try harness.query("SELECT * FROM Values1 ORDER BY id") == [
                #"1|{"a":5}|5|0.0"#, #"2|"text \"x\""|0|1.0"#, "3|[1,true]|0|NULL",
                "4|12.5|0|NULL", "5|NULL|NULL|NULL",
            ])
        #expect(try harness.query("SELECT * FROM Values2 ORDER BY id") == ["1|[1]", "2|NULL"])
        #expect(
            try harness.query("SELECT column FROM weir_rejects ORDER BY column") == ["j", "v"])
    }
}
