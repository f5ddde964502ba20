// The tree of a request (GraphQL specification, 2.2 Document and what follows).

/// What a request or a schema file holds, in its order.
package struct GraphQLDocument: Sendable {
    package var operations: [OperationDefinition] = []
    package var fragments: [FragmentDefinition] = []
    /// Definitions and extensions of types; a request has none.
    package var types: [TypeSystemDefinition] = []
}

package enum OperationKind: String, Sendable {
    case query
    case mutation
    case subscription
}

package struct OperationDefinition: Sendable {
    package let kind: OperationKind
    package let name: String?
    package let variables: [VariableDefinition]
    package let directives: [DirectiveUse]
    package let selections: [Selection]
    package let location: GraphQLLocation
    /// Where its name stands, or it begins.
    package let nameLocation: GraphQLLocation
}

package struct VariableDefinition: Sendable {
    package let name: String
    package let type: TypeReference
    package let defaultValue: GraphQLValue?
    package let directives: [DirectiveUse]
    package let location: GraphQLLocation
    package let nameLocation: GraphQLLocation
    package let typeLocation: GraphQLLocation
}

package struct FragmentDefinition: Sendable {
    package let name: String
    package let typeCondition: String
    package let directives: [DirectiveUse]
    package let selections: [Selection]
    package let location: GraphQLLocation
    package let nameLocation: GraphQLLocation
    package let typeLocation: GraphQLLocation
}

package indirect enum Selection: Sendable {
    case field(FieldSelection)
    case spread(FragmentSpread)
    case inline(InlineFragment)

    package var directives: [DirectiveUse] {
        switch self {
        case .field(let field): field.directives
        case .spread(let spread): spread.directives
        case .inline(let fragment): fragment.directives
        }
    }
}

/// `...Name`
package struct FragmentSpread: Sendable {
    package let name: String
    package let directives: [DirectiveUse]
    package let location: GraphQLLocation
    package let nameLocation: GraphQLLocation
}

/// `... on Type { }`
package struct InlineFragment: Sendable {
    package let typeCondition: String?
    package let directives: [DirectiveUse]
    package let selections: [Selection]
    package let location: GraphQLLocation
    /// Where its type stands, or it begins.
    package let typeLocation: GraphQLLocation
}

package struct FieldSelection: Sendable {
    package let alias: String?
    package let name: String
    package let arguments: [Argument]
    package let directives: [DirectiveUse]
    package let selections: [Selection]
    package let location: GraphQLLocation
    /// Where what is selected below it begins, if something is.
    package let selectionsLocation: GraphQLLocation?

    /// What the field is called in the response.
    package var responseKey: String { alias ?? name }
}

package struct Argument: Sendable {
    package let name: String
    package let value: GraphQLValue
    package let location: GraphQLLocation
}

/// A directive where it is used.
package struct DirectiveUse: Sendable {
    package let name: String
    package let arguments: [Argument]
    package let location: GraphQLLocation
}

/// A value as it is written.
package indirect enum GraphQLValue: Sendable {
    case variable(String, GraphQLLocation)
    /// A whole number as it is spelled.
    case int(String, GraphQLLocation)
    case float(String, GraphQLLocation)
    case string(String, GraphQLLocation)
    case bool(Bool, GraphQLLocation)
    case null(GraphQLLocation)
    case enumeration(String, GraphQLLocation)
    case list([GraphQLValue], GraphQLLocation)
    case object([Argument], GraphQLLocation)

    package var location: GraphQLLocation {
        switch self {
        case .variable(_, let place), .int(_, let place), .float(_, let place),
            .string(_, let place), .bool(_, let place), .null(let place),
            .enumeration(_, let place), .list(_, let place), .object(_, let place):
            place
        }
    }
}

/// A type as it is written: `T`, `[T]`, `T!`.
package indirect enum TypeReference: Sendable, Hashable {
    case named(String)
    case list(TypeReference)
    case nonNull(TypeReference)

    /// The name inside.
    package var name: String {
        switch self {
        case .named(let name): name
        case .list(let inner), .nonNull(let inner): inner.name
        }
    }

    /// As it is written.
    package var text: String {
        switch self {
        case .named(let name): name
        case .list(let inner): "[\(inner.text)]"
        case .nonNull(let inner): "\(inner.text)!"
        }
    }

    package var isNonNull: Bool { if case .nonNull = self { true } else { false } }

    /// The same type where null is a value.
    package var nullable: TypeReference {
        if case .nonNull(let inner) = self { inner } else { self }
    }
}
