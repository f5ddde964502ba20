// Pages that say where they are (`compiler.api.paginated-results`).

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirServer
import WeirStore

@Suite struct PageTests {
    private static let script = """
        CREATE TABLE src (id BIGINT NOT NULL, name STRING NOT NULL, ts TIMESTAMP_LTZ(3) NOT NULL,
          PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts)
          WITH ('connector' = 'filesystem', 'path' = 'src.jsonl', 'format' = 'json');
        /*+ query_by_any(name) */
        Item := SELECT * FROM src;
        Counts := SELECT name, COUNT(*) AS n FROM src GROUP BY name;
        Item.same := SELECT * FROM Item i WHERE i.name = this.name ORDER BY i.id;
        Newest := SELECT * FROM src ORDER BY id DESC LIMIT 1;
        After(since BIGINT NOT NULL) := SELECT * FROM Item WHERE id > :since ORDER BY id LIMIT 3;
        """

    private static func served(
        _ schema: String? = nil, script: String = script
    ) async throws -> ServedPipeline {
        let rows = (0..<25).map { number in
            let second = number < 10 ? "0\(number)" : "\(number)"
            return
                #"{"id": \#(number), "name": "n\#(number % 3)", "ts": "2024-01-01 00:00:\#(second)Z"}"#
        }
        var files = [("src.jsonl", rows.joined(separator: "\n"))]
        var main = #""main": "test.sqrl""#
        if let schema {
            files.append(("schema.graphqls", schema))
            main += #", "graphql": "schema.graphqls""#
        }
        files.append(
            (
                "package.json",
                #"{"script": {\#(main)}, "compiler": {"api": {"paginated-results": true}}}"#
            ))
        return try await ServedPipeline(
            script: script, files: files.map { (name: $0.0, text: $0.1) })
    }

    private static let asked: [(query: String, data: String, statements: Int)] = [
        (
            """
            { Item(limit: 2, offset: 4) { __typename results { id same(limit: 1) { id } } p: pagination { __typename \
            currentPage hasNextPage hasPreviousPage totalCount totalPages firstEventTime lastEventTime } } }
            """,
            #"""
            {"Item":{"__typename":"srcPage","results":[{"id":4,"same":[{"id":1}]},{"id":5,"same":[{"id":2}]}],\#
            "p":{"__typename":"OffsetPageInfo","currentPage":3,"hasNextPage":true,"hasPreviousPage":true,"totalCount":25,\#
            "totalPages":13,"firstEventTime":"2024-01-01T00:00:00.000Z","lastEventTime":"2024-01-01T00:00:24.000Z"}}}
            """#,
            3
        ),
        // Whether there are more rows is known by reading one more, which is not shown.
        (
            "{ Item(limit: 2, offset: 23) { results { id } pagination { hasNextPage hasPreviousPage } } }",
            #"{"Item":{"results":[{"id":23},{"id":24}],"pagination":{"hasNextPage":false,"hasPreviousPage":true}}}"#,
            1
        ),
        (
            "{ Item(limit: 2) { pagination { hasNextPage hasPreviousPage } results { id } } }",
            #"{"Item":{"pagination":{"hasNextPage":true,"hasPreviousPage":false},"results":[{"id":0},{"id":1}]}}"#,
            1
        ),
        // Filters hold for the totals; results may be selected twice, or not at all.
        (
            #"""
            { Item(name: "n1", limit: 1) { pagination { hasNextPage totalCount firstEventTime lastEventTime } a: results \#
            { id } b: results { name } } }
            """#,
            #"""
            {"Item":{"pagination":{"hasNextPage":true,"totalCount":8,"firstEventTime":"2024-01-01T00:00:01.000Z",\#
            "lastEventTime":"2024-01-01T00:00:22.000Z"},"a":[{"id":1}],"b":[{"name":"n1"}]}}
            """#,
            3
        ),
        (
            #"{ Item(name: "nobody") { results { id } pagination { hasNextPage totalCount totalPages firstEventTime } } }"#,
            #"{"Item":{"results":[],"pagination":{"hasNextPage":false,"totalCount":0,"totalPages":0,"firstEventTime":null}}}"#,
            2
        ),
        (
            "{ Item(limit: 20) { pagination { hasNextPage } } }",
            #"{"Item":{"pagination":{"hasNextPage":true}}}"#, 1
        ),
        (
            "{ Item(limit: 0) { pagination { currentPage totalPages hasNextPage } results { id } } }",
            #"{"Item":{"pagination":{"currentPage":1,"totalPages":0,"hasNextPage":true},"results":[]}}"#,
            2
        ),
        // Without event time, of a function, and what is one row anyway.
        (
            """
            { Counts { results { name n } pagination { totalCount lastEventTime } } After(since: 20) { results { id } \
            pagination { totalPages } } Newest { id } }
            """,
            #"""
            {"Counts":{"results":[{"name":"n0","n":9},{"name":"n1","n":8},{"name":"n2","n":8}],\#
            "pagination":{"totalCount":3,"lastEventTime":null}},"After":{"results":[{"id":21},{"id":22},{"id":23}],\#
            "pagination":{"totalPages":2}},"Newest":{"id":24}}
            """#,
            5
        ),
        ("{ Item { __typename } }", #"{"Item":{"__typename":"srcPage"}}"#, 0),
    ]

    @Test func pagesSayWhereTheyAre() async throws {
        let served = try await Self.served()
        for (query, data, statements) in Self.asked {
            let before = served.pool.statements
            let answer = try await served.graphQL(query)
            #expect(answer.text == "{\"data\":\(data)}", "\(query)")
            // BEGIN and COMMIT are none.
            #expect(served.pool.statements - before == statements, "\(query)")
        }
        // The same from a document that is known.
        for (query, data, _) in Self.asked {
            #expect(try await served.graphQL(query).text == "{\"data\":\(data)}", "\(query)")
        }
        let wrong = try await served.graphQL("{ Item(limit: -1) { results { id } } }")
        #expect(wrong.at("data") == .some(.null))
        #expect(wrong.at("errors.0.message") == .string("\"limit\" must not be negative."))
        #expect(wrong.at("errors.0.path.0") == .string("Item"))
        await served.server.stop()
    }

    /// Rows alone are what lines and tables have; totals are not read unless somebody asks.
    @Test func operationsHavePages() async throws {
        let served = try await Self.served()
        let before = served.pool.statements
        let answer = try await served.get("/v1/rest/queries/Counts?limit=2")
        #expect(
            answer.text
                == #"""
                {"data":{"results":[{"name":"n0","n":9},{"name":"n1","n":8}],"pagination":{"currentPage":1,"hasNextPage":true,\#
                "hasPreviousPage":false}}}
                """#
        )
        #expect(served.pool.statements == before + 1)
        #expect(
            answer.headers["link"]
                == "</v1/rest/queries/Counts?limit=2&offset=2>; rel=\"next\"")
        // A last page that is full has none behind it, and both say so.
        let last = try await served.get("/v1/rest/queries/Counts?limit=3")
        #expect(last.headers["link"] == nil && last.text.contains("\"hasNextPage\":false"))
        let lines = try await served.get(
            "/v1/rest/queries/Counts?limit=2", headers: [("Accept", "application/jsonl")])
        #expect(lines.text == "{\"name\":\"n0\",\"n\":9}\n{\"name\":\"n1\",\"n\":8}\n")
        let table = try await served.get(
            "/v1/rest/queries/Counts?limit=2", headers: [("Accept", "text/csv")])
        #expect(table.text == "name,n\r\nn0,9\r\nn1,8\r\n")
        let live = try await served.get("/v1/live/Counts?limit=1")
        #expect(live.text.contains(#"data: {"rows":[{"name":"n0","n":9}]}"#), "\(live.text)")
        let specification = try #require(
            JsonValue.parse(try await served.get("/v1/openapi").body))
        #expect("\(specification.text)".contains("\"pagination\""))
        let schema = try await served.get("/v1/graphql/schema").text
        #expect(schema.contains("Counts(limit: Int = 10, offset: Int = 0): CountsPage!"))
        #expect(schema.contains("same(limit: Int = 10, offset: Int = 0): [src!]"))
        await served.server.stop()
    }

    @Test func schemasMayHavePages() async throws {
        let schema = """
            type Query {
              Item(limit: Int = 2): ItemPage!
              Counts: [Count!]
            }
            type Count { name: String! }
            type Item { id: Int! }
            type ItemPage { results: [Item!]! pagination: Place! }
            type Place { hasNextPage: Boolean totalCount: Long! }
            """
        let served = try await Self.served(schema)
        let answer = try await served.graphQL(
            "{ Item { results { id } pagination { __typename hasNextPage totalCount } } Counts { name } }"
        )
        #expect(
            answer.text
                == #"""
                {"data":{"Item":{"results":[{"id":0},{"id":1}],"pagination":{"__typename":"Place","hasNextPage":true,\#
                "totalCount":25}},"Counts":[{"name":"n0"},{"name":"n1"},{"name":"n2"}]}}
                """#
        )
        await served.server.stop()
        // A value that the schema's type does not have, where nothing may be null up to the page.
        let enumeration = """
            type Query { Item: ItemPage }
            type ItemPage { results: [Item!]! pagination: OffsetPageInfo! }
            type OffsetPageInfo { totalCount: Long! }
            enum Name { n0 n1 }
            type Item { name: Name! }
            """
        let narrow = try await Self.served(enumeration)
        let null = try await narrow.graphQL(
            "{ Item { pagination { totalCount } results { name } } }")
        #expect(null.at("data.Item") == .some(.null), "\(null.text)")
        #expect(null.at("errors.0.path.3") == .string("name"), "\(null.text)")
        await narrow.server.stop()
        for (change, message) in [
            (
                ("totalCount", "totalCunt"),
                "'OffsetPageInfo' has no 'totalCunt'; did you mean 'totalCount'?"
            ),
            (
                ("totalCount: Long!", "totalCount: Int!"),
                "'totalCount' is Long!, which Int! cannot show"
            ),
            (
                ("hasNextPage: Boolean", "firstEventTime: DateTime!"),
                "'firstEventTime' is DateTime, which DateTime! cannot show"
            ),
            (("results: [Item!]!", "results: Item"), "'results' is a list of rows"),
            (("pagination: Place!", "pages: Place!"), "a page has no 'pages'"),
            (
                ("pagination: Place!", "pagination: Int"),
                "'pagination' is an object without arguments"
            ),
        ] {
            let text = schema.replacing(change.0, with: change.1)
            do {
                let other = try await Self.served(text)
                await other.server.stop()
                Issue.record("\(change.1) is taken")
            } catch {
                #expect("\(error)".contains(message), "\(error)")
            }
        }
    }

    /// Names of tables stay theirs.
    @Test func takenNamesAreTold() async throws {
        let served = try await Self.served(
            script: Self.script + "\nCountsPage := SELECT name FROM src;")
        let schema = try await served.get("/v1/graphql/schema").text
        #expect(schema.contains("Counts(limit: Int = 10, offset: Int = 0): [Counts!]"))
        #expect(schema.contains("CountsPage(limit: Int = 10, offset: Int = 0): CountsPagePage!"))
        await served.server.stop()
    }
}
