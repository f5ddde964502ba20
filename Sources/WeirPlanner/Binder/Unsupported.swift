// Forms that are parsed and not run yet, by name.

import WeirSQL

extension ScriptBinder {
    /// Reports a form that the engine does not have yet.
    mutating func refuse(_ what: String, _ span: Span, hint: String? = nil) {
        diagnostics.append(
            .error("unsupported", "\(what) is not supported yet", at: span, hint: hint))
    }

    /// The statement's kind when it cannot run yet.
    func unsupportedName(_ kind: Statement.Kind) -> String? {
        switch kind {
        case .importing, .importingFile: "IMPORT"
        case .exporting: "EXPORT"
        case .createFunction: "CREATE FUNCTION"
        case .createDatabase: "CREATE DATABASE"
        case .use: "USE"
        case .nextBatch: "NEXT_BATCH"
        case .createTable, .define, .createView, .insert, .set: nil
        }
    }

    /// The query of a plain table definition; nil after naming what it is instead.
    mutating func plainQuery(_ definition: Definition) -> Query? {
        if definition.returns != nil {
            refuse("a passthrough definition (RETURNS)", definition.span.clipped)
            return nil
        }
        if definition.arguments != nil {
            refuse(
                definition.parent == nil ? "a table function" : "a relationship",
                definition.name.span)
            return nil
        }
        switch definition.body {
        case .query(let query) where definition.parent == nil: return query
        case .query: refuse("a relationship", definition.name.span)
        case .subscribe: refuse("SUBSCRIBE", definition.span.clipped)
        case .distinct: refuse("the DISTINCT statement", definition.span.clipped)
        case .expression: refuse("adding a column to a table", definition.name.span)
        case .passthrough: refuse("a passthrough definition", definition.span.clipped)
        }
        return nil
    }

    /// The SELECT of a query; nil after naming what it has besides.
    mutating func plainSelect(_ query: Query) -> SelectQuery? {
        switch query.body {
        case .select(let select):
            if let window = select.windows.first {
                refuse("the WINDOW clause", window.name.span)
                return nil
            }
            if let qualify = select.qualify {
                refuse("QUALIFY", qualify.span)
                return nil
            }
            return select
        case .values(_, let span): refuse("VALUES", span.clipped)
        case .setOperation(let operation, let isAll, _, let right, _):
            refuse("\(operation.rawValue)\(isAll ? " ALL" : "")", right.span.clipped)
        case .nested(let inner):
            refuse("a query in parentheses with clauses behind it", inner.span.clipped)
        }
        return nil
    }

    /// The keys of GROUP BY; nil after naming what it has besides.
    mutating func plainKeys(_ elements: [GroupingElement]) -> [Expression]? {
        var keys: [Expression] = []
        for element in elements {
            switch element {
            case .expression(let key): keys.append(key)
            case .tuple(let items, _): keys += items
            case .rollup(_, let span), .cube(_, let span), .sets(_, let span):
                refuse("GROUPING SETS, ROLLUP and CUBE", span)
                return nil
            }
        }
        return keys
    }
}

extension ExpressionBinder {
    /// The name of a form of expression that cannot be computed yet.
    static func unsupportedName(_ kind: Expression.Kind) -> String? {
        switch kind {
        case .parameter: "an argument of a table function"
        case .field, .element: "access to parts of a nested value"
        case .array: "the ARRAY constructor"
        case .map: "the MAP constructor"
        case .row: "the ROW constructor"
        case .scalarQuery: "a scalar subquery"
        case .exists: "EXISTS"
        case .inQuery: "IN with a subquery"
        case .quantified: "a comparison with ANY or ALL"
        case .similar: "SIMILAR TO"
        case .isJson: "IS JSON"
        case .overlaps: "OVERLAPS"
        default: nil
        }
    }

    /// What stands behind a call and cannot be computed yet.
    static func unsupportedClause(_ call: FunctionCallSyntax) -> String? {
        if call.over != nil { return "OVER windows" }
        if call.filter != nil { return "FILTER (WHERE …)" }
        if !call.orderBy.isEmpty { return "ORDER BY in a call" }
        if call.ignoresNulls != nil { return "IGNORE NULLS and RESPECT NULLS" }
        if call.arguments.contains(where: { $0.name != nil }) { return "arguments by name" }
        return nil
    }
}
