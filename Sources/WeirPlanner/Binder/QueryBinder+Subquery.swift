// IN and EXISTS with queries: joins that keep the left rows.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ScriptBinder {
    /// A condition of WHERE that is IN or EXISTS as a semi or anti join; nil when it is neither.
    mutating func bindSubqueryCondition(
        _ condition: Expression, _ input: LogicalPlan, _ scope: Scope
    ) -> (plan: LogicalPlan?, Void)? {
        switch condition.kind {
        case .inQuery(let operand, let query, let negated):
            return (
                bindIn(operand, query, negated, condition.span, input, scope), ()
            )
        case .exists(let query):
            return (bindExists(query, false, condition.span, input, scope), ())
        case .not(let inner):
            if case .exists(let query) = inner.kind {
                return (bindExists(query, true, condition.span, input, scope), ())
            }
            return nil
        default:
            return nil
        }
    }

    private mutating func bindIn(
        _ operand: Expression, _ query: Query, _ negated: Bool, _ span: Span,
        _ input: LogicalPlan, _ scope: Scope
    ) -> LogicalPlan? {
        guard let plan = bindNested(query) else { return nil }
        var items = [operand]
        if case .row(let written) = operand.kind { items = written }
        guard items.count == plan.columns.count else {
            diagnostics.append(
                .error(
                    "column-count",
                    "IN compares \(items.count) values with \(plan.columns.count) columns",
                    at: query.span.clipped))
            return nil
        }
        var binder = expressionBinder(scope, place: "IN")
        var condition: BoundExpression?
        for (index, item) in items.enumerated() {
            let right = BoundExpression(
                .column(input.columns.count + index), plan.columns[index].type, span)
            let equal = binder.bind(item).flatMap {
                binder.bindComparison(.equal, $0, right, span)
            }
            guard let equal else {
                diagnostics += binder.diagnostics
                return nil
            }
            condition = condition.map { BoundExpression.conjunction($0, equal) } ?? equal
        }
        diagnostics += binder.diagnostics
        let isNullable =
            condition?.type.isNullable ?? false
        if negated, isNullable {
            // NOT IN with a NULL on either side is unknown, which an anti join cannot say.
            refuse(
                "NOT IN with values that may be NULL", span.clipped,
                hint: "write NOT EXISTS (SELECT 1 FROM … WHERE a = b), or filter the NULLs first")
            return nil
        }
        return LogicalPlan(
            .join(input, plan, LogicalJoin(kind: negated ? .anti : .semi, condition: condition)),
            input.columns, span)
    }

    /// Whether the select list is about all rows: then there is always one.
    private static func aggregates(_ select: SelectQuery) -> Bool {
        func has(_ expression: Expression) -> Bool {
            if case .call(let call) = expression.kind, call.over == nil,
                FunctionRegistry.aggregate(named: call.name.name) != nil
            {
                return true
            }
            return expression.children.contains(where: has)
        }
        return select.items.contains { item in
            if case .expression(let expression, _) = item { has(expression) } else { false }
        }
    }

    /// The query's own WHERE may name columns of the outer query: it becomes the join's condition.
    private mutating func bindExists(
        _ query: Query, _ negated: Bool, _ span: Span, _ input: LogicalPlan, _ scope: Scope
    ) -> LogicalPlan? {
        guard case .select(let select) = query.body, let from = select.from,
            select.groupBy.isEmpty, select.having == nil, query.commonTables.isEmpty,
            query.limit == nil, query.offset == nil, select.qualify == nil,
            !Self.aggregates(select)
        else {
            refuse("EXISTS with a query of this form", query.span.clipped)
            return nil
        }
        guard let (inner, innerScope) = bindFrom(from) else { return nil }
        let columns = input.columns + inner.columns
        var both = scope.joined(innerScope, columns: columns)
        // A name of both queries is that of the inner one.
        both.innerStart = input.columns.count
        var condition: BoundExpression?
        if let filter = select.filter {
            var binder = expressionBinder(both, place: "WHERE")
            condition = binder.bindBoolean(filter)
            diagnostics += binder.diagnostics
            if condition == nil { return nil }
        }
        return LogicalPlan(
            .join(input, inner, LogicalJoin(kind: negated ? .anti : .semi, condition: condition)),
            input.columns, span)
    }
}
