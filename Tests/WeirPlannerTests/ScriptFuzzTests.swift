// Whole scripts, changed at random: diagnostics, never a trap, in bounded time.

import Foundation
import TestSupport
import Testing
import WeirConnectors
import WeirPlanner
import WeirSQL

@Suite struct ScriptFuzzTests {
    private static func lines(_ file: String) -> [String] {
        ((try? Repository.text("Tests/Cases/" + file)) ?? "").split(separator: "\n")
            .map { String($0).replacing(#/«[^»]*»/#, with: "") }.filter { !$0.hasPrefix("--") }
    }

    private static let statements =
        lines("syntax/accepted.sql") + lines("plans/logical.sql") + lines("plans/functions.txt")
        + lines("plans/function-mistakes.sql") + lines("syntax/mistakes.sql")
        + lines("store/queries.txt").filter { $0.hasPrefix("SELECT") }.map {
            "Q := " + $0.replacing("orders", with: "src")
        }

    private static let tables = """
        CREATE TABLE t (a BIGINT, s STRING, u STRING, ts TIMESTAMP(3) NOT NULL, tags ARRAY<STRING>,
          items ARRAY<ROW<x INT, y INT>>, m MAP<STRING, INT>, r ROW<x INT, y ROW<z STRING>>,
          WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json');
        CREATE TABLE src (id BIGINT NOT NULL, item STRING, price DOUBLE, who BIGINT, ts TIMESTAMP(3),
          WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'csv');
        CREATE TABLE w (a BIGINT, b STRING, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts)
          WITH ('connector' = 'filesystem', 'path' = 'y', 'format' = 'json');
        CREATE TABLE people (id BIGINT NOT NULL, name STRING, age INT, boss BIGINT, score DOUBLE,
          j JSONB, v VECTOR) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'json');
        Orders := SELECT * FROM src;

        """

    private static func script(_ random: inout SeededRandom) -> String {
        var text = tables
        for _ in 0...random.below(4) {
            var tokens = words(random.pick(statements))
            for _ in 0..<random.below(4) where !tokens.isEmpty {
                let place = random.below(tokens.count)
                switch random.below(5) {
                case 0: tokens.remove(at: place)
                case 1: tokens.insert(tokens[place], at: place)
                case 2: tokens[place] = random.pick(words(random.pick(statements)) + ["NULL"])
                case 3: tokens.swapAt(place, random.below(tokens.count))
                default:
                    tokens[place] = random.pick([
                        "{{x}}", "''", "-9223372036854775808", "1e999", "(", ")", "`", "/*+ x */",
                        "this.a", ":p", "CAST(NULL AS ROW<a INT>)", "'2024-01-01'", "ARRAY[]", "é",
                    ])
                }
            }
            text += tokens.joined(separator: " ") + ";\n"
        }
        return text
    }

    private static func words(_ statement: String) -> [String] {
        let source = SourceText(name: "w", statement)
        return Lexer.tokenize(source).0.filter { $0.kind != .end }.map { source.text($0.span) }
    }

    private static func check(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let text = script(&random)
        let compilation = ScriptBinder.compile(
            SourceText(name: "seed \(seed)", text), connectors: ConnectorRegistry.catalog)
        let renderer = DiagnosticRenderer(sources: compilation.sources, coloured: false)
        _ = renderer.render(compilation.diagnostics)
        if let plan = compilation.plan {
            _ = PlanExplainer(
                plan: plan, sources: compilation.sources, definitions: compilation.definitions
            ).text(table: nil)
            _ =
                PlanJSON(
                    plan: plan, definitions: compilation.definitions, sources: compilation.sources
                ).text
            // What the store is to compute can be read back.
            for view in plan.views { readBack(view.sql, seed) }
            for query in plan.queries { readBack(query.sql, seed) }
        }
        let source = SourceText(name: "seed \(seed)", text)
        if let once = Formatter.format(source).text {
            let twice = Formatter.format(SourceText(name: "again", once)).text
            #expect(twice == once, "seed \(seed)")
        }
    }

    /// Reads every `weir('types', 'expression'` of a store query.
    private static func readBack(_ sql: String, _ seed: UInt64) {
        var rest = sql[...]
        while let start = rest.firstRange(of: "weir('") {
            rest = rest[rest.index(start.lowerBound, offsetBy: 5)...]
            guard let inputs = literal(&rest) else { return }
            rest = rest.dropFirst(2)
            guard let text = literal(&rest) else { return }
            #expect(throws: Never.self, "seed \(seed): \(inputs) | \(text)") {
                try StoredExpression(inputs: inputs, text: text)
            }
        }
    }

    private static func literal(_ rest: inout Substring) -> String? {
        guard rest.first == "'" else { return nil }
        rest = rest.dropFirst()
        var text = ""
        while let character = rest.first {
            rest = rest.dropFirst()
            if character != "'" {
                text.append(character)
            } else if rest.first == "'" {
                text.append("'")
                rest = rest.dropFirst()
            } else {
                return text
            }
        }
        return nil
    }

    @Test("changed scripts never trap", arguments: 0..<400)
    func short(_ seed: Int) { Self.check(UInt64(seed)) }

    /// `WEIR_FUZZ_SECONDS=600 swift test --filter ScriptFuzzTests` goes on with new seeds.
    @Test func long() {
        let environment = ProcessInfo.processInfo.environment
        guard let seconds = environment["WEIR_FUZZ_SECONDS"].flatMap(Double.init) else { return }
        let end = Date().addingTimeInterval(seconds)
        var seed = UInt64(Date().timeIntervalSince1970)
        let first = seed
        while Date() < end {
            Self.check(seed)
            seed += 1
        }
        print("seeds \(first)..<\(seed)")
    }
}
