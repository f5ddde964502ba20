// Queries.

extension Parser {
    mutating func parseQuery() throws -> Query {
        try nested { try $0.parseQueryExpression() }
    }

    private mutating func parseQueryExpression() throws -> Query {
        let start = current.span.start
        let commonTables = try parseWith()
        let body = try parseSetOperations()
        let orderBy = try parseOrderBy()
        let (limit, offset) = try parseLimits()
        let query = Query(
            commonTables: commonTables, body: body, orderBy: orderBy, limit: limit, offset: offset,
            span: span(from: start))
        if case .nested(let inner) = body, commonTables.isEmpty, orderBy.isEmpty, limit == nil,
            offset == nil
        {
            return inner
        }
        return query
    }

    private mutating func parseWith() throws -> [CommonTable] {
        guard accept(word: "WITH") else { return [] }
        if current.isWord("RECURSIVE") { try failUnsupported("WITH RECURSIVE", at: current.span) }
        var tables: [CommonTable] = []
        repeat {
            let name = try expectIdentifier("the name of a common table")
            let columns = try parseColumnNames()
            try expect(word: "AS")
            try expect(symbol: "(")
            tables.append(CommonTable(name: name, columns: columns, query: try parseQuery()))
            try expect(symbol: ")")
        } while accept(symbol: ",")
        return tables
    }

    /// `(a, b)`, or nothing.
    mutating func parseColumnNames() throws -> [Identifier] {
        guard accept(symbol: "(") else { return [] }
        var names: [Identifier] = []
        repeat { names.append(try expectIdentifier("a column name")) } while accept(symbol: ",")
        try expect(symbol: ")")
        return names
    }

    // MARK: Set operations

    /// INTERSECT binds tighter than UNION and EXCEPT.
    private mutating func parseSetOperations() throws -> QueryBody {
        var left = try parseIntersections()
        while let operation = setOperator([.union, .except]) {
            let isAll = try parseSetQuantifier()
            let right = try parseIntersections()
            left = try combine(operation, isAll, left, right)
        }
        return left
    }

    private mutating func parseIntersections() throws -> QueryBody {
        var left = try parseQueryTerm()
        while let operation = setOperator([.intersect]) {
            let isAll = try parseSetQuantifier()
            let right = try parseQueryTerm()
            left = try combine(operation, isAll, left, right)
        }
        return left
    }

    private mutating func combine(
        _ operation: SetOperator, _ isAll: Bool, _ left: QueryBody, _ right: QueryBody
    ) throws -> QueryBody {
        try countOperator()
        return .setOperation(
            operation, isAll: isAll, left, right, left.span.union(right.span))
    }

    private mutating func setOperator(_ wanted: [SetOperator]) -> SetOperator? {
        let word = current.isWord("MINUS") ? "EXCEPT" : current.text.uppercased()
        guard current.kind == .word, let operation = SetOperator(rawValue: word),
            wanted.contains(operation)
        else { return nil }
        advance()
        return operation
    }

    private mutating func parseSetQuantifier() throws -> Bool {
        if accept(word: "ALL") { return true }
        _ = accept(word: "DISTINCT")
        return false
    }

    private mutating func parseQueryTerm() throws -> QueryBody {
        if current.isSymbol("(") {
            return try nested { parser in
                parser.advance()
                let query = try parser.parseQuery()
                try parser.expect(symbol: ")")
                return .nested(query)
            }
        }
        if current.isWord("VALUES") { return try parseValues() }
        if current.isWord("TABLE"), peek(1).kind == .word || peek(1).kind == .quotedIdentifier {
            return try parseExplicitTable()
        }
        return .select(try parseSelect())
    }

    /// `TABLE t` as a query.
    private mutating func parseExplicitTable() throws -> QueryBody {
        let start = advance().span.start
        let path = try parsePath("a table name")
        let place = span(from: start)
        let from = TableReference.named(path, period: nil, options: [], nil, place)
        return .select(
            SelectQuery(
                isDistinct: false, hints: [], items: [.all(qualifier: nil, place)], from: from,
                filter: nil, groupBy: [], having: nil, windows: [], qualify: nil, span: place))
    }

    private mutating func parseValues() throws -> QueryBody {
        let start = advance().span.start
        var rows: [[Expression]] = []
        repeat {
            if accept(word: "ROW") || current.isSymbol("(") {
                try expect(symbol: "(")
                var row: [Expression] = []
                repeat { row.append(try parseExpression()) } while accept(symbol: ",")
                try expect(symbol: ")")
                rows.append(row)
            } else {
                rows.append([try parseExpression()])
            }
        } while accept(symbol: ",")
        return .values(rows, span(from: start))
    }

    // MARK: SELECT

    private mutating func parseSelect() throws -> SelectQuery {
        let start = current.span.start
        try expect(word: "SELECT")
        var hints: [Hint] = []
        while current.kind == .hint { hints += parseHints(advance(), allowsOptions: true) }
        let isDistinct = accept(word: "DISTINCT")
        if !isDistinct { _ = accept(word: "ALL") }
        var items: [SelectItem] = []
        repeat { items.append(try parseSelectItem()) } while accept(symbol: ",")
        let from = accept(word: "FROM") ? try parseFrom() : nil
        let filter = accept(word: "WHERE") ? try parseExpression() : nil
        let groupBy = try parseGroupBy()
        let having = accept(word: "HAVING") ? try parseExpression() : nil
        let windows = try parseWindowClause()
        let qualify = accept(word: "QUALIFY") ? try parseExpression() : nil
        return SelectQuery(
            isDistinct: isDistinct, hints: hints, items: items, from: from, filter: filter,
            groupBy: groupBy, having: having, windows: windows, qualify: qualify,
            span: span(from: start))
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
        return .expression(
            expression, alias: startsAlias ? try expectIdentifier("an alias") : nil)
    }

    /// Whether a name without AS follows.
    var startsAlias: Bool {
        if current.kind == .quotedIdentifier { return true }
        return current.kind == .word && !ReservedWords.contains(current.text)
            && !ReservedWords.endsAlias(current.text)
    }

    mutating func parseOrderBy() throws -> [OrderItem] {
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

    /// LIMIT, OFFSET and FETCH in any order that SQL allows.
    private mutating func parseLimits() throws -> (limit: Expression?, offset: Expression?) {
        var limit: Expression?
        var offset: Expression?
        while true {
            if limit == nil, accept(word: "LIMIT") {
                if accept(word: "ALL") { continue }
                limit = try parseRowCount()
                if accept(symbol: ",") {
                    offset = limit
                    limit = try parseRowCount()
                }
            } else if offset == nil, accept(word: "OFFSET") {
                offset = try parseRowCount()
                if !accept(word: "ROWS") { _ = accept(word: "ROW") }
            } else if limit == nil, accept(word: "FETCH") {
                if !accept(word: "FIRST") { try expect(word: "NEXT") }
                limit = try parseRowCount()
                if !accept(word: "ROWS") { try expect(word: "ROW") }
                try expect(word: "ONLY")
            } else {
                return (limit, offset)
            }
        }
    }

    private mutating func parseRowCount() throws -> Expression {
        guard current.kind == .integer || current.isSymbol(":") || current.isSymbol("@") else {
            try failExpected("a number of rows")
        }
        return try parsePrimary()
    }
}
