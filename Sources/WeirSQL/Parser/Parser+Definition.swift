// `Name := …`

extension Parser {
    mutating func parseDefinition() throws -> Definition {
        let start = current.span.start
        var path = [
            try expectIdentifier("a statement (CREATE TABLE, IMPORT, Name := SELECT …)")
        ]
        while accept(symbol: ".") {
            path.append(try expectAnyName("the name of a column or relationship"))
        }
        if path.count > 2 {
            report(
                "a definition has one name, or a table and a name", code: "bad-name",
                at: span(from: start))
            throw ParseFailure()
        }
        let arguments = current.isSymbol("(") ? try parseFunctionArguments() : nil
        let returns = accept(word: "RETURNS") ? try parseReturns() : nil
        if !accept(symbol: ":=") { try failExpected("':=' after '\(path[path.count - 1].name)'") }
        let body = returns != nil ? try parsePassthrough() : try parseBody(path)
        return Definition(
            path: path, arguments: arguments, returns: returns, body: body,
            span: span(from: start))
    }

    private mutating func parseBody(_ path: [Identifier]) throws -> Definition.Body {
        while current.kind == .hint || current.kind == .docComment { advance() }
        if accept(word: "SUBSCRIBE") { return .subscribe(try parseQuery()) }
        if current.isWord("DISTINCT") { return try parseDistinct() }
        if startsQuery(0) || (current.isWord("TABLE") && !peek(1).isSymbol("(")) {
            return .query(try parseQuery())
        }
        if path.count == 2 { return .expression(try parseExpression()) }
        try failExpected("a query (SELECT, WITH, DISTINCT or SUBSCRIBE)")
    }

    /// `DISTINCT source ON a, b ORDER BY time DESC`
    private mutating func parseDistinct() throws -> Definition.Body {
        advance()
        let source = try parsePath("the table to take from")
        try expect(word: "ON")
        var columns: [Identifier] = []
        repeat { columns.append(try expectIdentifier("a column name")) } while accept(symbol: ",")
        guard current.isWord("ORDER") else { try failExpected("ORDER BY") }
        return .distinct(source: source, on: columns, orderBy: try parseOrderBy())
    }

    // MARK: Functions

    private mutating func parseFunctionArguments() throws -> [FunctionArgument] {
        try expect(symbol: "(")
        var arguments: [FunctionArgument] = []
        if !current.isSymbol(")") {
            repeat { arguments.append(try parseFunctionArgument()) } while accept(symbol: ",")
        }
        try expect(symbol: ")")
        return arguments
    }

    private mutating func parseFunctionArgument() throws -> FunctionArgument {
        while current.kind == .docComment { advance() }
        let start = current.span.start
        let name = try expectAnyName("the name of an argument")
        if accept(word: "AS") {
            return FunctionArgument(
                name: name, kind: .computed(try parseExpression()), span: span(from: start))
        }
        let type = try parseType()
        guard accept(word: "METADATA") else {
            return FunctionArgument(name: name, kind: .plain(type), span: span(from: start))
        }
        try expect(word: "FROM")
        let key = try expectString("the name of the metadata in quotes")
        return FunctionArgument(
            name: name, kind: .metadata(type, key: key), span: span(from: start))
    }

    /// A name that may be a reserved word: arguments are read with a colon in front, columns and
    /// relationships are defined behind a dot.
    private mutating func expectAnyName(_ what: String) throws -> Identifier {
        guard current.kind == .word || current.kind == .quotedIdentifier else {
            try failExpected(what)
        }
        let token = advance()
        return Identifier(token.text, token.span)
    }

    private mutating func parseReturns() throws -> [ReturnColumn] {
        try expect(symbol: "(")
        var columns: [ReturnColumn] = []
        repeat {
            let name = try expectIdentifier("a column name")
            columns.append(ReturnColumn(name: name, type: try parseType()))
        } while accept(symbol: ",")
        try expect(symbol: ")")
        return columns
    }

    /// The text up to the semicolon, as it stands: SQL of the database, where double quotes are
    /// names.
    private mutating func parsePassthrough() throws -> Definition.Body {
        let start = current.span.start
        while current.kind != .end, !current.isSymbol(";") { advance() }
        let place = span(from: start)
        if place.end <= start { try failExpected("a query of the database") }
        diagnostics.removeAll { problem in
            ["double-quotes", "unexpected-character"].contains(problem.code)
                && place.start <= problem.span.start && problem.span.end <= place.end
        }
        return .passthrough(source.text(place), place)
    }
}
