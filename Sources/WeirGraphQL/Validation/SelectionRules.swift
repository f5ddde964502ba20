// Fields, arguments and directives of a request (GraphQL specification, 5.3, 5.4, 5.5.2.3, 5.7).

/// Goes through the selections of one definition with the types at hand.
struct SelectionRules {
    private let context: ValidationContext
    private var schema: GraphQLSchema { context.schema }

    init(_ context: ValidationContext) { self.context = context }

    mutating func check(_ operation: OperationDefinition) {
        check(operation.directives, operation.kind.rawValue.uppercased())
        for variable in operation.variables { check(variable.directives, "VARIABLE_DEFINITION") }
        guard let root = schema.rootType(operation.kind) else {
            context.refuse("The schema has no \(operation.kind.rawValue).", operation.location)
            return
        }
        check(operation.selections, in: root)
    }

    mutating func check(_ fragment: FragmentDefinition) {
        check(fragment.directives, "FRAGMENT_DEFINITION")
        guard let type = condition(fragment.typeCondition, fragment.typeLocation) else { return }
        check(fragment.selections, in: type)
    }

    /// The type that a fragment is on.
    private func condition(_ name: String, _ place: GraphQLLocation) -> SchemaType? {
        guard let type = schema.types[name] else {
            let near = context.suggestion(name, schema.types.keys)
            context.refuse("Unknown type \"\(name)\".\(near)", place)
            return nil
        }
        guard type.isComposite else {
            context.refuse("A fragment cannot be on \"\(name)\", which has no fields.", place)
            return nil
        }
        return type
    }

    // MARK: Selections

    private mutating func check(_ selections: [Selection], in type: SchemaType) {
        for selection in selections {
            switch selection {
            case .field(let field): check(field, in: type)
            case .inline(let fragment):
                check(fragment.directives, "INLINE_FRAGMENT")
                guard let name = fragment.typeCondition else {
                    check(fragment.selections, in: type)
                    continue
                }
                guard let inside = condition(name, fragment.typeLocation) else { continue }
                checkPossible(inside, in: type, fragment.location)
                check(fragment.selections, in: inside)
            case .spread(let spread):
                check(spread.directives, "FRAGMENT_SPREAD")
                guard let fragment = context.fragments[spread.name] else {
                    let near = context.suggestion(spread.name, context.fragments.keys)
                    context.refuse(
                        "Unknown fragment \"\(spread.name)\".\(near)", spread.nameLocation)
                    continue
                }
                if let inside = schema.types[fragment.typeCondition], inside.isComposite {
                    checkPossible(inside, in: type, spread.location)
                }
            }
        }
    }

    private func checkPossible(
        _ inside: SchemaType, in type: SchemaType, _ place: GraphQLLocation
    ) {
        let both = schema.possibleTypes(inside).intersection(schema.possibleTypes(type))
        if both.isEmpty {
            context.refuse(
                "A fragment on \"\(inside.name)\" can never be in \"\(type.name)\".", place)
        }
    }

    private mutating func check(_ field: FieldSelection, in type: SchemaType) {
        check(field.directives, "FIELD")
        guard let definition = schema.field(field.name, of: type) else {
            let near = context.suggestion(field.name, type.fields.map(\.name))
            context.refuse(
                "Cannot query field \"\(field.name)\" on type \"\(type.name)\".\(near)",
                field.location)
            return
        }
        check(field.arguments, definition.arguments, of: "Field \"\(field.name)\"", field.location)
        guard let inner = schema.types[definition.type.name] else { return }
        if inner.isComposite, field.selections.isEmpty {
            context.refuse(
                "Field \"\(field.name)\" of type \"\(definition.type.text)\" must have a selection"
                    + " of subfields.", field.location)
        } else if !inner.isComposite, !field.selections.isEmpty {
            context.refuse(
                "Field \"\(field.name)\" must not have a selection since type"
                    + " \"\(definition.type.text)\" has no subfields.",
                field.selectionsLocation ?? field.location)
        } else if inner.isComposite {
            check(field.selections, in: inner)
        }
    }

    // MARK: Arguments and directives

    private func check(
        _ arguments: [Argument], _ definitions: [InputValue], of owner: String,
        _ place: GraphQLLocation
    ) {
        context.refuseRepeated(arguments.map { ($0.name, $0.location) }) {
            "There can be only one argument named \"\($0)\"."
        }
        for argument in arguments {
            guard let definition = definitions.first(where: { $0.name == argument.name }) else {
                let near = context.suggestion(argument.name, definitions.map(\.name))
                context.refuse(
                    "\(owner) has no argument \"\(argument.name)\".\(near)", argument.location)
                continue
            }
            ValueRules.check(argument.value, definition.type, context)
        }
        for definition in definitions where definition.isRequired {
            if !arguments.contains(where: { $0.name == definition.name }) {
                context.refuse(
                    "\(owner) argument \"\(definition.name)\" of type \"\(definition.type.text)\""
                        + " is required, but it was not provided.", place)
            }
        }
    }

    private func check(_ directives: [DirectiveUse], _ location: String) {
        let single = directives.filter { schema.directives[$0.name]?.isRepeatable != true }
        context.refuseRepeated(single.map { ($0.name, $0.location) }) {
            "The directive \"@\($0)\" can only be used once here."
        }
        for directive in directives {
            guard let definition = schema.directives[directive.name] else {
                context.refuse("Unknown directive \"@\(directive.name)\".", directive.location)
                continue
            }
            if !definition.locations.contains(location) {
                context.refuse(
                    "Directive \"@\(directive.name)\" may not be used on \(location).",
                    directive.location)
            }
            check(
                directive.arguments, definition.arguments, of: "Directive \"@\(directive.name)\"",
                directive.location)
        }
    }
}
