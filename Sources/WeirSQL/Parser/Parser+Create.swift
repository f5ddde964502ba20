// CREATE TABLE and CREATE VIEW.

extension Parser {
    mutating func parseCreate() throws -> Statement.Kind {
        advance()
        let isTemporary = accept(word: "TEMPORARY")
        if accept(word: "TABLE") { return try parseCreateTable() }
        if accept(word: "VIEW") { return try parseCreateView() }
        let what = current.text.uppercased()
        if ["FUNCTION", "DATABASE", "CATALOG", "MODEL", "CONNECTION"].contains(what) {
            try failUnsupported("CREATE \(what)", at: current.span)
        }
        try failExpected("TABLE or VIEW after CREATE\(isTemporary ? " TEMPORARY" : "")")
    }

    private mutating func parseCreateView() throws -> Statement.Kind {
        _ = accept(words: "IF", "NOT", "EXISTS")
        let name = try expectIdentifier("the name of the view")
        if current.isSymbol("(") {
            try failUnsupported("a column list in CREATE VIEW", at: current.span)
        }
        try expect(word: "AS")
        return .createView(name: name, try parseQuery())
    }

    private mutating func parseCreateTable() throws -> Statement.Kind {
        _ = accept(words: "IF", "NOT", "EXISTS")
        let name = try expectIdentifier("the name of the table")
        var elements: [TableElement] = []
        if current.isWord("LIKE") { try failUnsupported("CREATE TABLE … LIKE", at: current.span) }
        try expect(symbol: "(")
        if !current.isSymbol(")") {
            repeat { elements.append(try parseTableElement()) } while accept(symbol: ",")
        }
        try expect(symbol: ")")
        if current.isWord("COMMENT") {
            advance()
            if current.kind == .string { advance() } else { try failExpected("a comment text") }
        }
        if current.isWord("PARTITIONED") || current.isWord("DISTRIBUTED") {
            try failUnsupported("\(current.text.uppercased()) BY", at: current.span)
        }
        var options: [TableOption] = []
        if accept(word: "WITH") { options = try parseOptions() }
        if current.isWord("LIKE") { try failUnsupported("CREATE TABLE … LIKE", at: current.span) }
        if current.isWord("AS") {
            try failUnsupported("CREATE TABLE … AS SELECT", at: current.span)
        }
        return .createTable(CreateTable(name: name, elements: elements, options: options))
    }

    private mutating func parseOptions() throws -> [TableOption] {
        var options: [TableOption] = []
        try expect(symbol: "(")
        repeat {
            guard current.kind == .string else { try failExpected("an option name in quotes") }
            let key = advance()
            try expect(symbol: "=")
            guard current.kind == .string else { try failExpected("an option value in quotes") }
            let value = advance()
            options.append(
                TableOption(
                    key: key.text, value: value.text, keySpan: key.span, valueSpan: value.span))
        } while accept(symbol: ",")
        try expect(symbol: ")")
        return options
    }

    private mutating func parseTableElement() throws -> TableElement {
        var documentation: String?
        while current.kind == .docComment || current.kind == .hint {
            if current.kind == .docComment { documentation = current.text }
            advance()
        }
        let start = current.span.start
        if current.isWord("WATERMARK"), peek(1).isWord("FOR") { return try parseWatermark() }
        if current.isWord("PRIMARY"), peek(1).isWord("KEY") { return try parsePrimaryKey() }
        if accept(word: "CONSTRAINT") {
            let name = try expectIdentifier("the name of the constraint")
            if current.isWord("PRIMARY") { return try parsePrimaryKey() }
            try expect(word: "CHECK")
            try expect(symbol: "(")
            let condition = try parseExpression()
            try expect(symbol: ")")
            return .check(name: name, condition, span(from: start))
        }
        if current.isWord("CHECK"), peek(1).isSymbol("(") {
            report(
                "a CHECK needs a name, so that its rejects can be told apart",
                code: "unnamed-check", hint: "write CONSTRAINT name CHECK (condition)")
            throw ParseFailure()
        }
        let name = try expectIdentifier("a column name")
        if accept(word: "AS") { return .computed(name: name, try parseExpression()) }
        let type = try parseType()
        if accept(words: "PRIMARY", "KEY") {
            try expectNotEnforced()
            report(
                "PRIMARY KEY stands on a line of its own", code: "inline-key", at: name.span,
                hint: "add PRIMARY KEY (\(name.name)) NOT ENFORCED to the column list")
            throw ParseFailure()
        }
        if accept(word: "METADATA") {
            if accept(word: "FROM"), current.kind == .string { advance() }
            _ = accept(word: "VIRTUAL")
            return .metadata(name: name, type: type, span(from: start))
        }
        if accept(word: "COMMENT") {
            guard current.kind == .string else { try failExpected("a comment text") }
            documentation = advance().text
        }
        return .column(name: name, type: type, documentation: documentation)
    }

    private mutating func parseWatermark() throws -> TableElement {
        let start = current.span.start
        index += 2
        let column = try expectIdentifier("a column name")
        if current.isSymbol(".") {
            try failUnsupported("a watermark on a nested field", at: current.span)
        }
        try expect(word: "AS")
        let expression = try parseExpression()
        return .watermark(column: column, expression, span(from: start))
    }

    private mutating func parsePrimaryKey() throws -> TableElement {
        let start = current.span.start
        index += 2
        try expect(symbol: "(")
        var columns: [Identifier] = []
        repeat { columns.append(try expectIdentifier("a column name")) } while accept(symbol: ",")
        try expect(symbol: ")")
        try expectNotEnforced()
        return .primaryKey(columns, span(from: start))
    }

    private mutating func expectNotEnforced() throws {
        if !accept(words: "NOT", "ENFORCED") {
            report(
                "a primary key is declared NOT ENFORCED", code: "key-enforced",
                hint: "write PRIMARY KEY (…) NOT ENFORCED: rows with a key seen before are counted"
                    + " as duplicates, not checked at the source")
            throw ParseFailure()
        }
    }
}
