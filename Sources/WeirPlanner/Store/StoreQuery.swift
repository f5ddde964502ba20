// Queries with arguments: what an API asks of the store.

package import WeirColumnar
package import WeirSQL

/// An argument of a query.
package struct QueryArgument: Sendable {
    package enum Origin: Sendable {
        /// The caller gives it.
        case caller
        /// The caller may leave it out.
        case optional
        /// A claim of the caller's token, e.g. `auth.userId`.
        case metadata(String)
        /// Computed from the arguments before it.
        case computed(BoundExpression)
        /// A column of the row that a relationship starts from.
        case parent(column: String)
    }

    package let name: String
    package let type: DataType
    package let origin: Origin
}

/// A function, a relationship or the access of a table, as one statement.
package struct StoreQuery: Sendable {
    package enum Kind: Sendable {
        case function
        /// From a row of a table to rows of another.
        case relationship(parent: String)
        /// Rows as they come in.
        case subscription
    }

    package let name: String
    package let kind: Kind
    package let arguments: [QueryArgument]
    package let columns: [Field]
    /// Parameters are `:name`; empty for subscriptions.
    package let sql: String
    /// Tables and views that it reads.
    package let reads: [String]
    /// A LIMIT of the definition: the default of the caller's.
    package let limit: Int?
    package let documentation: Documentation?
    package let span: Span
    /// The plan, for the choice of indexes; nil for SQL that is passed through.
    let plan: LogicalPlan?
}
