// The tree of a schema file (GraphQL specification, 3 Type System).

/// A definition of a schema file, or an extension of one.
package struct TypeSystemDefinition: Sendable {
    package enum Kind: Sendable {
        /// The root types by operation.
        case schema([(OperationKind, String)])
        case scalar
        case object(interfaces: [String], [FieldDefinition])
        case interface(interfaces: [String], [FieldDefinition])
        case union([String])
        case enumeration([EnumValueDefinition])
        case input([InputValueDefinition])
        case directive([InputValueDefinition], isRepeatable: Bool, locations: [String])
    }

    package let kind: Kind
    /// Empty for `schema`.
    package let name: String
    package let description: String?
    package let directives: [DirectiveUse]
    /// Whether it begins with `extend`.
    package let isExtension: Bool
    package let location: GraphQLLocation
}

package struct FieldDefinition: Sendable {
    package let name: String
    package let description: String?
    package let arguments: [InputValueDefinition]
    package let type: TypeReference
    package let directives: [DirectiveUse]
    package let location: GraphQLLocation
}

/// An argument of a field or directive, or a field of an input type.
package struct InputValueDefinition: Sendable {
    package let name: String
    package let description: String?
    package let type: TypeReference
    package let defaultValue: GraphQLValue?
    package let directives: [DirectiveUse]
    package let location: GraphQLLocation
}

package struct EnumValueDefinition: Sendable {
    package let name: String
    package let description: String?
    package let directives: [DirectiveUse]
    package let location: GraphQLLocation
}
