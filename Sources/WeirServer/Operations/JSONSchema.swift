// GraphQL types as JSON Schema (draft 2020-12), and texts of an address as values of them.

import HTTPTypes
import WeirColumnar
import WeirGraphQL

enum JSONSchema {
    /// The schema of a type's values.
    static func schema(
        _ type: TypeReference, _ schema: GraphQLSchema, description: String? = nil,
        defaultValue: GraphQLValue? = nil
    ) -> JsonValue {
        var members = self.members(type, schema)
        if let description { members.append(JsonMember("description", .string(description))) }
        if let value = defaultValue.flatMap(json) { members.append(JsonMember("default", value)) }
        return .object(members)
    }

    /// The schema of a parameter's values; one of an address cannot be null.
    static func schema(
        _ parameter: OperationParameter, _ schema: GraphQLSchema, isNullable: Bool
    ) -> JsonValue {
        let type = isNullable ? parameter.type : .nonNull(parameter.type.nullable)
        let made = self.schema(
            type, schema, description: isNullable ? parameter.description : nil,
            defaultValue: parameter.defaultValue)
        guard let range = parameter.range, case .object(let members) = made else { return made }
        let others = members.filter { $0.key != "minimum" && $0.key != "maximum" }
        return .object(
            others + [
                JsonMember("minimum", .number(range.least)),
                JsonMember("maximum", .number(range.greatest)),
            ])
    }

    private static func members(_ type: TypeReference, _ schema: GraphQLSchema) -> [JsonMember] {
        switch type.nullable {
        case .list(let element):
            return [
                named("array", type),
                JsonMember("items", .object(members(element, schema))),
            ]
        case .named(let name):
            if case .input(let fields)? = schema.types[name]?.kind {
                return input(fields, type, schema)
            }
            return scalar(name, type)
        case .nonNull: return []
        }
    }

    private static func input(
        _ fields: [InputValue], _ type: TypeReference, _ schema: GraphQLSchema
    ) -> [JsonMember] {
        let properties = fields.map { field in
            JsonMember(
                field.name,
                self.schema(
                    field.type, schema, description: field.description,
                    defaultValue: field.defaultValue))
        }
        let required = fields.filter(\.isRequired).map { JsonValue.string($0.name) }
        return [
            named("object", type), JsonMember("properties", .object(properties)),
            JsonMember("required", .array(required)),
            JsonMember("additionalProperties", .bool(false)),
        ]
    }

    /// An object type, or a list of objects, with the fields that are selected.
    static func object(
        _ type: TypeReference, _ fields: [(SchemaField, JsonValue)], description: String?
    ) -> JsonValue {
        let properties = fields.map { JsonMember($0.name, $1) }
        let required = fields.map { JsonValue.string($0.0.name) }
        func object(_ type: TypeReference) -> JsonValue {
            .object([
                named("object", type), JsonMember("properties", .object(properties)),
                JsonMember("required", .array(required)),
            ])
        }
        func wrapped(_ type: TypeReference) -> JsonValue {
            guard case .list(let element) = type.nullable else { return object(type) }
            return .object([named("array", type), JsonMember("items", wrapped(element))])
        }
        let schema = wrapped(type)
        guard let description, case .object(let members) = schema else { return schema }
        return .object(members + [JsonMember("description", .string(description))])
    }

    /// `"type": "x"`, with `null` where that is allowed.
    private static func named(_ name: String, _ type: TypeReference) -> JsonMember {
        JsonMember(
            "type", type.isNonNull ? .string(name) : .array([.string(name), .string("null")]))
    }

    private static func scalar(_ name: String, _ type: TypeReference) -> [JsonMember] {
        switch name {
        case "Int":
            return [
                named("integer", type), JsonMember("format", .string("int32")),
                JsonMember("minimum", .number("-2147483648")),
                JsonMember("maximum", .number("2147483647")),
            ]
        case "Long":
            return [
                named("integer", type), JsonMember("format", .string("int64")),
                JsonMember("minimum", .number(String(Int64.min))),
                JsonMember("maximum", .number(String(Int64.max))),
            ]
        case "Float": return [named("number", type)]
        case "Boolean": return [named("boolean", type)]
        case "Date": return [named("string", type), JsonMember("format", .string("date"))]
        case "DateTime":
            return [named("string", type), JsonMember("format", .string("date-time"))]
        case "LocalTime":
            return [
                named("string", type),
                JsonMember(
                    "pattern", .string("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?$")
                ),
            ]
        case "JSON": return []
        default: return [named("string", type)]
        }
    }

    /// A default value as JSON.
    static func json(_ value: GraphQLValue) -> JsonValue? {
        switch value {
        case .int(let digits, _), .float(let digits, _): .number(digits)
        case .string(let text, _), .enumeration(let text, _): .string(text)
        case .bool(let flag, _): .bool(flag)
        case .null: .null
        case .list(let items, _): .array(items.compactMap(json))
        case .object(let members, _):
            .object(
                members.compactMap { item in json(item.value).map { JsonMember(item.name, $0) } })
        case .variable: nil
        }
    }

    private static func isWithin(
        _ value: JsonValue, _ range: (least: String, greatest: String)
    ) -> Bool {
        guard case .number(let digits) = value else { return true }
        func scaled(_ text: String) -> Int128? {
            NumberText.parseDecimal(Array(text.utf8), scale: 18)
        }
        guard let number = scaled(digits), let least = scaled(range.least),
            let greatest = scaled(range.greatest)
        else { return Double(digits).map { abs($0) < 1e18 } ?? false }
        return (least...greatest).contains(number)
    }

    // MARK: Texts of an address

    /// The value that the texts of a parameter stand for.
    ///
    /// - Throws: `RequestRefusal` when they stand for none.
    static func value(
        _ texts: [String], of parameter: OperationParameter, _ type: TypeReference
    ) throws(RequestRefusal) -> JsonValue {
        if case .list(let element) = type.nullable {
            var items: [JsonValue] = []
            for text in texts { items.append(try value([text], of: parameter, element)) }
            return .array(items)
        }
        guard texts.count == 1, let text = texts.first else {
            throw RequestRefusal(.badRequest, "'\(parameter.name)' is given more than once.")
        }
        let name = type.name
        let found: JsonValue?
        switch name {
        case "Int":
            found = Int32(text).map { .number(String($0)) }
        case "Long": found = Int64(text).map { .number(String($0)) }
        case "Float":
            found = Double(text).flatMap { $0.isFinite ? JsonValue.number(text) : nil }
            if case .number(let digits)? = found, JsonValue.parse(Array(digits.utf8)) == nil {
                return .number("\(Double(text) ?? 0)")
            }
        case "Boolean":
            found = text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case "JSON": found = JsonValue.parse(Array(text.utf8)) ?? .string(text)
        default: found = .string(text)
        }
        if let found, let range = parameter.range, !isWithin(found, range) {
            throw RequestRefusal(
                .badRequest,
                "'\(parameter.name)' is \(text), which is not within \(range.least) and"
                    + " \(range.greatest).")
        }
        guard let found else {
            let shown = text.count > 60 ? "\(text.prefix(60))…" : text
            throw RequestRefusal(
                .badRequest, "'\(parameter.name)' is \"\(shown)\", which is no \(name).")
        }
        return found
    }
}
