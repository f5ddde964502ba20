// What once gave a caller other rows than were asked for, or held the server up.

import TestSupport
import Testing
import WeirColumnar

@Suite struct ReviewedCasesTests {
    /// Swift takes both spellings for equal; the store does not.
    @Test func textsAreToldApartByTheirBytes() async throws {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        let served = try await ServedPipeline(
            script: """
                CREATE TABLE src (id BIGINT NOT NULL, name STRING NOT NULL)
                  WITH ('connector' = 'filesystem', 'path' = 'p.jsonl', 'format' = 'json');
                CREATE TABLE kids (id BIGINT NOT NULL, parent STRING NOT NULL)
                  WITH ('connector' = 'filesystem', 'path' = 'k.jsonl', 'format' = 'json');
                /*+ query_by_any(name) */
                P := SELECT * FROM src;
                K := SELECT * FROM kids;
                P.kids := SELECT * FROM K k WHERE k.parent = this.name ORDER BY id;
                """,
            files: [
                (
                    "p.jsonl",
                    "{\"id\":0,\"name\":\"\(composed)\"}\n{\"id\":1,\"name\":\"\(decomposed)\"}\n"
                ),
                (
                    "k.jsonl",
                    "{\"id\":10,\"parent\":\"\(composed)\"}\n{\"id\":11,\"parent\":\"\(decomposed)\"}\n"
                ),
            ])
        let both = try await served.graphQL("{ P { id kids { id } } }")
        #expect(
            both.at("data.P")?.text
                == #"[{"id":0,"kids":[{"id":10}]},{"id":1,"kids":[{"id":11}]}]"#)
        for (number, name) in [composed, decomposed].enumerated() {
            let one = try await served.graphQL("{ P(name: \"\(name)\") { id } }")
            #expect(one.at("data.P")?.text == "[{\"id\":\(number)}]")
        }
        try await served.stop()
    }

    @Test func introspectionHasALimit() async throws {
        let served = try await ServedPipeline.shop()
        let below = "ofType{name}"
        var document = "{__type(name:\"__Type\"){...F0}}"
        for level in 0..<8 {
            let next = level == 7 ? below : "...F\(level + 1)"
            document +=
                " fragment F\(level) on __Type{a:fields{type{ofType{ofType{\(next)}}}}"
                + " b:fields{type{ofType{ofType{\(next)}}}}}"
        }
        let answer = try await served.graphQL(document)
        #expect(answer.at("errors.0.message")?.text.contains("too many fields") == true)
        try await served.stop()
    }
}
