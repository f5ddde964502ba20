// Queries to logical plans.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// A bound query: its plan, and in what order readers see the result.
struct BoundQuery {
    var plan: LogicalPlan
    var order: [(column: Int, isDescending: Bool, nullsFirst: Bool)] = []
    var limit: Int?
    var offset: Int?
    /// Columns at the end that are there for the order only.
    var hidden = 0
    /// Where the first of them is written.
    var hiddenSpan: Span?

    /// The plan without them.
    var visible: LogicalPlan {
        guard hidden > 0 else { return plan }
        let columns = Array(plan.columns.dropLast(hidden))
        let values = columns.enumerated().map { BoundExpression(.column($0), $1.type, plan.span) }
        return LogicalPlan(.project(plan, values), columns, plan.span)
    }
}

extension ScriptBinder {
    /// Binds a query; nil after reporting what is wrong.
    mutating func bind(_ query: Query) -> BoundQuery? {
        let outer = commonTables
        defer { commonTables = outer }
        guard bindCommonTables(query) else { return nil }
        if case .nested(let inner) = query.body, query.orderBy.isEmpty, query.limit == nil,
            query.offset == nil
        {
            return bind(inner)
        }
        // A copy is costly, and only an ORDER BY may need it.
        let before = query.orderBy.isEmpty ? nil : self
        guard let plan = bindBody(query.body) else { return nil }
        var bound = BoundQuery(plan: plan)
        // Each level of nesting would bind what is below it twice.
        if ordersBound < 4, let before, let extended = withOrderColumns(query, plan.columns) {
            // Bound again with the columns of the order; what was said is said again.
            let first = self
            self = before
            ordersBound += 1
            if let plan = bindBody(.select(extended.select)) {
                bound = BoundQuery(
                    plan: plan, hidden: extended.added, hiddenSpan: extended.span)
                ordersBound -= 1
            } else {
                self = first
            }
        }
        bindOrder(query, &bound)
        return bound
    }

    /// The SELECT with what it is ordered by and does not show; nil when it shows all of that.
    private func withOrderColumns(
        _ query: Query, _ columns: [Field]
    ) -> (select: SelectQuery, added: Int, span: Span?)? {
        guard case .select(var select) = query.body, !select.isDistinct else { return nil }
        let scope = Scope(columns: columns, qualifier: nil)
        var added = 0
        var span: Span?
        for item in query.orderBy where orderColumn(item.expression, scope) == nil {
            if case .literal = item.expression.kind { continue }
            span = span ?? item.expression.span
            select.items.append(
                .expression(
                    item.expression,
                    alias: Identifier(Self.orderName(item.expression), item.expression.span)))
            added += 1
        }
        return added > 0 ? (select, added, span) : nil
    }

    /// The name of a column that is there for the order only.
    private static func orderName(_ expression: Expression) -> String {
        "weir_order_\(expression.span.start)"
    }

    /// Binds a query whose order and limit are part of the result, as in a subquery.
    mutating func bindNested(_ query: Query) -> LogicalPlan? {
        nesting += 1
        defer { nesting -= 1 }
        guard let bound = bind(query) else { return nil }
        return nested(bound)
    }

    /// A query as a plan, its order and limit in it.
    func nested(_ bound: BoundQuery) -> LogicalPlan {
        if bound.limit == nil, bound.offset == nil { return bound.visible }
        let keys = bound.order.map { item in
            SortKey(
                expression: BoundExpression(
                    .column(item.column), bound.plan.columns[item.column].type, bound.plan.span),
                isDescending: item.isDescending, nullsFirst: item.nullsFirst)
        }
        var sorted = bound
        sorted.plan = LogicalPlan(
            .sort(bound.plan, keys, limit: bound.limit, offset: bound.offset), bound.plan.columns,
            bound.plan.span)
        return sorted.visible
    }

    private mutating func bindCommonTables(_ query: Query) -> Bool {
        for (index, common) in query.commonTables.enumerated() {
            if query.commonTables[..<index].contains(where: { $0.name.key == common.name.key }) {
                diagnostics.append(
                    .error(
                        "duplicate-table", "'\(common.name.name)' is already defined",
                        at: common.name.span))
                return false
            }
            guard let plan = bindNested(common.query),
                let renamed = rename(plan, common.columns)
            else { return false }
            commonTables[common.name.key] = renamed
        }
        return true
    }

    private mutating func bindBody(_ body: QueryBody) -> LogicalPlan? {
        switch body {
        case .select(let select): return bind(select)
        case .nested(let query): return bindNested(query)
        case .values(let rows, let span): return bindValues(rows, span)
        case .setOperation(let operation, let isAll, let left, let right, let span):
            return bindSetOperation(operation, isAll, left, right, span)
        }
    }

    /// The same rows under other column names; nil after reporting a wrong number of them.
    mutating func rename(_ plan: LogicalPlan, _ names: [Identifier]) -> LogicalPlan? {
        guard let first = names.first, let last = names.last else { return plan }
        let span = first.span.union(last.span)
        guard names.count == plan.columns.count else {
            diagnostics.append(
                .error(
                    "column-count",
                    "\(names.count) names for the \(plan.columns.count) columns of the query",
                    at: span))
            return nil
        }
        for (index, name) in names.enumerated()
        where names[..<index].contains(where: { $0.key == name.key }) {
            diagnostics.append(
                .error(
                    "duplicate-column", "two columns are called '\(name.name)'", at: name.span))
            return nil
        }
        let values = plan.columns.enumerated().map { BoundExpression(.column($0), $1.type, span) }
        let columns = zip(names, plan.columns).map { Field($0.name, $1.type) }
        return LogicalPlan(.project(plan, values), columns, plan.span)
    }

    // MARK: VALUES and set operations

    private mutating func bindValues(_ rows: [[Expression]], _ span: Span) -> LogicalPlan? {
        var bound: [[BoundExpression]] = []
        for row in rows {
            var binder = expressionBinder(Scope(columns: [], qualifier: nil), place: "VALUES")
            let values = row.map { binder.bind($0) }
            diagnostics += binder.diagnostics
            let known = values.compactMap { $0 }
            guard known.count == values.count else { return nil }
            bound.append(known)
        }
        let width = bound.first?.count ?? 0
        guard bound.allSatisfy({ $0.count == width }) else {
            diagnostics.append(
                .error("column-count", "the rows of VALUES differ in length", at: span))
            return nil
        }
        let binder = expressionBinder(Scope(columns: [], qualifier: nil), place: "VALUES")
        var columns: [Field] = []
        for column in 0..<width {
            guard let type = binder.commonType(bound.map { $0[column] }) else {
                diagnostics.append(
                    .error(
                        "type-mismatch", "the values of column \(column + 1) have no common type",
                        at: bound[0][column].span))
                return nil
            }
            let isNullable = bound.contains { $0[column].type.isNullable }
            columns.append(
                Field(
                    "EXPR$\(column)",
                    type.kind == .null ? .string : type.nullable(isNullable)))
        }
        let coerced = bound.map { row in
            zip(row, columns).map { binder.coerce($0, to: $1.type.kind) }
        }
        return LogicalPlan(.values(coerced), columns, span)
    }

    private mutating func bindSetOperation(
        _ operation: SetOperator, _ isAll: Bool, _ left: QueryBody, _ right: QueryBody,
        _ span: Span
    ) -> LogicalPlan? {
        let first = bindBody(left)
        let second = bindBody(right)
        guard let first, let second else { return nil }
        guard first.columns.count == second.columns.count else {
            diagnostics.append(
                .error(
                    "column-count",
                    "\(operation.rawValue) of \(first.columns.count) and \(second.columns.count)"
                        + " columns", at: right.span.clipped))
            return nil
        }
        var columns: [Field] = []
        for (one, other) in zip(first.columns, second.columns) {
            guard let type = TypeMerging.leastRestrictive([one.type, other.type]) else {
                diagnostics.append(
                    .error(
                        "type-mismatch",
                        "'\(one.name)' is \(one.type.kind) on one side and \(other.type.kind) on"
                            + " the other", at: right.span.clipped, hint: "CAST one of them"))
                return nil
            }
            columns.append(Field(one.name, type))
        }
        let plan = LogicalPlan(
            .setOperation(
                operation, isAll: isAll, coerced(first, to: columns), coerced(second, to: columns)),
            columns, span)
        return plan
    }

    /// A projection to other types, if there are differences.
    private func coerced(_ plan: LogicalPlan, to columns: [Field]) -> LogicalPlan {
        guard zip(plan.columns, columns).contains(where: { $0.type.kind != $1.type.kind }) else {
            return plan
        }
        let binder = expressionBinder(Scope(columns: plan.columns, qualifier: nil), place: "UNION")
        let values = zip(plan.columns.indices, columns).map { index, column in
            binder.coerce(
                BoundExpression(.column(index), plan.columns[index].type, plan.span),
                to: column.type.kind)
        }
        return LogicalPlan(.project(plan, values), columns, plan.span)
    }

    // MARK: ORDER BY and LIMIT

    private mutating func bindOrder(_ query: Query, _ bound: inout BoundQuery) {
        let scope = Scope(columns: bound.plan.columns, qualifier: nil)
        for item in query.orderBy {
            guard let column = orderColumn(item.expression, scope) else {
                diagnostics.append(
                    .error(
                        "bad-order", "ORDER BY takes columns of the result",
                        at: item.expression.span,
                        hint: "select the expression under a name and order by that name"))
                continue
            }
            // ASC puts NULLs first, DESC last (Flink's default null collation).
            bound.order.append(
                (column, item.isDescending, item.nullsFirst ?? !item.isDescending))
        }
        bound.limit = query.limit.flatMap { rows($0, "LIMIT") }
        bound.offset = query.offset.flatMap { rows($0, "OFFSET") }
    }

    /// A number of rows.
    private mutating func rows(_ expression: Expression, _ clause: String) -> Int? {
        if case .parameter = expression.kind {
            refuse("\(clause) with an argument", expression.span)
            return nil
        }
        if case .literal(.integer(let digits)) = expression.kind, let count = Int(digits) {
            return count
        }
        diagnostics.append(
            .error("bad-limit", "this \(clause) is too large", at: expression.span))
        return nil
    }

    private func orderColumn(_ expression: Expression, _ scope: Scope) -> Int? {
        switch expression.kind {
        case .column(let path) where scope.index(of: Self.orderName(expression)) == nil:
            return path.last.flatMap { scope.index(of: $0.name) }
        case .unit(let unit): return scope.index(of: unit.rawValue)
        case .literal(.integer(let digits)):
            return Int(digits).flatMap {
                (1...max(1, scope.columns.count)).contains($0) ? $0 - 1 : nil
            }
        default: return scope.index(of: Self.orderName(expression))
        }
    }

    /// A binder for expressions over a scope.
    func expressionBinder(_ scope: Scope, place: String) -> ExpressionBinder {
        var scope = scope
        scope.parameters = parameters
        scope.thisColumns = thisColumns
        scope.functionAliases = functionAliases
        scope.zone = zone
        scope.outer = outerScope.map { [$0] } ?? []
        return ExpressionBinder(scope: scope, allowsAggregates: false, place: place)
    }
}
