// How the values of a column look in a response.

import WeirColumnar
import WeirGraphQL

/// A type with what a client selects of it.
indirect enum ValueShape: Sendable {
    /// Stored as SQLite's own value, or as a value in JSON text.
    case scalar(DataType.Kind)
    /// The same, as another type of the schema.
    case narrowed(DataType.Kind, ScalarNarrowing)
    /// Elements, and whether they may be null.
    case list(ValueShape, isNullable: Bool)
    /// Elements with how often they are there.
    case multiset(ValueShape)
    case row([NestedField])
}

/// A selected field of an object inside of a column.
struct NestedField: Sendable {
    /// `"name":`
    let key: [UInt8]
    let responseKey: String
    let content: Content
    let location: GraphQLLocation

    enum Content: Sendable {
        case typeName(String)
        case member(name: String, ValueShape, isNullable: Bool)
    }
}
