// `Name := DISTINCT source ON columns ORDER BY …`: the first row of each key in that order.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// - Parameter dropsRepeats: whether the hint `filtered_distinct_order` is there.
    mutating func bindDistinct(
        _ source: [Identifier], _ columns: [Identifier], _ order: [OrderItem], _ span: Span,
        dropsRepeats: Bool
    ) -> BoundQuery? {
        let place = source.first.map(\.span) ?? span
        guard let (plan, name) = resolve(source, place) else { return nil }
        var binder = expressionBinder(
            Scope(columns: plan.columns, qualifier: name), place: "DISTINCT")
        let keys = columns.compactMap { binder.bindColumn([$0], $0.span) }
        let sorted = order.compactMap { item in
            binder.bind(item.expression).map {
                SortKey(
                    expression: $0, isDescending: item.isDescending,
                    nullsFirst: item.nullsFirst ?? !item.isDescending)
            }
        }
        diagnostics += binder.diagnostics
        guard keys.count == columns.count, sorted.count == order.count else { return nil }
        var input = plan
        if dropsRepeats {
            if let changes = withoutRepeats(plan, keys, sorted) {
                input = changes
            } else {
                diagnostics.append(
                    .warning(
                        "hint-ignored",
                        "the hint '\(HintRule.filteredDistinctOrder.rawValue)' has no effect here",
                        at: span.clipped,
                        note:
                            "it is for streams sorted by one column DESC that is not the event time"
                    ))
            }
        }
        let rank = LogicalRank(partitionBy: keys, orderBy: sorted, ranks: 1...1, emitsRank: false)
        return BoundQuery(plan: LogicalPlan(.rank(input, rank), plan.columns, span))
    }

    /// The rows that are new versions of their key: in the order of arrival those that are not older
    /// than any before, and that differ from the last of these in more than the column they are
    /// sorted by (DataSQRL: filtered_distinct_order). Nil where this has no meaning.
    private func withoutRepeats(
        _ plan: LogicalPlan, _ keys: [BoundExpression], _ sorted: [SortKey]
    ) -> LogicalPlan? {
        guard plan.relation.mode == .append, sorted.count == 1, sorted[0].isDescending,
            case .column(let order) = sorted[0].expression.node, order != plan.relation.rowtime,
            !sorted[0].expression.isProcessingTime(in: plan)
        else { return nil }
        let arrival = Arrival(keys: keys, span: plan.span)
        let version = sorted[0].expression
        let newest = arrival.over(plan, [("MAX", [version], version.type.nullable(true))])
        let boolean = DataType(.boolean)
        let current = LogicalPlan(
            .filter(
                newest,
                BoundExpression(
                    .comparison(.greaterOrEqual, version, newest.allColumns[plan.columns.count]),
                    boolean, plan.span)), newest.columns, plan.span)
        let keyColumns = keys.map(\.node)
        let others = plan.allColumns.filter {
            $0.node != version.node && !keyColumns.contains($0.node)
        }
        let bigint = DataType(.bigint, nullable: false)
        let numbered = arrival.over(
            current,
            [("ROW_NUMBER", [], bigint)] + others.map { ("LAG", [$0], $0.type.nullable(true)) })
        let added = Array(numbered.allColumns[current.columns.count...])
        let first = BoundExpression(
            .comparison(
                .equal, added[0], BoundExpression(.literal(.int64(1)), bigint, plan.span)),
            boolean, plan.span)
        let isChanged = zip(others, added.dropFirst()).reduce(first) { condition, pair in
            let differs = BoundExpression(
                .distinct(pair.0, pair.1, negated: false), boolean, plan.span)
            return BoundExpression(.or(condition, differs), boolean, plan.span)
        }
        let changes = LogicalPlan(.filter(numbered, isChanged), numbered.columns, plan.span)
        return LogicalPlan(.project(changes, plan.allColumns), plan.columns, plan.span)
    }
}

/// Calls over the rows of a key in the order in which they come.
private struct Arrival {
    let keys: [BoundExpression]
    let span: Span

    func over(
        _ plan: LogicalPlan, _ calls: [(name: String, arguments: [BoundExpression], type: DataType)]
    ) -> LogicalPlan {
        let now = BoundExpression(
            .call("PROCTIME", []), DataType(.timestampLTZ(3), nullable: false), span)
        let order = SortKey(expression: now, isDescending: false, nullsFirst: true)
        let over = calls.map {
            OverCall(
                function: $0.name, arguments: $0.arguments, partitionBy: keys, orderBy: [order],
                frame: .unbounded(isRows: true), isDistinct: false, type: $0.type, span: span)
        }
        let fields = calls.enumerated().map { Field("weir_\($1.name)_\($0)", $1.type) }
        return LogicalPlan(.over(plan, over), plan.columns + fields, span)
    }
}
