// GROUP BY and aggregates.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ScriptBinder {
    mutating func bindGrouped(
        _ query: SelectQuery, _ items: Items, _ input: QueryInput, _ scope: Scope,
        _ filter: BoundExpression?, _ name: String
    ) -> BoundQuery? {
        var keyBinder = ExpressionBinder(scope: scope, allowsAggregates: false, place: "GROUP BY")
        var keys: [BoundExpression] = []
        var hasFailed = false
        guard let writtenKeys = plainKeys(query.groupBy) else { return nil }
        for written in writtenKeys {
            guard let key = keyBinder.bind(written) else {
                hasFailed = true
                continue
            }
            if !keys.contains(key) { keys.append(key) }
        }
        diagnostics += keyBinder.diagnostics
        // HAVING shares the aggregates of the select list.
        var havingBinder = ExpressionBinder(scope: scope, allowsAggregates: true, place: "HAVING")
        havingBinder.aggregates = items.calls
        let having = query.having.flatMap { havingBinder.bindBoolean($0) }
        diagnostics += havingBinder.diagnostics
        if hasFailed || (query.having != nil && having == nil) { return nil }
        let calls = havingBinder.takeCalls()
        guard checkRetraction(calls, input, query.span) else { return nil }
        guard
            let grouped = group(
                keys: keys, calls: calls, input: input, filter: filter, name: name,
                span: query.span)
        else { return nil }
        var outputs: [BoundExpression] = []
        for expression in items.expressions {
            guard let rewritten = rewrite(expression, grouped.keys, grouped.callBase) else {
                hasFailed = true
                continue
            }
            outputs.append(rewritten)
        }
        let condition = having.flatMap { rewrite($0, grouped.keys, grouped.callBase) }
        if hasFailed || (having != nil && condition == nil) { return nil }
        return project(
            outputs, items.names,
            QueryInput(stage: grouped.stage, relation: grouped.relation, qualifier: nil),
            condition, name, query.span)
    }

    private mutating func checkRetraction(
        _ calls: [AggregateCall], _ input: QueryInput, _ span: Span
    ) -> Bool {
        guard input.relation.mode == .updating else { return true }
        for call in calls {
            guard let function = FunctionRegistry.aggregate(named: call.function),
                !function.supportsRetraction
            else { continue }
            diagnostics.append(
                .error(
                    "unsupported",
                    "\(call.function) over a table that updates its rows is not supported yet",
                    at: call.argument?.span ?? span,
                    hint: "aggregate the stream that the table is made from"))
            return false
        }
        return true
    }

    /// The aggregate stage: which expression became which output column.
    struct Grouped {
        let stage: Int
        let relation: Relation
        let keys: [(expression: BoundExpression, column: Int)]
        let callBase: Int
    }

    private mutating func group(
        keys: [BoundExpression], calls: [AggregateCall], input: QueryInput,
        filter: BoundExpression?, name: String, span: Span
    ) -> Grouped? {
        let base = input.relation.columns.count
        let windowKeys = keys.filter { $0.columns.contains { $0 >= base } }
        let isWindowed =
            input.window != nil && keys.contains { $0.node == .column(base) }
            && keys.contains { $0.node == .column(base + 1) }
        guard isWindowed, let window = input.window else {
            guard input.window == nil else {
                return groupOverWindowColumns(keys, calls, input, filter, name, span)
            }
            return groupPlain(keys, calls, input, filter, name, span)
        }
        let others = keys.filter { key in !windowKeys.contains(key) }
        let used = (others + calls.compactMap(\.argument) + [filter].compactMap { $0 })
            .reduce(into: Set<Int>()) { $0.formUnion($1.columns) }
        let isMixed = windowKeys.contains { if case .column = $0.node { false } else { true } }
        if used.contains(where: { $0 >= base }) || isMixed {
            diagnostics.append(
                .error(
                    "unsupported",
                    "window columns inside WHERE, aggregates or computed keys are not supported yet",
                    at: span, hint: "filter with HAVING, compute in an outer definition"))
            return nil
        }
        let time = BoundExpression(
            .column(window.time), input.relation.columns[window.time].type, span)
        let prepared = prepare(others, calls, [time], input, filter, name, span)
        let columns = windowFields(input) + keyFields(others, input) + callFields(calls)
        let relation = Relation(
            columns: columns, rowtime: 2, key: [0] + others.indices.map { $0 + 3 }, mode: .append)
        let stage = graph.add(
            "\(name).window",
            .windowAggregate(
                WindowAggregatePlan(
                    time: prepared.extra[0], size: window.size, offset: window.offset,
                    keys: prepared.keys, calls: prepared.calls)),
            input: prepared.stage, relation: relation, span: span)
        var mapping = (0..<3).map { part in
            (BoundExpression(.column(base + part), columns[part].type, span), part)
        }
        mapping += others.enumerated().map { ($1, $0 + 3) }
        return Grouped(
            stage: stage, relation: relation, keys: mapping, callBase: 3 + others.count)
    }

    /// Grouping by only some window columns is an ordinary, updating aggregation over them.
    private mutating func groupOverWindowColumns(
        _ keys: [BoundExpression], _ calls: [AggregateCall], _ input: QueryInput,
        _ filter: BoundExpression?, _ name: String, _ span: Span
    ) -> Grouped? {
        diagnostics.append(
            .error(
                "bad-window", "a window is grouped by both window_start and window_end", at: span,
                hint: "write GROUP BY window_start, window_end, …"))
        return nil
    }

    private mutating func groupPlain(
        _ keys: [BoundExpression], _ calls: [AggregateCall], _ input: QueryInput,
        _ filter: BoundExpression?, _ name: String, _ span: Span
    ) -> Grouped {
        let prepared = prepare(keys, calls, [], input, filter, name, span)
        let relation = Relation(
            columns: keyFields(keys, input) + callFields(calls), rowtime: nil,
            key: Array(keys.indices), mode: .updating)
        let stage = graph.add(
            "\(name).group", .aggregate(AggregatePlan(keys: prepared.keys, calls: prepared.calls)),
            input: prepared.stage, relation: relation, span: span)
        return Grouped(
            stage: stage, relation: relation, keys: keys.enumerated().map { ($1, $0) },
            callBase: keys.count)
    }

    private struct Prepared {
        let stage: Int
        let keys: [BoundExpression]
        let calls: [AggregateCall]
        let extra: [BoundExpression]
    }

    /// Puts the filter and everything computed in a calc stage in front of the aggregate.
    private mutating func prepare(
        _ keys: [BoundExpression], _ calls: [AggregateCall], _ extra: [BoundExpression],
        _ input: QueryInput, _ filter: BoundExpression?, _ name: String, _ span: Span
    ) -> Prepared {
        let needed = keys + calls.compactMap(\.argument) + extra
        let isPlain = needed.allSatisfy { if case .column = $0.node { true } else { false } }
        if isPlain, filter == nil {
            return Prepared(stage: input.stage, keys: keys, calls: calls, extra: extra)
        }
        var distinct: [BoundExpression] = []
        for expression in needed where !distinct.contains(expression) {
            distinct.append(expression)
        }
        func column(_ expression: BoundExpression) -> BoundExpression {
            let index = distinct.firstIndex(of: expression) ?? 0
            return BoundExpression(.column(index), expression.type, expression.span)
        }
        let columns = distinct.enumerated().map { Field("c\($0)", $1.type) }
        let rowtime = extra.first.flatMap { distinct.firstIndex(of: $0) }
        let stage = graph.add(
            "\(name).rows", .calc(CalcPlan(filter: filter, projections: distinct)),
            input: input.stage,
            relation: Relation(
                columns: columns, rowtime: rowtime, key: nil, mode: input.relation.mode),
            span: span)
        return Prepared(
            stage: stage, keys: keys.map(column),
            calls: calls.map {
                AggregateCall(
                    function: $0.function, argument: $0.argument.map(column), type: $0.type)
            }, extra: extra.map(column))
    }

    private func windowFields(_ input: QueryInput) -> [Field] {
        Array(input.columns.suffix(3))
    }

    private func keyFields(_ keys: [BoundExpression], _ input: QueryInput) -> [Field] {
        keys.enumerated().map { index, key in
            if case .column(let column) = key.node {
                return Field(input.relation.columns[column].name, key.type)
            }
            return Field("key\(index)", key.type)
        }
    }

    private func callFields(_ calls: [AggregateCall]) -> [Field] {
        calls.enumerated().map { Field("\($1.function.lowercased())\($0)", $1.type) }
    }

    /// An expression over the aggregate's output; nil with a diagnostic when it needs a column
    /// that is neither grouped nor aggregated.
    private mutating func rewrite(
        _ expression: BoundExpression, _ keys: [(expression: BoundExpression, column: Int)],
        _ callBase: Int
    ) -> BoundExpression? {
        var missing: BoundExpression?
        func walk(_ part: BoundExpression) -> BoundExpression {
            if let key = keys.first(where: { $0.expression == part }) {
                return BoundExpression(.column(key.column), part.type, part.span)
            }
            guard case .column(let index) = part.node else { return part.mapChildren(walk) }
            if index < 0 {
                return BoundExpression(.column(callBase - 1 - index), part.type, part.span)
            }
            missing = missing ?? part
            return part
        }
        let result = walk(expression)
        if let missing {
            diagnostics.append(
                .error(
                    "not-grouped", "this column is neither in GROUP BY nor in an aggregate",
                    at: missing.span, hint: "add it to GROUP BY or take MIN or MAX of it"))
            return nil
        }
        return result
    }
}
