// GraphQL over a real server: what is asked and what comes back.

import TestSupport
import Testing
import WeirColumnar
import WeirServer
import WeirStore

@Suite struct GraphQLServiceTests {
    /// Each file of `Tests/Cases/api/requests` with its answer beside it.
    @Test func answers() async throws {
        let shop = try await ServedPipeline.shop()
        let files = Repository.files(in: "Tests/Cases/api/requests", ending: ".graphql")
        #expect(files.count > 10)
        for file in files {
            let answer = try await shop.graphQL(try Repository.text(file)).shown() + "\n"
            let name = String(file.dropFirst("Tests/Cases/".count).dropLast(".graphql".count))
            if let difference = Golden.difference(answer, file: name + ".json") {
                Issue.record("\(difference)")
            }
        }
        await shop.server.stop()
    }

    @Test func schemaIsGenerated() async throws {
        let shop = try await ServedPipeline.shop()
        let text = try await shop.get("/v1/graphql/schema").text
        let difference = Golden.difference(text, file: "api/schema.graphqls")
        #expect(difference == nil, "\(difference ?? "")")
        await shop.server.stop()
    }

    /// Rows below many parents are the rows that each has by itself.
    @Test func batchesGiveWhatSingleRequestsGive() async throws {
        let shop = try await Self.grid()
        let all = try await shop.graphQL(
            "{ P(limit: 100) { id below(limit: 3, offset: 1) { a b below(limit: 2) { c } } } }")
        let parents = try #require(all.at("data.P")).items
        #expect(parents.count == 100)
        for parent in parents {
            let id = try #require(parent.at("id")).text
            let one = try await shop.graphQL(
                "{ P(id: \(id)) { id below(limit: 3, offset: 1) { a b below(limit: 2) { c } } } }")
            if one.at("data.P.0") != parent { Issue.record("\(one.text) is not \(parent.text)") }
        }
        await shop.server.stop()
    }

    /// A hundred parents with ten children each are two statements.
    @Test func listsOfListsAreOneStatementEach() async throws {
        let shop = try await Self.grid()
        let before = shop.pool.statements
        let answer = try await shop.graphQL("{ P(limit: 100) { id below(limit: 10) { a b } } }")
        #expect(
            answer.at("data.P")?.items.reduce(0) { $0 + ($1.at("below")?.items.count ?? 0) } == 1000
        )
        #expect(shop.pool.statements - before == 2)
        await shop.server.stop()
    }

    /// 200 parents; each has 10 rows, and each of these has 3.
    private static func grid() async throws -> ServedPipeline {
        let parents = (0..<200).map { "{\"id\":\($0)}" }.joined(separator: "\n")
        let children = (0..<2000).map {
            "{\"a\":\($0),\"p\":\($0 % 200),\"b\":\"t\($0 % 7)\"}"
        }.joined(separator: "\n")
        let leaves = (0..<6000).map { "{\"c\":\($0),\"a\":\($0 % 2000)}" }.joined(separator: "\n")
        func table(_ name: String, _ columns: String) -> String {
            "CREATE TABLE s\(name) (\(columns)) WITH ('connector' = 'filesystem', 'path' ="
                + " '\(name).jsonl', 'format' = 'json');\n"
        }
        let script =
            table("p", "id BIGINT NOT NULL, PRIMARY KEY (id) NOT ENFORCED")
            + table("c", "a BIGINT NOT NULL, p BIGINT, b STRING, PRIMARY KEY (a) NOT ENFORCED")
            + table("l", "c BIGINT NOT NULL, a BIGINT, PRIMARY KEY (c) NOT ENFORCED") + """
                /*+ query_by_any(id) */ P := SELECT * FROM sp;
                C := SELECT * FROM sc;
                L := SELECT * FROM sl;
                P.below := SELECT * FROM C x WHERE x.p = this.id ORDER BY a DESC;
                C.below := SELECT * FROM L x WHERE x.a = this.a ORDER BY c;
                """
        return try await ServedPipeline(
            script: script,
            files: [("p.jsonl", parents), ("c.jsonl", children), ("l.jsonl", leaves)])
    }

    /// Whatever a text is, it is a value and nothing else.
    @Test func argumentsAreValues() async throws {
        let shop = try await ServedPipeline.shop()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let parts = [
            "'", "\"", "--", ";", " OR 1=1", "\u{0}", "%", "_", "\\", "ü", "); DROP TABLE x;",
            "Ada",
            "/*", "*/", ":me", "?", "$1", "\u{FEFF}", "🜁", "UNION SELECT",
        ]
        for _ in 0..<300 {
            let count = Int.random(in: 0...6, using: &random)
            let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            let found = try await shop.graphQL(
                "query ($name: String) { Customer(name: $name) { name } }",
                variables: [JsonMember("name", .string(text))])
            let names = found.at("data.Customer")?.items.compactMap { $0.at("name") } ?? [.null]
            if !names.allSatisfy({ $0 == .string(text) }) {
                Issue.record("seed \(seed): \(text.debugDescription) gave \(found.text)")
            }
        }
        await shop.server.stop()
    }

    /// What takes long is stopped, and holds nobody up.
    @Test func longQueriesAreStopped() async throws {
        let rows = (0..<3000).map { "{\"a\":\($0)}" }.joined(separator: "\n")
        var serving = ServingPool.Settings()
        serving.seconds = 0.3
        let served = try await ServedPipeline(
            script: """
                CREATE TABLE s (a BIGINT NOT NULL) WITH ('connector' = 'filesystem',
                  'path' = 's.jsonl', 'format' = 'json');
                T := SELECT a FROM s;
                Slow(n BIGINT NOT NULL) := SELECT COUNT(*) AS n FROM T x JOIN T y ON x.a < y.a
                  JOIN T z ON y.a < z.a WHERE x.a + y.a + z.a > :n;
                """, files: [("s.jsonl", rows)], serving: serving)
        async let slow = served.graphQL("{ Slow(n: 1) { n } T(limit: 1) { a } }")
        let quick = try await served.graphQL("{ T(limit: 1) { a } }")
        #expect(quick.at("data.T.0.a") == .number("0"))
        let stopped = try await slow
        #expect(stopped.at("data.Slow") == .some(.null))
        #expect(
            stopped.at("errors.0.message")
                == .string("the query took too long and was stopped"))
        await served.server.stop()
    }

    /// One call of a function may take for ever; it is ended inside of that call, also where it is tried
    /// on an event loop first.
    @Test(arguments: [
        "REGEXP(a, :pattern)", "REGEXP_REPLACE(a, :pattern, 'x') = 'y'",
        "REGEXP_COUNT(a, :pattern) > 0", "a SIMILAR TO :pattern",
    ])
    func longCallsAreStopped(_ condition: String) async throws {
        let text = String(repeating: "a", count: 60) + "b"
        var serving = ServingPool.Settings()
        serving.seconds = 0.4
        let served = try await ServedPipeline(
            script: """
                CREATE TABLE s (a STRING NOT NULL) WITH ('connector' = 'filesystem',
                  'path' = 's.jsonl', 'format' = 'json');
                T := SELECT a FROM s;
                Found(pattern STRING NOT NULL) := SELECT a FROM T WHERE \(condition);
                """, files: [("s.jsonl", "{\"a\": \"\(text)\"}")], serving: serving)
        func ask(_ pattern: String) async throws -> JsonValue? {
            let body =
                #"{"query":"query($p: String!) { Found(pattern: $p) { a } }","variables":{"p":"\#(pattern)"}}"#
            let request = HTTP.text(
                "POST", "/v1/graphql",
                headers: [("Host", "localhost"), ("Content-Type", "application/json")],
                body: Array(body.utf8))
            return JsonValue.parse(try await HTTP.answer(port: served.port, to: request).body)
        }
        for pattern in ["b", "(a+)+c", "(a+)+c", "(a+)+c", "b"] {
            let answer = try await ask(pattern)
            if pattern == "b" {
                #expect(answer?.at("errors") == nil, "\(answer?.text ?? "")")
            } else {
                #expect(
                    answer?.at("errors.0.message")
                        == .string("the query took too long and was stopped"))
            }
        }
        await served.server.stop()
    }
}
