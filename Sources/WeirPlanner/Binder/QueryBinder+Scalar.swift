// Queries inside expressions: their values become hidden columns beside the input's.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// The input of a SELECT while the queries in its expressions are joined with it.
    struct QueryInput {
        var plan: LogicalPlan
        var scope: Scope
        /// The input without what has been joined with it.
        let base: LogicalPlan
    }

    /// Joins the input with the value of each query in WHERE, HAVING, QUALIFY and the select list;
    /// expressions find it in the scope. Nil after reporting what is wrong.
    mutating func bindScalarQueries(
        _ select: SelectQuery, _ input: LogicalPlan, _ scope: Scope
    ) -> (plan: LogicalPlan, scope: Scope)? {
        var written: [Expression] = []
        func collect(_ expression: Expression) {
            switch expression.kind {
            case .scalarQuery, .exists, .inQuery, .quantified: written.append(expression)
            default: break
            }
            expression.children.forEach(collect)
        }
        for item in select.items {
            if case .expression(let expression, _) = item { collect(expression) }
        }
        for part in select.filter?.conjuncts ?? [] {
            // These are joins that keep or drop rows.
            guard let condition = QueryCondition(part) else {
                collect(part)
                continue
            }
            condition.operand.map(collect)
        }
        select.having.map(collect)
        select.qualify.map(collect)
        var joined = QueryInput(plan: input, scope: scope, base: input)
        for expression in written {
            guard let value = bindQueryValue(expression, &joined) else { return nil }
            joined.scope.queryValues[expression.span.start] = value
        }
        return (joined.plan, joined.scope)
    }

    private mutating func bindQueryValue(
        _ expression: Expression, _ input: inout QueryInput
    ) -> BoundExpression? {
        switch expression.kind {
        case .scalarQuery(let query): return bindScalar(query, expression.span, &input)
        case .exists(let query):
            guard let plan = bindExistsQuery(query, input.scope) else { return nil }
            if Self.isTotal(plan) {
                return BoundExpression(
                    .literal(.bool(true)), DataType(.boolean, nullable: false), expression.span)
            }
            return join(counting(plan, nil), expression.span, &input).map { counts in
                isPositive(counts[0])
            }
        case .inQuery(let operand, let query, let negated):
            let test = bindQuantified(.equal, operand, false, query, expression.span, &input)
            return test.map { negated ? BoundExpression(.not($0), $0.type, $0.span) : $0 }
        case .quantified(let symbol, let operand, let isAll, let query):
            return bindQuantified(symbol, operand, isAll, query, expression.span, &input)
        default: return nil
        }
    }

    // MARK: One value

    private mutating func bindScalar(
        _ query: Query, _ span: Span, _ input: inout QueryInput
    ) -> BoundExpression? {
        guard let value = bindInner(query, input.scope) else { return nil }
        guard value.columns.count == 1 else {
            diagnostics.append(
                .error(
                    "column-count",
                    "a scalar subquery gives one column, this has"
                        + " \(value.columns.count)", at: span.clipped))
            return nil
        }
        return join(Self.givesOneRow(value) ? value : single(value), span, &input)?[0]
    }

    /// The value of the only row; more rows are an error when it is read.
    private func single(_ plan: LogicalPlan) -> LogicalPlan {
        let type = plan.columns[0].type.nullable(true)
        let call = LogicalCall(
            function: LogicalCall.singleValue, arguments: [plan.allColumns[0]], isDistinct: false,
            filter: nil, type: type)
        return total(plan, [call], [Field(plan.columns[0].name, type)])
    }

    private func total(
        _ plan: LogicalPlan, _ calls: [LogicalCall], _ fields: [Field]
    ) -> LogicalPlan {
        LogicalPlan(
            .aggregate(
                plan, LogicalAggregation(keys: [], sets: nil, calls: calls, isDistinct: false)),
            fields, plan.span)
    }

    /// The number of rows and, of an expression, that of values that are not NULL.
    private func counting(_ plan: LogicalPlan, _ value: BoundExpression?) -> LogicalPlan {
        let type = DataType(.bigint, nullable: false)
        let arguments = [[], value.map { [$0] }].compactMap { $0 }
        let calls = arguments.map {
            LogicalCall(
                function: "COUNT", arguments: $0, isDistinct: false, filter: nil, type: type)
        }
        return total(plan, calls, calls.map { _ in Field("count", type) })
    }

    private func isPositive(_ count: BoundExpression) -> BoundExpression {
        let zero = BoundExpression(
            .literal(.int64(0)), DataType(.bigint, nullable: false), count.span)
        return BoundExpression(
            .comparison(.greater, count, zero), DataType(.boolean, nullable: false), count.span)
    }

    /// Whether a plan always has a row: an aggregate without GROUP BY.
    private static func isTotal(_ plan: LogicalPlan) -> Bool {
        switch plan.node {
        case .aggregate(_, let aggregation):
            aggregation.keys.isEmpty && aggregation.sets == nil && !aggregation.isDistinct
        case .project(let input, _): isTotal(input)
        default: false
        }
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

    // MARK: Comparisons with all rows

    /// `x op ANY (query)` and `x op ALL (query)` as values that may be unknown.
    ///
    /// Any row for which it is TRUE decides; without one, a NULL on either side makes it unknown,
    /// unless there are no rows at all (SQL:2016, 8.9 quantified comparison predicate).
    private mutating func bindQuantified(
        _ symbol: BinaryOperator, _ operand: Expression, _ isAll: Bool, _ query: Query,
        _ span: Span, _ input: inout QueryInput
    ) -> BoundExpression? {
        guard let rows = bindInner(query, input.scope),
            let pair = bindOperands(operand, rows, input.scope, query.span.clipped)
        else { return nil }
        guard pair.count == 1, let (left, right) = pair.first else {
            refuse("IN with several columns inside another expression", span.clipped)
            return nil
        }
        // ALL is what ANY of the opposite is not.
        let wanted = isAll ? symbol.opposite : symbol
        var binder = expressionBinder(input.scope, place: "ANY")
        guard let wanted,
            let test = binder.bindBinary(wanted, left.asOuter, right, span.clipped)
        else {
            diagnostics += binder.diagnostics
            return nil
        }
        let matching = LogicalPlan(.filter(rows, test), rows.columns, rows.span)
        guard let hits = join(counting(matching, nil), span, &input),
            let all = join(counting(rows, right), span, &input)
        else { return nil }
        let any = decide(left, hits: hits[0], rows: all[0], values: all[1])
        return isAll ? BoundExpression(.not(any), any.type, any.span) : any
    }

    private func decide(
        _ operand: BoundExpression, hits: BoundExpression, rows: BoundExpression,
        values: BoundExpression
    ) -> BoundExpression {
        let never = DataType(.boolean, nullable: false)
        let span = operand.span
        func truth(_ value: Bool) -> BoundExpression {
            BoundExpression(.literal(.bool(value)), never, span)
        }
        let isNull = BoundExpression(.isNull(operand, negated: false), never, span)
        let hasNull = BoundExpression(.comparison(.less, values, rows), never, span)
        let isUnknown = BoundExpression(.or(isNull, hasNull), never, span)
        let isEmpty = BoundExpression(.not(isPositive(rows)), never, span)
        let unknown = BoundExpression(.literal(.null), DataType(.boolean), span)
        return BoundExpression(
            .choose(
                conditions: [isPositive(hits), isEmpty, isUnknown],
                values: [truth(true), truth(false), unknown], truth(false)),
            DataType(.boolean), span)
    }

    // MARK: Joining

    /// Joins the input with a plan of one row for each of its rows; its columns.
    private mutating func join(
        _ plan: LogicalPlan, _ span: Span, _ input: inout QueryInput
    ) -> [BoundExpression]? {
        guard input.plan.size + plan.size <= Self.maximumSize else {
            diagnostics.append(
                .error(
                    "too-long",
                    "the queries in expressions unfold to more than \(Self.maximumSize) operators",
                    at: span.clipped,
                    hint: "define some of them as tables of their own: Name := SELECT …"))
            return nil
        }
        let reads = plan.outerColumns
        let correlated = correlate(
            input.plan, plan, domain: input.base, keepsUnmatched: true, span)
        guard let joined = correlated else { return nil }
        let base = input.plan.columns.count
        let added = Array(joined.columns[base...])
        let hidden = Scope(columns: added, qualifier: nil)
        input.scope = input.scope.joined(
            hidden, columns: joined.columns, merged: Set(added.indices))
        for index in base..<joined.columns.count { input.scope.hidden[index] = reads }
        input.plan = joined
        return added.enumerated().map { index, field in
            BoundExpression(.column(base + index), field.type, span)
        }
    }
}

extension LogicalCall {
    /// The value of the only row of a group.
    package static let singleValue = "SINGLE_VALUE"
}

extension BinaryOperator {
    /// The comparison that is TRUE when this one is FALSE; nil for other operators.
    fileprivate var opposite: BinaryOperator? {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        default: nil
        }
    }
}

extension BoundExpression {
    /// The expression as an inner query sees it.
    var asOuter: BoundExpression {
        if case .column(let index) = node { return BoundExpression(.outer(index), type, span) }
        return mapChildren(\.asOuter)
    }
}
