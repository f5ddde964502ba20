// Statements and what stands before them.

extension Parser {
    mutating func parseStatement() throws -> Statement {
        let preamble = parsePreamble()
        let start = current.span.start
        let kind = try parseStatementKind()
        return Statement(kind: kind, preamble: preamble, span: span(from: start))
    }

    private mutating func parsePreamble() -> Preamble {
        var hints: [Hint] = []
        var documentation: String?
        while true {
            let token = current
            if token.kind == .hint {
                hints += parseHints(token)
            } else if token.kind == .docComment {
                documentation = cleanDocumentation(token.text)
            } else {
                return Preamble(hints: hints, documentation: documentation)
            }
            advance()
        }
    }

    private mutating func parseHints(_ token: Token) -> [Hint] {
        let inner = SourceText(name: "", token.text)
        let base = token.span.start + 3
        let (words, problems) = Lexer.tokenize(inner)
        var hints: [Hint] = []
        var position = 0
        var isBroken = !problems.isEmpty
        while words[position].kind != .end, !isBroken {
            let word = words[position]
            guard word.kind == .word else {
                isBroken = true
                break
            }
            position += 1
            var arguments: [String] = []
            if words[position].isSymbol("(") {
                position += 1
                var argument: [String] = []
                while words[position].kind != .end, !words[position].isSymbol(")") {
                    if words[position].isSymbol(",") {
                        arguments.append(argument.joined(separator: " "))
                        argument = []
                    } else {
                        argument.append(words[position].text)
                    }
                    position += 1
                }
                if !argument.isEmpty { arguments.append(argument.joined(separator: " ")) }
                if words[position].isSymbol(")") { position += 1 } else { isBroken = true }
            }
            let place = Span(base + word.span.start, base + word.span.end)
            hints.append(Hint(name: Identifier(word.text, place), arguments: arguments))
            if words[position].isSymbol(",") { position += 1 }
        }
        if isBroken {
            report(
                "this hint block cannot be read", code: "bad-hint", at: token.span,
                hint: "a hint block is /*+ name, name(argument, argument) */")
        }
        return hints
    }

    private func cleanDocumentation(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line -> String in
                var rest = line.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
                if rest.first == "*" { rest = rest.dropFirst() }
                if rest.first == " " { rest = rest.dropFirst() }
                while rest.last == " " || rest.last == "\r" { rest = rest.dropLast() }
                return String(rest)
            }
            .joined(separator: "\n").trimmingBlankLines()
    }

    private mutating func parseStatementKind() throws -> Statement.Kind {
        if current.isWord("CREATE") { return try parseCreate() }
        if current.isWord("INSERT") { return try parseInsert() }
        if let name = unsupportedStatement() {
            try failUnsupported("\(name)", at: current.span)
        }
        if current.isWord("SELECT") || current.isWord("WITH") {
            report(
                "a query needs a name to become a table", code: "unnamed-query",
                hint: "write Name := SELECT …; or INSERT INTO sink SELECT …;")
            throw ParseFailure()
        }
        return try parseDefinition()
    }

    /// The name of a statement that SQRL has and Weir does not run yet.
    private func unsupportedStatement() -> String? {
        let first = current
        guard first.kind == .word else { return nil }
        let word = first.text.uppercased()
        let following = peek(1)
        let isDefinition = following.isSymbol(":=") || following.isSymbol("(")
        let known: Set<String> = [
            "IMPORT", "EXPORT", "NEXT_BATCH", "USE", "SET", "RESET", "ALTER", "DROP", "EXECUTE",
            "BEGIN", "EXPLAIN", "DESCRIBE", "SHOW", "DELETE", "UPDATE", "LOAD", "ANALYZE",
        ]
        return known.contains(word) && !isDefinition ? "the statement \(word)" : nil
    }

    private mutating func parseDefinition() throws -> Statement.Kind {
        let name = try expectIdentifier("a statement (CREATE TABLE, INSERT INTO, Name := SELECT …)")
        if current.isSymbol(".") {
            try failUnsupported(
                "a relationship or column addition (Table.name := …)", at: name.span)
        }
        if current.isSymbol("(") {
            try failUnsupported("a table function (Name(argument type) := …)", at: name.span)
        }
        if current.isWord("RETURNS") {
            try failUnsupported("a passthrough definition (RETURNS)", at: current.span)
        }
        if !accept(symbol: ":=") { try failExpected("':=' after '\(name.name)'") }
        if current.isWord("DISTINCT") || current.isWord("SUBSCRIBE") {
            try failUnsupported(
                "the \(current.text.uppercased()) statement", at: current.span)
        }
        return .define(name: name, try parseQuery())
    }

    private mutating func parseInsert() throws -> Statement.Kind {
        advance()
        if current.isWord("OVERWRITE") { try failUnsupported("INSERT OVERWRITE", at: current.span) }
        try expect(word: "INTO")
        let target = try expectIdentifier("the name of a sink table")
        if current.isSymbol("("), !peek(1).isWord("SELECT") {
            try failUnsupported("a column list in INSERT INTO", at: current.span)
        }
        return .insert(target: target, try parseQuery())
    }
}

extension String {
    fileprivate func trimmingBlankLines() -> String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false)
        while let first = lines.first, first.isEmpty { lines.removeFirst() }
        while let last = lines.last, last.isEmpty { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
