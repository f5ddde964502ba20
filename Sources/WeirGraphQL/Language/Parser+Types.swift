// Definitions of types (GraphQL specification, 3 Type System).

extension Parser {
    /// A definition of a schema file behind its description.
    mutating func typeDefinition(
        _ description: String?
    ) throws(GraphQLError) -> TypeSystemDefinition {
        let place = token.location
        let isExtension = isAt(keyword: "extend")
        if isExtension {
            if description != nil { throw unexpected("a definition") }
            try advance()
        }
        guard case .name(let word) = token.kind else { throw unexpected("a definition") }
        switch word {
        case "schema", "scalar", "type", "interface", "union", "enum", "input": try advance()
        case "directive" where !isExtension: try advance()
        default: throw unexpected("a definition")
        }
        if word == "directive" { try expect("@") }
        let name = word == "schema" ? "" : try name("the name of a \(word)")
        var directives: [DirectiveUse] = []
        let kind: TypeSystemDefinition.Kind
        if word == "directive" {
            kind = try directiveDefinition()
        } else {
            let interfaces = ["type", "interface"].contains(word) ? try interfaces() : []
            directives = try self.directives(isConstant: true)
            kind = try body(word, interfaces)
        }
        return TypeSystemDefinition(
            kind: kind, name: name, description: description, directives: directives,
            isExtension: isExtension, location: place)
    }

    private mutating func body(
        _ word: String, _ interfaces: [String]
    ) throws(GraphQLError) -> TypeSystemDefinition.Kind {
        switch word {
        case "schema":
            return .schema(
                try optionalMany("{", "}") { parser throws(GraphQLError) in
                    try parser.rootType()
                })
        case "scalar": return .scalar
        case "type": return .object(interfaces: interfaces, try fields())
        case "interface": return .interface(interfaces: interfaces, try fields())
        case "union": return .union(try take("=") ? try names(between: "|") : [])
        case "enum":
            return .enumeration(
                try optionalMany("{", "}") { parser throws(GraphQLError) in
                    try parser.enumValue()
                })
        default:
            return .input(
                try optionalMany("{", "}") { parser throws(GraphQLError) in
                    try parser.inputValue()
                })
        }
    }

    private mutating func rootType() throws(GraphQLError) -> (OperationKind, String) {
        guard case .name(let word) = token.kind, let kind = OperationKind(rawValue: word) else {
            throw unexpected("query, mutation or subscription")
        }
        try advance()
        try expect(":")
        return (kind, try name("a type"))
    }

    private mutating func interfaces() throws(GraphQLError) -> [String] {
        try take(keyword: "implements") ? try names(between: "&") : []
    }

    /// Names with a punctuator between them, and perhaps in front.
    private mutating func names(
        between punctuator: Unicode.Scalar
    ) throws(GraphQLError) -> [String] {
        _ = try take(punctuator)
        var names = [try name()]
        while try take(punctuator) { names.append(try name()) }
        return names
    }

    private mutating func fields() throws(GraphQLError) -> [FieldDefinition] {
        try optionalMany("{", "}") { parser throws(GraphQLError) in
            let description = try parser.takeDescription()
            let place = parser.token.location
            let name = try parser.name("a field")
            let arguments = try parser.inputValues()
            try parser.expect(":")
            return FieldDefinition(
                name: name, description: description, arguments: arguments,
                type: try parser.typeReference(),
                directives: try parser.directives(isConstant: true), location: place)
        }
    }

    private mutating func inputValues() throws(GraphQLError) -> [InputValueDefinition] {
        try optionalMany("(", ")") { parser throws(GraphQLError) in try parser.inputValue() }
    }

    private mutating func inputValue() throws(GraphQLError) -> InputValueDefinition {
        let description = try takeDescription()
        let place = token.location
        let name = try name()
        try expect(":")
        let type = try typeReference()
        let value = try take("=") ? try self.value(isConstant: true) : nil
        return InputValueDefinition(
            name: name, description: description, type: type, defaultValue: value,
            directives: try directives(isConstant: true), location: place)
    }

    private mutating func enumValue() throws(GraphQLError) -> EnumValueDefinition {
        let description = try takeDescription()
        let place = token.location
        let name = try name("an enum value")
        if ["true", "false", "null"].contains(name) {
            throw .syntax("\"\(name)\" is no enum value", at: place)
        }
        return EnumValueDefinition(
            name: name, description: description,
            directives: try directives(isConstant: true), location: place)
    }

    private mutating func directiveDefinition() throws(GraphQLError) -> TypeSystemDefinition.Kind {
        let arguments = try inputValues()
        let isRepeatable = try take(keyword: "repeatable")
        try expect(keyword: "on")
        return .directive(
            arguments, isRepeatable: isRepeatable, locations: try names(between: "|"))
    }
}
