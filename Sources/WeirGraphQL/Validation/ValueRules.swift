// Values of a request (GraphQL specification, 5.6).

import WeirColumnar

enum ValueRules {
    /// Refuses a value that a type does not take; variables are looked at by `VariableRules`.
    static func check(
        _ value: GraphQLValue, _ type: TypeReference, _ context: ValidationContext
    ) {
        if case .variable = value { return }
        switch type {
        case .nonNull(let inner):
            if case .null(let place) = value {
                context.refuse("Expected value of type \"\(type.text)\", found null.", place)
            } else {
                check(value, inner, context)
            }
        case .list(let inner):
            switch value {
            case .null: break
            case .list(let items, _): for item in items { check(item, inner, context) }
            default: check(value, inner, context)
            }
        case .named(let name):
            guard let definition = context.schema.types[name] else { return }
            check(value, definition, context)
        }
    }

    private static func check(
        _ value: GraphQLValue, _ type: SchemaType, _ context: ValidationContext
    ) {
        if case .null = value { return }
        switch type.kind {
        case .scalar:
            if let problem = ScalarInput.problem(value, type.name) {
                context.refuse(problem, value.location)
            }
        case .enumeration(let values):
            guard case .enumeration(let name, _) = value else {
                return context.refuse(
                    "Enum \"\(type.name)\" cannot represent \(value.text).", value.location)
            }
            if !values.contains(where: { $0.name == name }) {
                let near = context.suggestion(name, values.map(\.name))
                context.refuse(
                    "Value \"\(name)\" does not exist in \"\(type.name)\" enum.\(near)",
                    value.location)
            }
        case .input(let definitions):
            guard case .object(let members, let place) = value else {
                return context.refuse(
                    "Expected an object of type \"\(type.name)\", found \(value.text).",
                    value.location)
            }
            check(members, definitions, type, place, context)
        case .object, .interface, .union: break
        }
    }

    private static func check(
        _ members: [Argument], _ definitions: [InputValue], _ type: SchemaType,
        _ place: GraphQLLocation, _ context: ValidationContext
    ) {
        context.refuseRepeated(members.map { ($0.name, $0.location) }) {
            "There can be only one input field named \"\($0)\"."
        }
        for member in members {
            guard let definition = definitions.first(where: { $0.name == member.name }) else {
                let near = context.suggestion(member.name, definitions.map(\.name))
                context.refuse(
                    "Field \"\(member.name)\" is not defined by type \"\(type.name)\".\(near)",
                    member.location)
                continue
            }
            check(member.value, definition.type, context)
        }
        for definition in definitions where definition.isRequired {
            if !members.contains(where: { $0.name == definition.name }) {
                context.refuse(
                    "Field \"\(type.name).\(definition.name)\" of required type"
                        + " \"\(definition.type.text)\" was not provided.", place)
            }
        }
    }
}

/// Which literals the scalars take (3.5).
enum ScalarInput {
    /// What is wrong with a literal; nil when it fits. Scalars that are not built in are checked
    /// when their values are read.
    static func problem(_ value: GraphQLValue, _ scalar: String) -> String? {
        let fits: Bool
        switch (scalar, value) {
        case ("Int", .int(let digits, _)): fits = Int32(digits) != nil
        case ("Float", .int(let digits, _)), ("Float", .float(let digits, _)):
            fits = Double(digits)?.isFinite == true
        case ("String", .string), ("Boolean", .bool), ("ID", .string), ("ID", .int): fits = true
        case ("Int", _), ("Float", _), ("String", _), ("Boolean", _), ("ID", _): fits = false
        default: fits = true
        }
        return fits ? nil : "\(scalar) cannot represent \(value.text)."
    }
}

extension GraphQLValue {
    /// As it is written.
    package var text: String {
        switch self {
        case .variable(let name, _): "$\(name)"
        case .int(let digits, _), .float(let digits, _): digits
        case .string(let text, _): Self.quoted(text)
        case .bool(let value, _): value ? "true" : "false"
        case .null: "null"
        case .enumeration(let name, _): name
        case .list(let items, _): "[\(items.map(\.text).joined(separator: ", "))]"
        case .object(let members, _):
            "{\(members.map { "\($0.name): \($0.value.text)" }.joined(separator: ", "))}"
        }
    }

    /// As it is written, but for the order of members: it means nothing.
    var canonicalText: String {
        switch self {
        case .list(let items, _): "[\(items.map(\.canonicalText).joined(separator: ", "))]"
        case .object(let members, _):
            "{"
                + members.map { "\($0.name): \($0.value.canonicalText)" }.sorted()
                .joined(separator: ", ") + "}"
        default: text
        }
    }

    /// A text in quotes, as JSON writes it.
    static func quoted(_ text: String) -> String { JsonValue.string(text).text }
}
