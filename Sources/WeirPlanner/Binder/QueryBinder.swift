// Queries to stages.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// What a bound query gives: the stage to read and how to present it.
struct BoundQuery {
    let stage: Int
    let relation: Relation
    var order: [(column: Int, isDescending: Bool, nullsFirst: Bool)] = []
    var limit: Int?
}

/// The input of a query: a stage, its columns and maybe a window over it.
struct QueryInput {
    struct Window {
        let time: Int
        let size: Int64
        let offset: Int64
    }

    let stage: Int
    let relation: Relation
    let qualifier: String?
    var window: Window?

    /// The input's columns, and the window's three behind them.
    var columns: [Field] {
        guard let window else { return relation.columns }
        let kind = relation.columns[window.time].type.kind
        let bound = DataType(.timestamp(3), nullable: false)
        let time: DataType.Kind =
            if case .timestampLTZ = kind { .timestampLTZ(3) } else { .timestamp(3) }
        return relation.columns + [
            Field("window_start", bound), Field("window_end", bound),
            Field("window_time", DataType(time, nullable: false)),
        ]
    }
}

extension ScriptBinder {
    /// Binds a query under a name; nil after reporting what is wrong.
    mutating func bind(_ query: Query, name: String) -> BoundQuery? {
        guard bindCommonTables(query, name: name) else { return nil }
        defer { forgetCommonTables(query) }
        if case .nested(let inner) = query.body, query.orderBy.isEmpty, query.limit == nil,
            query.offset == nil
        {
            return bind(inner, name: name)
        }
        guard let select = plainSelect(query) else { return nil }
        return bind(select, query, name: name)
    }

    private mutating func bind(_ select: SelectQuery, _ query: Query, name: String) -> BoundQuery? {
        guard let from = select.from else {
            // What is broken inside the query may have swallowed its FROM.
            let isBroken = diagnostics.contains {
                $0.severity == .error && query.span.start <= $0.span.start
                    && $0.span.start <= query.span.end
            }
            if isBroken { return nil }
            diagnostics.append(
                .error(
                    "no-source", "a query needs FROM: a stream has to come from somewhere",
                    at: query.span))
            return nil
        }
        guard let input = bindFrom(from, name: name) else { return nil }
        let scope = Scope(columns: input.columns, qualifier: input.qualifier)
        var filter: BoundExpression?
        var hasFailed = false
        if let written = select.filter {
            var binder = ExpressionBinder(scope: scope, allowsAggregates: false, place: "WHERE")
            filter = binder.bindBoolean(written)
            hasFailed = filter == nil
            diagnostics += binder.diagnostics
        }
        guard let items = bindItems(select, scope) else { return nil }
        if hasFailed { return nil }
        let isGrouped = !select.groupBy.isEmpty || !items.calls.isEmpty || select.having != nil
        var result: BoundQuery?
        if isGrouped {
            result = bindGrouped(select, items, input, scope, filter, name)
        } else {
            result = bindPlain(items, input, filter, name, query.span)
        }
        if select.isDistinct, let plain = result {
            result = distinct(plain, name, query.span)
        }
        guard var bound = result else { return nil }
        bindOrder(query, &bound)
        return bound
    }

    /// Common tables are tables that only this query sees; false after reporting what is wrong.
    private mutating func bindCommonTables(_ query: Query, name: String) -> Bool {
        for (index, common) in query.commonTables.enumerated() {
            let isTaken =
                tables[common.name.key] != nil
                || query.commonTables[..<index].contains { $0.name.key == common.name.key }
            if isTaken {
                diagnostics.append(
                    .error(
                        "duplicate-table", "'\(common.name.name)' is already defined",
                        at: common.name.span, hint: "give the common table another name"))
                return false
            }
            guard let bound = bind(common.query, name: "\(name).\(common.name.name)"),
                let renamed = rename(bound, common.columns, "\(name).\(common.name.name)")
            else {
                forgetCommonTables(query)
                return false
            }
            tables[common.name.key] = CatalogTable(
                name: common.name.name, kind: .stream(stage: renamed.stage),
                relation: renamed.relation, span: common.name.span,
                hasLimit: renamed.limit != nil)
        }
        return true
    }

    private mutating func forgetCommonTables(_ query: Query) {
        for common in query.commonTables { tables[common.name.key] = nil }
    }

    /// The same rows under other column names; nil after reporting a wrong number of them.
    mutating func rename(
        _ bound: BoundQuery, _ names: [Identifier], _ name: String
    ) -> BoundQuery? {
        guard let first = names.first, let last = names.last else { return bound }
        let span = first.span.union(last.span)
        let columns = bound.relation.columns
        guard names.count == columns.count else {
            diagnostics.append(
                .error(
                    "column-count",
                    "\(names.count) names for the \(columns.count) columns of the query", at: span))
            return nil
        }
        let expressions = columns.enumerated().map { BoundExpression(.column($0), $1.type, span) }
        var renamed = project(
            expressions, names.map(\.name),
            QueryInput(stage: bound.stage, relation: bound.relation, qualifier: nil), nil,
            "\(name).names", span)
        renamed.order = bound.order
        renamed.limit = bound.limit
        return renamed
    }

    // MARK: Select list

    struct Items {
        var names: [String]
        var expressions: [BoundExpression]
        var calls: [AggregateCall]
    }

    private mutating func bindItems(_ query: SelectQuery, _ scope: Scope) -> Items? {
        var binder = ExpressionBinder(scope: scope, allowsAggregates: true, place: "SELECT")
        var items = Items(names: [], expressions: [], calls: [])
        var hasFailed = false
        for item in query.items {
            switch item {
            case .all(let qualifier, let span):
                if let qualifier, qualifier.key != scope.qualifier?.lowercased() {
                    binder.diagnostics.append(
                        .error(
                            "unknown-table", "there is no table '\(qualifier.name)' in FROM",
                            at: qualifier.span))
                    hasFailed = true
                }
                for (index, column) in scope.columns.enumerated() {
                    items.names.append(column.name)
                    items.expressions.append(BoundExpression(.column(index), column.type, span))
                }
            case .expression(let expression, let alias):
                guard let bound = binder.bind(expression) else {
                    hasFailed = true
                    continue
                }
                items.names.append(
                    alias?.name ?? Self.defaultName(expression, items.names.count))
                items.expressions.append(nameNull(bound))
            }
        }
        items.calls = binder.takeCalls()
        diagnostics += binder.diagnostics
        var seen: Set<String> = []
        for name in items.names where !seen.insert(name).inserted {
            diagnostics.append(
                .error(
                    "duplicate-column", "two columns are called '\(name)'", at: query.span,
                    hint: "give one of them another name with AS"))
            hasFailed = true
        }
        return hasFailed ? nil : items
    }

    /// A bare NULL in a select list is a STRING.
    private func nameNull(_ expression: BoundExpression) -> BoundExpression {
        guard expression.type.kind == .null else { return expression }
        return BoundExpression(.literal(.null), .string, expression.span)
    }

    private static func defaultName(_ expression: Expression, _ index: Int) -> String {
        if case .column(let path) = expression.kind, let last = path.last { return last.name }
        if case .unit(let unit) = expression.kind { return unit.rawValue.lowercased() }
        return "EXPR$\(index)"
    }

    // MARK: Without grouping

    private mutating func bindPlain(
        _ items: Items, _ input: QueryInput, _ filter: BoundExpression?, _ name: String,
        _ span: Span
    ) -> BoundQuery? {
        var input = input
        var expressions = items.expressions
        var condition = filter
        if let window = input.window {
            let base = input.relation.columns.count
            expressions = expressions.map { expandWindow($0, window, base, input.relation) }
            condition = condition.map { expandWindow($0, window, base, input.relation) }
            input.window = nil
        }
        return project(expressions, items.names, input, condition, name, span)
    }

    /// Replaces the window columns by what computes them.
    private func expandWindow(
        _ expression: BoundExpression, _ window: QueryInput.Window, _ base: Int,
        _ relation: Relation
    ) -> BoundExpression {
        guard case .column(let index) = expression.node else {
            return expression.mapChildren { expandWindow($0, window, base, relation) }
        }
        guard index >= base else { return expression }
        let part: WindowPart = index == base ? .start : index == base + 1 ? .end : .time
        let time = BoundExpression(
            .column(window.time), relation.columns[window.time].type, expression.span)
        return BoundExpression(
            .window(part, time, size: window.size, offset: window.offset), expression.type,
            expression.span)
    }

    /// Adds a calc stage, or none when nothing would change.
    mutating func project(
        _ expressions: [BoundExpression], _ names: [String], _ input: QueryInput,
        _ filter: BoundExpression?, _ name: String, _ span: Span
    ) -> BoundQuery {
        var positions: [Int: Int] = [:]
        for (position, expression) in expressions.enumerated() {
            if case .column(let index) = expression.node, positions[index] == nil {
                positions[index] = position
            }
        }
        let columns = zip(names, expressions).map { Field($0, $1.type) }
        let key = input.relation.key.flatMap { key -> [Int]? in
            let mapped = key.compactMap { positions[$0] }
            return mapped.count == key.count ? mapped : nil
        }
        let relation = Relation(
            columns: columns, rowtime: input.relation.rowtime.flatMap { positions[$0] }, key: key,
            mode: input.relation.mode)
        let isIdentity =
            filter == nil && expressions.count == input.relation.columns.count
            && expressions.enumerated().allSatisfy { $1.node == .column($0) }
            && columns.map(\.name) == input.relation.columns.map(\.name)
        if isIdentity { return BoundQuery(stage: input.stage, relation: relation) }
        let stage = graph.add(
            name, .calc(CalcPlan(filter: filter, projections: expressions)), input: input.stage,
            relation: relation, span: span)
        return BoundQuery(stage: stage, relation: relation)
    }

    private mutating func distinct(
        _ plain: BoundQuery, _ name: String, _ span: Span
    ) -> BoundQuery {
        let columns = plain.relation.columns
        let keys = columns.enumerated().map { BoundExpression(.column($0), $1.type, span) }
        let relation = Relation(
            columns: columns, rowtime: nil, key: Array(columns.indices), mode: .updating)
        let stage = graph.add(
            "\(name).distinct", .aggregate(AggregatePlan(keys: keys, calls: [])),
            input: plain.stage, relation: relation, span: span)
        return BoundQuery(stage: stage, relation: relation)
    }

    // MARK: ORDER BY and LIMIT

    private mutating func bindOrder(_ query: Query, _ bound: inout BoundQuery) {
        let scope = Scope(columns: bound.relation.columns, qualifier: nil)
        for item in query.orderBy {
            var column: Int?
            switch item.expression.kind {
            case .column(let path):
                column = path.last.flatMap { scope.index(of: $0.name) }
            case .literal(.integer(let digits)):
                column = Int(digits).flatMap {
                    (1...scope.columns.count).contains($0) ? $0 - 1 : nil
                }
            default: break
            }
            guard let column else {
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
        if let limit = query.limit {
            if case .literal(.integer(let digits)) = limit.kind { bound.limit = Int(digits) }
            if bound.limit == nil {
                diagnostics.append(.error("bad-limit", "this LIMIT is too large", at: limit.span))
            }
        }
        if let offset = query.offset { refuse("OFFSET", offset.span) }
    }
}
