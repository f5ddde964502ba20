// CREATE TABLE, VIEW, FUNCTION and DATABASE.

extension Parser {
    mutating func parseCreate() throws -> Statement.Kind {
        let start = advance().span.start
        if accept(words: "OR", "REPLACE") {
            try failUnsupported(
                "OR REPLACE", at: span(from: start), hint: "a script defines its tables once")
        }
        let isTemporary = accept(word: "TEMPORARY")
        _ = accept(word: "SYSTEM")
        if accept(word: "TABLE") { return try parseCreateTable(isTemporary, from: start) }
        if accept(word: "VIEW") { return try parseCreateView() }
        if accept(word: "FUNCTION") { return try parseCreateFunction(from: start) }
        if accept(word: "DATABASE") { return try parseCreateDatabase() }
        let what = current.text.uppercased()
        let reasons = [
            "CATALOG": "tables are defined in scripts, there are no outside catalogs",
            "MODEL": "models are called through functions",
            "CONNECTION": "connectors take their settings in WITH",
            "MATERIALIZED": "every definition is kept up to date: write Name := SELECT …",
        ]
        if let reason = reasons[what] {
            try failUnsupported("CREATE \(what)", at: current.span, hint: reason)
        }
        try failExpected("TABLE, VIEW, FUNCTION or DATABASE after CREATE")
    }

    private mutating func parseCreateView() throws -> Statement.Kind {
        _ = accept(words: "IF", "NOT", "EXISTS")
        let name = try expectIdentifier("the name of the view")
        let columns = try parseColumnNames()
        if accept(word: "COMMENT") { _ = try expectString("a comment text") }
        try expect(word: "AS")
        return .createView(name: name, columns: columns, try parseQuery())
    }

    private mutating func parseCreateFunction(from start: Int) throws -> Statement.Kind {
        _ = accept(words: "IF", "NOT", "EXISTS")
        let name = try expectIdentifier("the name of the function")
        try expect(word: "AS")
        let className = try expectString("the name of a class in quotes")
        var language: String?
        if accept(word: "LANGUAGE") { language = advance().text.uppercased() }
        if accept(word: "USING") {
            repeat {
                advance()
                _ = try expectString("a file in quotes")
            } while accept(symbol: ",")
        }
        return .createFunction(
            CreateFunction(
                name: name, className: className, language: language, span: span(from: start)))
    }

    private mutating func parseCreateDatabase() throws -> Statement.Kind {
        _ = accept(words: "IF", "NOT", "EXISTS")
        let name = try expectIdentifier("the name of the database")
        if accept(word: "COMMENT") { _ = try expectString("a comment text") }
        if accept(word: "WITH") { _ = try parseOptions() }
        return .createDatabase(name: name)
    }

    // MARK: Tables

    private mutating func parseCreateTable(
        _ isTemporary: Bool, from start: Int
    ) throws -> Statement.Kind {
        let isIfNotExists = accept(words: "IF", "NOT", "EXISTS")
        let name = try expectIdentifier("the name of the table")
        var elements: [TableElement] = []
        if accept(symbol: "(") {
            if !current.isSymbol(")") {
                repeat { elements.append(try parseTableElement()) } while accept(symbol: ",")
            }
            try expect(symbol: ")")
        } else if !current.isWord("LIKE"), !current.isWord("WITH") {
            try failExpected("'(' and the columns of the table, or LIKE")
        }
        let comment = accept(word: "COMMENT") ? try expectString("a comment text") : nil
        if current.isWord("DISTRIBUTED") {
            try failUnsupported("DISTRIBUTED BY", at: current.span, hint: "write PARTITIONED BY")
        }
        let partitions = accept(words: "PARTITIONED", "BY") ? try parseColumnNames() : []
        let hasOptions = accept(word: "WITH")
        let options = hasOptions ? try parseOptions() : []
        let like = current.isWord("LIKE") ? try parseLike() : nil
        if current.isWord("AS") {
            try failUnsupported(
                "CREATE TABLE … AS SELECT", at: current.span,
                hint: "write CREATE TABLE and INSERT INTO, or Name := SELECT …")
        }
        return .createTable(
            CreateTable(
                name: name, isTemporary: isTemporary, isIfNotExists: isIfNotExists,
                elements: elements, comment: comment, partitionedBy: partitions, options: options,
                hasOptions: hasOptions, like: like, span: span(from: start)))
    }

    private mutating func parseLike() throws -> TableLike {
        let start = advance().span.start
        let isFile =
            current.kind == .quotedIdentifier
            && (current.text == "." || current.text == "*" || current.text.contains("/")
                || current.text.contains("."))
        let source: TableLike.Source
        if isFile {
            let token = advance()
            source = .file(Identifier(token.text, token.span))
        } else {
            source = .table(try parsePath("a table name"))
        }
        var options: [String] = []
        if accept(symbol: "(") {
            while !current.isSymbol(")"), current.kind == .word {
                let words = [advance().text, advance().text]
                options.append(words.joined(separator: " ").uppercased())
            }
            try expect(symbol: ")")
        }
        return TableLike(source: source, options: options, span: span(from: start))
    }

    mutating func parseOptions() throws -> [TableOption] {
        var options: [TableOption] = []
        try expect(symbol: "(")
        if accept(symbol: ")") { return [] }
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

    // MARK: Elements

    private mutating func parseTableElement() throws -> TableElement {
        var documentation: String?
        while current.kind == .docComment || current.kind == .hint {
            if current.kind == .docComment { documentation = Documentation(current.text).text }
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
        if accept(word: "AS") {
            let expression = try parseExpression()
            if accept(word: "COMMENT") { _ = try expectString("a comment text") }
            return .computed(name: name, expression)
        }
        return try parseColumn(name, documentation, from: start)
    }

    private mutating func parseColumn(
        _ name: Identifier, _ documentation: String?, from start: Int
    ) throws -> TableElement {
        let type = try parseType()
        if accept(words: "PRIMARY", "KEY") {
            try expectNotEnforced()
            report(
                "PRIMARY KEY stands on a line of its own", code: "inline-key", at: name.span,
                hint: "add PRIMARY KEY (\(name.name)) NOT ENFORCED to the column list")
            throw ParseFailure()
        }
        if accept(word: "METADATA") {
            let key =
                accept(word: "FROM") ? try expectString("the name of the metadata in quotes") : nil
            let isVirtual = accept(word: "VIRTUAL")
            if accept(word: "COMMENT") { _ = try expectString("a comment text") }
            return .metadata(
                name: name, type: type, key: key, isVirtual: isVirtual, span(from: start))
        }
        var text = documentation
        if accept(word: "COMMENT") { text = try expectString("a comment text") }
        return .column(name: name, type: type, documentation: text)
    }

    private mutating func parseWatermark() throws -> TableElement {
        let start = current.span.start
        index += 2
        let column = try parsePath("a column name")
        try expect(word: "AS")
        let expression = try parseExpression()
        return .watermark(column: column, expression, span(from: start))
    }

    private mutating func parsePrimaryKey() throws -> TableElement {
        let start = current.span.start
        index += 2
        let columns = try parseColumnNames()
        if columns.isEmpty { try failExpected("'(' and the columns of the key") }
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
