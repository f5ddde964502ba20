// Schema files to schemas (GraphQL specification, 3).

/// Several errors at once; at least one.
package struct GraphQLErrors: Error, Sendable {
    package let errors: [GraphQLError]

    package init(errors: [GraphQLError]) { self.errors = errors }
}

extension GraphQLSchema {
    /// The schema that a file describes.
    ///
    /// - Throws: all mistakes that were found, each with its place.
    package static func build(_ text: [UInt8]) throws(GraphQLErrors) -> GraphQLSchema {
        let document: GraphQLDocument
        var schema = GraphQLSchema()
        do throws(GraphQLError) {
            document = try GraphQLDocument.schema(text)
            try IntrospectionTypes.add(to: &schema)
        } catch {
            throw GraphQLErrors(errors: [error])
        }
        var builder = SchemaBuilder(schema)
        builder.build(document)
        let errors = builder.errors + SchemaRules.check(builder.schema, document)
        guard errors.isEmpty else { throw GraphQLErrors(errors: errors) }
        return builder.schema
    }
}

/// Puts the definitions of a file and their extensions together.
struct SchemaBuilder {
    private(set) var schema: GraphQLSchema
    private(set) var errors: [GraphQLError] = []
    private var rootNames: [OperationKind: String] = [:]

    init(_ schema: GraphQLSchema) { self.schema = schema }

    mutating func build(_ document: GraphQLDocument) {
        for place in document.operations.map(\.location) + document.fragments.map(\.location) {
            refuse("a schema file has no operations", place)
        }
        var names: Set<String> = []
        for definition in document.types where !definition.isExtension {
            add(definition, document.types, &names)
        }
        for definition in document.types where definition.isExtension {
            addExtension(definition, names)
        }
        schema.queryType = rootNames[.query] ?? "Query"
        let isDefault = rootNames.isEmpty
        schema.mutationType =
            rootNames[.mutation] ?? (isDefault && names.contains("Mutation") ? "Mutation" : nil)
        schema.subscriptionType =
            rootNames[.subscription]
            ?? (isDefault && names.contains("Subscription") ? "Subscription" : nil)
    }

    private mutating func refuse(_ message: String, _ place: GraphQLLocation) {
        errors.append(GraphQLError(message, at: [place], classification: "InvalidSchema"))
    }

    private mutating func add(
        _ definition: TypeSystemDefinition, _ all: [TypeSystemDefinition],
        _ names: inout Set<String>
    ) {
        switch definition.kind {
        case .schema(let roots):
            if !rootNames.isEmpty { refuse("there is a second schema", definition.location) }
            schema.description = definition.description
            add(roots, definition.location)
        case .directive(let arguments, let isRepeatable, let locations):
            if BuiltIns.contains(directive: definition.name) { return }
            if schema.directives[definition.name] != nil {
                refuse("@\(definition.name) is defined twice", definition.location)
            }
            schema.add(
                DirectiveType(
                    definition.name, locations: locations,
                    arguments: arguments.map(Self.inputValue), isRepeatable: isRepeatable,
                    description: definition.description))
        default:
            if BuiltIns.contains(type: definition.name) {
                if case .scalar = definition.kind { return }
                refuse("\(definition.name) is a type of every schema", definition.location)
                return
            }
            guard names.insert(definition.name).inserted else {
                return refuse("\(definition.name) is defined twice", definition.location)
            }
            let extensions = all.filter { $0.isExtension && $0.name == definition.name }
            if let type = Self.type(definition, extensions: extensions) { schema.add(type) }
        }
    }

    private mutating func add(_ roots: [(OperationKind, String)], _ place: GraphQLLocation) {
        for (kind, name) in roots {
            if rootNames[kind] != nil { refuse("\(kind.rawValue) is given twice", place) }
            rootNames[kind] = name
        }
    }

    /// Extensions of types have been added with their types.
    private mutating func addExtension(_ definition: TypeSystemDefinition, _ names: Set<String>) {
        if case .schema(let roots) = definition.kind {
            return add(roots, definition.location)
        }
        guard names.contains(definition.name), let type = schema.types[definition.name] else {
            return refuse("there is no type \(definition.name)", definition.location)
        }
        if !Self.isSameKind(type.kind, definition.kind) {
            refuse("\(definition.name) is another kind of type", definition.location)
        }
    }

    private static func isSameKind(
        _ kind: SchemaType.Kind, _ other: TypeSystemDefinition.Kind
    ) -> Bool {
        switch (kind, other) {
        case (.scalar, .scalar), (.object, .object), (.interface, .interface), (.union, .union),
            (.enumeration, .enumeration), (.input, .input):
            true
        default: false
        }
    }

    // MARK: Types

    /// A type with what its extensions add; nil for what is no type.
    static func type(
        _ definition: TypeSystemDefinition, extensions: [TypeSystemDefinition]
    ) -> SchemaType? {
        let parts = [definition] + extensions
        var kind: SchemaType.Kind
        switch definition.kind {
        case .schema, .directive: return nil
        case .scalar:
            let address = parts.lazy.flatMap(\.directives).first { $0.name == "specifiedBy" }
            kind = .scalar(specifiedBy: address?.text("url"))
        case .object: kind = .object
        case .interface: kind = .interface
        case .union:
            kind = .union(
                parts.flatMap { part -> [String] in
                    if case .union(let members) = part.kind { members } else { [] }
                })
        case .enumeration:
            kind = .enumeration(
                parts.flatMap { part -> [SchemaEnumValue] in
                    guard case .enumeration(let values) = part.kind else { return [] }
                    return values.map {
                        SchemaEnumValue(
                            $0.name, description: $0.description, deprecation: $0.directives.reason)
                    }
                })
        case .input:
            kind = .input(
                parts.flatMap { part -> [InputValue] in
                    if case .input(let values) = part.kind { values.map(inputValue) } else { [] }
                })
        }
        return SchemaType(
            definition.name, kind, description: definition.description,
            interfaces: parts.flatMap(interfaces), fields: parts.flatMap(fields))
    }

    private static func interfaces(_ definition: TypeSystemDefinition) -> [String] {
        switch definition.kind {
        case .object(let interfaces, _), .interface(let interfaces, _): interfaces
        default: []
        }
    }

    private static func fields(_ definition: TypeSystemDefinition) -> [SchemaField] {
        switch definition.kind {
        case .object(_, let fields), .interface(_, let fields):
            fields.map {
                SchemaField(
                    $0.name, $0.type, arguments: $0.arguments.map(inputValue),
                    description: $0.description, deprecation: $0.directives.reason)
            }
        default: []
        }
    }

    static func inputValue(_ definition: InputValueDefinition) -> InputValue {
        InputValue(
            definition.name, definition.type, defaultValue: definition.defaultValue,
            description: definition.description, deprecation: definition.directives.reason)
    }
}

extension [DirectiveUse] {
    /// Why something is deprecated; nil when it is not.
    fileprivate var reason: String? {
        first { $0.name == "deprecated" }.map { $0.text("reason") ?? "No longer supported" }
    }
}

extension DirectiveUse {
    /// An argument that is a text.
    package func text(_ name: String) -> String? {
        guard case .string(let text, _)? = arguments.first(where: { $0.name == name })?.value
        else { return nil }
        return text
    }
}
