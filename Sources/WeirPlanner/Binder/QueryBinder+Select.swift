// SELECT: what comes from where, filtered, grouped, projected.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// The select list while it is bound.
struct SelectList {
    var names: [String] = []
    var values: [BoundExpression] = []
    var calls: [LogicalCall] = []
    var overs: [OverCall] = []
}

extension ScriptBinder {
    mutating func bind(_ select: SelectQuery) -> LogicalPlan? {
        guard let (source, names) = bindSource(select),
            let (joined, visible) = bindScalarQueries(select, source, names),
            let (input, scope) = bindGroupWindow(select, joined, visible)
        else { return nil }
        let filtered = bindWhere(select, input, scope, domain: source)
        guard var list = bindItems(select, scope), var plan = filtered else { return nil }
        var conditions: [BoundExpression] = []
        let having = bindCondition(select.having, "HAVING", scope, select, &list)
        let qualify = bindCondition(select.qualify, "QUALIFY", scope, select, &list)
        if (select.having != nil && having == nil) || (select.qualify != nil && qualify == nil) {
            return nil
        }
        if !select.groupBy.isEmpty || !list.calls.isEmpty || select.having != nil {
            guard let grouped = group(select, plan, scope, &list, having, qualify) else {
                return nil
            }
            plan = grouped.plan
            conditions = grouped.qualify.map { [$0] } ?? []
        } else if let qualify {
            conditions = [qualify]
        }
        plan = addOvers(plan, &list, &conditions)
        for condition in conditions {
            plan = LogicalPlan(.filter(plan, condition), plan.columns, condition.span)
        }
        let columns = zip(list.names, list.values).map { Field($0, $1.type) }
        plan = LogicalPlan(.project(plan, list.values), columns, select.span)
        return select.isDistinct ? distinct(plan, select.span) : plan
    }

    /// The rows of FROM. A query inside another may do without: it is about one row then.
    private mutating func bindSource(
        _ select: SelectQuery
    ) -> (plan: LogicalPlan, scope: Scope)? {
        if let from = select.from { return bindFrom(from) }
        guard outerScope != nil else {
            reportMissingFrom(select)
            return nil
        }
        let type = DataType(.boolean, nullable: false)
        let row = BoundExpression(.literal(.bool(true)), type, select.span.clipped)
        let plan = LogicalPlan(.values([[row]]), [Field("weir_row", type)], select.span)
        let nameless = Scope(columns: [], qualifier: nil)
        return (
            plan,
            nameless.joined(
                Scope(columns: plan.columns, qualifier: nil), columns: plan.columns, merged: [0])
        )
    }

    private mutating func reportMissingFrom(_ select: SelectQuery) {
        // What is broken inside the query may have swallowed its FROM.
        let isBroken = diagnostics.contains {
            $0.severity == .error && select.span.start <= $0.span.start
                && $0.span.start <= select.span.end
        }
        if isBroken { return }
        diagnostics.append(
            .error(
                "no-source", "a query needs FROM: a stream has to come from somewhere",
                at: select.span))
    }

    /// A row of each kind, once.
    func distinct(_ plan: LogicalPlan, _ span: Span) -> LogicalPlan {
        let keys = plan.columns.enumerated().map { BoundExpression(.column($0), $1.type, span) }
        return LogicalPlan(
            .aggregate(
                plan, LogicalAggregation(keys: keys, sets: nil, calls: [], isDistinct: true)),
            plan.columns, span)
    }

    // MARK: WHERE

    private mutating func bindWhere(
        _ select: SelectQuery, _ input: LogicalPlan, _ scope: Scope, domain: LogicalPlan
    ) -> LogicalPlan? {
        guard let written = select.filter else { return input }
        var plan = input
        var hasFailed = false
        for part in written.conjuncts {
            if let joined = bindSubqueryCondition(part, plan, scope, domain: domain) {
                guard let joined = joined.plan else {
                    hasFailed = true
                    continue
                }
                plan = joined
                continue
            }
            var binder = expressionBinder(scope, place: "WHERE")
            let condition = binder.bindBoolean(part)
            diagnostics += binder.diagnostics
            guard let condition else {
                hasFailed = true
                continue
            }
            warnConstant(condition)
            plan = LogicalPlan(.filter(plan, condition), plan.columns, condition.span)
        }
        return hasFailed ? nil : plan
    }

    private mutating func warnConstant(_ condition: BoundExpression) {
        guard case .literal(let scalar) = condition.node, scalar != .bool(true) else { return }
        diagnostics.append(
            .warning(
                "never-true", "this condition is never TRUE: no row passes", at: condition.span))
    }

    private mutating func bindCondition(
        _ written: Expression?, _ place: String, _ scope: Scope, _ select: SelectQuery,
        _ list: inout SelectList
    ) -> BoundExpression? {
        guard let written else { return nil }
        var binder = listBinder(scope, select, list, place: place)
        let bound = binder.bindBoolean(aliased(written, select, place))
        take(&binder, into: &list)
        return bound
    }

    /// QUALIFY may name columns of the select list.
    private func aliased(
        _ written: Expression, _ select: SelectQuery, _ place: String
    ) -> Expression {
        guard place == "QUALIFY" else { return written }
        var aliases: [String: Expression] = [:]
        for item in select.items {
            if case .expression(let expression, let alias?) = item {
                aliases[alias.key] = expression
            }
        }
        return written.replacingNames { aliases[$0.key] }
    }

    // MARK: Select list

    private func listBinder(
        _ scope: Scope, _ select: SelectQuery, _ list: SelectList, place: String
    ) -> ExpressionBinder {
        var binder = expressionBinder(scope, place: place)
        binder.aggregates = list.calls
        binder.overs = list.overs
        for (index, window) in select.windows.enumerated()
        where select.windows[..<index].contains(where: { $0.name.key == window.name.key }) {
            binder.diagnostics.append(
                .error(
                    "duplicate-window", "two windows are called '\(window.name.name)'",
                    at: window.name.span))
        }
        for window in select.windows { binder.windows[window.name.key] = window.specification }
        return binder
    }

    private mutating func take(_ binder: inout ExpressionBinder, into list: inout SelectList) {
        list.calls = binder.aggregates ?? list.calls
        list.overs = binder.overs ?? list.overs
        diagnostics += binder.diagnostics
    }

    private mutating func bindItems(_ select: SelectQuery, _ scope: Scope) -> SelectList? {
        var list = SelectList()
        var binder = listBinder(scope, select, list, place: "SELECT")
        var hasFailed = false
        for item in select.items {
            switch item {
            case .all(let qualifier, let span):
                guard let columns = starColumns(qualifier, scope, &binder.diagnostics) else {
                    hasFailed = true
                    continue
                }
                for index in columns {
                    list.names.append(scope.columns[index].name)
                    list.values.append(
                        BoundExpression(.column(index), scope.columns[index].type, span))
                }
            case .expression(let expression, let alias):
                guard let bound = binder.bind(expression) else {
                    hasFailed = true
                    continue
                }
                list.names.append(alias?.name ?? Self.defaultName(expression, list.names.count))
                list.values.append(nameNull(bound))
            }
        }
        take(&binder, into: &list)
        if nesting > 0 {
            list.names = Self.distinct(list.names)
        } else if !checkNames(list.names, select.span) {
            return nil
        }
        guard !hasFailed else { return nil }
        return list
    }

    private func starColumns(
        _ qualifier: Identifier?, _ scope: Scope, _ diagnostics: inout [Diagnostic]
    ) -> [Int]? {
        guard let qualifier else {
            return scope.columns.indices.filter { !scope.merged.contains($0) }
        }
        guard let table = scope.tables.first(where: { $0.name?.lowercased() == qualifier.key })
        else {
            let names = scope.tables.compactMap(\.name).joined(separator: ", ")
            diagnostics.append(
                .error(
                    "unknown-table", "there is no table '\(qualifier.name)' in FROM",
                    at: qualifier.span, hint: names.isEmpty ? nil : "tables here: \(names)"))
            return nil
        }
        return Array(table.range)
    }

    /// Columns of an inner query that have a name twice get numbers behind it, as in Flink
    /// (Calcite: SqlValidatorUtil.uniquify).
    private static func distinct(_ names: [String]) -> [String] {
        var used: Set<String> = []
        return names.map { name in
            var candidate = name
            var number = 0
            while !used.insert(candidate.lowercased()).inserted {
                candidate = "\(name)\(number)"
                number += 1
            }
            return candidate
        }
    }

    private mutating func checkNames(_ names: [String], _ span: Span) -> Bool {
        var seen: Set<String> = []
        var isFine = true
        for name in names where !seen.insert(name.lowercased()).inserted {
            diagnostics.append(
                .error(
                    "duplicate-column", "two columns are called '\(name)'", at: span,
                    hint: "give one of them another name with AS",
                    note: "names of columns differ by more than their case"))
            isFine = false
        }
        return isFine
    }

    /// A bare NULL in a select list is a STRING.
    private func nameNull(_ expression: BoundExpression) -> BoundExpression {
        guard expression.type.kind == .null else { return expression }
        return BoundExpression(.literal(.null), .string, expression.span)
    }

    private static func defaultName(_ expression: Expression, _ index: Int) -> String {
        switch expression.kind {
        case .column(let path): path.last?.name ?? "EXPR$\(index)"
        case .field(_, let name): name.name
        case .unit(let unit): unit.rawValue.lowercased()
        default: "EXPR$\(index)"
        }
    }

    // MARK: OVER

    /// Adds the calls with OVER below the projection that shows them.
    private func addOvers(
        _ plan: LogicalPlan, _ list: inout SelectList, _ conditions: inout [BoundExpression]
    ) -> LogicalPlan {
        guard !list.overs.isEmpty else { return plan }
        let base = plan.columns.count
        func place(_ expression: BoundExpression) -> BoundExpression {
            guard case .over(let index) = expression.node else {
                return expression.mapChildren(place)
            }
            return BoundExpression(.column(base + index), expression.type, expression.span)
        }
        list.values = list.values.map(place)
        conditions = conditions.map(place)
        let added = list.overs.enumerated().map {
            Field("\($1.function.lowercased())\($0)", $1.type)
        }
        return LogicalPlan(
            .over(plan, list.overs), plan.columns + added, list.overs[0].span)
    }
}

extension Expression {
    /// The conditions that AND joins.
    var conjuncts: [Expression] {
        guard case .binary(.and, let left, let right) = kind else { return [self] }
        return left.conjuncts + right.conjuncts
    }

    /// The same condition with single names replaced; only through operators, not into calls.
    func replacingNames(_ body: (Identifier) -> Expression?) -> Expression {
        switch kind {
        case .column(let path) where path.count == 1: return body(path[0]) ?? self
        case .binary(let symbol, let left, let right):
            return Expression(
                .binary(symbol, left.replacingNames(body), right.replacingNames(body)), span)
        case .not(let operand): return Expression(.not(operand.replacingNames(body)), span)
        case .between(let operand, let low, let high, let negated, let isSymmetric):
            return Expression(
                .between(
                    operand.replacingNames(body), low: low, high: high, negated: negated,
                    isSymmetric: isSymmetric), span)
        default: return self
        }
    }
}
