// The tokens of SQRL.

/// What a token is.
package enum TokenKind: Hashable, Sendable {
    /// A bare word: a keyword or an identifier; which one the parser decides.
    case word
    /// An identifier in backticks.
    case quotedIdentifier
    case string
    /// `X'…'`; its text are the digits.
    case binary
    /// Digits only.
    case integer
    /// Digits with a point, no exponent: an exact DECIMAL literal.
    case decimal
    /// With an exponent: a DOUBLE literal.
    case approximate
    /// `/*+ … */`
    case hint
    /// `/** … */`
    case docComment
    /// An operator or punctuation mark; its text tells which.
    case symbol
    case end
}

/// A token with its place and its text.
package struct Token: Hashable, Sendable {
    package let kind: TokenKind
    package let span: Span
    /// For strings and quoted identifiers the content without quotes; for comments the content.
    package let text: String

    func moved(by distance: Int) -> Token {
        Token(kind: kind, span: span.moved(by: distance), text: text)
    }

    /// Whether this is the given bare word, without regard to case.
    package func isWord(_ word: String) -> Bool {
        kind == .word && text.utf8.count == word.utf8.count
            && text.uppercased() == word
    }

    /// Whether this is the given symbol.
    package func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
}
