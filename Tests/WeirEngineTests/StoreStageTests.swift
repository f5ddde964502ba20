// What the store computes when it is read: answers recorded from DuckDB 1.4 over the same rows.

import Foundation
import TestSupport
import Testing
import WeirConnectors
import WeirEngine
import WeirPlanner
import WeirSQL

@Suite struct StoreStageTests {
    private static let tables = """
        CREATE TABLE orders (id BIGINT NOT NULL, item STRING, price DOUBLE, who BIGINT,
          `at` TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = 'orders.csv',
          'format' = 'csv', 'csv.header' = 'true');
        CREATE TABLE people (id BIGINT NOT NULL, name STRING, age INT, boss BIGINT, score DOUBLE,
          since TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = 'people.csv',
          'format' = 'csv', 'csv.header' = 'true');

        """

    private static let files = [
        "orders.csv": """
        id,item,price,who,at
        1,a,3.5,1,2024-01-01 10:00:00.000
        2,b,4.25,2,2024-01-01 11:30:00.000
        3,a,6,1,2024-01-02 00:00:00.000
        4,c,,3,2024-01-02 05:00:00.500
        5,b,9.75,9,2024-01-03 23:59:59.999
        6,a,3.5,,2024-01-04 00:00:00.000
        7,d,1,2,2024-01-05 12:00:00.000

        """,
        "people.csv": """
        id,name,age,boss,score,since
        1,Ann,40,,3.5,2024-01-01 00:00:00.000
        2,Bob,25,1,,2024-01-01 12:00:00.000
        3,Cid,35,1,,2024-01-02 00:00:00.000
        4,Dora,50,2,1,2024-01-03 00:00:00.000

        """,
    ]

    /// Queries and their rows, sorted.
    private static func cases() throws -> [(query: String, rows: [String])] {
        try Repository.text("Tests/Cases/store/queries.txt").components(separatedBy: "\n\n").map {
            let lines = $0.split(separator: "\n").map(String.init)
            return (lines[0], Array(lines.dropFirst()))
        }
    }

    @Test func answersAreAsRecorded() throws {
        let cases = try Self.cases()
        #expect(cases.count > 60)
        var script = Self.tables
        for (index, item) in cases.enumerated() { script += "Q\(index) := \(item.query);\n" }
        let harness = try PipelineHarness(script, files: Self.files)
        try harness.run()
        var views = 0
        for (index, item) in cases.enumerated() {
            let rows = try harness.query("SELECT * FROM Q\(index)").sorted()
            #expect(rows == item.rows, "\(item.query)")
            views += try harness.query(
                "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = 'weir_data_Q\(index)'"
            ).count
        }
        #expect(views > 50)
    }

    /// Whoever queries a store may name any type for any value.
    @Test func valuesOutsideOfTheirTypeAreNull() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, d DECIMAL(38, 0)) WITH ('connector' = 'filesystem',
              'path' = 't.csv', 'format' = 'csv');
            A := SELECT id, ROW_NUMBER() OVER (ORDER BY d) AS rn FROM t;
            """,
            files: [
                "t.csv":
                    "1,\(String(repeating: "9", count: 38))\n2,-\(String(repeating: "9", count: 38))\n3,0\n"
            ])
        try harness.run()
        #expect(try harness.query("SELECT * FROM A ORDER BY rn") == ["2|1", "3|2", "1|3"])
        let cases = [
            ("DATE", "9223372036854775807"), ("TIMESTAMP(3)", "-9223372036854775808"),
            ("INT", "9223372036854775807"), ("TIME(3)", "-1"), ("DECIMAL(5, 2)", "100000"),
            ("DECIMAL(38, 0)", "'170141183460469231731687303715884105727'"), ("INT", "'x'"),
        ]
        for (type, value) in cases {
            #expect(
                try harness.query("SELECT weir('v \(type)', 'CAST(v AS STRING)', \(value))")
                    == ["NULL"], "\(type)")
        }
        for sql in [
            "weir()", "weir('', '')", "weir('a INT', ':p', 1)", "weir('a INT', 'COUNT(a)', 1)",
        ] {
            #expect(throws: (any Error).self) { try harness.query("SELECT \(sql)") }
        }
    }

    @Test func unnestTakesItsCondition() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, l ARRAY<INT>, m MAP<INT, DOUBLE>, d ARRAY<DECIMAL(30, 2)>)
              WITH ('connector' = 'filesystem', 'path' = 't.jsonl', 'format' = 'json');
            A := SELECT id, e FROM t JOIN UNNEST(l) AS u (e) ON e > 2;
            B := SELECT k + 1 AS k, v FROM t CROSS JOIN UNNEST(m) AS u (k, v) WHERE k = 1;
            C := SELECT x.d[1] AS d FROM t x JOIN t y ON x.id = y.id;
            D := SELECT ARRAY_UNION(x.l, ARRAY[9]) AS l FROM t x;
            E := SELECT COUNT(DISTINCT n) AS n FROM (SELECT UUID() AS n FROM t CROSS JOIN UNNEST(l) AS u (e));
            """,
            files: [
                "t.jsonl":
                    #"{"id": 1, "l": [3, 1, null], "m": {"1": 1.5, "2": 2}, "d": [12345678901234567.89]}"#
            ])
        try harness.run()
        #expect(try harness.query("SELECT * FROM A") == ["1|3"])
        #expect(try harness.query("SELECT * FROM B") == ["2|1.5"])
        #expect(try harness.query("SELECT * FROM C") == ["12345678901234567.89"])
        #expect(try harness.query("SELECT * FROM D") == ["[3,1,null,9]"])
        #expect(try harness.query("SELECT * FROM E") == ["3"])
    }

    @Test func rowErrorsEndTheQueryWithTheirExpression() throws {
        let harness = try PipelineHarness(
            Self.tables
                + "A := SELECT o.id / (p.id - 1) AS x FROM orders o JOIN people p ON o.who = p.id;",
            files: Self.files)
        try harness.run()
        #expect {
            try harness.query("SELECT * FROM A")
        } throws: { error in
            "\(error)".contains("division by zero") && "\(error)".contains("o.id") == false
                && "\(error)".contains("/")
        }
    }

    private static func compile(_ script: String) -> Compilation {
        ScriptBinder.compile(
            SourceText(name: "t.sqrl", script), connectors: ConnectorRegistry.catalog)
    }

    /// SQLite's parser is shallow, joins are at most 64, and views of views unfold.
    @Test func largeQueries() throws {
        func nested(_ levels: Int) -> String {
            (0..<levels).reduce("SELECT id, price FROM orders") { query, level in
                "SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS price FROM (\(query)) AS x\(level)"
            }
        }
        let many = (0..<16).map {
            "(SELECT COUNT(*) FROM people q WHERE q.age > p.age + \($0)) AS v\($0)"
        }.joined(separator: ", ")
        let tests = (0..<12).map {
            "p.id IN (SELECT q.boss FROM people q WHERE q.age > p.age + \($0))"
        }
        let union = (0..<30).map { "SELECT id + \($0) AS id FROM people" }
            .joined(separator: " UNION ")
        var script = Self.tables + "Deep := \(nested(40));\n"
        script += "Many := SELECT p.id, \(many) FROM people p;\n"
        script += "Tests := SELECT p.id FROM people p WHERE \(tests.joined(separator: " OR "));\n"
        script += "AllIds := \(union);\nD0 := SELECT id, age FROM people;\n"
        for level in 1...8 {
            script +=
                "D\(level) := SELECT id, age, (SELECT COUNT(*) FROM D\(level - 1) q"
                + " WHERE q.age > D\(level - 1).age) AS n FROM D\(level - 1);\n"
        }
        let harness = try PipelineHarness(script, files: Self.files)
        try harness.run()
        #expect(try harness.query("SELECT * FROM Deep ORDER BY id").count == 7)
        #expect(
            try harness.query("SELECT id, v0, v9, v10, v15 FROM Many ORDER BY id") == [
                "1|1|1|0|0", "2|3|3|2|1", "3|2|1|1|0", "4|0|0|0|0",
            ])
        #expect(try harness.query("SELECT * FROM Tests ORDER BY id") == ["2"])
        #expect(try harness.query("SELECT count(*) FROM AllIds") == ["33"])
        #expect(
            try harness.query("SELECT id, n FROM D8 ORDER BY id") == ["1|1", "2|3", "3|2", "4|0"])
        let chain = (1...14).map { level in
            "E\(level) := SELECT id, age, (SELECT COUNT(*) FROM E\(level - 1) q"
                + " WHERE q.age > E\(level - 1).age) AS n FROM E\(level - 1);\n"
        }
        let joins = (0..<70).map { "JOIN people q\($0) ON q\($0).id = people.id" }
        let refused = Self.compile(
            Self.tables + "E0 := SELECT id, age FROM people;\n" + chain.joined()
                + "/*+ engine(store) */ Wide := SELECT people.id FROM people \(joins.joined(separator: " "));\n"
        )
        let notes = refused.diagnostics.compactMap(\.note)
        #expect(notes.contains { $0.contains("views over views unfold") })
        #expect(refused.diagnostics.contains { $0.message.contains("more than 60 joins") })
    }

    /// The longest intervals are read back from the text of a view, in any unit.
    @Test func longIntervals() throws {
        let units = ["999999999' YEAR", "12000000000' MONTH", "106000000' DAY"]
        var script = Self.tables
        for (index, unit) in units.enumerated() {
            script +=
                "V\(index) := SELECT o.`at` + INTERVAL '\(unit) AS x FROM orders o"
                + " JOIN people p ON o.id = p.id;\n"
        }
        let harness = try PipelineHarness(script, files: Self.files)
        try harness.run()
        for index in units.indices {
            #expect {
                try harness.query("SELECT * FROM V\(index)")
            } throws: { "\($0)".contains("leaves the years 1 to 9999") }
        }
    }

    /// What collects gives an empty collection for no rows, in both stages.
    @Test func collectionsOfNothing() throws {
        let harness = try PipelineHarness(
            Self.tables + """
                Streamed := SELECT COLLECT(item) FILTER (WHERE id > 70) AS m,
                  JSON_ARRAYAGG(id) FILTER (WHERE id > 70) AS j, COUNT(*) AS n FROM orders;
                /*+ engine(store) */ Stored := SELECT COLLECT(item) FILTER (WHERE id > 70) AS m,
                  JSON_ARRAYAGG(id) FILTER (WHERE id > 70) AS j, COUNT(*) AS n FROM orders;
                PerRow := SELECT p.id, (SELECT COLLECT(o.item) FROM orders o WHERE o.who = p.id) AS c
                  FROM people p;
                """, files: Self.files)
        try harness.run()
        #expect(try harness.query("SELECT * FROM Streamed") == ["{}|[]|7"])
        #expect(try harness.query("SELECT * FROM Stored") == ["{}|[]|7"])
        #expect(
            try harness.query("SELECT * FROM PerRow ORDER BY id")
                == [#"1|{"a":2}"#, #"2|{"b":1,"d":1}"#, #"3|{"c":1}"#, "4|{}"])
    }

    @Test func aScalarQueryGivesOneRow() throws {
        let harness = try PipelineHarness(
            Self.tables + """
                Many := SELECT id, (SELECT price FROM orders o WHERE o.who = p.id) AS x FROM people p;
                One := SELECT id, (SELECT name FROM people b WHERE b.id = p.boss) AS x FROM people p;
                """, files: Self.files)
        try harness.run()
        #expect(
            try harness.query("SELECT * FROM One ORDER BY id") == [
                "1|NULL", "2|Ann", "3|Ann", "4|Bob",
            ])
        #expect {
            try harness.query("SELECT * FROM Many")
        } throws: { "\($0)".contains("more than one row") }
    }

    /// A LIMIT belongs to the definition, so those that read it see no other rows.
    @Test func definitionsReadWhatALimitKeeps() throws {
        let harness = try PipelineHarness(
            Self.tables + """
                Oldest := SELECT id, age FROM people ORDER BY age DESC LIMIT 2 OFFSET 1;
                Sum := SELECT SUM(age) AS s, COUNT(*) AS n FROM Oldest;
                Names := SELECT p.name FROM Oldest o JOIN people p ON o.id = p.id;
                """, files: Self.files)
        try harness.run()
        #expect(try harness.query("SELECT id FROM Oldest") == ["1", "3"])
        #expect(try harness.query("SELECT * FROM Sum") == ["75|2"])
        #expect(try harness.query("SELECT * FROM Names ORDER BY name") == ["Ann", "Cid"])
    }

    @Test func nestedValuesAreReadFromJson() throws {
        let rows = """
            {"id": 1, "r": {"x": 5, "in": {"d": "2024-01-01"}}, "l": [1, 2], "o": [{"k": "a", "v": 1.5}, {"k": "b", "v": null}], "m": {"p": 7}}
            {"id": 2, "r": null, "l": [], "o": null, "m": {}}

            """
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, r ROW<x INT, `in` ROW<d DATE>>, l ARRAY<INT>,
              o ARRAY<ROW<k STRING, v DECIMAL(5, 2)>>, m MAP<STRING, INT>)
              WITH ('connector' = 'filesystem', 'path' = 't.jsonl', 'format' = 'json');
            F := SELECT id, r.x, r.`in`.d AS d, l[2] AS second_one, m['p'] AS p FROM t;
            L := SELECT id, e FROM t CROSS JOIN UNNEST(l) AS u (e);
            O := SELECT id, k, v FROM t LEFT JOIN UNNEST(o) AS u (k, v) ON TRUE;
            N := SELECT id, e, n FROM t CROSS JOIN UNNEST(l) WITH ORDINALITY AS u (e, n);
            """, files: ["t.jsonl": rows])
        try harness.run()
        #expect(
            try harness.query("SELECT * FROM F ORDER BY id")
                == ["1|5|2024-01-01|2|7", "2|NULL|NULL|NULL|NULL"])
        #expect(try harness.query("SELECT * FROM L ORDER BY 2") == ["1|1", "1|2"])
        #expect(
            try harness.query("SELECT * FROM O ORDER BY 1, 2") == [
                "1|a|1.5", "1|b|NULL", "2|NULL|NULL",
            ])
        #expect(try harness.query("SELECT * FROM N ORDER BY 2") == ["1|1|1", "1|2|2"])
    }

    /// The stream reads nested values too, also where a source computes and checks.
    @Test func nestedValuesInTheStream() throws {
        let rows = """
            {"id": 1, "r": {"x": 5, "at": "2024-01-01 10:00:00"}, "l": [3, 1, 2], "m": {"p": 7}}
            {"id": 2, "r": {"x": -1, "at": "2024-01-01 10:00:01"}, "l": [], "m": {}}
            {"id": 3, "r": {"at": "2024-01-01 10:00:02"}, "l": null, "m": null}

            """
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, r ROW<x INT, `at` TIMESTAMP(3)>, l ARRAY<INT>,
              m MAP<STRING, INT>, ts AS r.`at`, CONSTRAINT positive CHECK (r.x > 0),
              WATERMARK FOR ts AS ts)
              WITH ('connector' = 'filesystem', 'path' = 't.jsonl', 'format' = 'json');
            A := SELECT id, r.x + 1 AS y, l[1] AS first_one, m['p'] AS p, ARRAY_SORT(l) AS sorted,
              CARDINALITY(l) AS n, ARRAY[id, 2] AS made, JSON_OBJECT('x' VALUE r.x) AS j, ts FROM t;
            """, files: ["t.jsonl": rows])
        try harness.run()
        #expect(
            try harness.query("SELECT * FROM A ORDER BY id") == [
                "1|6|3|7|[1,2,3]|3|[1,2]|{\"x\":5}|2024-01-01 10:00:00.000",
                "3|NULL|NULL|NULL|NULL|NULL|[3,2]|{\"x\":null}|2024-01-01 10:00:02.000",
            ])
        #expect(try harness.query("SELECT rule FROM weir_rejects") == ["check positive"])
        #expect(
            try harness.query(
                "SELECT 1 FROM sqlite_master WHERE name = 'weir_data_A' AND type = 'table'")
                == ["1"])
    }

    @Test func decimalsPastSixtyFourBits() throws {
        let harness = try PipelineHarness(
            """
            CREATE TABLE t (id BIGINT, d DECIMAL(38, 10)) WITH ('connector' = 'filesystem',
              'path' = 't.csv', 'format' = 'csv');
            A := SELECT a.id, a.d + b.d AS s, a.d > b.d AS more FROM t a JOIN t b ON a.id <> b.id;
            B := SELECT SUM(x.d) AS s, MAX(x.d) AS m FROM t x JOIN t y ON x.id = y.id;
            C := SELECT id FROM t WHERE d IN (SELECT d FROM t WHERE id = 1);
            E := SELECT id, (SELECT d FROM t ORDER BY d DESC LIMIT 1) AS top,
              ROW_NUMBER() OVER (ORDER BY d) AS rn FROM t;
            G := SELECT d FROM t ORDER BY d;
            """,
            files: ["t.csv": "1,9999999999999999999.5\n2,10000000000000000000.25\n"])
        try harness.run()
        #expect(
            try harness.query("SELECT * FROM A ORDER BY id") == [
                "1|19999999999999999999.750000000|0", "2|19999999999999999999.750000000|1",
            ])
        #expect(
            try harness.query("SELECT * FROM B")
                == ["19999999999999999999.7500000000|10000000000000000000.2500000000"])
        #expect(try harness.query("SELECT * FROM C") == ["1"])
        #expect(
            try harness.query("SELECT * FROM E ORDER BY id")
                == ["1|10000000000000000000.2500000000|1", "2|10000000000000000000.2500000000|2"])
        #expect(
            try harness.query("SELECT * FROM G")
                == ["9999999999999999999.5000000000", "10000000000000000000.2500000000"])
    }

    private func compile(_ script: String) throws -> Compilation {
        let folder = try TemporaryFolder()
        return Engine.compile(
            try Project(path: try folder.write("s.sqrl", Self.tables + script)))
    }

    @Test func hintsChooseTheStage() throws {
        let compilation = try compile(
            """
            /*+ engine(store) */ A := SELECT id FROM orders;
            /*+ engine(stream) */ B := SELECT id FROM orders;
            C := SELECT id FROM orders;
            """)
        #expect(
            compilation.definitions.map { $0.assignment?.stage } == [.store, .stream, .stream])
        #expect(compilation.definitions[2].assignment?.reason.contains("costs 0.1") == true)
        let wrong = try compile(
            """
            /*+ engine(stream) */ A := SELECT id FROM orders o WHERE EXISTS (
              SELECT 1 FROM people p WHERE p.id < o.id UNION ALL
              SELECT 1 FROM people p WHERE p.id = o.id);
            """)
        #expect(wrong.diagnostics.map(\.code) == ["unsupported"])
        let unknown = try compile("/*+ engine(spark) */ A := SELECT id FROM orders;")
        #expect(unknown.diagnostics.map(\.code) == ["unknown-engine"])
    }

    @Test func theGraphShowsViews() throws {
        let plan = try #require(
            try compile(
                "A := SELECT o.id FROM orders o JOIN people p ON o.id = p.id; B := SELECT id FROM A;"
            ).plan)
        let graph = PlanGraph(plan: plan)
        #expect(graph.text.hasSuffix("A  [view]  reads orders, people\nB  [view]  reads A\n"))
        #expect(graph.dot.contains("s4 -> s5;"))
        let parsed =
            try JSONSerialization.jsonObject(with: Data(graph.json.utf8)) as? [[String: Any]]
        #expect(parsed?.last?["inputs"] as? [Int] == [4])
    }

    @Test func onlyWhatIsReadIsStored() throws {
        let compilation = try compile(
            """
            _Hidden := SELECT id, price FROM orders;
            _Unused := SELECT a.id FROM _Hidden a JOIN people b ON a.id = b.id;
            A := SELECT a.id FROM _Hidden a JOIN _Hidden b ON a.id = b.id;
            """)
        #expect(compilation.plan?.tables.map(\.name) == ["_Hidden"])
        #expect(compilation.plan?.views.map(\.name) == ["A"])
    }

    @Test func streamsCannotReadWhatTheStoreComputes() throws {
        let compilation = try compile(
            """
            A := SELECT o.id FROM orders o JOIN people p ON o.id = p.id;
            CREATE TABLE s (id BIGINT) WITH ('connector' = 'print');
            INSERT INTO s SELECT id FROM A;
            """)
        #expect(compilation.diagnostics.map(\.code) == ["unsupported"])
        #expect(compilation.diagnostics.first?.message.contains("'A' has no stream") == true)
    }
}
