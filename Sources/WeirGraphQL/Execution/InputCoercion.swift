// Values of variables and arguments (GraphQL specification, 3.5–3.12 Input Coercion, 6.1.2, 6.4.1).

import WeirColumnar

/// Values of JSON as a type takes them.
struct InputCoercion {
    let schema: GraphQLSchema

    /// A value that does not fit, and where in it.
    struct Problem: Error {
        let message: String
        var path: String = ""

        func below(_ step: String) -> Problem { Problem(message: message, path: step + path) }
    }

    /// - Throws: what the type does not take.
    func coerce(_ value: JsonValue, _ type: TypeReference) throws(Problem) -> JsonValue {
        switch type {
        case .nonNull(let inner):
            if value == .null {
                throw Problem(
                    message: "Expected non-nullable type \"\(type.text)\" not to be null.")
            }
            return try coerce(value, inner)
        case .list(let inner):
            if value == .null { return .null }
            guard case .array(let items) = value else {
                return .array([try coerce(value, inner)])
            }
            var result: [JsonValue] = []
            for (index, item) in items.enumerated() {
                do throws(Problem) {
                    result.append(try coerce(item, inner))
                } catch {
                    throw error.below("[\(index)]")
                }
            }
            return .array(result)
        case .named(let name):
            guard value != .null, let definition = schema.types[name] else { return value }
            return try coerce(value, definition)
        }
    }

    private func coerce(_ value: JsonValue, _ type: SchemaType) throws(Problem) -> JsonValue {
        switch type.kind {
        case .scalar: return try scalar(value, type.name)
        case .enumeration(let values):
            if case .string(let name) = value, values.contains(where: { $0.name == name }) {
                return value
            }
            throw Problem(message: "Enum \"\(type.name)\" cannot represent \(value.text).")
        case .input(let definitions):
            guard case .object(let members) = value else {
                throw Problem(message: "Expected type \"\(type.name)\" to be an object.")
            }
            return try object(members, definitions, type)
        case .object, .interface, .union: return value
        }
    }

    private func object(
        _ members: [JsonMember], _ definitions: [InputValue], _ type: SchemaType
    ) throws(Problem) -> JsonValue {
        for member in members where !definitions.contains(where: { member.isCalled($0.name) }) {
            throw Problem(
                message: "Field \"\(member.key)\" is not defined by type \"\(type.name)\".")
        }
        var result: [JsonMember] = []
        for definition in definitions {
            if let member = members.last(where: { $0.isCalled(definition.name) }) {
                do throws(Problem) {
                    result.append(
                        JsonMember(definition.name, try coerce(member.value, definition.type)))
                } catch {
                    throw error.below(".\(definition.name)")
                }
            } else if let value = definition.defaultValue {
                result.append(
                    JsonMember(definition.name, try coerce(value.json([:]), definition.type)))
            } else if definition.type.isNonNull {
                throw Problem(
                    message: "Field \"\(definition.name)\" of required type"
                        + " \"\(definition.type.text)\" was not provided.")
            }
        }
        return .object(result)
    }

    /// 3.5; scalars that are not built in are read by whoever knows them.
    private func scalar(_ value: JsonValue, _ name: String) throws(Problem) -> JsonValue {
        switch (name, value) {
        case ("Int", .number(let digits)):
            if let exact = Int32(digits) { return .number(String(exact)) }
            // 1.0 and 1e3 are whole numbers of JSON.
            if let number = Double(digits), let exact = Int32(exactly: number) {
                return .number(String(exact))
            }
        case ("Float", .number(let digits)):
            if Double(digits)?.isFinite == true { return value }
        case ("String", .string), ("Boolean", .bool), ("ID", .string): return value
        case ("ID", .number(let digits)):
            if Int64(digits) != nil { return .string(digits) }
        case ("Int", _), ("Float", _), ("String", _), ("Boolean", _), ("ID", _): break
        default: return value
        }
        throw Problem(message: "\(name) cannot represent \(value.text).")
    }
}

enum VariableInput {
    /// The values of an operation's variables; one that is left out and has no default is not
    /// there.
    ///
    /// - Parameter given: an object, or null for none.
    /// - Throws: one error for each variable that does not fit.
    static func coerce(
        _ given: JsonValue, _ definitions: [VariableDefinition], schema: GraphQLSchema
    ) throws(GraphQLErrors) -> NamedValues {
        let members: [JsonMember]
        switch given {
        case .null: members = []
        case .object(let given): members = given
        default:
            throw GraphQLErrors(errors: [
                GraphQLError(
                    "Variables must be an object.", classification: "ValidationError")
            ])
        }
        let coercion = InputCoercion(schema: schema)
        var values: NamedValues = [:]
        var errors: [GraphQLError] = []
        func refuse(_ message: String, _ definition: VariableDefinition) {
            errors.append(
                GraphQLError(
                    message, at: [definition.location], classification: "ValidationError"))
        }
        for definition in definitions {
            let name = definition.name
            let member = members.last { $0.isCalled(name) }
            guard let value = member?.value ?? definition.defaultValue?.json([:]) else {
                if definition.type.isNonNull {
                    refuse(
                        "Variable \"$\(name)\" of required type \"\(definition.type.text)\" was not"
                            + " provided.", definition)
                }
                continue
            }
            do throws(InputCoercion.Problem) {
                values[name] = try coercion.coerce(value, definition.type)
            } catch {
                let place = error.path.isEmpty ? "" : " at \"\(name)\(error.path)\""
                refuse(
                    "Variable \"$\(name)\" got invalid value \(value.text)\(place);"
                        + " \(error.message)", definition)
            }
        }
        if !errors.isEmpty { throw GraphQLErrors(errors: errors) }
        return values
    }
}

enum ArgumentInput {
    /// The values of a field's arguments (6.4.1 CoerceArgumentValues).
    static func coerce(
        _ given: [Argument], _ definitions: [InputValue], _ variables: NamedValues,
        _ schema: GraphQLSchema
    ) throws(GraphQLErrors) -> NamedValues {
        let coercion = InputCoercion(schema: schema)
        var values: NamedValues = [:]
        for definition in definitions {
            let argument = given.first { $0.name == definition.name }
            var value = argument?.value
            if case .variable(let name, _)? = value, variables[name] == nil { value = nil }
            guard let json = (value ?? definition.defaultValue)?.json(variables) else {
                if definition.type.isNonNull {
                    throw refusal(
                        "Argument \"\(definition.name)\" of required type"
                            + " \"\(definition.type.text)\" was not provided.", argument)
                }
                continue
            }
            do throws(InputCoercion.Problem) {
                values[definition.name] = try coercion.coerce(json, definition.type)
            } catch {
                throw refusal(
                    "Argument \"\(definition.name)\" got invalid value \(json.text);"
                        + " \(error.message)", argument)
            }
        }
        return values
    }

    private static func refusal(_ message: String, _ argument: Argument?) -> GraphQLErrors {
        GraphQLErrors(errors: [
            GraphQLError(
                message, at: argument.map { [$0.location] } ?? [],
                classification: "ValidationError")
        ])
    }
}

extension GraphQLValue {
    /// As JSON, with the values of variables; a member whose variable has none is left out.
    func json(_ variables: NamedValues) -> JsonValue {
        switch self {
        case .variable(let name, _): variables[name] ?? .null
        case .int(let digits, _), .float(let digits, _): .number(digits)
        case .string(let text, _), .enumeration(let text, _): .string(text)
        case .bool(let value, _): .bool(value)
        case .null: .null
        case .list(let items, _): .array(items.map { $0.json(variables) })
        case .object(let members, _):
            .object(
                members.compactMap { member in
                    if case .variable(let name, _) = member.value, variables[name] == nil {
                        return nil
                    }
                    return JsonMember(member.name, member.value.json(variables))
                })
        }
    }
}
