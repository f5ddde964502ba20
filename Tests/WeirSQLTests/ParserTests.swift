// The parser: what it prints back, and what it says about mistakes.

import TestSupport
import Testing
import WeirSQL

@Suite struct ParserTests {
    /// The lines of a file of cases without its comments.
    private static func lines(_ file: String) -> [String] {
        let text = (try? Repository.text("Tests/Cases/syntax/" + file)) ?? ""
        return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("--") }
    }

    static let statements = lines("accepted.sql")

    @Test func casesAreThere() {
        #expect(Self.statements.count > 100 && Self.mistakes.count > 60)
    }

    @Test("printing and parsing again gives the same text", arguments: statements)
    func roundTrip(_ sql: String) {
        let first = Parser.parse(SourceText(name: "t", sql))
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

    static let mistakes = lines("mistakes.sql")

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
        let lines = DiagnosticRenderer(sources: SourceMap(source), coloured: false).render(
            script.diagnostics
        )
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
        let text = DiagnosticRenderer(sources: SourceMap(source), coloured: false).render(
            script.diagnostics)
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
