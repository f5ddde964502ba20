// Tokens as the formatter needs them: with their comments and what stood around them.

/// A token, the comments in front of it, and one behind it on the same line.
struct FormatToken {
    let kind: TokenKind
    /// Its number in the text.
    let number: Int
    /// Whether it is a plus or minus in front of a value.
    let isSign: Bool
    /// As it is printed.
    let text: String
    /// Whether nothing stood between it and the token before.
    let isAttached: Bool
    /// Whether it is part of a row pattern, whose quantifiers keep to what they stand behind.
    let isInPattern: Bool
    /// Whether it is an angle around the element types of a collection.
    let isTypeAngle: Bool
    /// Whether a blank line stood in front of it and of its comments.
    let hasBlankLine: Bool
    /// Whole comments, each on a line of its own; empty ones are blank lines.
    var comments: [String]
    /// `-- …` behind it.
    var trailing: String?
    /// `/* … */` behind it on the same line.
    var inline: String?

    /// The bare upper-case word; empty for everything else.
    var word: String { kind == .word ? text.uppercased() : "" }

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

    /// Whether a value may end here, so that a sign behind it is an operator.
    var endsOperand: Bool {
        switch kind {
        case .word:
            !ReservedWords.contains(text) || ["NULL", "TRUE", "FALSE", "END"].contains(word)
        case .symbol: text == ")" || text == "]"
        case .hint, .docComment, .end: false
        default: true
        }
    }
}

/// Reads the tokens of a text with the comments that the parser leaves out.
struct FormatTokenReader {
    private let source: SourceText
    /// Ranges that are printed as they stand: SQL that is passed through.
    private let verbatim: [Span]

    init(_ source: SourceText, verbatim: [Span]) {
        self.source = source
        self.verbatim = verbatim
    }

    func read() -> [FormatToken] {
        let (tokens, _) = Lexer.tokenize(source)
        var result: [FormatToken] = []
        var end = source.base
        var index = 0
        var angles = 0
        var match = MatchContext()
        while index < tokens.count {
            let token = tokens[index]
            var span = token.span
            var kind = token.kind
            if let raw = verbatim.first(where: { $0.start == span.start }) {
                span = raw
                kind = .string
                while index + 1 < tokens.count, tokens[index + 1].span.start < raw.end {
                    index += 1
                }
            }
            let gap = Gap(source.text(Span(end, span.start)), isFirst: result.isEmpty)
            var trailing: String?
            if let found = gap.trailing, !result.isEmpty {
                // A comment in front of a comma stands behind it.
                if token.isSymbol(",") || token.isSymbol(";") {
                    trailing = found
                } else {
                    result[result.count - 1].trailing = found
                }
            }
            if let inline = gap.inline, !result.isEmpty { result[result.count - 1].inline = inline }
            let isSign =
                (token.isSymbol("-") || token.isSymbol("+"))
                && !(result.last?.endsOperand ?? false)
            let isAngle = isTypeAngle(tokens, index, &angles)
            match.see(tokens, index)
            result.append(
                FormatToken(
                    kind: kind, number: index, isSign: isSign,
                    text: match.isKeyword(tokens, index)
                        ? token.text.uppercased()
                        : shown(tokens, index, kind, source.text(span)),
                    isAttached: span.start == end, isInPattern: match.isInPattern,
                    isTypeAngle: isAngle,
                    hasBlankLine: gap.hasBlankLine,
                    comments: gap.comments, trailing: trailing))
            end = span.end
            index += 1
        }
        return result
    }

    private func isTypeAngle(_ tokens: [Token], _ index: Int, _ open: inout Int) -> Bool {
        let token = tokens[index]
        let before = index > 0 ? tokens[index - 1] : token
        if token.isSymbol("<"),
            ["ARRAY", "MAP", "ROW", "MULTISET"].contains(where: { before.isWord($0) })
        {
            open += 1
            return true
        }
        guard token.isSymbol(">"), open > 0 else { return false }
        open -= 1
        return true
    }

    /// Words of the grammar in capitals, everything else as it was written.
    private func shown(
        _ tokens: [Token], _ index: Int, _ kind: TokenKind, _ text: String
    ) -> String {
        let token = tokens[index]
        // Behind a dot a reserved word is a name.
        guard kind == .word, index == 0 || !tokens[index - 1].isSymbol(".") else { return text }
        let before = index > 0 ? tokens[index - 1] : nil
        let after = index + 1 < tokens.count ? tokens[index + 1] : nil
        let isKeyword =
            ReservedWords.contains(token.text)
            || KeywordContext.isKeyword(token.text.uppercased(), before, after)
        return isKeyword ? token.text.uppercased() : text
    }
}

/// What stands between two tokens.
private struct Gap {
    private(set) var comments: [String] = []
    /// A comment on the line of the token before.
    private(set) var trailing: String?
    /// A comment in brackets on the line of the token before, with more behind it.
    private(set) var inline: String?
    private(set) var hasBlankLine = false

    init(_ text: String, isFirst: Bool) {
        var rest = text[...]
        var lines = 0
        while let first = rest.first {
            if first == "\n" || first == "\r\n" {
                lines += 1
                if lines == 2 { addBlankLine() }
                rest = rest.dropFirst()
            } else if rest.hasPrefix("--") {
                let comment = rest.prefix { $0 != "\n" && $0 != "\r\n" }
                add(String(comment), isBehind: lines == 0 && !isFirst)
                rest = rest.dropFirst(comment.count)
                lines = 0
            } else if rest.hasPrefix("/*") {
                let end = rest.firstRange(of: "*/")?.upperBound ?? rest.endIndex
                let comment = String(rest[..<end])
                rest = rest[end...]
                let isInline =
                    lines == 0 && !isFirst && comments.isEmpty && trailing == nil
                    && !comment.contains("\n")
                if isInline {
                    inline = inline.map { $0 + " " + comment } ?? comment
                } else {
                    add(comment, isBehind: false)
                    lines = 0
                }
            } else {
                rest = rest.dropFirst()
            }
        }
    }

    private mutating func addBlankLine() {
        if comments.isEmpty { hasBlankLine = true } else { comments.append("") }
    }

    private mutating func add(_ comment: String, isBehind: Bool) {
        var text = comment
        while text.last?.isWhitespace == true { text.removeLast() }
        if isBehind, trailing == nil, comments.isEmpty {
            trailing = text
        } else {
            comments.append(text)
        }
    }
}
