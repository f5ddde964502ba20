// Searches for words: an index finds what reading all rows finds, also when rows change.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirSQL
import WeirServer

@Suite struct TextIndexTests {
    private static let words = [
        "alpha", "Beta", "straße", "STRASSE", "İstanbul", "éclair", "e\u{301}clair", "naïve", "x",
        "42", "日本", "foo-bar", "a'b", "\"quoted\"", "OR", "NOT", "*",
    ]
    /// The second function asks the same so that no index is read.
    private static let script = """
        CREATE TABLE src (id STRING NOT NULL, k BIGINT NOT NULL, name STRING, body STRING)
          WITH ('connector'='filesystem','path'='rows.jsonl','format'='json');
        Docs := SELECT * FROM src;
        Find(q STRING NOT NULL) := SELECT id FROM Docs WHERE text_search(:q, name, body) > 0 ORDER BY id;
        FindSlowly(q STRING NOT NULL) := SELECT id FROM Docs WHERE 0 < text_search(:q, name, body) ORDER BY id;
        Last := SELECT k, LAST_VALUE(body) AS body, COUNT(*) AS n FROM src GROUP BY k;
        FindLast(q STRING NOT NULL) := SELECT k FROM Last WHERE text_search(:q, body) > 0 ORDER BY k;
        FindLastSlowly(q STRING NOT NULL) := SELECT k FROM Last WHERE 0 < text_search(:q, body) ORDER BY k;

        """

    @Test func indexesFindWhatReadingFinds() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        func text() -> JsonValue {
            let count = Int.random(in: 0...4, using: &random)
            if count == 0 { return .null }
            return .string(
                (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }
                    .joined(separator: " "))
        }
        var lines = ""
        for id in 0..<400 {
            let row = JsonValue.object([
                JsonMember("id", .string("d\(id)")),
                JsonMember("k", .number(String(Int.random(in: 0..<60, using: &random)))),
                JsonMember("name", text()), JsonMember("body", text()),
            ])
            lines += row.text + "\n"
        }
        let served = try await ServedPipeline(
            script: Self.script, files: [(name: "rows.jsonl", text: lines)])
        func rows(_ name: String, _ query: String) async throws -> String {
            try await served.graphQL(
                "query($q: String!) { x: \(name)(q: $q, limit: 1000) { __typename \(name.contains("Last") ? "k" : "id") } }",
                variables: [JsonMember("q", .string(query))]
            ).text
        }
        for query in Self.words + ["", "alpha 42", "nothing", "x OR y", "foo bar", "*"] {
            for name in ["Find", "FindLast"] {
                let found = try await rows(name, query)
                    .replacing("\"__typename\":\"\(name)\",", with: "")
                let read = try await rows(name + "Slowly", query)
                    .replacing("\"__typename\":\"\(name)Slowly\",", with: "")
                #expect(found == read, "'\(query)' by \(name), seed \(seed)")
                #expect(found.contains("data"), "\(found)")
            }
        }
        #expect(try await rows("Find", "x").contains("\"id\""))
        await served.server.stop()
    }

    /// A bare hint `index` is against all indexes; columns without words have none.
    @Test func hintsChooseIndexes() throws {
        func compile(_ hint: String) throws -> (String, [String]) {
            let folder = try TemporaryFolder()
            let path = try folder.write(
                "p.sqrl",
                """
                CREATE TABLE src (id BIGINT NOT NULL, body STRING)
                  WITH ('connector'='filesystem','path'='rows.jsonl','format'='json');
                \(hint) Docs := SELECT * FROM src;
                Find(q STRING NOT NULL) := SELECT id FROM Docs WHERE text_search(:q, body) > 0;
                """)
            let compilation = Engine.compile(try Project(path: path))
            return (
                compilation.diagnostics.map(\.message).joined(),
                compilation.plan?.indexes.filter { $0.kind == .text }.map(\.name) ?? []
            )
        }
        #expect(try compile("").1 == ["Docs_text_c1"])
        #expect(try compile("/*+index*/").1 == [])
        #expect(try compile("/*+index(text, body)*/").1 == ["Docs_text_c1"])
        #expect(try compile("/*+index(text, id)*/").0.contains("'id' is BIGINT"))
    }
}
