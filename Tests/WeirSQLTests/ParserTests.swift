// The parser: what it prints back, and what it says about mistakes.

import TestSupport
import Testing
import WeirSQL

@Suite struct ParserTests {
    static let statements = [
        "A := SELECT a, b AS c, t.*, * FROM t WHERE a > 1 AND NOT b = 'x' OR c IS NULL",
        "A := SELECT DISTINCT CASE a WHEN 1 THEN 'x' ELSE NULL END FROM t AS u",
        "A := SELECT COUNT(*), SUM(a + b * 2 - -3), MIN(x) FROM t GROUP BY a, b HAVING COUNT(*) > 2",
        "A := SELECT CAST(a AS DECIMAL(10, 2)), TRY_CAST(b AS TIMESTAMP(3)) FROM t ORDER BY 1 DESC NULLS LAST LIMIT 5",
        "A := SELECT a BETWEEN 1 AND 2, b NOT IN (1, 2), c LIKE 'a%' ESCAPE '\\', d IS NOT DISTINCT FROM e FROM t",
        "A := SELECT EXTRACT(HOUR FROM ts), FLOOR(ts TO DAY), CEIL(x), TRIM(LEADING 'x' FROM y) FROM t",
        "A := SELECT INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, DATE '2020-01-01', TIMESTAMP '2020-01-01 00:00:00' FROM t",
        "A := SELECT TIMESTAMPDIFF(DAY, a, b), POSITION('a' IN b), SUBSTRING(a FROM 2 FOR 3) FROM t",
        "A := SELECT window_start FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY window_start, window_end",
        "A := SELECT window_start FROM TABLE(TUMBLE(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' HOUR))",
        "CREATE VIEW v AS SELECT a FROM (SELECT a FROM t) AS s",
        "INSERT INTO sink SELECT a FROM t",
        "/** Doc. */ /*+ no_query, ttl(14 days) */ A := SELECT CURRENT_TIMESTAMP FROM t",
        """
        CREATE TABLE t (a INT NOT NULL, `b c` STRING COMMENT 'x', m MAP<STRING, ARRAY<INT>>,
          r ROW<x INT, y DECIMAL(5, 2)>, l TIMESTAMP WITH LOCAL TIME ZONE, c AS a + 1,
          PRIMARY KEY (a) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
          CONSTRAINT ok CHECK (a > 0)) WITH ('connector' = 'filesystem', 'it''s' = 'x')
        """,
    ]

    @Test("printing and parsing again gives the same text", arguments: statements)
    func roundTrip(_ sql: String) {
        let first = Parser.parse(SourceText(name: "t", sql + ";"))
        #expect(first.diagnostics.isEmpty, "\(first.diagnostics.map(\.message))")
        #expect(first.statements.count == 1)
        let printed = SQLPrinter.print(first)
        let second = Parser.parse(SourceText(name: "t", printed))
        #expect(second.diagnostics.isEmpty, "\(printed)")
        #expect(SQLPrinter.print(second) == printed)
    }

    @Test func precedence() {
        let cases = [
            ("1 + 2 * 3", "(1 + (2 * 3))"), ("NOT a = b AND c", "((NOT (`a` = `b`)) AND `c`)"),
            ("a OR b AND c", "(`a` OR (`b` AND `c`))"), ("-a * b", "((- `a`) * `b`)"),
            ("a || b || c", "((`a` || `b`) || `c`)"),
            ("a BETWEEN 1 AND 2 AND b", "((`a` BETWEEN 1 AND 2) AND `b`)"),
        ]
        for (text, expected) in cases {
            let parsed = Parser.parseExpression(SourceText(name: "t", text))
            #expect(parsed.expression.map { SQLPrinter.print($0) } == expected, "\(text)")
        }
    }

    static let mistakes = [
        "A := SELECT a FROM «expected»; B := SELECT «reserved-word»FROM t;",
        "«expected»42; A := SELECT a FROM t",
        "A := SELECT a FROM t «unsupported»JOIN u ON 1 = 1;",
        "«unsupported»IMPORT x.y;",
        "A := «unsupported»DISTINCT t ON a ORDER BY b;",
        "CREATE TABLE t (a INT, PRIMARY KEY (a)«key-enforced»);",
        "A := SELECT «unterminated-quote»'x FROM t",
        "A := SELECT a «unexpected-character»# FROM t;",
        "A := SELECT a FROM t; «unterminated-comment»/* never closed",
        "A := SELECT a AS «reserved-word»order FROM t;",
        "CREATE TABLE t (a INT, «unnamed-check»CHECK (a > 0));",
        "«unnamed-query»SELECT 1;",
        "A := SELECT «double-quotes»\"a\" FROM t;",
        "A := SELECT a FROM t «unsupported»UNION ALL SELECT 1;",
    ]

    @Test("mistakes are found at their place", arguments: mistakes)
    func diagnostics(_ marked: String) {
        let expected = MarkedText(marked)
        let script = Parser.parse(SourceText(name: "t", expected.text))
        for (code, offset) in expected.markers {
            #expect(
                script.diagnostics.contains { $0.code == code && $0.span.start == offset },
                "\(code) at \(offset) in \(expected.text): \(script.diagnostics)")
        }
        #expect(!script.diagnostics.isEmpty)
    }

    @Test func allMistakesOfAScriptAreReported() {
        let script = Parser.parse(
            SourceText(
                name: "t",
                "A := SELECT FROM t;\nB := SELECT a FROM t;\nC := SELECT b FROM t GROUP b;\n"))
        #expect(script.diagnostics.count == 2)
        #expect(script.statements.count == 1, "\(script.statements.map { SQLPrinter.print($0) })")
    }

    @Test func depthIsLimited() {
        let deep = String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        let parsed = Parser.parse(SourceText(name: "t", "A := SELECT \(deep) FROM t;"))
        #expect(parsed.diagnostics.map(\.code).contains("too-deep"))
        let long = (0..<5000).map { _ in "1" }.joined(separator: "+")
        let chained = Parser.parse(SourceText(name: "t", "A := SELECT \(long) FROM t;"))
        #expect(chained.diagnostics.map(\.code) == ["too-long"])
    }

    @Test func longLinesAreCutAroundTheMistake() {
        let wide = (0..<200).map { "column\($0)" }.joined(separator: ", ")
        let source = SourceText(name: "x.sqrl", "A := SELECT \(wide), \"a\", \(wide) FROM t;")
        let script = Parser.parse(source)
        let lines = DiagnosticRenderer(source: source, coloured: false).render(script.diagnostics)
            .split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 180 })
        let text = lines[3].dropFirst(4)
        let carets = lines[4].dropFirst(4)
        let start = carets.prefix { $0 == " " }.count
        #expect(text.hasPrefix("… ") && text.hasSuffix(" …"))
        #expect(text.dropFirst(start).hasPrefix("\"a\""), "\(text)\n\(carets)")
    }

    @Test func renderedDiagnosticShowsPlaceAndHint() {
        let source = SourceText(name: "x.sqrl", "A := SELECT \"a\" FROM t;")
        let script = Parser.parse(source)
        let text = DiagnosticRenderer(source: source, coloured: false).render(script.diagnostics)
        #expect(
            text.hasPrefix(
                """
                error[double-quotes]: double quotes are not used in this SQL dialect
                 --> x.sqrl:1:13
                  |
                1 | A := SELECT "a" FROM t;
                  |             ^^^
                  = hint: write 'text' for a string, `name` for an identifier
                """))
    }
}
