// Literals, names, calls and the special forms of SQL.

extension Parser {
    mutating func parsePrimary() throws -> Expression {
        let token = current
        switch token.kind {
        case .integer: return literal(.integer(token.text))
        case .decimal: return literal(.decimal(token.text))
        case .approximate: return literal(.approximate(token.text))
        case .string: return literal(.string(token.text))
        case .symbol where token.text == "(": return try parseParenthesised()
        case .quotedIdentifier: return try parseColumn()
        case .word: return try parseWord(token)
        default: try failExpected("an expression")
        }
    }

    private mutating func literal(_ value: Literal) -> Expression {
        let token = advance()
        return Expression(.literal(value), token.span)
    }

    private mutating func parseParenthesised() throws -> Expression {
        advance()
        if current.isWord("SELECT") { try failUnsupported("a scalar subquery", at: current.span) }
        let inner = try parseExpression()
        if current.isSymbol(",") { try failUnsupported("a row constructor", at: current.span) }
        try expect(symbol: ")")
        return inner
    }

    private mutating func parseColumn() throws -> Expression {
        let start = current.span.start
        var path = [try expectIdentifier("a column name")]
        while current.isSymbol("."), !peek(1).isSymbol("*") {
            advance()
            path.append(try expectIdentifier("a field name"))
        }
        if current.isSymbol("[") {
            try failUnsupported("element access with [ ]", at: current.span)
        }
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
        case "EXISTS": try failUnsupported("EXISTS", at: token.span)
        case "ARRAY" where following.isSymbol("["),
            "MAP" where following.isSymbol("["):
            try failUnsupported("the \(word) constructor", at: token.span)
        case "ROW" where following.isSymbol("("):
            try failUnsupported("the ROW constructor", at: token.span)
        default: break
        }
        if following.isSymbol("(") { return try parseCall() }
        if Self.callsWithoutParentheses.contains(word) {
            advance()
            return Expression(
                .call(name: Identifier(token.text, token.span), arguments: [], isDistinct: false),
                token.span)
        }
        return try parseColumn()
    }

    /// SQL functions that are called without parentheses.
    private static let callsWithoutParentheses: Set<String> = [
        "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP",
    ]

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
        if accept(symbol: "(") {
            _ = try expectInteger("a precision")
            try expect(symbol: ")")
        }
        let last = accept(word: "TO") ? try parseUnit() : nil
        if accept(symbol: "(") {
            _ = try expectInteger("a precision")
            try expect(symbol: ")")
        }
        let value = Expression(
            .literal(.interval(text: text, start: first, end: last)), span(from: start))
        return isNegative ? Expression(.negate(value), value.span) : value
    }

    private mutating func parseUnit() throws -> TimeUnit {
        guard let unit = unit(current) else {
            try failExpected("a time unit (YEAR, MONTH, DAY, HOUR, MINUTE, SECOND …)")
        }
        advance()
        return unit
    }

    private func unit(_ token: Token) -> TimeUnit? {
        guard token.kind == .word else { return nil }
        var name = token.text.uppercased()
        if name.hasPrefix("SQL_TSI_") { name = String(name.dropFirst(8)) }
        if let unit = TimeUnit(rawValue: name) { return unit }
        return name.hasSuffix("S") ? TimeUnit(rawValue: String(name.dropLast())) : nil
    }

    private mutating func parseCase() throws -> Expression {
        let start = advance().span.start
        let operand = current.isWord("WHEN") ? nil : try parseExpression()
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

    private mutating func parseCall() throws -> Expression {
        let nameToken = advance()
        let name = Identifier(nameToken.text, nameToken.span)
        let start = nameToken.span.start
        try expect(symbol: "(")
        let special = try parseSpecialCall(nameToken.text.uppercased(), from: start)
        if let special {
            return special
        }
        if accept(symbol: "*") {
            try expect(symbol: ")")
            try refuseCallSuffix()
            return Expression(.callStar(name: name), span(from: start))
        }
        let isDistinct = accept(word: "DISTINCT")
        var arguments: [Expression] = []
        if !current.isSymbol(")") {
            repeat { arguments.append(try parseArgument()) } while accept(symbol: ",")
        }
        try expect(symbol: ")")
        try refuseCallSuffix()
        return Expression(
            .call(name: name, arguments: arguments, isDistinct: isDistinct), span(from: start))
    }

    private mutating func refuseCallSuffix() throws {
        if current.isWord("OVER") { try failUnsupported("OVER windows", at: current.span) }
        if current.isWord("FILTER") { try failUnsupported("FILTER (WHERE …)", at: current.span) }
        if current.isWord("WITHIN") { try failUnsupported("WITHIN GROUP", at: current.span) }
    }

    private mutating func parseArgument() throws -> Expression {
        let isLast = peek(1).isSymbol(",") || peek(1).isSymbol(")")
        if let unit = unit(current), isLast {
            let place = advance().span
            return Expression(.unit(unit), place)
        }
        return try parseExpression()
    }

    /// Calls with keywords between their arguments; the opening parenthesis is already read.
    private mutating func parseSpecialCall(_ name: String, from start: Int) throws -> Expression? {
        switch name {
        case "EXTRACT":
            let unit = try parseUnit()
            try expect(word: "FROM")
            let operand = try parseExpression()
            try expect(symbol: ")")
            return Expression(.extract(unit, operand), span(from: start))
        case "TRIM":
            return try parseTrim(from: start)
        case "FLOOR", "CEIL", "CEILING":
            let operand = try parseExpression()
            guard accept(word: "TO") else {
                return try finishCall(name, [operand], from: start)
            }
            let unit = try parseUnit()
            try expect(symbol: ")")
            return Expression(
                .roundTime(operand, unit, up: name != "FLOOR"), span(from: start))
        case "POSITION":
            let needle = try parseAdditiveOperand()
            try expect(word: "IN")
            return try finishCall("POSITION", [needle, try parseExpression()], from: start)
        case "SUBSTRING":
            let operand = try parseExpression()
            guard accept(word: "FROM") else { return try finishCall(name, [operand], from: start) }
            var arguments = [operand, try parseExpression()]
            if accept(word: "FOR") { arguments.append(try parseExpression()) }
            return try finishCall(name, arguments, from: start)
        default:
            return nil
        }
    }

    private mutating func parseAdditiveOperand() throws -> Expression {
        try nested { try $0.parsePrimary() }
    }

    private mutating func finishCall(
        _ name: String, _ first: [Expression], from start: Int
    ) throws -> Expression {
        var arguments = first
        while accept(symbol: ",") { arguments.append(try parseExpression()) }
        try expect(symbol: ")")
        return Expression(
            .call(
                name: Identifier(name, Span(start, start + name.utf8.count)),
                arguments: arguments, isDistinct: false), span(from: start))
    }

    private mutating func parseTrim(from start: Int) throws -> Expression {
        var side = TrimSide.both
        var isKeyword = false
        if current.kind == .word, let written = TrimSide(rawValue: current.text.uppercased()) {
            advance()
            side = written
            isKeyword = true
        }
        if isKeyword, accept(word: "FROM") {
            let operand = try parseExpression()
            try expect(symbol: ")")
            return Expression(.trim(side, characters: nil, operand), span(from: start))
        }
        let first = try parseExpression()
        guard accept(word: "FROM") else {
            if isKeyword { try failExpected("FROM") }
            try expect(symbol: ")")
            return Expression(.trim(.both, characters: nil, first), span(from: start))
        }
        let operand = try parseExpression()
        try expect(symbol: ")")
        return Expression(.trim(side, characters: first, operand), span(from: start))
    }
}
