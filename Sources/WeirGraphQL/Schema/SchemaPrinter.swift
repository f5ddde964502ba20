// Schemas as files (GraphQL specification, 3).

extension GraphQLSchema {
    /// The schema as a file: types by their names, fields in their order; built-in ones are left
    /// out.
    package var text: String {
        var parts: [String] = []
        for directive in directives.values.sorted(by: { $0.name < $1.name })
        where !BuiltIns.contains(directive: directive.name) {
            parts.append(SchemaPrinter.text(directive))
        }
        if let root = SchemaPrinter.roots(self) { parts.append(root) }
        for type in types.values.sorted(by: { $0.name < $1.name })
        where !BuiltIns.contains(type: type.name) {
            parts.append(SchemaPrinter.text(type))
        }
        return parts.joined(separator: "\n\n") + "\n"
    }
}

private enum SchemaPrinter {
    /// The `schema` definition; nil when all roots have the usual names.
    static func roots(_ schema: GraphQLSchema) -> String? {
        let roots = [
            ("query", "Query", schema.queryType), ("mutation", "Mutation", schema.mutationType),
            ("subscription", "Subscription", schema.subscriptionType),
        ]
        let isUsual = roots.allSatisfy { $0.2 == nil || $0.1 == $0.2 }
        if isUsual, schema.description == nil { return nil }
        let lines = roots.compactMap { kind, _, name in name.map { "  \(kind): \($0)\n" } }
        return description(schema.description, "") + "schema {\n\(lines.joined())}"
    }

    static func text(_ directive: DirectiveType) -> String {
        description(directive.description, "") + "directive @\(directive.name)"
            + arguments(directive.arguments, "") + (directive.isRepeatable ? " repeatable" : "")
            + " on \(directive.locations.joined(separator: " | "))"
    }

    static func text(_ type: SchemaType) -> String {
        let head = description(type.description, "")
        let implements =
            type.interfaces.isEmpty
            ? "" : " implements \(type.interfaces.joined(separator: " & "))"
        switch type.kind {
        case .scalar(let address):
            let place = address.map { " @specifiedBy(url: \(GraphQLValue.quoted($0)))" } ?? ""
            return head + "scalar \(type.name)\(place)"
        case .object: return head + "type \(type.name)\(implements)" + block(type.fields.map(field))
        case .interface:
            return head + "interface \(type.name)\(implements)" + block(type.fields.map(field))
        case .union(let members):
            return head + "union \(type.name) = \(members.joined(separator: " | "))"
        case .enumeration(let values):
            return head + "enum \(type.name)"
                + block(
                    values.map {
                        description($0.description, "  ") + "  \($0.name)"
                            + deprecated($0.deprecation)
                    })
        case .input(let values):
            return head + "input \(type.name)"
                + block(values.map { description($0.description, "  ") + "  \(input($0))" })
        }
    }

    private static func block(_ lines: [String]) -> String {
        lines.isEmpty ? "" : " {\n" + lines.joined(separator: "\n") + "\n}"
    }

    private static func field(_ field: SchemaField) -> String {
        description(field.description, "  ") + "  \(field.name)"
            + arguments(field.arguments, "  ") + ": \(field.type.text)"
            + deprecated(field.deprecation)
    }

    /// On one line, unless one has a description.
    private static func arguments(_ arguments: [InputValue], _ indent: String) -> String {
        if arguments.isEmpty { return "" }
        guard arguments.contains(where: { $0.description != nil }) else {
            return "(\(arguments.map(input).joined(separator: ", ")))"
        }
        let inner = indent + "  "
        let lines = arguments.map { description($0.description, inner) + inner + input($0) }
        return "(\n" + lines.joined(separator: "\n") + "\n\(indent))"
    }

    private static func input(_ value: InputValue) -> String {
        "\(value.name): \(value.type.text)"
            + (value.defaultValue.map { " = \($0.text)" } ?? "") + deprecated(value.deprecation)
    }

    private static func deprecated(_ reason: String?) -> String {
        guard let reason else { return "" }
        return reason == "No longer supported"
            ? " @deprecated" : " @deprecated(reason: \(GraphQLValue.quoted(reason)))"
    }

    /// A block string on lines of its own; quoted where a block string would change it.
    private static func description(_ text: String?, _ indent: String) -> String {
        guard let text, !text.isEmpty else { return "" }
        let isPlain =
            BlockString.value(Array(text.utf8)) == text && !text.hasSuffix("\"")
            && !text.hasSuffix("\\") && !text.contains("\r")
        guard isPlain else { return "\(indent)\(GraphQLValue.quoted(text))\n" }
        let lines = text.replacing("\"\"\"", with: "\\\"\"\"").split(
            separator: "\n", omittingEmptySubsequences: false)
        if lines.count == 1 { return "\(indent)\"\"\"\(lines[0])\"\"\"\n" }
        let body = lines.map { $0.isEmpty ? "" : indent + $0 }.joined(separator: "\n")
        return "\(indent)\"\"\"\n\(body)\n\(indent)\"\"\"\n"
    }
}
