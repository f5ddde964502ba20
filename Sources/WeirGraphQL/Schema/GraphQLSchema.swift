// The types that an API has (GraphQL specification, 3 Type System).

/// A schema: its types by name, and where operations begin.
package struct GraphQLSchema: Sendable {
    package var queryType: String
    package var mutationType: String?
    package var subscriptionType: String?
    package var description: String?
    /// By name, with the built-in ones.
    package private(set) var types: [String: SchemaType] = [:]
    package private(set) var directives: [String: DirectiveType] = [:]

    /// A schema with the built-in scalars and directives only.
    package init(queryType: String = "Query") {
        self.queryType = queryType
        for type in BuiltIns.scalars { types[type.name] = type }
        for directive in BuiltIns.directives { directives[directive.name] = directive }
    }

    /// Adds the types that introspection has.
    ///
    /// - Throws: never for the text that is in the program.
    package mutating func addIntrospection() throws(GraphQLError) {
        try IntrospectionTypes.add(to: &self)
    }

    package mutating func add(_ type: SchemaType) { types[type.name] = type }

    mutating func remove(type name: String) { types[name] = nil }

    package mutating func add(_ directive: DirectiveType) {
        directives[directive.name] = directive
    }

    package func rootType(_ kind: OperationKind) -> SchemaType? {
        switch kind {
        case .query: types[queryType]
        case .mutation: mutationType.flatMap { types[$0] }
        case .subscription: subscriptionType.flatMap { types[$0] }
        }
    }

    /// The definition of a field, with those that every type has (`__typename`) and those of the
    /// query type (`__schema`, `__type`).
    package func field(_ name: String, of type: SchemaType) -> SchemaField? {
        switch name {
        case "__typename" where type.isComposite: BuiltIns.typeName
        case "__schema" where type.name == queryType: BuiltIns.schema
        case "__type" where type.name == queryType: BuiltIns.type
        default: type.field(name)
        }
    }

    /// The object types that a value of a type may have.
    package func possibleTypes(_ type: SchemaType) -> Set<String> {
        switch type.kind {
        case .object: [type.name]
        case .union(let members): Set(members)
        case .interface:
            Set(
                types.values.filter { $0.isObject && $0.interfaces.contains(type.name) }.map(\.name)
            )
        case .scalar, .enumeration, .input: []
        }
    }
}

/// A named type.
package struct SchemaType: Sendable {
    package enum Kind: Sendable {
        /// - Parameter specifiedBy: the address of its definition.
        case scalar(specifiedBy: String?)
        case object
        case interface
        /// The object types that it consists of.
        case union([String])
        case enumeration([SchemaEnumValue])
        case input([InputValue])
    }

    package let name: String
    package let description: String?
    package let kind: Kind
    package let interfaces: [String]
    /// Of an object or interface, in their order.
    package let fields: [SchemaField]
    private let fieldNumbers: [String: Int]

    package init(
        _ name: String, _ kind: Kind, description: String? = nil, interfaces: [String] = [],
        fields: [SchemaField] = []
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.interfaces = interfaces
        self.fields = fields
        fieldNumbers = Dictionary(
            fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package func field(_ name: String) -> SchemaField? { fieldNumbers[name].map { fields[$0] } }

    package var isObject: Bool { if case .object = kind { true } else { false } }

    /// Whether its values have fields of their own to select.
    package var isComposite: Bool {
        switch kind {
        case .object, .interface, .union: true
        case .scalar, .enumeration, .input: false
        }
    }

    package var isInput: Bool {
        switch kind {
        case .scalar, .enumeration, .input: true
        case .object, .interface, .union: false
        }
    }
}

package struct SchemaField: Sendable {
    package let name: String
    package let description: String?
    package let arguments: [InputValue]
    package let type: TypeReference
    /// Why it should not be used; nil when it may.
    package let deprecation: String?

    package init(
        _ name: String, _ type: TypeReference, arguments: [InputValue] = [],
        description: String? = nil, deprecation: String? = nil
    ) {
        self.name = name
        self.type = type
        self.arguments = arguments
        self.description = description
        self.deprecation = deprecation
    }
}

/// An argument, or a field of an input type.
package struct InputValue: Sendable {
    package let name: String
    package let description: String?
    package let type: TypeReference
    package let defaultValue: GraphQLValue?
    package let deprecation: String?

    package init(
        _ name: String, _ type: TypeReference, defaultValue: GraphQLValue? = nil,
        description: String? = nil, deprecation: String? = nil
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.description = description
        self.deprecation = deprecation
    }

    /// Whether it has to be given.
    package var isRequired: Bool { type.isNonNull && defaultValue == nil }
}

package struct SchemaEnumValue: Sendable {
    package let name: String
    package let description: String?
    package let deprecation: String?

    package init(_ name: String, description: String? = nil, deprecation: String? = nil) {
        self.name = name
        self.description = description
        self.deprecation = deprecation
    }
}

package struct DirectiveType: Sendable {
    package let name: String
    package let description: String?
    package let arguments: [InputValue]
    /// E.g. `FIELD`.
    package let locations: [String]
    package let isRepeatable: Bool

    package init(
        _ name: String, locations: [String], arguments: [InputValue] = [],
        isRepeatable: Bool = false, description: String? = nil
    ) {
        self.name = name
        self.locations = locations
        self.arguments = arguments
        self.isRepeatable = isRepeatable
        self.description = description
    }
}
