// A schema that shows one type for another.

extension GraphQLSchema {
    /// The same with all fields and arguments of one scalar having another, and without the first.
    package func showing(_ shown: String, for hidden: String) -> GraphQLSchema {
        func renamed(_ type: TypeReference) -> TypeReference {
            switch type {
            case .named(let name): .named(name == hidden ? shown : name)
            case .list(let inner): .list(renamed(inner))
            case .nonNull(let inner): .nonNull(renamed(inner))
            }
        }
        func renamed(_ values: [InputValue]) -> [InputValue] {
            values.map { value in
                InputValue(
                    value.name, renamed(value.type), defaultValue: value.defaultValue,
                    description: value.description, deprecation: value.deprecation)
            }
        }
        var result = self
        for type in types.values {
            var kind = type.kind
            if case .input(let values) = kind { kind = .input(renamed(values)) }
            let fields = type.fields.map { field in
                SchemaField(
                    field.name, renamed(field.type), arguments: renamed(field.arguments),
                    description: field.description, deprecation: field.deprecation)
            }
            result.add(
                SchemaType(
                    type.name, kind, description: type.description, interfaces: type.interfaces,
                    fields: fields))
        }
        result.remove(type: hidden)
        return result
    }
}
