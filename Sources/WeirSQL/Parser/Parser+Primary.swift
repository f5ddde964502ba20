// Literals, names, constructors and subqueries.

extension Parser {
    mutating func parsePrimary() throws -> Expression {
        let token = current
        switch token.kind {
        case .integer: return literal(.integer(token.text))
        case .decimal: return literal(.decimal(token.text))
        case .approximate: return literal(.approximate(token.text))
        case .string: return literal(.string(token.text))
        case .binary: return try parseBinary(token)
        case .symbol where token.text == "(": return try parseParenthesised()
        case .symbol where token.text == ":" || token.text == "@": return try parseParameter()
        case .quotedIdentifier: return try parseColumn()
        case .word: return try parseWord(token)
        default: try failExpected("an expression")
        }
    }

    private mutating func literal(_ value: Literal) -> Expression {
        let token = advance()
        return Expression(.literal(value), token.span)
    }

    private mutating func parseBinary(_ token: Token) throws -> Expression {
        let isHex = token.text.utf8.count % 2 == 0 && token.text.allSatisfy(\.isHexDigit)
        if !isHex {
            report(
                "X'…' takes pairs of hexadecimal digits", code: "bad-literal", at: token.span)
            throw ParseFailure()
        }
        return literal(.binary(token.text))
    }

    /// `:name` or `@name`.
    private mutating func parseParameter() throws -> Expression {
        let start = advance().span.start
        guard current.span.start == start + 1 else { try failExpected("the name of an argument") }
        let token = current
        guard token.kind == .word || token.kind == .quotedIdentifier else {
            try failExpected("the name of an argument")
        }
        advance()
        return Expression(.parameter(Identifier(token.text, token.span)), span(from: start))
    }

    /// An expression, a row, or a query in parentheses.
    private mutating func parseParenthesised() throws -> Expression {
        let start = current.span.start
        if startsQuery(1) {
            advance()
            let query = try parseQuery()
            try expect(symbol: ")")
            return Expression(.scalarQuery(query), span(from: start))
        }
        advance()
        let inner = try parseExpression()
        guard current.isSymbol(",") else {
            try expect(symbol: ")")
            return Expression(inner.kind, span(from: start))
        }
        var items = [inner]
        while accept(symbol: ",") { items.append(try parseExpression()) }
        try expect(symbol: ")")
        return Expression(.row(items), span(from: start))
    }

    private mutating func parseColumn() throws -> Expression {
        let start = current.span.start
        let path = try parsePath("a column name")
        return Expression(.column(path), span(from: start))
    }

    private mutating func parseWord(_ token: Token) throws -> Expression {
        let word = token.text.uppercased()
        let following = peek(1)
        switch word {
        case "NULL": return literal(.null)
        case "TRUE": return literal(.boolean(true))
        case "FALSE": return literal(.boolean(false))
        case "CASE": return try parseCase()
        case "INTERVAL" where following.kind == .string || following.isSymbol("-"):
            return try parseInterval()
        case "DATE", "TIME", "TIMESTAMP":
            if following.kind == .string { return parseTimeLiteral(word) }
        case "CAST" where following.isSymbol("("),
            "TRY_CAST" where following.isSymbol("("):
            return try parseCast(isTry: word == "TRY_CAST")
        case "EXISTS" where following.isSymbol("("): return try parseExists()
        case "ARRAY" where following.isSymbol("["): return try parseArray()
        case "MAP" where following.isSymbol("["): return try parseMap()
        case "ROW" where following.isSymbol("("): return try parseRow()
        default: break
        }
        if following.isSymbol("(") { return try parseCall() }
        if Self.callsWithoutParentheses.contains(word) {
            advance()
            return Expression(
                .call(FunctionCallSyntax(Identifier(token.text, token.span), [])), token.span)
        }
        return try parseColumn()
    }

    /// SQL functions that are called without parentheses.
    private static let callsWithoutParentheses: Set<String> = [
        "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP",
    ]

    private mutating func parseExists() throws -> Expression {
        let start = advance().span.start
        try expect(symbol: "(")
        let query = try parseQuery()
        try expect(symbol: ")")
        return Expression(.exists(query), span(from: start))
    }

    // MARK: Constructors

    private mutating func parseArray() throws -> Expression {
        let start = advance().span.start
        advance()
        let items = current.isSymbol("]") ? [] : try parseExpressionList()
        try expect(symbol: "]")
        return Expression(.array(items), span(from: start))
    }

    private mutating func parseMap() throws -> Expression {
        let start = advance().span.start
        advance()
        var entries: [(key: Expression, value: Expression)] = []
        if !current.isSymbol("]") {
            repeat {
                let key = try parseExpression()
                try expect(symbol: ",")
                entries.append((key, try parseExpression()))
            } while accept(symbol: ",")
        }
        try expect(symbol: "]")
        return Expression(.map(entries), span(from: start))
    }

    private mutating func parseRow() throws -> Expression {
        let start = advance().span.start
        advance()
        let items = current.isSymbol(")") ? [] : try parseExpressionList()
        try expect(symbol: ")")
        return Expression(.row(items), span(from: start))
    }

    // MARK: Times

    private mutating func parseTimeLiteral(_ word: String) -> Expression {
        let start = advance().span.start
        let text = advance().text
        let value: Literal =
            word == "DATE" ? .date(text) : word == "TIME" ? .time(text) : .timestamp(text)
        return Expression(.literal(value), span(from: start))
    }

    private mutating func parseInterval() throws -> Expression {
        let start = advance().span.start
        let isNegative = accept(symbol: "-")
        guard current.kind == .string else { try failExpected("an interval text in quotes") }
        let text = advance().text
        let first = try parseUnit()
        try skipPrecision()
        let last = accept(word: "TO") ? try parseUnit() : nil
        try skipPrecision()
        let value = Expression(
            .literal(.interval(text: text, start: first, end: last)), span(from: start))
        return isNegative ? Expression(.negate(value), value.span) : value
    }

    /// `(2)` or `(2, 3)` behind a unit; it only limits the digits of the text.
    private mutating func skipPrecision() throws {
        guard accept(symbol: "(") else { return }
        _ = try expectInteger("a precision")
        if accept(symbol: ",") { _ = try expectInteger("a precision") }
        try expect(symbol: ")")
    }

    mutating func parseUnit() throws -> TimeUnit {
        guard let unit = unit(current) else {
            try failExpected("a time unit (YEAR, MONTH, DAY, HOUR, MINUTE, SECOND …)")
        }
        advance()
        return unit
    }

    func unit(_ token: Token) -> TimeUnit? {
        guard token.kind == .word else { return nil }
        var name = token.text.uppercased()
        if name.hasPrefix("SQL_TSI_") { name = String(name.dropFirst(8)) }
        if let unit = TimeUnit(rawValue: name) { return unit }
        return name.hasSuffix("S") ? TimeUnit(rawValue: String(name.dropLast())) : nil
    }

    // MARK: CASE and CAST

    private mutating func parseCase() throws -> Expression {
        let start = advance().span.start
        let isSearched = current.isWord("WHEN") || current.isWord("END")
        let operand = isSearched ? nil : try parseExpression()
        var branches: [(when: Expression, then: Expression)] = []
        while accept(word: "WHEN") {
            let condition = try parseExpression()
            try expect(word: "THEN")
            branches.append((condition, try parseExpression()))
        }
        if branches.isEmpty { try failExpected("WHEN") }
        let otherwise = accept(word: "ELSE") ? try parseExpression() : nil
        try expect(word: "END")
        return Expression(
            .caseWhen(operand: operand, branches: branches, otherwise: otherwise),
            span(from: start))
    }

    private mutating func parseCast(isTry: Bool) throws -> Expression {
        let start = advance().span.start
        try expect(symbol: "(")
        let operand = try parseExpression()
        try expect(word: "AS")
        let type = try parseType()
        try expect(symbol: ")")
        return Expression(.cast(operand, type, isTry: isTry), span(from: start))
    }
}
