// What stands in FROM.

/// How two tables are joined.
package enum JoinKind: String, Sendable {
    case inner = "INNER"
    case left = "LEFT"
    case right = "RIGHT"
    case full = "FULL"
    case cross = "CROSS"
}

/// What a join is conditional on.
package enum JoinCondition: Sendable {
    case none
    case on(Expression)
    case using([Identifier], Span)
    case natural
}

/// A name for a table and perhaps for its columns.
package struct TableAlias: Sendable {
    package let name: Identifier
    package let columns: [Identifier]
}

/// What a query reads from.
package indirect enum TableReference: Sendable {
    /// A table by name; `period` is what follows FOR SYSTEM_TIME AS OF.
    case named([Identifier], period: Expression?, options: [TableOption], TableAlias?, Span)
    case subquery(Query, isLateral: Bool, TableAlias?, Span)
    /// `TABLE(f(…))`, `LATERAL TABLE(f(…))`
    case function(TableCall, isLateral: Bool, TableAlias?, Span)
    case unnest(Expression, withOrdinality: Bool, TableAlias?, Span)
    case join(TableReference, JoinKind, TableReference, JoinCondition, Span)
    case matchRecognize(TableReference, MatchRecognize, TableAlias?, Span)

    package var span: Span {
        switch self {
        case .named(_, _, _, _, let span), .subquery(_, _, _, let span),
            .function(_, _, _, let span), .unnest(_, _, _, let span),
            .join(_, _, _, _, let span), .matchRecognize(_, _, _, let span):
            span
        }
    }
}

/// A call of a table function.
package struct TableCall: Sendable {
    package let function: [Identifier]
    package let arguments: [TableArgument]
    package let span: Span

    /// The function's name as written.
    package var name: String { function.map(\.name).joined(separator: ".") }
}

/// An argument of a table function, by position or by name.
package struct TableArgument: Sendable {
    package indirect enum Value: Sendable {
        case expression(Expression)
        /// `TABLE t` or `(SELECT …)`, with how it is cut and sorted.
        case table(TableReference, partitionBy: [Expression], orderBy: [OrderItem])
        case descriptor([Identifier])
    }

    package let name: Identifier?
    package let value: Value
    package let span: Span
}
