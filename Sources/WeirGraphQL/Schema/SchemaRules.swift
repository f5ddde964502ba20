// What a schema has to be like (GraphQL specification, 3, "Type Validation").

/// Checks the types of a schema that a file describes.
struct SchemaRules {
    private let schema: GraphQLSchema
    private var errors: [GraphQLError] = []

    /// - Returns: what is wrong, in the order of the file.
    static func check(_ schema: GraphQLSchema, _ document: GraphQLDocument) -> [GraphQLError] {
        var rules = SchemaRules(schema: schema)
        for definition in document.types { rules.check(definition) }
        rules.checkRoots(document)
        return rules.errors
    }

    private init(schema: GraphQLSchema) { self.schema = schema }

    private mutating func refuse(_ message: String, _ place: GraphQLLocation) {
        errors.append(GraphQLError(message, at: [place], classification: "InvalidSchema"))
    }

    private mutating func checkRoots(_ document: GraphQLDocument) {
        let place = document.types.first?.location ?? GraphQLLocation(line: 1, column: 1)
        let named = [schema.queryType, schema.mutationType, schema.subscriptionType]
        for name in named.compactMap({ $0 }) where schema.types[name]?.isObject != true {
            refuse("there is no object type \(name) for operations to begin at", place)
        }
    }

    private mutating func check(_ definition: TypeSystemDefinition) {
        if definition.name.hasPrefix("__") {
            refuse("names that begin with __ belong to GraphQL", definition.location)
        }
        checkDirectives(definition.directives)
        switch definition.kind {
        case .schema, .scalar: break
        case .object(let interfaces, let fields), .interface(let interfaces, let fields):
            check(fields, of: definition)
            for name in interfaces { checkImplements(name, definition) }
        case .union(let members):
            checkNames(members, definition, "member")
            for member in members where schema.types[member]?.isObject != true {
                refuse("\(member) is no object type", definition.location)
            }
        case .enumeration(let values):
            checkNames(values.map(\.name), definition, "value")
            for value in values { checkDirectives(value.directives) }
        case .input(let values):
            check(values, definition)
            checkNames(values.map(\.name), definition, "field")
        case .directive(let arguments, _, _):
            check(arguments, definition)
        }
    }

    private mutating func check(_ fields: [FieldDefinition], of definition: TypeSystemDefinition) {
        checkNames(fields.map(\.name), definition, "field")
        for field in fields {
            if field.name.hasPrefix("__") {
                refuse("names that begin with __ belong to GraphQL", field.location)
            }
            check(field.arguments, definition)
            checkDirectives(field.directives)
            guard let type = schema.types[field.type.name] else {
                refuse("there is no type \(field.type.name)", field.location)
                continue
            }
            if case .input = type.kind {
                refuse("\(type.name) is a type of arguments, not of fields", field.location)
            }
        }
    }

    private mutating func check(
        _ values: [InputValueDefinition], _ definition: TypeSystemDefinition
    ) {
        for value in values {
            checkDirectives(value.directives)
            guard let type = schema.types[value.type.name] else {
                refuse("there is no type \(value.type.name)", value.location)
                continue
            }
            if !type.isInput {
                refuse("\(type.name) is a type of fields, not of arguments", value.location)
            }
        }
    }

    /// Names of a type differ, and there is one at least.
    private mutating func checkNames(
        _ names: [String], _ definition: TypeSystemDefinition, _ what: String
    ) {
        if names.isEmpty, !definition.isExtension {
            refuse("\(definition.name) has no \(what)", definition.location)
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            refuse("\(definition.name) has two of the \(what) \(name)", definition.location)
        }
    }

    private mutating func checkDirectives(_ directives: [DirectiveUse]) {
        for directive in directives where schema.directives[directive.name] == nil {
            refuse("there is no directive @\(directive.name)", directive.location)
        }
    }

    /// A type has the fields of its interfaces, with types that fit.
    private mutating func checkImplements(_ name: String, _ definition: TypeSystemDefinition) {
        guard let interface = schema.types[name], case .interface = interface.kind else {
            return refuse("there is no interface \(name)", definition.location)
        }
        guard let type = schema.types[definition.name] else { return }
        for wanted in interface.fields {
            guard let field = type.field(wanted.name) else {
                refuse(
                    "\(type.name) lacks the field \(wanted.name) of \(name)", definition.location)
                continue
            }
            if !schema.isSubtype(field.type, of: wanted.type) {
                refuse(
                    "\(type.name).\(field.name) is \(field.type.text), but \(wanted.type.text) in"
                        + " \(name)", definition.location)
            }
            for argument in wanted.arguments {
                let own = field.arguments.first { $0.name == argument.name }
                if own?.type != argument.type {
                    refuse(
                        "\(type.name).\(field.name) needs the argument \(argument.name):"
                            + " \(argument.type.text) of \(name)", definition.location)
                }
            }
            for argument in field.arguments where argument.isRequired {
                if !wanted.arguments.contains(where: { $0.name == argument.name }) {
                    refuse(
                        "\(type.name).\(field.name) needs the argument \(argument.name), which"
                            + " \(name) does not have", definition.location)
                }
            }
        }
    }
}

extension GraphQLSchema {
    /// Whether each value of a type is one of another (3.7, IsValidImplementationFieldType).
    func isSubtype(_ type: TypeReference, of other: TypeReference) -> Bool {
        switch (type, other) {
        case (.nonNull(let type), .nonNull(let other)): isSubtype(type, of: other)
        case (.nonNull(let type), _): isSubtype(type, of: other)
        case (.list(let type), .list(let other)): isSubtype(type, of: other)
        case (.named(let name), .named(let other)):
            name == other || types[name]?.interfaces.contains(other) == true
                || types[other].map { possibleTypes($0).contains(name) } == true
        default: false
        }
    }
}
