// Data types.

extension Parser {
    mutating func parseType() throws -> TypeName {
        try nested { parser in
            var type = try parser.parseTypeCore()
            while parser.current.isWord("ARRAY") || parser.current.isWord("MULTISET") {
                let suffix = parser.advance()
                type = TypeName(
                    name: suffix.text.uppercased(), parameters: [], arguments: [type], fields: [],
                    isNotNull: false, span: type.span.union(suffix.span))
                type = parser.parseNullability(type)
            }
            return type
        }
    }

    private mutating func parseNullability(_ type: TypeName) -> TypeName {
        var isNotNull = type.isNotNull
        // `NULL ON EMPTY` may follow the type of RETURNING.
        if accept(words: "NOT", "NULL") {
            isNotNull = true
        } else if !peek(1).isWord("ON") {
            _ = accept(word: "NULL")
        }
        return TypeName(
            name: type.name, parameters: type.parameters, arguments: type.arguments,
            fields: type.fields, isNotNull: isNotNull, span: span(from: type.span.start))
    }

    private mutating func parseTypeCore() throws -> TypeName {
        let start = current.span.start
        guard current.kind == .word || current.kind == .quotedIdentifier else {
            try failExpected("a data type")
        }
        var name = advance().text.uppercased()
        if name == "DOUBLE" { _ = accept(word: "PRECISION") }
        if (name == "CHAR" || name == "CHARACTER"), accept(word: "VARYING") { name = "VARCHAR" }
        if name == "BINARY", accept(word: "VARYING") { name = "VARBINARY" }
        if name == "INTERVAL" { return try parseIntervalType(from: start) }
        var parameters: [Int] = []
        var arguments: [TypeName] = []
        var fields: [(name: Identifier, type: TypeName)] = []
        switch name {
        case "ARRAY", "MULTISET", "MAP":
            try expect(symbol: "<")
            arguments.append(try parseType())
            if name == "MAP" {
                try expect(symbol: ",")
                arguments.append(try parseType())
            }
            try expect(symbol: ">")
        case "ROW":
            let isParenthesised = current.isSymbol("(")
            try expect(symbol: isParenthesised ? "(" : "<")
            repeat {
                let field = try expectIdentifier("a field name")
                fields.append((field, try parseType()))
                if current.kind == .string { advance() }
            } while accept(symbol: ",")
            try expect(symbol: isParenthesised ? ")" : ">")
        default:
            if accept(symbol: "(") {
                repeat {
                    parameters.append(try expectInteger("a length or precision"))
                } while accept(symbol: ",")
                try expect(symbol: ")")
            }
        }
        name = parseTimeZoneSuffix(name)
        let type = TypeName(
            name: canonical(name), parameters: parameters, arguments: arguments, fields: fields,
            isNotNull: false, span: span(from: start))
        return parseNullability(type)
    }

    private mutating func parseIntervalType(from start: Int) throws -> TypeName {
        var units: [String] = []
        var parameters: [Int] = []
        repeat {
            guard current.kind == .word else { try failExpected("an interval unit") }
            units.append(advance().text.uppercased())
            if accept(symbol: "(") {
                parameters.append(try expectInteger("a precision"))
                try expect(symbol: ")")
            }
        } while accept(word: "TO")
        let isMonths = units.first == "YEAR" || units.first == "MONTH"
        let type = TypeName(
            name: isMonths ? "INTERVAL YEAR TO MONTH" : "INTERVAL DAY TO SECOND",
            parameters: [], arguments: [], fields: [], isNotNull: false, span: span(from: start))
        return parseNullability(type)
    }

    private mutating func parseTimeZoneSuffix(_ name: String) -> String {
        if name == "TIMESTAMP" {
            if accept(words: "WITH", "LOCAL", "TIME", "ZONE") { return "TIMESTAMP_LTZ" }
            if accept(words: "WITHOUT", "TIME", "ZONE") { return "TIMESTAMP" }
            if accept(words: "WITH", "TIME", "ZONE") { return "TIMESTAMP WITH TIME ZONE" }
        }
        if name == "TIME" { _ = accept(words: "WITHOUT", "TIME", "ZONE") }
        return name
    }

    private func canonical(_ name: String) -> String {
        switch name {
        case "INTEGER": "INT"
        case "DEC", "NUMERIC": "DECIMAL"
        case "CHARACTER": "CHAR"
        default: name
        }
    }
}
