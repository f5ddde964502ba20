// Statements.

extension Parser {
    mutating func parseStatement() throws -> Statement {
        let preamble = parsePreamble()
        let start = current.span.start
        let kind = try parseStatementKind()
        return Statement(kind: kind, preamble: preamble, span: span(from: start))
    }

    private mutating func parseStatementKind() throws -> Statement.Kind {
        let isDefinition =
            peek(1).isSymbol(":=") || peek(1).isSymbol("(") || peek(1).isSymbol(".")
            || peek(1).isWord("RETURNS")
        if current.kind == .word, !isDefinition || current.isWord("SELECT") {
            switch current.text.uppercased() {
            case "CREATE": return try parseCreate()
            case "INSERT": return try parseInsert()
            case "IMPORT": return try parseImport()
            case "EXPORT": return try parseExport()
            case "NEXT_BATCH":
                advance()
                return .nextBatch
            case "USE": return try parseUse()
            case "SET": return try parseSet()
            case "SELECT", "WITH", "VALUES":
                report(
                    "a query needs a name to become a table", code: "unnamed-query",
                    hint: "write Name := SELECT …; or INSERT INTO sink SELECT …;")
                throw ParseFailure()
            default: try refuseStatement()
            }
        }
        return .define(try parseDefinition())
    }

    /// Statements of Flink that have no place in a script, and why.
    private mutating func refuseStatement() throws {
        let word = current.text.uppercased()
        let reasons: [String: String] = [
            "ALTER": "a script defines its tables once: change the CREATE TABLE instead",
            "DROP": "a script defines its tables once: leave the definition out instead",
            "DELETE": "tables are results of queries: filter in the query instead",
            "UPDATE": "tables are results of queries: compute it in the query instead",
            "TRUNCATE": "tables are results of queries: start with an empty store (--fresh)",
            "EXPLAIN": "weir explain shows the plan of each table",
            "DESCRIBE": "weir explain shows the columns of each table",
            "DESC": "weir explain shows the columns of each table",
            "SHOW": "weir explain shows what a script defines",
            "LOAD": "all functions are there without modules",
            "UNLOAD": "all functions are there without modules",
            "RESET": "settings hold for the whole script: leave the SET out instead",
            "ANALYZE": "row counts are given with the hint row_count",
            "ADD": "functions from JAR files cannot run outside of Flink",
            "REMOVE": "functions from JAR files cannot run outside of Flink",
            "CALL": "catalog procedures do not exist here",
            "COMPILE": "weir compile writes the plans for Flink",
        ]
        guard let reason = reasons[word] else { return }
        report(
            "\(word) is not a statement of a pipeline", code: "unsupported", at: current.span,
            hint: reason)
        throw ParseFailure()
    }

    private mutating func parseInsert() throws -> Statement.Kind {
        advance()
        if current.isWord("OVERWRITE") {
            try failUnsupported(
                "INSERT OVERWRITE", at: current.span,
                hint: "a stream adds to its sink: write INSERT INTO")
        }
        try expect(word: "INTO")
        let target = try parsePath("the name of a sink table")
        if current.isWord("PARTITION") {
            try failUnsupported(
                "PARTITION in INSERT INTO", at: current.span,
                hint: "select the value for the partition column")
        }
        let hasColumns = current.isSymbol("(") && !startsQuery(1)
        let columns = hasColumns ? try parseColumnNames() : []
        return .insert(target: target, columns: columns, try parseQuery())
    }

    // MARK: Settings

    private mutating func parseUse() throws -> Statement.Kind {
        advance()
        if current.isWord("MODULES") {
            try failUnsupported("USE MODULES", at: current.span)
        }
        if !accept(word: "CATALOG") { _ = accept(word: "DATABASE") }
        return .use(path: try parsePath("a database"))
    }

    private mutating func parseSet() throws -> Statement.Kind {
        advance()
        let key = try expectString("the name of a setting in quotes")
        try expect(symbol: "=")
        return .set(key: key, value: try expectString("a value in quotes"))
    }

    mutating func expectString(_ what: String) throws -> String {
        guard current.kind == .string else { try failExpected(what) }
        return advance().text
    }
}
