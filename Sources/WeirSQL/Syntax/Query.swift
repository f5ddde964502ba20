// Queries: SELECT, VALUES, set operations, and what they read from.

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

/// A common table expression: `name [(columns)] AS (query)`.
package struct CommonTable: Sendable {
    package let name: Identifier
    package let columns: [Identifier]
    package let query: Query
}

/// UNION, INTERSECT or EXCEPT.
package enum SetOperator: String, Sendable {
    case union = "UNION"
    case intersect = "INTERSECT"
    case except = "EXCEPT"
}

/// A query with everything that may stand around its body.
package struct Query: Sendable {
    package let commonTables: [CommonTable]
    package var body: QueryBody
    package var orderBy: [OrderItem]
    /// A number or a parameter; nil without LIMIT.
    package let limit: Expression?
    package let offset: Expression?
    package let span: Span
}

/// What gives a query its rows.
package indirect enum QueryBody: Sendable {
    case select(SelectQuery)
    case values([[Expression]], Span)
    case setOperation(SetOperator, isAll: Bool, QueryBody, QueryBody, Span)
    /// A query in parentheses.
    case nested(Query)

    package var span: Span {
        switch self {
        case .select(let select): select.span
        case .values(_, let span), .setOperation(_, _, _, _, let span): span
        case .nested(let query): query.span
        }
    }
}

/// SELECT.
package struct SelectQuery: Sendable {
    package let isDistinct: Bool
    /// Hints behind the word SELECT, such as `STATE_TTL`.
    package let hints: [Hint]
    package var items: [SelectItem]
    package let from: TableReference?
    package let filter: Expression?
    package let groupBy: [GroupingElement]
    package let having: Expression?
    /// The WINDOW clause.
    package let windows: [(name: Identifier, specification: WindowSpecification)]
    package let qualify: Expression?
    package let span: Span
}

/// An element of GROUP BY.
package indirect enum GroupingElement: Sendable {
    case expression(Expression)
    /// `(a, b)`; `()` is the total.
    case tuple([Expression], Span)
    case rollup([GroupingElement], Span)
    case cube([GroupingElement], Span)
    case sets([GroupingElement], Span)
}

/// What OVER and WINDOW say.
package struct WindowSpecification: Sendable {
    /// A window of the WINDOW clause that this one extends.
    package let base: Identifier?
    package let partitionBy: [Expression]
    package let orderBy: [OrderItem]
    package let frame: WindowFrame?
    package let span: Span

    package init(
        base: Identifier?, partitionBy: [Expression], orderBy: [OrderItem], frame: WindowFrame?,
        span: Span
    ) {
        self.base = base
        self.partitionBy = partitionBy
        self.orderBy = orderBy
        self.frame = frame
        self.span = span
    }
}

/// `ROWS | RANGE BETWEEN start AND end`.
package struct WindowFrame: Sendable {
    package enum Bound: Sendable {
        case unboundedPreceding
        case preceding(Expression)
        case currentRow
        case following(Expression)
        case unboundedFollowing
    }

    package let isRows: Bool
    package let start: Bound
    package let end: Bound
    package let span: Span
}
