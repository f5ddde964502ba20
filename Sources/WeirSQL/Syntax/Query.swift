// SELECT and what it reads from.

/// An item of a select list.
package enum SelectItem: Sendable {
    /// `*` or `t.*`
    case all(qualifier: Identifier?, Span)
    case expression(Expression, alias: Identifier?)
}

/// A sort key.
package struct OrderItem: Sendable {
    package let expression: Expression
    package let isDescending: Bool
    /// `NULLS FIRST` is true, `NULLS LAST` false, nothing written nil.
    package let nullsFirst: Bool?
}

/// What a query reads from.
package indirect enum TableReference: Sendable {
    case named([Identifier], alias: Identifier?, Span)
    case subquery(Query, alias: Identifier?, Span)
    /// `TABLE(TUMBLE(TABLE t, DESCRIPTOR(c), INTERVAL …))`
    case window(WindowCall, alias: Identifier?, Span)

    package var span: Span {
        switch self {
        case .named(_, _, let span), .subquery(_, _, let span), .window(_, _, let span): span
        }
    }
}

/// A window table function.
package struct WindowCall: Sendable {
    /// TUMBLE, HOP, CUMULATE or SESSION.
    package let function: Identifier
    package let table: [Identifier]
    package let timeColumn: Identifier
    /// Size, and for TUMBLE optionally the offset.
    package let arguments: [Expression]
}

/// A SELECT.
package struct Query: Sendable {
    package let isDistinct: Bool
    package let items: [SelectItem]
    package let from: TableReference?
    package let filter: Expression?
    package let groupBy: [Expression]
    package let having: Expression?
    package let orderBy: [OrderItem]
    package let limit: (count: String, span: Span)?
    package let span: Span
}
