// Expressions, by precedence.

extension Parser {
    mutating func parseExpression() throws -> Expression {
        try nested { try $0.parseOr() }
    }

    private mutating func parseOr() throws -> Expression {
        var left = try parseAnd()
        while accept(word: "OR") { left = try combine(.or, left, parseAnd()) }
        return left
    }

    private mutating func parseAnd() throws -> Expression {
        var left = try parseNot()
        while accept(word: "AND") { left = try combine(.and, left, parseNot()) }
        return left
    }

    private mutating func parseNot() throws -> Expression {
        let start = current.span.start
        guard accept(word: "NOT") else { return try parsePredicate() }
        let operand = try nested { try $0.parseNot() }
        return Expression(.not(operand), span(from: start))
    }

    /// Joins two operands; refuses chains that would make the tree absurdly deep.
    private mutating func combine(
        _ symbol: BinaryOperator, _ left: Expression, _ right: Expression
    ) throws -> Expression {
        try countOperator()
        return Expression(.binary(symbol, left, right), left.span.union(right.span))
    }

    /// Refuses statements whose tree would be absurdly deep.
    mutating func countOperator() throws {
        operators += 1
        guard operators > Self.maximumOperators else { return }
        report("more than \(Self.maximumOperators) operators in one statement", code: "too-long")
        throw ParseFailure()
    }

    private mutating func parsePredicate() throws -> Expression {
        var left = try parseAdditive()
        while true {
            if let symbol = comparison() {
                advance()
                left = try parseComparison(symbol, left)
            } else if accept(word: "IS") {
                left = try parseIs(left)
            } else if let next = try parseSuffix(left) {
                left = next
            } else {
                return left
            }
        }
    }

    /// The right side of a comparison: a value, or `ALL | ANY | SOME (query)`.
    private mutating func parseComparison(
        _ symbol: BinaryOperator, _ left: Expression
    ) throws -> Expression {
        let isAll = current.isWord("ALL")
        guard isAll || current.isWord("ANY") || current.isWord("SOME"), peek(1).isSymbol("("),
            startsQuery(2)
        else { return try combine(symbol, left, parseAdditive()) }
        index += 2
        let query = try parseQuery()
        try expect(symbol: ")")
        return Expression(
            .quantified(symbol, left, isAll: isAll, query), span(from: left.span.start))
    }

    private func comparison() -> BinaryOperator? {
        guard current.kind == .symbol else { return nil }
        switch current.text {
        case "=": return .equal
        case "<>", "!=": return .notEqual
        case "<": return .less
        case "<=": return .lessOrEqual
        case ">": return .greater
        case ">=": return .greaterOrEqual
        default: return nil
        }
    }

    private mutating func parseIs(_ left: Expression) throws -> Expression {
        let isNegated = accept(word: "NOT")
        if accept(words: "DISTINCT", "FROM") {
            let right = try parseAdditive()
            return Expression(
                .isDistinct(left, right, negated: isNegated), left.span.union(right.span))
        }
        if accept(word: "JSON") {
            let shape = JsonShape(rawValue: current.text.uppercased())
            if shape != nil { advance() }
            return Expression(
                .isJson(left, shape ?? .value, negated: isNegated), span(from: left.span.start))
        }
        guard current.kind == .word, let test = TruthTest(rawValue: current.text.uppercased())
        else { try failExpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM after IS") }
        advance()
        return Expression(.isTest(left, test, negated: isNegated), span(from: left.span.start))
    }

    /// BETWEEN, IN, LIKE and SIMILAR TO with an optional NOT; nil when none of them follows.
    private mutating func parseSuffix(_ left: Expression) throws -> Expression? {
        let offset = current.isWord("NOT") ? 1 : 0
        let word = peek(offset)
        guard word.kind == .word else { return nil }
        let isNegated = offset == 1
        switch word.text.uppercased() {
        case "BETWEEN":
            index += offset + 1
            let isSymmetric = accept(word: "SYMMETRIC")
            if !isSymmetric { _ = accept(word: "ASYMMETRIC") }
            let low = try parseAdditive()
            try expect(word: "AND")
            let high = try parseAdditive()
            return Expression(
                .between(
                    left, low: low, high: high, negated: isNegated, isSymmetric: isSymmetric),
                span(from: left.span.start))
        case "IN":
            index += offset + 1
            try expect(symbol: "(")
            if startsQuery(0) {
                let query = try parseQuery()
                try expect(symbol: ")")
                return Expression(
                    .inQuery(left, query, negated: isNegated), span(from: left.span.start))
            }
            var items: [Expression] = []
            repeat { items.append(try parseExpression()) } while accept(symbol: ",")
            try expect(symbol: ")")
            return Expression(
                .inList(left, items, negated: isNegated), span(from: left.span.start))
        case "LIKE":
            index += offset + 1
            let pattern = try parseAdditive()
            let escape = accept(word: "ESCAPE") ? try parseAdditive() : nil
            return Expression(
                .like(left, pattern: pattern, escape: escape, negated: isNegated),
                span(from: left.span.start))
        case "SIMILAR":
            index += offset + 1
            try expect(word: "TO")
            let pattern = try parseAdditive()
            let escape = accept(word: "ESCAPE") ? try parseAdditive() : nil
            return Expression(
                .similar(left, pattern: pattern, escape: escape, negated: isNegated),
                span(from: left.span.start))
        case "OVERLAPS" where offset == 0:
            index += 1
            let right = try parseAdditive()
            return Expression(.overlaps(left, right), left.span.union(right.span))
        default:
            return nil
        }
    }

    mutating func parseAdditive() throws -> Expression {
        var left = try parseMultiplicative()
        while true {
            if accept(symbol: "+") {
                left = try combine(.add, left, parseMultiplicative())
            } else if accept(symbol: "-") {
                left = try combine(.subtract, left, parseMultiplicative())
            } else if accept(symbol: "||") {
                left = try combine(.concatenate, left, parseMultiplicative())
            } else {
                return left
            }
        }
    }

    private mutating func parseMultiplicative() throws -> Expression {
        var left = try parseUnary()
        while true {
            if accept(symbol: "*") {
                left = try combine(.multiply, left, parseUnary())
            } else if accept(symbol: "/") {
                left = try combine(.divide, left, parseUnary())
            } else if accept(symbol: "%") {
                left = try combine(.remainder, left, parseUnary())
            } else {
                return left
            }
        }
    }

    private mutating func parseUnary() throws -> Expression {
        let start = current.span.start
        if accept(symbol: "-") {
            let operand = try nested { try $0.parseUnary() }
            return Expression(.negate(operand), span(from: start))
        }
        if accept(symbol: "+") { return try nested { try $0.parseUnary() } }
        return try parsePostfix()
    }

    /// A primary with field and element accesses behind it.
    private mutating func parsePostfix() throws -> Expression {
        var operand = try parsePrimary()
        while true {
            if accept(symbol: "[") {
                let index = try parseExpression()
                try expect(symbol: "]")
                try countOperator()
                operand = Expression(
                    .element(operand, index), span(from: operand.span.start))
            } else if current.isSymbol("."), !peek(1).isSymbol("*") {
                advance()
                let name = try expectIdentifier("a field name")
                try countOperator()
                operand = Expression(.field(operand, name), span(from: operand.span.start))
            } else {
                return operand
            }
        }
    }
}
