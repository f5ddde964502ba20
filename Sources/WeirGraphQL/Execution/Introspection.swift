// What a schema tells of itself (GraphQL specification, 4.2).

package import WeirColumnar

/// Answers `__schema` and `__type`.
package struct Introspection {
    private let request: GraphQLRequest
    private var schema: GraphQLSchema { request.schema }
    private let budget = Budget()

    /// How much one answer may become: fragments within fragments multiply.
    private final class Budget {
        private var fields = 200_000

        func take() throws(GraphQLErrors) {
            fields -= 1
            guard fields < 0 else { return }
            throw GraphQLErrors(errors: [
                GraphQLError(
                    "The introspection has too many fields.", classification: "ValidationError")
            ])
        }
    }

    package init(_ request: GraphQLRequest) { self.request = request }

    /// The value of a root field of introspection; nil for other fields.
    ///
    /// - Throws: the errors of arguments below it.
    package func value(_ field: SelectedField) throws(GraphQLErrors) -> JsonValue? {
        switch field.name {
        case "__schema": return try complete(.schema, field)
        case "__type":
            guard case .string(let name)? = field.arguments["name"], schema.types[name] != nil
            else { return .null }
            return try complete(.type(.named(name)), field)
        default: return nil
        }
    }

    /// What a field of introspection gives.
    private indirect enum Value {
        case json(JsonValue)
        case schema
        case type(TypeReference)
        case field(SchemaField)
        case input(InputValue)
        case enumValue(SchemaEnumValue)
        case directive(DirectiveType)
        case list([Value])

        var typeName: String {
            switch self {
            case .json, .list: ""
            case .schema: "__Schema"
            case .type: "__Type"
            case .field: "__Field"
            case .input: "__InputValue"
            case .enumValue: "__EnumValue"
            case .directive: "__Directive"
            }
        }

        static func text(_ text: String?) -> Value { .json(text.map { .string($0) } ?? .null) }
        static func bool(_ value: Bool) -> Value { .json(.bool(value)) }
        static var null: Value { .json(.null) }
    }

    private func complete(_ value: Value, _ field: SelectedField) throws(GraphQLErrors) -> JsonValue
    {
        switch value {
        case .json(let json): return json
        case .list(let items):
            var result: [JsonValue] = []
            for item in items { result.append(try complete(item, field)) }
            return .array(result)
        default:
            guard let type = schema.types[value.typeName] else { return .null }
            var members: [JsonMember] = []
            for inner in try request.fields(of: field, on: type) {
                try budget.take()
                let json =
                    inner.name == "__typename"
                    ? .string(type.name) : try complete(self.field(inner, of: value), inner)
                members.append(JsonMember(inner.responseKey, json))
            }
            return .object(members)
        }
    }

    private func field(_ field: SelectedField, of value: Value) -> Value {
        let all = field.arguments["includeDeprecated"] == .bool(true)
        switch value {
        case .schema: return schemaField(field.name)
        case .type(let type): return typeField(field.name, type, all)
        case .field(let definition):
            switch field.name {
            case "args": return inputs(definition.arguments, all)
            case "type": return .type(definition.type)
            default:
                return common(
                    field.name, definition.name, definition.description, definition.deprecation)
            }
        case .input(let definition):
            switch field.name {
            case "type": return .type(definition.type)
            case "defaultValue": return .text(definition.defaultValue?.text)
            default:
                return common(
                    field.name, definition.name, definition.description, definition.deprecation)
            }
        case .enumValue(let definition):
            return common(
                field.name, definition.name, definition.description, definition.deprecation)
        case .directive(let definition):
            switch field.name {
            case "isRepeatable": return .bool(definition.isRepeatable)
            case "locations": return .list(definition.locations.map { .text($0) })
            case "args": return inputs(definition.arguments, all)
            default: return common(field.name, definition.name, definition.description, nil)
            }
        case .json, .list: return .null
        }
    }

    private func common(
        _ field: String, _ name: String, _ description: String?, _ deprecation: String?
    ) -> Value {
        switch field {
        case "name": .text(name)
        case "description": .text(description)
        case "isDeprecated": .bool(deprecation != nil)
        case "deprecationReason": .text(deprecation)
        default: .null
        }
    }

    private func inputs(_ inputs: [InputValue], _ all: Bool) -> Value {
        .list(inputs.filter { all || $0.deprecation == nil }.map { .input($0) })
    }

    private func schemaField(_ name: String) -> Value {
        func root(_ name: String?) -> Value { name.map { .type(.named($0)) } ?? .null }
        return switch name {
        case "description": .text(schema.description)
        case "types": .list(schema.types.keys.sorted().map { .type(.named($0)) })
        case "queryType": root(schema.queryType)
        case "mutationType": root(schema.mutationType)
        case "subscriptionType": root(schema.subscriptionType)
        case "directives":
            .list(schema.directives.values.sorted { $0.name < $1.name }.map { .directive($0) })
        default: .null
        }
    }

    private func typeField(_ field: String, _ type: TypeReference, _ all: Bool) -> Value {
        switch type {
        case .nonNull(let inner), .list(let inner):
            let kind = type.isNonNull ? "NON_NULL" : "LIST"
            return field == "kind" ? .text(kind) : field == "ofType" ? .type(inner) : .null
        case .named(let name):
            guard let definition = schema.types[name] else { return .null }
            return namedField(field, definition, all)
        }
    }

    private func namedField(_ field: String, _ type: SchemaType, _ all: Bool) -> Value {
        switch (field, type.kind) {
        case ("kind", _): return .text(type.kindName)
        case ("name", _): return .text(type.name)
        case ("description", _): return .text(type.description)
        case ("specifiedByURL", .scalar(let address)): return .text(address)
        case ("fields", .object), ("fields", .interface):
            return .list(
                type.fields.filter { all || $0.deprecation == nil }.map { .field($0) })
        case ("interfaces", .object), ("interfaces", .interface):
            return .list(type.interfaces.map { .type(.named($0)) })
        case ("possibleTypes", .interface), ("possibleTypes", .union):
            return .list(schema.possibleTypes(type).sorted().map { .type(.named($0)) })
        case ("enumValues", .enumeration(let values)):
            return .list(values.filter { all || $0.deprecation == nil }.map { .enumValue($0) })
        case ("inputFields", .input(let values)): return inputs(values, all)
        case ("isOneOf", .input): return .bool(false)
        default: return .null
        }
    }
}

extension SchemaType {
    /// As introspection names it.
    fileprivate var kindName: String {
        switch kind {
        case .scalar: "SCALAR"
        case .object: "OBJECT"
        case .interface: "INTERFACE"
        case .union: "UNION"
        case .enumeration: "ENUM"
        case .input: "INPUT_OBJECT"
        }
    }
}
