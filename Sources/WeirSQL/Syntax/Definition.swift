// `Name := …` in all its forms.

/// An argument of a table function or a relationship.
package struct FunctionArgument: Sendable {
    package enum Kind: Sendable {
        /// `name type [NOT NULL]`
        case plain(TypeName)
        /// `name type METADATA FROM 'auth.claim'`
        case metadata(TypeName, key: String)
        /// `name AS expression`: computed before the query runs.
        case computed(Expression)
    }

    package let name: Identifier
    package let kind: Kind
    package let span: Span
}

/// A column of RETURNS.
package struct ReturnColumn: Sendable {
    package let name: Identifier
    package let type: TypeName
}

/// A definition: a table, a function, a relationship or a column.
package struct Definition: Sendable {
    package enum Body: Sendable {
        case query(Query)
        case subscribe(Query)
        /// `DISTINCT source ON columns ORDER BY …`
        case distinct(source: [Identifier], on: [Identifier], orderBy: [OrderItem])
        /// `Table.column := expression`
        case expression(Expression)
        /// SQL of the database, not read further.
        case passthrough(String, Span)
    }

    /// One name, or a table and a name.
    package let path: [Identifier]
    /// Nil without parentheses.
    package let arguments: [FunctionArgument]?
    package let returns: [ReturnColumn]?
    package let body: Body
    package let span: Span

    /// The defined name.
    package var name: Identifier { path[path.count - 1] }
    /// The table that a relationship or a column belongs to.
    package var parent: Identifier? { path.count > 1 ? path[0] : nil }
}
