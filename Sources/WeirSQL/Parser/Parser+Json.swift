// The clauses of SQL's JSON functions (SQL:2016; Flink: JSON functions).

extension Parser {
    /// JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_OBJECT, JSON_ARRAY and their aggregates; nil for
    /// other names. The opening parenthesis is already read, the closing one is read here.
    mutating func parseJsonCall(_ name: Identifier) throws -> FunctionCallSyntax? {
        var call = FunctionCallSyntax(name, [])
        switch name.name.uppercased() {
        case "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS":
            repeat { call.arguments.append(.init(try parseExpression())) } while accept(symbol: ",")
            try parseClauses(&call.json)
        case "JSON_OBJECT", "JSON_OBJECTAGG":
            if !current.isSymbol(")"), !startsJsonNullClause { try parseEntries(&call) }
            try parseClauses(&call.json)
        case "JSON_ARRAY", "JSON_ARRAYAGG":
            if !current.isSymbol(")"), !startsJsonNullClause {
                repeat {
                    call.arguments.append(.init(try parseExpression()))
                } while accept(symbol: ",")
            }
            call.orderBy = try parseOrderBy()
            try parseClauses(&call.json)
        default:
            return nil
        }
        try expect(symbol: ")")
        return call
    }

    private var startsJsonNullClause: Bool {
        (current.isWord("NULL") || current.isWord("ABSENT")) && peek(1).isWord("ON")
    }

    /// `[KEY] key VALUE value` or `key : value`, as pairs of arguments.
    private mutating func parseEntries(_ call: inout FunctionCallSyntax) throws {
        repeat {
            if current.isWord("KEY"), !peek(1).isWord("VALUE") { advance() }
            call.arguments.append(.init(try parseAdditive()))
            if !accept(symbol: ":") { try expect(word: "VALUE") }
            call.arguments.append(.init(try parseExpression()))
        } while accept(symbol: ",")
    }

    private mutating func parseClauses(_ json: inout JsonClauses) throws {
        while !current.isSymbol(")"), current.kind != .end {
            if accept(word: "RETURNING") {
                json.returning = try parseType()
            } else if current.isWord("WITH") || current.isWord("WITHOUT") {
                json.wrapper = try parseWrapper()
            } else if startsJsonNullClause, peek(2).isWord("NULL") {
                json.isAbsentOnNull = advance().isWord("ABSENT")
                index += 2
            } else {
                let behaviour = try parseBehaviour()
                try expect(word: "ON")
                if accept(word: "EMPTY") {
                    json.onEmpty = behaviour
                } else {
                    try expect(word: "ERROR")
                    json.onError = behaviour
                }
            }
        }
    }

    private mutating func parseWrapper() throws -> String {
        var words: [String] = []
        while !current.isWord("WRAPPER") {
            let known = ["WITH", "WITHOUT", "CONDITIONAL", "UNCONDITIONAL", "ARRAY"]
            guard known.contains(where: { current.isWord($0) }) else {
                try failExpected("WRAPPER")
            }
            words.append(advance().text.uppercased())
        }
        advance()
        return words.filter { $0 != "ARRAY" }.joined(separator: " ")
    }

    private mutating func parseBehaviour() throws -> JsonClauses.Behaviour {
        if accept(word: "NULL") { return .null }
        if accept(word: "ERROR") { return .error }
        if accept(word: "TRUE") { return .value(true) }
        if accept(word: "FALSE") { return .value(false) }
        if accept(word: "UNKNOWN") { return .unknown }
        if accept(words: "EMPTY", "ARRAY") { return .emptyArray }
        if accept(words: "EMPTY", "OBJECT") { return .emptyObject }
        if accept(word: "DEFAULT") { return .defaultValue(try parseAdditive()) }
        try failExpected("what to give ON EMPTY or ON ERROR")
    }
}
