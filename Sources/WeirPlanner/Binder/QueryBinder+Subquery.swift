// Conditions of WHERE that are queries: joins that keep the left rows.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// IN, EXISTS and comparisons with ANY and ALL as a condition, negations resolved.
struct QueryCondition {
    enum Test {
        case exists
        /// TRUE for at least one row.
        case any(BinaryOperator)
        /// Not FALSE or unknown for any row.
        case all(BinaryOperator)
    }

    let test: Test
    let operand: Expression?
    let query: Query
    let isNegated: Bool
    let span: Span

    init?(_ condition: Expression) {
        var condition = condition
        var isNegated = false
        while case .not(let inner) = condition.kind {
            isNegated.toggle()
            condition = inner
        }
        span = condition.span
        switch condition.kind {
        case .exists(let query): (test, operand, self.query) = (.exists, nil, query)
        case .inQuery(let operand, let query, let negated):
            (test, self.operand, self.query) = (.any(.equal), operand, query)
            if negated { isNegated.toggle() }
        case .quantified(let symbol, let operand, let isAll, let query):
            (test, self.operand, self.query) = (
                isAll ? .all(symbol) : .any(symbol), operand, query
            )
        default: return nil
        }
        self.isNegated = isNegated
    }
}

extension ScriptBinder {
    /// A condition of WHERE that is a query as a semi or anti join; nil when it is none.
    mutating func bindSubqueryCondition(
        _ condition: Expression, _ input: LogicalPlan, _ scope: Scope, domain: LogicalPlan
    ) -> (plan: LogicalPlan?, Void)? {
        guard let written = QueryCondition(condition) else { return nil }
        guard let operand = written.operand else {
            guard let plan = bindExistsQuery(written.query, scope) else { return (nil, ()) }
            return (semiJoin(input, plan, nil, written.isNegated, domain, written.span), ())
        }
        guard let plan = bindInner(written.query, scope),
            let pairs = bindOperands(operand, plan, scope, written.query.span.clipped),
            let test = bindComparisons(written, pairs, scope)
        else { return (nil, ()) }
        return (semiJoin(input, plan, test.condition, test.isAnti, domain, written.span), ())
    }

    /// The condition of the join, and whether rows that meet it are dropped.
    private mutating func bindComparisons(
        _ written: QueryCondition, _ pairs: [(left: BoundExpression, right: BoundExpression)],
        _ scope: Scope
    ) -> (condition: BoundExpression, isAnti: Bool)? {
        let symbol: BinaryOperator
        var isAll = false
        switch written.test {
        case .exists: return nil
        case .any(let any): symbol = any
        case .all(let all):
            symbol = all
            isAll = true
        }
        var binder = expressionBinder(scope, place: "IN")
        var condition: BoundExpression?
        for pair in pairs {
            let test = binder.bindBinary(symbol, pair.left.asOuter, pair.right, pair.left.span)
            guard let test else {
                diagnostics += binder.diagnostics
                return nil
            }
            condition = condition.map { BoundExpression.conjunction($0, test) } ?? test
        }
        guard let condition else { return nil }
        // ANY holds where the test is TRUE for a row; it fails for certain where the test is FALSE
        // for all rows. ALL holds where it is TRUE for all rows, fails where FALSE for one.
        switch (isAll, written.isNegated) {
        case (false, false): return (condition, false)
        case (false, true): return (except(condition, false), true)
        case (true, false): return (except(condition, true), true)
        case (true, true):
            return (
                BoundExpression(
                    .isTrue(condition, value: false, negated: false),
                    DataType(.boolean, nullable: false), condition.span), false
            )
        }
    }

    /// `condition IS NOT TRUE` or `IS NOT FALSE`; NULLs are left alone where there are none.
    private func except(_ condition: BoundExpression, _ value: Bool) -> BoundExpression {
        if !condition.type.isNullable, !value { return condition }
        return BoundExpression(
            .isTrue(condition, value: value, negated: true), DataType(.boolean, nullable: false),
            condition.span)
    }

    /// The values that are compared: those of the outer row with the columns of the query.
    mutating func bindOperands(
        _ operand: Expression, _ plan: LogicalPlan, _ scope: Scope, _ span: Span
    ) -> [(left: BoundExpression, right: BoundExpression)]? {
        var items = [operand]
        if case .row(let written) = operand.kind { items = written }
        guard items.count == plan.columns.count else {
            diagnostics.append(
                .error(
                    "column-count",
                    "\(items.count) value\(items.count == 1 ? "" : "s") cannot be compared with"
                        + " \(plan.columns.count) column\(plan.columns.count == 1 ? "" : "s")",
                    at: span))
            return nil
        }
        var binder = expressionBinder(scope, place: "IN")
        let bound = items.compactMap { binder.bind($0) }
        diagnostics += binder.diagnostics
        guard bound.count == items.count else { return nil }
        if let outer = bound.first(where: \.readsOuter) {
            refuse("a column of the outer query compared with a query inside", outer.span)
            return nil
        }
        return zip(bound, plan.allColumns).map { ($0, $1) }
    }

    // MARK: Inner queries

    /// Binds a query that may name columns of the one around it.
    mutating func bindInner(_ query: Query, _ scope: Scope) -> LogicalPlan? {
        let around = outerScope
        outerScope = scope
        outerScope?.outer = around.map { [$0] } ?? []
        defer { outerScope = around }
        return bindNested(query)
    }

    /// The rows of EXISTS; what it selects of them does not matter.
    mutating func bindExistsQuery(_ query: Query, _ scope: Scope) -> LogicalPlan? {
        guard case .select(var select) = query.body, !select.items.contains(where: Self.isGrouping)
        else { return bindInner(query, scope) }
        // Columns of the same name in `*` do not matter, nor does what they are.
        if select.items.contains(where: \.isStar) {
            let one = Expression(.literal(.integer("1")), select.span.clipped)
            select.items.removeAll(where: \.isStar)
            select.items.append(.expression(one, alias: nil))
        }
        var changed = query
        changed.body = .select(select)
        return bindInner(changed, scope)
    }

    /// Whether an item of a select list is an aggregate, so that there is always a row.
    private static func isGrouping(_ item: SelectItem) -> Bool {
        func has(_ expression: Expression) -> Bool {
            if case .call(let call) = expression.kind, call.over == nil,
                FunctionRegistry.aggregate(named: call.name.name) != nil
            {
                return true
            }
            return expression.children.contains(where: has)
        }
        if case .expression(let expression, _) = item { return has(expression) }
        return false
    }

    // MARK: Joins

    private mutating func semiJoin(
        _ input: LogicalPlan, _ plan: LogicalPlan, _ test: BoundExpression?, _ isAnti: Bool,
        _ domain: LogicalPlan, _ span: Span
    ) -> LogicalPlan? {
        guard let inner = decorrelated(plan, domain) else { return nil }
        if inner.isTotal, test == nil {
            // There is a row for every outer one.
            guard isAnti else { return input }
            let never = BoundExpression(
                .literal(.bool(false)), DataType(.boolean, nullable: false), span)
            return LogicalPlan(.filter(input, never), input.columns, span)
        }
        if inner.isTotal {
            refuse(
                "IN with a correlated aggregate", span.clipped,
                hint: "compare the value: WHERE x = (SELECT MAX(y) FROM t WHERE …)")
            return nil
        }
        let conditions = inner.conditions + [test.map(inner.place)].compactMap { $0 }
        let joined = conditions.map { $0.joined(at: input.columns.count) }
        let condition = BoundExpression.conjunction(of: joined)
        return LogicalPlan(
            .join(
                input, inner.plan, LogicalJoin(kind: isAnti ? .anti : .semi, condition: condition)),
            input.columns, span)
    }

    /// The rows of the input, each with those of a query for it; nil after reporting what is wrong.
    ///
    /// - Parameters:
    ///   - domain: a plan whose columns are the first of the input and have at least its values.
    ///   - keepsUnmatched: whether a row without any is given NULLs.
    mutating func correlate(
        _ input: LogicalPlan, _ query: LogicalPlan, domain: LogicalPlan, keepsUnmatched: Bool,
        _ span: Span
    ) -> LogicalPlan? {
        guard var inner = decorrelated(query, domain) else { return nil }
        let keepsLeft = keepsUnmatched || inner.isTotal
        let isComputed = inner.outputs.contains { output in
            if case .column = output.node { false } else { true }
        }
        let marker = inner.plan.columns.count
        let hasMarker = keepsUnmatched && !inner.isTotal && isComputed
        if hasMarker { inner.plan = marked(inner.plan) }
        let shift = input.columns.count
        let conditions = inner.conditions.map { $0.joined(at: shift) }
        let condition = BoundExpression.conjunction(of: conditions)
        let added = inner.plan.columns.map {
            keepsLeft ? Field($0.name, $0.type.nullable(true)) : $0
        }
        let joined = LogicalPlan(
            .join(
                input, inner.plan,
                LogicalJoin(kind: keepsLeft ? .left : .inner, condition: condition)),
            input.columns + added, span)
        let outputs = inner.outputs.map { output -> BoundExpression in
            var value = output.joined(at: shift)
            if keepsLeft, case .column(let index) = value.node {
                value = BoundExpression(.column(index), joined.columns[index].type, value.span)
            }
            return hasMarker ? whereFound(value, shift + marker) : value
        }
        let fields = zip(query.columns, outputs).map { Field($0.name, $1.type) }
        return LogicalPlan(
            .project(joined, Array(joined.allColumns[..<shift]) + outputs),
            input.columns + fields, span)
    }

    private mutating func decorrelated(
        _ query: LogicalPlan, _ outer: LogicalPlan
    ) -> Decorrelated? {
        do {
            return try Decorrelator(outer: outer).pull(query)
        } catch {
            refuse(error.what, error.span, hint: error.hint)
            return nil
        }
    }

    /// The plan with a column that tells its rows from the NULLs of an outer join.
    private func marked(_ plan: LogicalPlan) -> LogicalPlan {
        let type = DataType(.boolean, nullable: false)
        let one = BoundExpression(.literal(.bool(true)), type, plan.span)
        return LogicalPlan(
            .project(plan, plan.allColumns + [one]), plan.columns + [Field("weir_found", type)],
            plan.span)
    }

    private func whereFound(_ value: BoundExpression, _ marker: Int) -> BoundExpression {
        let found = BoundExpression(
            .isNull(
                BoundExpression(.column(marker), DataType(.boolean), value.span), negated: true),
            DataType(.boolean, nullable: false), value.span)
        let type = value.type.nullable(true)
        let null = BoundExpression(.literal(.null), type, value.span)
        return BoundExpression(
            .choose(conditions: [found], values: [value], null), type, value.span)
    }
}

extension SelectItem {
    fileprivate var isStar: Bool { if case .all = self { true } else { false } }
}
