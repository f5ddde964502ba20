// Correlated queries to joins (T. Neumann, A. Kemper, Unnesting Arbitrary Queries, BTW 2015).

import WeirColumnar
import WeirFunctions
import WeirSQL

/// Pulls the references to an outer row up, until a join can test them.
struct Decorrelator {
    /// The rows around the inner query.
    let outer: LogicalPlan

    func pull(_ plan: LogicalPlan) throws(CorrelationRefusal) -> Decorrelated {
        guard plan.readsOuter else { return Decorrelated(plan: plan, outputs: plan.allColumns) }
        switch plan.node {
        case .filter(let input, let condition): return try filter(input, condition, plan)
        case .project(let input, let values):
            var result = try pull(input)
            result.outputs = values.map(result.place)
            return result
        case .aggregate(let input, let aggregation):
            return try aggregate(input, aggregation, plan)
        case .sort(let input, let keys, let limit, let offset):
            return try sort(input, keys, limit, offset, plan)
        case .over(let input, let calls): return try over(input, calls, plan)
        case .join(let left, let right, let join): return try self.join(left, right, join, plan)
        case .unnest(let input, let operand, let withOrdinality, let keepsUnmatched):
            return try unnest(input, operand, withOrdinality, keepsUnmatched, plan)
        case .values, .scan, .window, .rank, .setOperation, .match, .changelog:
            throw CorrelationRefusal(
                "a column of the outer query below this operator", plan.span.clipped,
                hint: "join with the table instead")
        }
    }

    private func filter(
        _ input: LogicalPlan, _ condition: BoundExpression, _ plan: LogicalPlan
    ) throws(CorrelationRefusal) -> Decorrelated {
        var result = try pull(input)
        try refuseTotal(result, plan, "HAVING in a correlated query without GROUP BY")
        for part in condition.conjuncts.map(result.place) {
            if part.readsOuter {
                result.conditions.append(part)
            } else {
                result.plan = LogicalPlan(
                    .filter(result.plan, part), result.plan.columns, part.span)
            }
        }
        return result
    }

    private func refuseTotal(
        _ result: Decorrelated, _ plan: LogicalPlan, _ what: String
    ) throws(CorrelationRefusal) {
        if result.isTotal { throw CorrelationRefusal(what, plan.span.clipped) }
    }

    // MARK: Groups

    private func aggregate(
        _ input: LogicalPlan, _ aggregation: LogicalAggregation, _ plan: LogicalPlan
    ) throws(CorrelationRefusal) -> Decorrelated {
        var result = try pull(input)
        try refuseTotal(result, plan, "an aggregate over a correlated aggregate")
        guard aggregation.sets == nil else {
            throw CorrelationRefusal("GROUPING SETS in a correlated query", plan.span.clipped)
        }
        let parts = LogicalNode.aggregate(input, aggregation).expressions
        let keyed = try keyed(&result, reading: parts)
        let keys = aggregation.keys.map(result.place)
        let calls = aggregation.calls.map { call in
            LogicalCall(
                function: call.function, arguments: call.arguments.map(result.place),
                isDistinct: call.isDistinct, filter: call.filter.map(result.place),
                type: call.type)
        }
        let added = keyed.map { key -> Field in
            guard case .column(let index) = key.inner.node else {
                return Field("weir_outer", key.inner.type)
            }
            return Field(result.plan.columns[index].name, key.inner.type)
        }
        let first = keys.count + keyed.count
        let isTotal = keys.isEmpty && !aggregation.isDistinct
        let grouped = LogicalPlan(
            .aggregate(
                result.plan,
                LogicalAggregation(
                    keys: keys + keyed.map(\.inner), sets: nil, calls: calls,
                    isDistinct: aggregation.isDistinct)),
            Array(plan.columns[..<keys.count]) + added + plan.columns[keys.count...], plan.span)
        let outputs = plan.allColumns.enumerated().map { index, column in
            guard index >= keys.count else { return column }
            let moved = column.mapColumns { $0 + first - keys.count }
            return isTotal ? ofNothing(moved, calls[index - keys.count]) : moved
        }
        return Decorrelated(
            plan: grouped, conditions: equalities(keyed, from: keys.count), outputs: outputs,
            isTotal: isTotal)
    }

    /// What a call gives for an outer row without rows: NULL, or nothing counted.
    private func ofNothing(_ value: BoundExpression, _ call: LogicalCall) -> BoundExpression {
        let nothing: Scalar
        if call.function == "COUNT" {
            nothing = .int64(0)
        } else if let text = FunctionRegistry.aggregate(named: call.function)?.ofNothing(call.type)
        {
            nothing = .string(text)
        } else {
            return BoundExpression(value.node, value.type.nullable(true), value.span)
        }
        let never = DataType(.boolean, nullable: false)
        let found = BoundExpression(.isNull(value, negated: true), never, value.span)
        let zero = BoundExpression(.literal(nothing), value.type, value.span)
        return BoundExpression(
            .choose(conditions: [found], values: [value], zero), value.type, value.span)
    }

    // MARK: First rows

    private func sort(
        _ input: LogicalPlan, _ keys: [SortKey], _ limit: Int?, _ offset: Int?, _ plan: LogicalPlan
    ) throws(CorrelationRefusal) -> Decorrelated {
        var result = try pull(input)
        let skipped = offset ?? 0
        if limit == nil, skipped == 0 { return result }
        guard let limit, limit > 0 else {
            throw CorrelationRefusal(
                "LIMIT 0, or OFFSET without LIMIT, in a correlated query", plan.span.clipped)
        }
        if result.isTotal, skipped == 0 { return result }
        try refuseTotal(result, plan, "OFFSET in a correlated aggregate")
        let keyed = try keyed(&result, reading: keys.map(\.expression))
        let order = keys.map {
            SortKey(
                expression: result.place($0.expression), isDescending: $0.isDescending,
                nullsFirst: $0.nullsFirst)
        }
        let first = Int64(skipped).addingReportingOverflow(1)
        let last = first.partialValue.addingReportingOverflow(Int64(limit) - 1)
        guard !first.overflow else {
            throw CorrelationRefusal("an OFFSET of this size", plan.span.clipped)
        }
        let rank = LogicalRank(
            partitionBy: keyed.map(\.inner), orderBy: order,
            ranks: first.partialValue...(last.overflow ? .max : last.partialValue),
            emitsRank: false)
        result.plan = LogicalPlan(.rank(result.plan, rank), result.plan.columns, plan.span)
        return result
    }

    private func over(
        _ input: LogicalPlan, _ calls: [OverCall], _ plan: LogicalPlan
    ) throws(CorrelationRefusal) -> Decorrelated {
        var result = try pull(input)
        try refuseTotal(result, plan, "OVER in a correlated aggregate")
        let keyed = try keyed(&result, reading: LogicalNode.over(input, calls).expressions)
        let node = LogicalNode.over(result.plan, calls).mapExpressions(result.place)
        guard case .over(_, let placed) = node else { return result }
        let partitioned = placed.map { call in
            OverCall(
                function: call.function, arguments: call.arguments,
                partitionBy: call.partitionBy + keyed.map(\.inner), orderBy: call.orderBy,
                frame: call.frame, isDistinct: call.isDistinct, type: call.type, span: call.span)
        }
        let base = result.plan.columns.count
        let added = Array(plan.columns.dropFirst(input.columns.count))
        result.plan = LogicalPlan(
            .over(result.plan, partitioned), result.plan.columns + added, plan.span)
        result.outputs += added.enumerated().map {
            BoundExpression(.column(base + $0), $1.type, plan.span)
        }
        return result
    }

    // MARK: Joins

    private func join(
        _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin, _ plan: LogicalPlan
    ) throws(CorrelationRefusal) -> Decorrelated {
        let isPlain = join.kind == .inner && join.time == .regular
        let keepsRight = join.kind == .right || join.kind == .full
        guard isPlain || !(right.readsOuter || (keepsRight && left.readsOuter)) else {
            throw CorrelationRefusal(
                "a column of the outer query in this kind of join", plan.span.clipped)
        }
        let first = try pull(left)
        let second = try pull(right)
        try refuseTotal(first, plan, "a join with a correlated aggregate")
        try refuseTotal(second, plan, "a join with a correlated aggregate")
        let shift = first.plan.columns.count
        let moved = second.outputs.map { $0.mapColumns { $0 + shift } }
        let both = first.outputs + moved
        var result = Decorrelated(
            plan: plan, conditions: first.conditions,
            outputs: plan.columns.count == left.columns.count ? first.outputs : both)
        result.conditions += second.conditions.map { $0.mapColumns { $0 + shift } }
        var kept: BoundExpression?
        for part in join.condition?.conjuncts ?? [] {
            let placed = part.replacingColumns { both[$0] }
            if placed.readsOuter {
                guard isPlain else {
                    throw CorrelationRefusal(
                        "a column of the outer query in this ON", part.span)
                }
                result.conditions.append(placed)
            } else {
                kept = kept.map { BoundExpression.conjunction($0, placed) } ?? placed
            }
        }
        var changed = join
        changed.condition = kept
        if case .temporal(let time) = join.time {
            changed.time = .temporal(time.replacingColumns { both[$0] })
        }
        let columns: [Field] =
            switch join.kind {
            case .semi, .anti: first.plan.columns
            case .inner: first.plan.columns + second.plan.columns
            case .left, .right, .full:
                zip(first.plan.columns + second.plan.columns, 0...).map { field, _ in
                    Field(field.name, field.type.nullable(true))
                }
            }
        result.plan = LogicalPlan(.join(first.plan, second.plan, changed), columns, plan.span)
        return result
    }

    private func unnest(
        _ input: LogicalPlan, _ operand: BoundExpression, _ withOrdinality: Bool,
        _ keepsUnmatched: Bool, _ plan: LogicalPlan
    ) throws(CorrelationRefusal) -> Decorrelated {
        var result = try pull(input)
        try refuseTotal(result, plan, "UNNEST of a correlated aggregate")
        let placed = result.place(operand)
        guard !placed.readsOuter else {
            throw CorrelationRefusal("UNNEST of a column of the outer query", operand.span)
        }
        let base = result.plan.columns.count
        let added = Array(plan.columns.dropFirst(input.columns.count))
        result.plan = LogicalPlan(
            .unnest(
                result.plan, placed, withOrdinality: withOrdinality,
                keepsUnmatched: keepsUnmatched), result.plan.columns + added, plan.span)
        result.outputs += added.enumerated().map {
            BoundExpression(.column(base + $0), $1.type, plan.span)
        }
        return result
    }
}
