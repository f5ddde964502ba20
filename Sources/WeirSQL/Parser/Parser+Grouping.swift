// GROUP BY, and the windows of OVER.

extension Parser {
    mutating func parseGroupBy() throws -> [GroupingElement] {
        guard accept(word: "GROUP") else { return [] }
        try expect(word: "BY")
        if !accept(word: "DISTINCT") { _ = accept(word: "ALL") }
        var elements: [GroupingElement] = []
        repeat { elements.append(try parseGroupingElement()) } while accept(symbol: ",")
        return elements
    }

    private mutating func parseGroupingElement() throws -> GroupingElement {
        let start = current.span.start
        if accept(words: "GROUPING", "SETS") {
            return .sets(try parseGroupingList(), span(from: start))
        }
        if current.isWord("ROLLUP"), peek(1).isSymbol("(") {
            advance()
            return .rollup(try parseGroupingList(), span(from: start))
        }
        if current.isWord("CUBE"), peek(1).isSymbol("(") {
            advance()
            return .cube(try parseGroupingList(), span(from: start))
        }
        if current.isSymbol("("), peek(1).isSymbol(")") {
            index += 2
            return .tuple([], span(from: start))
        }
        let expression = try parseExpression()
        if case .row(let items) = expression.kind { return .tuple(items, expression.span) }
        return .expression(expression)
    }

    private mutating func parseGroupingList() throws -> [GroupingElement] {
        try nested { parser in
            try parser.expect(symbol: "(")
            var elements: [GroupingElement] = []
            repeat {
                elements.append(try parser.parseGroupingElement())
            } while parser.accept(symbol: ",")
            try parser.expect(symbol: ")")
            return elements
        }
    }

    // MARK: Windows

    mutating func parseWindowClause() throws
        -> [(name: Identifier, specification: WindowSpecification)]
    {
        guard current.isWord("WINDOW"), peek(1).kind != .symbol else { return [] }
        advance()
        var windows: [(name: Identifier, specification: WindowSpecification)] = []
        repeat {
            let name = try expectIdentifier("the name of a window")
            try expect(word: "AS")
            windows.append((name, try parseWindowSpecification()))
        } while accept(symbol: ",")
        return windows
    }

    mutating func parseOver() throws -> FunctionCallSyntax.Over {
        if current.isSymbol("(") { return .specification(try parseWindowSpecification()) }
        return .named(try expectIdentifier("a window"))
    }

    private mutating func parseWindowSpecification() throws -> WindowSpecification {
        let start = current.span.start
        try expect(symbol: "(")
        var base: Identifier?
        let words = ["PARTITION", "ORDER", "ROWS", "RANGE"]
        if startsAlias, !words.contains(where: { current.isWord($0) }) {
            base = try expectIdentifier("the name of a window")
        }
        let partitionBy = try parsePartitionBy()
        let orderBy = try parseOrderBy()
        let frame = try parseFrame()
        try expect(symbol: ")")
        return WindowSpecification(
            base: base, partitionBy: partitionBy, orderBy: orderBy, frame: frame,
            span: span(from: start))
    }

    mutating func parsePartitionBy() throws -> [Expression] {
        guard accept(word: "PARTITION") else { return [] }
        try expect(word: "BY")
        if accept(symbol: "(") {
            let items = try parseExpressionList()
            try expect(symbol: ")")
            return items
        }
        return try parseExpressionList()
    }

    mutating func parseExpressionList() throws -> [Expression] {
        var items: [Expression] = []
        repeat { items.append(try parseExpression()) } while accept(symbol: ",")
        return items
    }

    private mutating func parseFrame() throws -> WindowFrame? {
        let start = current.span.start
        let isRows = accept(word: "ROWS")
        guard isRows || accept(word: "RANGE") else { return nil }
        guard accept(word: "BETWEEN") else {
            let bound = try parseFrameBound()
            return WindowFrame(
                isRows: isRows, start: bound, end: .currentRow, span: span(from: start))
        }
        let first = try parseFrameBound()
        try expect(word: "AND")
        let last = try parseFrameBound()
        return WindowFrame(isRows: isRows, start: first, end: last, span: span(from: start))
    }

    private mutating func parseFrameBound() throws -> WindowFrame.Bound {
        if accept(words: "UNBOUNDED", "PRECEDING") { return .unboundedPreceding }
        if accept(words: "UNBOUNDED", "FOLLOWING") { return .unboundedFollowing }
        if accept(words: "CURRENT", "ROW") { return .currentRow }
        let amount = try parseAdditive()
        if accept(word: "PRECEDING") { return .preceding(amount) }
        try expect(word: "FOLLOWING")
        return .following(amount)
    }
}
