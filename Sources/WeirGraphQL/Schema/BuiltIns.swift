// What every schema has (GraphQL specification, 3.5 Scalars, 3.13 Directives, 4 Introspection).

enum BuiltIns {
    static let scalars = [
        SchemaType("Int", .scalar(specifiedBy: nil), description: "A whole number of 32 bits."),
        SchemaType("Float", .scalar(specifiedBy: nil), description: "A number (IEEE 754 double)."),
        SchemaType("String", .scalar(specifiedBy: nil), description: "A text."),
        SchemaType("Boolean", .scalar(specifiedBy: nil), description: "`true` or `false`."),
        SchemaType(
            "ID", .scalar(specifiedBy: nil), description: "What tells objects apart; a text."),
    ]

    private static func required(_ name: String) -> TypeReference { .nonNull(.named(name)) }

    static let directives = [
        DirectiveType(
            "skip", locations: ["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"],
            arguments: [InputValue("if", required("Boolean"), description: "Left out when true.")],
            description: "Leaves a field or fragment out when the argument is true."),
        DirectiveType(
            "include", locations: ["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"],
            arguments: [InputValue("if", required("Boolean"), description: "Included when true.")],
            description: "Takes a field or fragment in only when the argument is true."),
        DirectiveType(
            "deprecated",
            locations: [
                "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE",
            ],
            arguments: [
                InputValue(
                    "reason", required("String"),
                    defaultValue: .string(
                        "No longer supported", GraphQLLocation(line: 1, column: 1)),
                    description: "Why, and what to use instead.")
            ], description: "Marks what should not be used any more."),
        DirectiveType(
            "specifiedBy", locations: ["SCALAR"],
            arguments: [
                InputValue("url", required("String"), description: "Where it is defined.")
            ], description: "Tells how the values of a scalar look."),
    ]

    static let typeName = SchemaField("__typename", required("String"))
    static let schema = SchemaField("__schema", required("__Schema"))
    static let type = SchemaField(
        "__type", .named("__Type"), arguments: [InputValue("name", required("String"))])

    /// Whether a type or directive is in every schema.
    static func contains(type name: String) -> Bool {
        name.hasPrefix("__") || scalars.contains { $0.name == name }
    }

    static func contains(directive name: String) -> Bool {
        directives.contains { $0.name == name }
    }
}
