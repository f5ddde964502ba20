// Function calls, and those with keywords between their arguments.

extension Parser {
    mutating func parseCall() throws -> Expression {
        let nameToken = advance()
        let name = Identifier(nameToken.text, nameToken.span)
        let start = nameToken.span.start
        try expect(symbol: "(")
        let upper = nameToken.text.uppercased()
        if let special = try parseSpecialCall(upper, from: start) { return special }
        if upper.hasPrefix("JSON_"), let call = try parseJsonCall(name) {
            return try finish(call, from: start)
        }
        var call = FunctionCallSyntax(name, [])
        if accept(symbol: "*") {
            call.isStar = true
        } else {
            call.isDistinct = accept(word: "DISTINCT")
            if !call.isDistinct { _ = accept(word: "ALL") }
            if !current.isSymbol(")") {
                repeat { call.arguments.append(try parseCallArgument()) } while accept(symbol: ",")
            }
            call.orderBy = try parseOrderBy()
            call.ignoresNulls = parseNullTreatment()
        }
        try expect(symbol: ")")
        return try finish(call, from: start)
    }

    /// What may follow the closing parenthesis of a call.
    private mutating func finish(
        _ written: FunctionCallSyntax, from start: Int
    ) throws -> Expression {
        var call = written
        if accept(words: "WITHIN", "GROUP") {
            try expect(symbol: "(")
            call.orderBy = try parseOrderBy()
            try expect(symbol: ")")
        }
        if current.isWord("FILTER"), peek(1).isSymbol("(") {
            index += 2
            try expect(word: "WHERE")
            call.filter = try parseExpression()
            try expect(symbol: ")")
        }
        call.ignoresNulls = parseNullTreatment() ?? call.ignoresNulls
        if accept(word: "OVER") { call.over = try parseOver() }
        return Expression(.call(call), span(from: start))
    }

    private mutating func parseNullTreatment() -> Bool? {
        if accept(words: "IGNORE", "NULLS") { return true }
        if accept(words: "RESPECT", "NULLS") { return false }
        return nil
    }

    private mutating func parseCallArgument() throws -> FunctionCallSyntax.Argument {
        guard peek(1).isSymbol("=>") else {
            return FunctionCallSyntax.Argument(try parseArgument())
        }
        let token = advance()
        advance()
        return FunctionCallSyntax.Argument(
            try parseArgument(), name: Identifier(token.text, token.span))
    }

    /// An expression, or the bare unit that TIMESTAMPADD and TIMESTAMPDIFF take.
    mutating func parseArgument() throws -> Expression {
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
            let needle = try parseAdditive()
            try expect(word: "IN")
            return try finishCall("POSITION", [needle, try parseExpression()], from: start)
        case "SUBSTRING":
            let operand = try parseExpression()
            guard accept(word: "FROM") else { return try finishCall(name, [operand], from: start) }
            var arguments = [operand, try parseExpression()]
            if accept(word: "FOR") { arguments.append(try parseExpression()) }
            return try finishCall(name, arguments, from: start)
        case "OVERLAY":
            let operand = try parseExpression()
            guard accept(word: "PLACING") else {
                return try finishCall(name, [operand], from: start)
            }
            var arguments = [operand, try parseExpression()]
            try expect(word: "FROM")
            arguments.append(try parseExpression())
            if accept(word: "FOR") { arguments.append(try parseExpression()) }
            return try finishCall(name, arguments, from: start)
        default:
            return nil
        }
    }

    private mutating func finishCall(
        _ name: String, _ first: [Expression], from start: Int
    ) throws -> Expression {
        var arguments = first
        while accept(symbol: ",") { arguments.append(try parseExpression()) }
        try expect(symbol: ")")
        let place = Span(start, start + name.utf8.count)
        return Expression(
            .call(FunctionCallSyntax(Identifier(name, place), arguments)), span(from: start))
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
