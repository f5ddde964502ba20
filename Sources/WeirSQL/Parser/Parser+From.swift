// FROM: tables, joins and table functions.

extension Parser {
    mutating func parseFrom() throws -> TableReference {
        var left = try parseTableReference()
        while true {
            let start = left.span.start
            if accept(symbol: ",") {
                let right = try parseTableReference()
                left = .join(left, .cross, right, .none, span(from: start))
                try countOperator()
                continue
            }
            guard let next = try parseJoin(left) else { return left }
            left = next
            try countOperator()
        }
    }

    private mutating func parseJoin(_ left: TableReference) throws -> TableReference? {
        let isNatural = accept(word: "NATURAL")
        guard let kind = try parseJoinKind() else {
            if isNatural { try failExpected("JOIN") }
            return nil
        }
        let right = try parseTableReference()
        var condition = JoinCondition.none
        if isNatural {
            condition = .natural
        } else if accept(word: "ON") {
            condition = .on(try parseExpression())
        } else if current.isWord("USING") {
            let start = advance().span.start
            condition = .using(try parseColumnNames(), span(from: start))
        }
        return .join(left, kind, right, condition, span(from: left.span.start))
    }

    private mutating func parseJoinKind() throws -> JoinKind? {
        if accept(word: "JOIN") { return .inner }
        let words: [(String, JoinKind)] = [
            ("INNER", .inner), ("LEFT", .left), ("RIGHT", .right), ("FULL", .full),
            ("CROSS", .cross),
        ]
        guard let (word, kind) = words.first(where: { current.isWord($0.0) }) else { return nil }
        if kind == .left, peek(1).isWord("SEMI") || peek(1).isWord("ANTI") {
            try failUnsupported(
                "\(word) \(peek(1).text.uppercased()) JOIN", at: current.span,
                hint: "write WHERE [NOT] EXISTS (SELECT …) or [NOT] IN (SELECT …), as Flink does")
        }
        advance()
        if kind != .inner, kind != .cross { _ = accept(word: "OUTER") }
        try expect(word: "JOIN")
        return kind
    }

    private mutating func parseTableReference() throws -> TableReference {
        try nested { parser in
            let reference = try parser.parseTablePrimary()
            if parser.current.isWord("MATCH_RECOGNIZE") {
                let match = try parser.parseMatchRecognize()
                let alias = try parser.parseTableAlias()
                return .matchRecognize(
                    reference, match, alias, parser.span(from: reference.span.start))
            }
            if parser.current.isWord("TABLESAMPLE") {
                try parser.failUnsupported("TABLESAMPLE", at: parser.current.span)
            }
            return reference
        }
    }

    private mutating func parseTablePrimary() throws -> TableReference {
        let start = current.span.start
        let isLateral = accept(word: "LATERAL")
        if current.isSymbol("(") { return try parseParenthesisedTable(isLateral, from: start) }
        if current.isWord("TABLE"), peek(1).isSymbol("(") {
            index += 2
            let call = try parseTableCall()
            try expect(symbol: ")")
            return .function(
                call, isLateral: isLateral, try parseTableAlias(), span(from: start))
        }
        if current.isWord("UNNEST"), peek(1).isSymbol("(") { return try parseUnnest(from: start) }
        if isLateral { try failExpected("TABLE(…) or a query in parentheses after LATERAL") }
        if current.isWord("VALUES") {
            try failExpected("a table; VALUES stands in parentheses")
        }
        let path = try parsePath("a table name")
        if current.isSymbol("(") {
            index -= path.count * 2 - 1
            let call = try parseTableCall()
            return .function(call, isLateral: false, try parseTableAlias(), span(from: start))
        }
        var options: [TableOption] = []
        while current.kind == .hint { options += parseOptionsHint(advance()) }
        let period = try parsePeriod()
        let place = span(from: start)
        return .named(path, period: period, options: options, try parseTableAlias(), place)
    }

    /// `(SELECT …)`, `(VALUES …)`, or a join in parentheses.
    private mutating func parseParenthesisedTable(
        _ isLateral: Bool, from start: Int
    ) throws -> TableReference {
        if startsQuery(1) {
            advance()
            let query = try parseQuery()
            try expect(symbol: ")")
            return .subquery(
                query, isLateral: isLateral, try parseTableAlias(), span(from: start))
        }
        advance()
        let inner = try nested { try $0.parseFrom() }
        try expect(symbol: ")")
        return inner
    }

    /// Whether a query begins at a token, which may be behind opening parentheses.
    func startsQuery(_ ahead: Int) -> Bool {
        var offset = ahead
        while peek(offset).isSymbol("(") { offset += 1 }
        return ["SELECT", "WITH", "VALUES"].contains { peek(offset).isWord($0) }
    }

    mutating func parsePath(_ what: String) throws -> [Identifier] {
        var path = [try expectIdentifier(what)]
        while current.isSymbol("."), !peek(1).isSymbol("*") {
            advance()
            path.append(try expectIdentifier(what))
        }
        return path
    }

    /// `/*+ OPTIONS('key'='value') */` behind a table name.
    private mutating func parseOptionsHint(_ token: Token) -> [TableOption] {
        let (words, _) = Lexer.tokenize(SourceText(name: "", token.text))
        var options: [TableOption] = []
        for (index, word) in words.enumerated()
        where word.kind == .string && index + 2 < words.count && words[index + 1].isSymbol("=") {
            options.append(
                TableOption(
                    key: word.text, value: words[index + 2].text, keySpan: token.span,
                    valueSpan: token.span))
        }
        return options
    }

    private mutating func parsePeriod() throws -> Expression? {
        guard current.isWord("FOR") else { return nil }
        advance()
        if !accept(word: "SYSTEM_TIME") { try expect(word: "SYSTEM_TIME") }
        try expect(word: "AS")
        try expect(word: "OF")
        return try parseAdditive()
    }

    mutating func parseTableAlias() throws -> TableAlias? {
        guard accept(word: "AS") || startsAlias else { return nil }
        let name = try expectIdentifier("an alias")
        return TableAlias(name: name, columns: try parseColumnNames())
    }

    private mutating func parseUnnest(from start: Int) throws -> TableReference {
        index += 2
        let operand = try parseExpression()
        try expect(symbol: ")")
        let hasOrdinality = accept(words: "WITH", "ORDINALITY")
        return .unnest(
            operand, withOrdinality: hasOrdinality, try parseTableAlias(), span(from: start))
    }

    // MARK: Table functions

    mutating func parseTableCall() throws -> TableCall {
        let start = current.span.start
        let path = try parsePath("a table function")
        try expect(symbol: "(")
        var arguments: [TableArgument] = []
        if !current.isSymbol(")") {
            repeat { arguments.append(try parseTableArgument()) } while accept(symbol: ",")
        }
        try expect(symbol: ")")
        return TableCall(function: path, arguments: arguments, span: span(from: start))
    }

    private mutating func parseTableArgument() throws -> TableArgument {
        let start = current.span.start
        var name: Identifier?
        if peek(1).isSymbol("=>") {
            let token = advance()
            name = Identifier(token.text, token.span)
            advance()
        }
        let value = try parseTableArgumentValue()
        return TableArgument(name: name, value: value, span: span(from: start))
    }

    /// One column, or several in parentheses: a comma would begin the next argument.
    private mutating func parseTablePartition() throws -> [Expression] {
        guard current.isWord("PARTITION"), !peek(2).isSymbol("(") else {
            return try parsePartitionBy()
        }
        advance()
        try expect(word: "BY")
        return [try parseExpression()]
    }

    private mutating func parseTableArgumentValue() throws -> TableArgument.Value {
        if current.isWord("DESCRIPTOR"), peek(1).isSymbol("(") {
            advance()
            return .descriptor(try parseColumnNames())
        }
        let start = current.span.start
        var table: TableReference?
        if current.isWord("TABLE") {
            advance()
            let path = try parsePath("a table name")
            table = .named(path, period: nil, options: [], nil, span(from: start))
        } else if current.isSymbol("("), startsQuery(1) {
            advance()
            let query = try parseQuery()
            try expect(symbol: ")")
            table = .subquery(query, isLateral: false, nil, span(from: start))
        }
        guard let table else { return .expression(try parseArgument()) }
        let partitionBy = try parseTablePartition()
        return .table(table, partitionBy: partitionBy, orderBy: try parseOrderBy())
    }
}
