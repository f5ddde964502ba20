// SQL types as GraphQL types (SQRL's table of scalars), and objects for nested rows.

import WeirColumnar
import WeirGraphQL

/// The scalars that every API declares besides the built-in ones.
enum ScalarTypes {
    static let declared = [
        SchemaType("Date", .scalar(specifiedBy: nil), description: "A day, e.g. 2026-01-31."),
        SchemaType(
            "DateTime", .scalar(specifiedBy: nil),
            description: "An instant in milliseconds, e.g. 2026-01-31T23:59:59.000Z."),
        SchemaType("JSON", .scalar(specifiedBy: nil), description: "Any JSON value."),
        SchemaType("LocalTime", .scalar(specifiedBy: nil), description: "A time of day."),
        SchemaType("Long", .scalar(specifiedBy: nil), description: "A whole number of 64 bits."),
    ]
}

extension ScalarTypes {
    /// What `@api` of operations in files takes (SQRL).
    static let operationMethods = [
        SchemaType("_McpMethodType", .enumeration(names("NONE", "TOOL", "RESOURCE"))),
        SchemaType("_RestMethodType", .enumeration(names("NONE", "GET", "POST"))),
    ]

    static let operationDirective = DirectiveType(
        "api", locations: ["QUERY", "MUTATION", "FIELD_DEFINITION"],
        arguments: [
            InputValue("mcp", .named("_McpMethodType")),
            InputValue("rest", .named("_RestMethodType")), InputValue("uri", .named("String")),
        ])

    static func addOperationDirective(to schema: inout GraphQLSchema) {
        for type in operationMethods where schema.types[type.name] == nil { schema.add(type) }
        if schema.directives["api"] == nil { schema.add(operationDirective) }
    }

    private static func names(_ names: String...) -> [SchemaEnumValue] {
        names.map { SchemaEnumValue($0) }
    }
}

/// Collects the object types that rows inside of columns need.
struct NestedTypes {
    private(set) var types: [String: [(name: String, type: DataType, output: TypeReference)]] = [:]

    /// The GraphQL type of a column's values; nil for types that an API leaves out.
    ///
    /// - Parameter path: names the objects inside, e.g. `Orders_items`.
    mutating func output(_ type: DataType, path: String) -> TypeReference? {
        guard let named = named(type.kind, path: path) else { return nil }
        return type.isNullable ? named : .nonNull(named)
    }

    private mutating func named(_ kind: DataType.Kind, path: String) -> TypeReference? {
        switch kind {
        case .array(let element), .multiset(let element):
            return output(element, path: path).map { .list($0) }
        case .row(let fields):
            let name = path + "Output"
            var members: [(name: String, type: DataType, output: TypeReference)] = []
            for field in fields where APIName.isShown(field.name) {
                guard let type = output(field.type, path: "\(path)_\(field.name)") else { continue }
                members.append((field.name, field.type, type))
            }
            guard !members.isEmpty else { return nil }
            types[name] = members
            return .named(name)
        default: return Self.scalar(kind).map { .named($0) }
        }
    }

    /// The scalar of a type; nil for those that are no scalars or are left out.
    static func scalar(_ kind: DataType.Kind) -> String? {
        switch kind {
        case .boolean: "Boolean"
        case .tinyint, .smallint, .int: "Int"
        case .bigint: "Long"
        case .decimal, .float, .double: "Float"
        case .char, .varchar, .intervalMonths, .intervalTime: "String"
        case .date: "Date"
        case .time: "LocalTime"
        case .timestamp, .timestampLTZ: "DateTime"
        case .json, .map: "JSON"
        case .varbinary, .vector, .null, .array, .multiset, .row: nil
        }
    }

    /// The type of an argument; nil for types that callers cannot give.
    static func input(_ type: DataType) -> TypeReference? {
        let named: TypeReference?
        if case .array(let element) = type.kind {
            named = input(element).map { .list($0) }
        } else {
            named = scalar(type.kind).map { .named($0) }
        }
        return named.map { type.isNullable ? $0 : .nonNull($0) }
    }
}

/// What names an API shows.
enum APIName {
    /// GraphQL's names, without those that begin with `_`.
    static func isShown(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: "_") || isDigit($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
