// Any bytes give diagnostics, never a trap and never a hang.

import TestSupport
import Testing
import WeirSQL

@Suite struct FrontEndFuzzTests {
    @Test("random bytes", arguments: 0..<200)
    func bytes(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let bytes = (0..<random.below(400)).map { _ in UInt8(random.below(256)) }
        let source = SourceText(name: "seed \(seed)", bytes: bytes)
        let script = Parser.parse(source)
        _ = DiagnosticRenderer(sources: SourceMap(source), coloured: true).render(
            script.diagnostics)
        _ = DiagnosticRenderer(sources: SourceMap(source), coloured: false).render(
            script.diagnostics)
    }

    private static let words = [
        "SELECT", "FROM", "WHERE", "GROUP", "BY", "CREATE", "TABLE", "(", ")", ",", ";", ":=", "a",
        "`b`", "'c'", "1", "2.5", "1e3", "CASE", "WHEN", "THEN", "END", "CAST", "AS", "INT", "ROW",
        "<", ">", "ARRAY", "INTERVAL", "DAY", "TUMBLE", "DESCRIPTOR", "WATERMARK", "FOR", "PRIMARY",
        "KEY", "NOT", "NULL", "IN", "LIKE", "BETWEEN", "AND", "IS", "/*+ x */", "/** y */", "-",
        "*",
        "WITH", "=", "INSERT", "INTO", "EXTRACT", "TRIM", "LIMIT", "ORDER", "||", "CONSTRAINT",
        "CHECK", ".", "TO", "[", "]",
    ]

    @Test("random words", arguments: 0..<400)
    func tokens(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1_000_000)
        let text = (0..<random.below(80)).map { _ in random.pick(Self.words) }.joined(
            separator: " ")
        let script = Parser.parse(SourceText(name: "seed \(seed)", text))
        // What could be parsed can be printed and parsed again.
        let printed = SQLPrinter.print(script)
        let again = Parser.parse(SourceText(name: "printed \(seed)", printed))
        #expect(
            again.diagnostics.filter { $0.severity == .error }.isEmpty, "seed \(seed): \(printed)")
    }
}
