// Hints and doc-strings in front of a statement.

extension Parser {
    mutating func parsePreamble() -> Preamble {
        var hints: [Hint] = []
        var documentation: Documentation?
        while true {
            let token = current
            if token.kind == .hint {
                hints += parseHints(token)
            } else if token.kind == .docComment {
                documentation = Documentation(token.text)
            } else {
                return Preamble(hints: hints, documentation: documentation)
            }
            advance()
        }
    }

    /// - Parameter allowsOptions: whether arguments may be `'key' = 'value'`, as in Flink's hints.
    mutating func parseHints(_ token: Token, allowsOptions: Bool = false) -> [Hint] {
        let (words, problems) = Lexer.tokenize(SourceText(name: "", token.text))
        var reader = HintReader(words: words, base: token.span.start + 3)
        let hints = reader.read()
        if !problems.isEmpty || reader.isBroken {
            report(
                "this hint block cannot be read", code: "bad-hint", at: token.span,
                hint: "a hint block is /*+ name, name(argument, argument) */")
        } else if !allowsOptions, let place = reader.badArgument {
            report(
                "arguments of hints are words and numbers", code: "bad-hint", at: place,
                hint: "columns are named without their table")
        }
        return hints
    }
}

/// Reads `name, name(argument, argument)`.
private struct HintReader {
    let words: [Token]
    /// Where the block's text begins in the script.
    let base: Int
    private var position = 0
    private(set) var isBroken = false
    /// An argument with characters that SQRL does not allow there.
    private(set) var badArgument: Span?

    init(words: [Token], base: Int) {
        self.words = words
        self.base = base
    }

    mutating func read() -> [Hint] {
        var hints: [Hint] = []
        while words[position].kind != .end {
            let word = words[position]
            guard word.kind == .word else {
                isBroken = true
                return hints
            }
            position += 1
            let arguments = words[position].isSymbol("(") ? readArguments() : []
            hints.append(Hint(name: Identifier(word.text, place(word)), arguments: arguments))
            if words[position].isSymbol(",") { position += 1 }
        }
        return hints
    }

    private mutating func readArguments() -> [String] {
        var arguments: [String] = []
        var argument: [String] = []
        position += 1
        while words[position].kind != .end, !words[position].isSymbol(")") {
            let word = words[position]
            if word.isSymbol(",") {
                arguments.append(argument.joined(separator: " "))
                argument = []
            } else {
                let isPlain = word.kind != .symbol || word.text == "-" || word.text == "+"
                if !isPlain || word.kind == .string { badArgument = badArgument ?? place(word) }
                argument.append(word.kind == .string ? "'\(word.text)'" : word.text)
            }
            position += 1
        }
        if !argument.isEmpty { arguments.append(argument.joined(separator: " ")) }
        if words[position].isSymbol(")") { position += 1 } else { isBroken = true }
        return arguments
    }

    private func place(_ token: Token) -> Span {
        Span(base + token.span.start, base + token.span.end)
    }
}
