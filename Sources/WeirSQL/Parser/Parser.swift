// The parser: tokens to statements, with recovery at each statement.

/// Thrown inside the parser to give up on the current statement; the diagnostic is recorded.
struct ParseFailure: Error {}

/// A recursive-descent parser with a precedence table for expressions.
///
/// It reads the whole script whatever is wrong with it: after an error it goes on behind the next
/// semicolon, so that one run reports all mistakes.
package struct Parser {
    let source: SourceText
    var tokens: [Token]
    var index = 0
    var diagnostics: [Diagnostic]
    var depth = 0
    /// How deep expressions, types and subqueries may nest.
    static let maximumDepth = 128
    /// Binary operators read in the current statement.
    var operators = 0
    /// How many binary operators one statement may have.
    static let maximumOperators = 1000

    /// Parses a script.
    package static func parse(_ source: SourceText) -> Script {
        let (tokens, diagnostics) = Lexer.tokenize(source)
        var parser = Parser(source: source, tokens: tokens, diagnostics: diagnostics)
        let statements = parser.parseScript()
        return Script(
            source: source, statements: statements, diagnostics: parser.diagnostics)
    }

    /// Parses a single expression, as in a CHECK; for tests and tools.
    package static func parseExpression(
        _ source: SourceText
    ) -> (expression: Expression?, diagnostics: [Diagnostic]) {
        let (tokens, diagnostics) = Lexer.tokenize(source)
        var parser = Parser(source: source, tokens: tokens, diagnostics: diagnostics)
        guard let expression = try? parser.parseExpression() else {
            return (nil, parser.diagnostics)
        }
        if parser.current.kind != .end {
            parser.report("expected the end of the expression", code: "expected")
        }
        return (expression, parser.diagnostics)
    }

    private init(source: SourceText, tokens: [Token], diagnostics: [Diagnostic]) {
        self.source = source
        self.tokens = tokens
        self.diagnostics = diagnostics
    }

    private mutating func parseScript() -> [Statement] {
        var statements: [Statement] = []
        while current.kind != .end {
            if accept(symbol: ";") || skipStatementSet() { continue }
            let before = index
            operators = 0
            do {
                statements.append(try parseStatement())
                if current.kind != .end, !accept(symbol: ";") {
                    try failExpected("';' after the statement")
                }
            } catch {
                skipStatement()
            }
            precondition(index > before, "the parser must move on")
        }
        return statements
    }

    /// Flink's brackets around INSERT statements; here all statements of a script run together.
    private mutating func skipStatementSet() -> Bool {
        if accept(words: "EXECUTE", "STATEMENT", "SET") {
            _ = accept(word: "BEGIN")
            return true
        }
        if accept(words: "BEGIN", "STATEMENT", "SET") { return true }
        guard current.isWord("END"), peek(1).isSymbol(";") || peek(1).kind == .end else {
            return false
        }
        advance()
        return true
    }

    private mutating func skipStatement() {
        depth = 0
        while current.kind != .end {
            if accept(symbol: ";") { return }
            index += 1
        }
    }

    // MARK: Tokens

    var current: Token { tokens[min(index, tokens.count - 1)] }

    func peek(_ ahead: Int) -> Token { tokens[min(index + ahead, tokens.count - 1)] }

    var previousEnd: Int { index > 0 ? tokens[index - 1].span.end : 0 }

    func span(from start: Int) -> Span { Span(start, previousEnd) }

    @discardableResult
    mutating func advance() -> Token {
        let token = current
        if token.kind != .end { index += 1 }
        return token
    }

    mutating func accept(symbol: String) -> Bool {
        guard current.isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func accept(word: String) -> Bool {
        guard current.isWord(word) else { return false }
        advance()
        return true
    }

    /// Accepts a run of words or none of them.
    mutating func accept(words: String...) -> Bool {
        for (offset, word) in words.enumerated() where !peek(offset).isWord(word) { return false }
        index += words.count
        return true
    }

    mutating func expect(symbol: String) throws {
        if !accept(symbol: symbol) { try failExpected("'\(symbol)'") }
    }

    mutating func expect(word: String) throws {
        if !accept(word: word) { try failExpected(word) }
    }

    mutating func expectIdentifier(_ what: String) throws -> Identifier {
        let token = current
        switch token.kind {
        case .quotedIdentifier:
            advance()
            return Identifier(token.text, token.span)
        case .word:
            if ReservedWords.contains(token.text) {
                report(
                    "expected \(what), found the reserved word \(token.text.uppercased())",
                    code: "reserved-word", hint: "write it in backticks: `\(token.text)`")
                throw ParseFailure()
            }
            advance()
            return Identifier(token.text, token.span)
        default:
            try failExpected(what)
        }
    }

    mutating func expectInteger(_ what: String) throws -> Int {
        guard current.kind == .integer, let value = Int(current.text) else {
            try failExpected(what)
        }
        advance()
        return value
    }

    // MARK: Errors

    mutating func report(_ message: String, code: String, at span: Span? = nil, hint: String? = nil)
    {
        diagnostics.append(.error(code, message, at: span ?? current.span, hint: hint))
    }

    mutating func failExpected(_ what: String) throws -> Never {
        let found = current.kind == .end ? "the end of the script" : "'\(current.text)'"
        report("expected \(what), found \(found)", code: "expected")
        throw ParseFailure()
    }

    mutating func failUnsupported(_ what: String, at span: Span, hint: String? = nil) throws
        -> Never
    {
        // With a reason it will stay so.
        let message = "\(what) is not supported\(hint == nil ? " yet" : "")"
        report(message, code: "unsupported", at: span, hint: hint)
        throw ParseFailure()
    }

    /// Runs a nested rule, refusing absurd depth.
    mutating func nested<Result>(_ rule: (inout Parser) throws -> Result) throws -> Result {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth {
            report("nested too deeply (more than \(Self.maximumDepth) levels)", code: "too-deep")
            throw ParseFailure()
        }
        return try rule(&self)
    }
}
