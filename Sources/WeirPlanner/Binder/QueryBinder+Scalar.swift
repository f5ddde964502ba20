// Scalar subqueries: a value of a query that gives one row.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// Joins the input with the value of each scalar subquery in WHERE and in the select list;
    /// expressions find it as a hidden column. Nil after reporting what is wrong.
    mutating func bindScalarQueries(
        _ select: SelectQuery, _ input: LogicalPlan, _ scope: Scope
    ) -> (plan: LogicalPlan, scope: Scope)? {
        var written: [(query: Query, span: Span)] = []
        func collect(_ expression: Expression) {
            if case .scalarQuery(let query) = expression.kind {
                written.append((query, expression.span))
            }
            expression.children.forEach(collect)
        }
        for item in select.items {
            if case .expression(let expression, _) = item { collect(expression) }
        }
        let inItems = written.count
        if let filter = select.filter { collect(filter) }
        if inItems > 0, !select.groupBy.isEmpty {
            refuse("a scalar subquery beside GROUP BY", written[0].span.clipped)
            return nil
        }
        var plan = input
        var scope = scope
        for (query, span) in written {
            guard let value = bindNested(query) else { return nil }
            guard value.columns.count == 1 else {
                diagnostics.append(
                    .error(
                        "column-count",
                        "a scalar subquery gives one column, this has"
                            + " \(value.columns.count)", at: span.clipped))
                return nil
            }
            guard Self.givesOneRow(value) else {
                refuse(
                    "a scalar subquery that may give more than one row", span.clipped,
                    hint: "aggregate it: (SELECT MAX(x) FROM t); or join with the table")
                return nil
            }
            let column = Field("weir_scalar", value.columns[0].type.nullable(true))
            let position = plan.columns.count
            let columns = plan.columns + [column]
            plan = LogicalPlan(
                .join(plan, value, LogicalJoin(kind: .left, condition: nil)), columns, span)
            let inner = Scope(columns: [column], qualifier: nil)
            var joined = scope.joined(inner, columns: columns, merged: [0])
            joined.parameters = scope.parameters
            joined.scalarQueries = scope.scalarQueries
            joined.scalarQueries[span.start] = position
            scope = joined
        }
        return (plan, scope)
    }

    /// Whether a plan has one row or none.
    private static func givesOneRow(_ plan: LogicalPlan) -> Bool {
        switch plan.node {
        case .aggregate(_, let aggregation):
            aggregation.keys.isEmpty && aggregation.sets == nil && !aggregation.isDistinct
        case .values(let rows): rows.count <= 1
        case .sort(let input, _, let limit, _): limit ?? 2 <= 1 || givesOneRow(input)
        case .project(let input, _), .filter(let input, _): givesOneRow(input)
        default: false
        }
    }
}
