// MATCH_RECOGNIZE.

extension Parser {
    mutating func parseMatchRecognize() throws -> MatchRecognize {
        let start = advance().span.start
        try expect(symbol: "(")
        let partitionBy = try parsePartitionBy()
        let orderBy = try parseOrderBy()
        let measures = try parseMeasures()
        var allRows: Bool?
        if accept(words: "ONE", "ROW", "PER", "MATCH") { allRows = false }
        if accept(words: "ALL", "ROWS", "PER", "MATCH") { allRows = true }
        let skip = try parseMatchSkip()
        try expect(word: "PATTERN")
        try expect(symbol: "(")
        let pattern = try parseRowPattern()
        try expect(symbol: ")")
        let within = accept(word: "WITHIN") ? try parseAdditive() : nil
        let subsets = try parseSubsets()
        var definitions: [(variable: Identifier, condition: Expression)] = []
        if accept(word: "DEFINE") {
            repeat {
                let variable = try expectIdentifier("a pattern variable")
                try expect(word: "AS")
                definitions.append((variable, try parseExpression()))
            } while accept(symbol: ",")
        }
        try expect(symbol: ")")
        return MatchRecognize(
            partitionBy: partitionBy, orderBy: orderBy, measures: measures, allRows: allRows,
            skip: skip, pattern: pattern, within: within, subsets: subsets,
            definitions: definitions, span: span(from: start))
    }

    private mutating func parseMeasures() throws -> [(expression: Expression, name: Identifier)] {
        guard accept(word: "MEASURES") else { return [] }
        var measures: [(expression: Expression, name: Identifier)] = []
        repeat {
            if !accept(word: "FINAL") { _ = accept(word: "RUNNING") }
            let expression = try parseExpression()
            try expect(word: "AS")
            measures.append((expression, try expectIdentifier("the name of a measure")))
        } while accept(symbol: ",")
        return measures
    }

    private mutating func parseMatchSkip() throws -> MatchSkip {
        guard accept(words: "AFTER", "MATCH", "SKIP") else { return .toNextRow }
        if accept(words: "PAST", "LAST", "ROW") { return .pastLastRow }
        try expect(word: "TO")
        if accept(words: "NEXT", "ROW") { return .toNextRow }
        if accept(word: "FIRST") { return .toFirst(try expectIdentifier("a pattern variable")) }
        _ = accept(word: "LAST")
        return .toLast(try expectIdentifier("a pattern variable"))
    }

    private mutating func parseSubsets() throws -> [(name: Identifier, variables: [Identifier])] {
        guard accept(word: "SUBSET") else { return [] }
        var subsets: [(name: Identifier, variables: [Identifier])] = []
        repeat {
            let name = try expectIdentifier("the name of a subset")
            try expect(symbol: "=")
            subsets.append((name, try parseColumnNames()))
        } while accept(symbol: ",")
        return subsets
    }

    // MARK: Patterns

    private mutating func parseRowPattern() throws -> RowPattern {
        try nested { parser in
            var branches = [try parser.parseRowSequence()]
            while parser.accept(symbol: "|") { branches.append(try parser.parseRowSequence()) }
            return branches.count == 1 ? branches[0] : .alternation(branches)
        }
    }

    private mutating func parseRowSequence() throws -> RowPattern {
        var parts: [RowPattern] = []
        while !current.isSymbol(")"), !current.isSymbol("|"), current.kind != .end {
            parts.append(try parseRowFactor())
        }
        if parts.isEmpty { try failExpected("a pattern variable") }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func parseRowFactor() throws -> RowPattern {
        var part: RowPattern
        if accept(symbol: "(") {
            part = try parseRowPattern()
            try expect(symbol: ")")
        } else {
            part = .variable(try expectIdentifier("a pattern variable"))
        }
        while let (minimum, maximum) = try parseQuantifier() {
            part = .quantified(
                part, minimum: minimum, maximum: maximum, isReluctant: accept(symbol: "?"))
        }
        return part
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, `{,m}`; nil when none follows.
    private mutating func parseQuantifier() throws -> (minimum: Int, maximum: Int?)? {
        if accept(symbol: "*") { return (0, nil) }
        if accept(symbol: "+") { return (1, nil) }
        if accept(symbol: "?") { return (0, 1) }
        guard accept(symbol: "{") else { return nil }
        let minimum = current.kind == .integer ? try expectInteger("a number of rows") : 0
        var maximum: Int? = minimum
        if accept(symbol: ",") {
            maximum = current.kind == .integer ? try expectInteger("a number of rows") : nil
        }
        try expect(symbol: "}")
        return (minimum, maximum)
    }
}
