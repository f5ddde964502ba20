// Variables of a request (GraphQL specification, 5.8).

/// A place where a variable stands.
private struct VariableUse {
    let name: String
    let location: GraphQLLocation
    /// What stands there takes; nil when that is not known, because something else is wrong.
    let type: TypeReference?
    /// Whether the argument or field has a value of its own when it is left out.
    let hasDefault: Bool
}

enum VariableRules {
    static func check(_ context: ValidationContext) {
        var uses: [String: [VariableUse]] = [:]
        var spreads: [String: [String]] = [:]
        for fragment in context.document.fragments {
            var collector = VariableCollector(schema: context.schema)
            collector.collect(fragment)
            uses[fragment.name] = collector.uses
            spreads[fragment.name] = FragmentRules.spreads(fragment.selections).map(\.name)
        }
        for operation in context.document.operations {
            var collector = VariableCollector(schema: context.schema)
            collector.collect(operation)
            var all = collector.uses
            var open = FragmentRules.spreads(operation.selections).map(\.name)
            var seen: Set<String> = []
            while let name = open.popLast() {
                guard seen.insert(name).inserted else { continue }
                all += uses[name] ?? []
                open += spreads[name] ?? []
            }
            checkDefinitions(operation, context)
            check(operation, all, context)
        }
    }

    private static func checkDefinitions(
        _ operation: OperationDefinition, _ context: ValidationContext
    ) {
        context.refuseRepeated(operation.variables.map { ($0.name, $0.nameLocation) }) {
            "There can be only one variable named \"$\($0)\"."
        }
        for variable in operation.variables {
            guard let type = context.schema.types[variable.type.name] else {
                let near = context.suggestion(variable.type.name, context.schema.types.keys)
                context.refuse(
                    "Unknown type \"\(variable.type.name)\".\(near)", variable.typeLocation)
                continue
            }
            if !type.isInput {
                context.refuse(
                    "Variable \"$\(variable.name)\" cannot be of the output type"
                        + " \"\(variable.type.text)\".", variable.typeLocation)
            } else if let value = variable.defaultValue {
                ValueRules.check(value, variable.type, context)
            }
        }
    }

    private static func check(
        _ operation: OperationDefinition, _ uses: [VariableUse], _ context: ValidationContext
    ) {
        let owner = operation.name.map { " by operation \"\($0)\"" } ?? ""
        let defined = Dictionary(
            operation.variables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for use in uses {
            guard let variable = defined[use.name] else {
                context.refuse(
                    "Variable \"$\(use.name)\" is not defined\(owner).", use.location,
                    operation.location)
                continue
            }
            guard let type = use.type, !isAllowed(variable, type, use.hasDefault, context.schema)
            else { continue }
            context.refuse(
                "Variable \"$\(use.name)\" of type \"\(variable.type.text)\" used in position"
                    + " expecting type \"\(type.text)\".", variable.location, use.location)
        }
        let used = Set(uses.map(\.name))
        for variable in operation.variables where !used.contains(variable.name) {
            context.refuse(
                "Variable \"$\(variable.name)\" is never used\(owner.replacing(" by", with: " in")).",
                variable.location)
        }
    }

    /// 5.8.5, IsVariableUsageAllowed.
    private static func isAllowed(
        _ variable: VariableDefinition, _ type: TypeReference, _ hasDefault: Bool,
        _ schema: GraphQLSchema
    ) -> Bool {
        guard schema.types[variable.type.name] != nil else { return true }
        if case .nonNull(let inner) = type, !variable.type.isNonNull {
            var hasValue = false
            if let value = variable.defaultValue {
                if case .null = value { hasValue = false } else { hasValue = true }
            }
            return (hasValue || hasDefault) && areCompatible(variable.type, inner)
        }
        return areCompatible(variable.type, type)
    }

    /// 5.8.5, AreTypesCompatible.
    private static func areCompatible(_ type: TypeReference, _ place: TypeReference) -> Bool {
        switch (type, place) {
        case (.nonNull(let type), .nonNull(let place)): areCompatible(type, place)
        case (_, .nonNull): false
        case (.nonNull(let type), _): areCompatible(type, place)
        case (.list(let type), .list(let place)): areCompatible(type, place)
        case (.named(let name), .named(let other)): name == other
        default: false
        }
    }
}

/// Finds the variables of a definition and what stands where they are.
private struct VariableCollector {
    let schema: GraphQLSchema
    private(set) var uses: [VariableUse] = []

    init(schema: GraphQLSchema) { self.schema = schema }

    mutating func collect(_ operation: OperationDefinition) {
        collect(operation.directives)
        collect(operation.selections, in: schema.rootType(operation.kind))
    }

    mutating func collect(_ fragment: FragmentDefinition) {
        collect(fragment.directives)
        collect(fragment.selections, in: schema.types[fragment.typeCondition])
    }

    private mutating func collect(_ selections: [Selection], in type: SchemaType?) {
        for selection in selections {
            collect(selection.directives)
            switch selection {
            case .spread: break
            case .inline(let inner):
                collect(inner.selections, in: inner.typeCondition.map { schema.types[$0] } ?? type)
            case .field(let field):
                let definition = type.flatMap { schema.field(field.name, of: $0) }
                collect(field.arguments, definition?.arguments)
                collect(field.selections, in: definition.flatMap { schema.types[$0.type.name] })
            }
        }
    }

    private mutating func collect(_ directives: [DirectiveUse]) {
        for directive in directives {
            collect(directive.arguments, schema.directives[directive.name]?.arguments)
        }
    }

    private mutating func collect(_ arguments: [Argument], _ definitions: [InputValue]?) {
        for argument in arguments {
            let definition = definitions?.first { $0.name == argument.name }
            collect(
                argument.value, definition?.type, hasDefault: definition?.defaultValue != nil)
        }
    }

    private mutating func collect(
        _ value: GraphQLValue, _ type: TypeReference?, hasDefault: Bool
    ) {
        switch value {
        case .variable(let name, let place):
            uses.append(
                VariableUse(name: name, location: place, type: type, hasDefault: hasDefault))
        case .list(let items, _):
            var inner: TypeReference?
            if case .list(let item)? = type?.nullable { inner = item }
            for item in items { collect(item, inner, hasDefault: false) }
        case .object(let members, _):
            var definitions: [InputValue]?
            if let name = type?.name, case .input(let fields)? = schema.types[name]?.kind {
                definitions = fields
            }
            collect(members, definitions)
        default: break
        }
    }
}
