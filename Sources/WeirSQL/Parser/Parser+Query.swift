// SELECT.

extension Parser {
    mutating func parseQuery() throws -> Query {
        try nested { parser in
            if parser.accept(symbol: "(") {
                let query = try parser.parseQuery()
                try parser.expect(symbol: ")")
                return query
            }
            return try parser.parseSelect()
        }
    }

    private mutating func parseSelect() throws -> Query {
        let start = current.span.start
        if current.isWord("WITH") {
            try failUnsupported("WITH (common table expressions)", at: current.span)
        }
        if current.isWord("VALUES") { try failUnsupported("VALUES", at: current.span) }
        try expect(word: "SELECT")
        while current.kind == .hint { advance() }
        let isDistinct = accept(word: "DISTINCT")
        if !isDistinct { _ = accept(word: "ALL") }
        var items: [SelectItem] = []
        repeat { items.append(try parseSelectItem()) } while accept(symbol: ",")
        var from: TableReference?
        if accept(word: "FROM") { from = try parseFrom() }
        let filter = accept(word: "WHERE") ? try parseExpression() : nil
        let groupBy = try parseGroupBy()
        let having = accept(word: "HAVING") ? try parseExpression() : nil
        if current.isWord("WINDOW") || current.isWord("QUALIFY") {
            try failUnsupported("\(current.text.uppercased())", at: current.span)
        }
        if ["UNION", "INTERSECT", "EXCEPT"].contains(current.text.uppercased()),
            current.kind == .word
        {
            try failUnsupported("\(current.text.uppercased())", at: current.span)
        }
        let orderBy = try parseOrderBy()
        let limit = try parseLimit()
        return Query(
            isDistinct: isDistinct, items: items, from: from, filter: filter, groupBy: groupBy,
            having: having, orderBy: orderBy, limit: limit, span: span(from: start))
    }

    private mutating func parseSelectItem() throws -> SelectItem {
        let start = current.span
        if accept(symbol: "*") { return .all(qualifier: nil, start) }
        let isName = current.kind == .quotedIdentifier || current.kind == .word
        if isName, peek(1).isSymbol("."), peek(2).isSymbol("*") {
            let qualifier = try expectIdentifier("a table name")
            index += 2
            return .all(qualifier: qualifier, span(from: start.start))
        }
        let expression = try parseExpression()
        if accept(word: "AS") {
            return .expression(expression, alias: try expectIdentifier("an alias"))
        }
        let isAlias =
            current.kind == .quotedIdentifier
            || (current.kind == .word && !ReservedWords.contains(current.text)
                && !["WINDOW", "QUALIFY"].contains(current.text.uppercased()))
        return .expression(expression, alias: isAlias ? try expectIdentifier("an alias") : nil)
    }

    private mutating func parseGroupBy() throws -> [Expression] {
        guard accept(word: "GROUP") else { return [] }
        try expect(word: "BY")
        if current.isWord("GROUPING") || current.isWord("ROLLUP") || current.isWord("CUBE") {
            try failUnsupported("\(current.text.uppercased())", at: current.span)
        }
        var keys: [Expression] = []
        repeat { keys.append(try parseExpression()) } while accept(symbol: ",")
        return keys
    }

    private mutating func parseOrderBy() throws -> [OrderItem] {
        guard accept(word: "ORDER") else { return [] }
        try expect(word: "BY")
        var items: [OrderItem] = []
        repeat {
            let expression = try parseExpression()
            let isDescending = accept(word: "DESC")
            if !isDescending { _ = accept(word: "ASC") }
            var nullsFirst: Bool?
            if accept(words: "NULLS", "FIRST") { nullsFirst = true }
            if accept(words: "NULLS", "LAST") { nullsFirst = false }
            items.append(
                OrderItem(
                    expression: expression, isDescending: isDescending, nullsFirst: nullsFirst))
        } while accept(symbol: ",")
        return items
    }

    private mutating func parseLimit() throws -> (count: String, span: Span)? {
        guard accept(word: "LIMIT") else { return nil }
        let token = current
        guard token.kind == .integer else { try failExpected("a number of rows") }
        advance()
        if current.isWord("OFFSET") { try failUnsupported("OFFSET", at: current.span) }
        return (token.text, token.span)
    }

    // MARK: FROM

    private mutating func parseFrom() throws -> TableReference {
        let reference = try parseTableReference()
        let joins: Set<String> = ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL"]
        if current.kind == .word, joins.contains(current.text.uppercased()) {
            try failUnsupported("JOIN", at: current.span)
        }
        if current.isSymbol(",") {
            try failUnsupported("more than one table in FROM", at: current.span)
        }
        return reference
    }

    private mutating func parseTableReference() throws -> TableReference {
        let start = current.span.start
        if current.isSymbol("("), peek(1).isWord("SELECT") || peek(1).isSymbol("(") {
            advance()
            let query = try parseQuery()
            try expect(symbol: ")")
            let alias = try parseTableAlias()
            return .subquery(query, alias: alias, span(from: start))
        }
        if current.isWord("TABLE"), peek(1).isSymbol("(") {
            index += 2
            let call = try parseWindowCall()
            try expect(symbol: ")")
            let alias = try parseTableAlias()
            return .window(call, alias: alias, span(from: start))
        }
        if ["LATERAL", "UNNEST", "VALUES"].contains(current.text.uppercased()) {
            try failUnsupported("\(current.text.uppercased()) in FROM", at: current.span)
        }
        var path = [try expectIdentifier("a table name")]
        while accept(symbol: ".") { path.append(try expectIdentifier("a table name")) }
        if current.isSymbol("(") {
            try failUnsupported(
                "a function call in FROM", at: current.span,
                hint: "window functions are written TABLE(TUMBLE(TABLE t, DESCRIPTOR(c), …))")
        }
        let place = span(from: start)
        if current.isWord("FOR") {
            try failUnsupported("FOR SYSTEM_TIME AS OF", at: current.span)
        }
        return .named(path, alias: try parseTableAlias(), place)
    }

    private mutating func parseTableAlias() throws -> Identifier? {
        if accept(word: "AS") { return try expectIdentifier("an alias") }
        let isAlias =
            current.kind == .quotedIdentifier
            || (current.kind == .word && !ReservedWords.contains(current.text)
                && !["WINDOW", "QUALIFY", "MATCH_RECOGNIZE", "TABLESAMPLE"].contains(
                    current.text.uppercased()))
        return isAlias ? try expectIdentifier("an alias") : nil
    }

    private mutating func parseWindowCall() throws -> WindowCall {
        let function = try expectIdentifier("a window function (TUMBLE)")
        try expect(symbol: "(")
        skipArgumentName("DATA")
        try expect(word: "TABLE")
        var table = [try expectIdentifier("a table name")]
        while accept(symbol: ".") { table.append(try expectIdentifier("a table name")) }
        if current.isWord("PARTITION") {
            try failUnsupported("PARTITION BY in a window function", at: current.span)
        }
        try expect(symbol: ",")
        skipArgumentName("TIMECOL")
        try expect(word: "DESCRIPTOR")
        try expect(symbol: "(")
        let column = try expectIdentifier("the time column")
        try expect(symbol: ")")
        var arguments: [Expression] = []
        while accept(symbol: ",") {
            skipArgumentName(arguments.isEmpty ? "SIZE" : "OFFSET")
            arguments.append(try parseExpression())
        }
        try expect(symbol: ")")
        return WindowCall(
            function: function, table: table, timeColumn: column, arguments: arguments)
    }

    private mutating func skipArgumentName(_ name: String) {
        if current.isWord(name), peek(1).isSymbol("=>") { index += 2 }
    }
}
