// Tokens to a tree (GraphQL specification, 2 Language).

/// What a document may cost before it is looked at any closer.
package struct ParserLimits: Sendable {
    package var tokens: Int
    /// Selections, lists and objects inside each other.
    package var depth: Int

    package init(tokens: Int = 10_000, depth: Int = 64) {
        self.tokens = tokens
        self.depth = depth
    }

    /// For files that the user wrote, not a client.
    package static let schemaFile = ParserLimits(tokens: 10_000_000, depth: 512)
}

/// A parser by recursive descent that looks one token ahead; it ends at the first mistake.
struct Parser {
    private var lexer: Lexer
    private(set) var token: Token
    private var limits: ParserLimits
    private var depth = 0

    /// Reads a request: operations and fragments.
    ///
    /// - Throws: an `InvalidSyntax` error with the place of the mistake.
    static func parse(
        _ text: [UInt8], limits: ParserLimits, takesTypes: Bool
    ) throws(GraphQLError) -> GraphQLDocument {
        var parser = try Parser(text, limits)
        return try parser.document(takesTypes: takesTypes)
    }

    private init(_ text: [UInt8], _ limits: ParserLimits) throws(GraphQLError) {
        lexer = Lexer(text)
        self.limits = limits
        token = try lexer.next()
    }

    // MARK: Tokens

    mutating func advance() throws(GraphQLError) {
        limits.tokens -= 1
        if limits.tokens < 0 {
            throw .syntax("the document has too many tokens", at: token.location)
        }
        token = try lexer.next()
    }

    func isAt(_ punctuator: Unicode.Scalar) -> Bool {
        token.kind == .punctuator(UInt8(ascii: punctuator))
    }

    func isAt(keyword: String) -> Bool { token.kind == .name(keyword) }

    /// Goes past a punctuator if it is next.
    mutating func take(_ punctuator: Unicode.Scalar) throws(GraphQLError) -> Bool {
        guard isAt(punctuator) else { return false }
        try advance()
        return true
    }

    mutating func take(keyword: String) throws(GraphQLError) -> Bool {
        guard isAt(keyword: keyword) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ punctuator: Unicode.Scalar) throws(GraphQLError) {
        guard try take(punctuator) else { throw unexpected("\"\(punctuator)\"") }
    }

    mutating func expect(keyword: String) throws(GraphQLError) {
        guard try take(keyword: keyword) else { throw unexpected("\"\(keyword)\"") }
    }

    mutating func name(_ what: String = "a name") throws(GraphQLError) -> String {
        guard case .name(let name) = token.kind else { throw unexpected(what) }
        try advance()
        return name
    }

    func unexpected(_ wanted: String) -> GraphQLError {
        .syntax("\(wanted) is expected, not \(token.shown)", at: token.location)
    }

    /// Items up to the closing punctuator, at least one.
    mutating func many<Item>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar,
        _ item: (inout Parser) throws(GraphQLError) -> Item
    ) throws(GraphQLError) -> [Item] {
        try expect(open)
        return try items(close, item)
    }

    /// Items behind an opening punctuator that has been taken.
    private mutating func items<Item>(
        _ close: Unicode.Scalar, _ item: (inout Parser) throws(GraphQLError) -> Item
    ) throws(GraphQLError) -> [Item] {
        try enter()
        var items = [try item(&self)]
        while try !take(close) { items.append(try item(&self)) }
        depth -= 1
        return items
    }

    /// The same, or nothing at all.
    mutating func optionalMany<Item>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar,
        _ item: (inout Parser) throws(GraphQLError) -> Item
    ) throws(GraphQLError) -> [Item] {
        isAt(open) ? try many(open, close, item) : []
    }

    private mutating func enter() throws(GraphQLError) {
        depth += 1
        if depth > limits.depth {
            throw .syntax("the document is nested too deeply", at: token.location)
        }
    }

    // MARK: Definitions

    private mutating func document(takesTypes: Bool) throws(GraphQLError) -> GraphQLDocument {
        var document = GraphQLDocument()
        repeat {
            let description = try takeDescription()
            switch token.kind {
            case .punctuator(UInt8(ascii: "{")) where description == nil:
                document.operations.append(try operation())
            case .name("query"), .name("mutation"), .name("subscription"):
                document.operations.append(try operation())
            case .name("fragment"):
                document.fragments.append(try fragment())
            case .name where takesTypes:
                document.types.append(try typeDefinition(description))
            default:
                throw unexpected(takesTypes ? "a definition" : "an operation or a fragment")
            }
        } while token.kind != .end
        return document
    }

    /// A text in front of a definition.
    mutating func takeDescription() throws(GraphQLError) -> String? {
        guard case .string(let text, _) = token.kind else { return nil }
        try advance()
        return text
    }

    private mutating func operation() throws(GraphQLError) -> OperationDefinition {
        let place = token.location
        guard case .name(let word) = token.kind, let kind = OperationKind(rawValue: word) else {
            return OperationDefinition(
                kind: .query, name: nil, variables: [], directives: [],
                selections: try selectionSet(), location: place, nameLocation: place)
        }
        try advance()
        var name: String?
        var namePlace = place
        if case .name = token.kind {
            namePlace = token.location
            name = try self.name()
        }
        let variables = try optionalMany("(", ")") { parser throws(GraphQLError) in
            try parser.variableDefinition()
        }
        let directives = try directives(isConstant: false)
        return OperationDefinition(
            kind: kind, name: name, variables: variables, directives: directives,
            selections: try selectionSet(), location: place, nameLocation: namePlace)
    }

    private mutating func variableDefinition() throws(GraphQLError) -> VariableDefinition {
        _ = try takeDescription()
        let place = token.location
        try expect("$")
        let namePlace = token.location
        let name = try name()
        try expect(":")
        let typePlace = token.location
        let type = try typeReference()
        let value = try take("=") ? try self.value(isConstant: true) : nil
        return VariableDefinition(
            name: name, type: type, defaultValue: value,
            directives: try directives(isConstant: true), location: place,
            nameLocation: namePlace, typeLocation: typePlace)
    }

    private mutating func fragment() throws(GraphQLError) -> FragmentDefinition {
        let place = token.location
        try expect(keyword: "fragment")
        if isAt(keyword: "on") { throw unexpected("the name of a fragment") }
        let namePlace = token.location
        let name = try name("the name of a fragment")
        try expect(keyword: "on")
        let typePlace = token.location
        let type = try self.name("a type")
        return FragmentDefinition(
            name: name, typeCondition: type, directives: try directives(isConstant: false),
            selections: try selectionSet(), location: place, nameLocation: namePlace,
            typeLocation: typePlace)
    }

    // MARK: Selections

    private mutating func selectionSet() throws(GraphQLError) -> [Selection] {
        try many("{", "}") { parser throws(GraphQLError) in try parser.selection() }
    }

    private mutating func selection() throws(GraphQLError) -> Selection {
        let place = token.location
        guard token.kind == .spread else { return .field(try field()) }
        try advance()
        if case .name(let name) = token.kind, name != "on" {
            let namePlace = token.location
            try advance()
            return .spread(
                FragmentSpread(
                    name: name, directives: try directives(isConstant: false), location: place,
                    nameLocation: namePlace))
        }
        var type: String?
        var typePlace = place
        if try take(keyword: "on") {
            typePlace = token.location
            type = try name("a type")
        }
        return .inline(
            InlineFragment(
                typeCondition: type, directives: try directives(isConstant: false),
                selections: try selectionSet(), location: place, typeLocation: typePlace))
    }

    private mutating func field() throws(GraphQLError) -> FieldSelection {
        let place = token.location
        var name = try name("a field")
        var alias: String?
        if try take(":") {
            alias = name
            name = try self.name("a field")
        }
        let arguments = try arguments(isConstant: false)
        let directives = try directives(isConstant: false)
        let below = isAt("{") ? token.location : nil
        return FieldSelection(
            alias: alias, name: name, arguments: arguments, directives: directives,
            selections: below == nil ? [] : try selectionSet(), location: place,
            selectionsLocation: below)
    }

    // MARK: Arguments, directives, types

    mutating func arguments(isConstant: Bool) throws(GraphQLError) -> [Argument] {
        try optionalMany("(", ")") { parser throws(GraphQLError) in
            try parser.argument(isConstant)
        }
    }

    private mutating func argument(_ isConstant: Bool) throws(GraphQLError) -> Argument {
        let place = token.location
        let name = try name()
        try expect(":")
        return Argument(name: name, value: try value(isConstant: isConstant), location: place)
    }

    mutating func directives(isConstant: Bool) throws(GraphQLError) -> [DirectiveUse] {
        var directives: [DirectiveUse] = []
        while isAt("@") {
            let place = token.location
            try advance()
            directives.append(
                DirectiveUse(
                    name: try name("a directive"),
                    arguments: try arguments(isConstant: isConstant), location: place))
        }
        return directives
    }

    mutating func typeReference() throws(GraphQLError) -> TypeReference {
        var type: TypeReference
        if try take("[") {
            try enter()
            type = .list(try typeReference())
            try expect("]")
            depth -= 1
        } else {
            type = .named(try name("a type"))
        }
        if try take("!") { type = .nonNull(type) }
        return type
    }

    // MARK: Values

    mutating func value(isConstant: Bool) throws(GraphQLError) -> GraphQLValue {
        let place = token.location
        switch token.kind {
        case .punctuator(UInt8(ascii: "$")):
            if isConstant { throw unexpected("a value without variables") }
            try advance()
            return .variable(try name("the name of a variable"), place)
        case .punctuator(UInt8(ascii: "[")):
            try advance()
            if try take("]") { return .list([], place) }
            return .list(
                try items("]") { parser throws(GraphQLError) in
                    try parser.value(isConstant: isConstant)
                }, place)
        case .punctuator(UInt8(ascii: "{")):
            try advance()
            if try take("}") { return .object([], place) }
            return .object(
                try items("}") { parser throws(GraphQLError) in
                    try parser.argument(isConstant)
                }, place)
        case .int(let digits):
            try advance()
            return .int(digits, place)
        case .float(let digits):
            try advance()
            return .float(digits, place)
        case .string(let text, _):
            try advance()
            return .string(text, place)
        case .name(let name):
            try advance()
            switch name {
            case "true": return .bool(true, place)
            case "false": return .bool(false, place)
            case "null": return .null(place)
            default: return .enumeration(name, place)
            }
        default:
            throw unexpected("a value")
        }
    }
}

extension GraphQLDocument {
    /// Reads a request.
    ///
    /// - Throws: an `InvalidSyntax` error with the place of the first mistake.
    package static func request(
        _ text: [UInt8], limits: ParserLimits = ParserLimits()
    ) throws(GraphQLError) -> GraphQLDocument {
        try Parser.parse(text, limits: limits, takesTypes: false)
    }

    /// Reads a schema file.
    package static func schema(_ text: [UInt8]) throws(GraphQLError) -> GraphQLDocument {
        try Parser.parse(text, limits: .schemaFile, takesTypes: true)
    }
}
