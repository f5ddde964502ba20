// Logical plans to stages.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// Makes the stages of a definition; what the engine cannot run yet is reported by name.
struct StreamPlanner {
    private(set) var graph: GraphBuilder
    private(set) var diagnostics: [Diagnostic] = []

    init(graph: GraphBuilder) { self.graph = graph }

    /// Gives its stages and takes others.
    mutating func exchange(_ other: inout GraphBuilder) { swap(&graph, &other) }

    /// A stage, and where the columns of the logical plan are in its output.
    struct Lowered {
        let stage: Int
        /// Nil when they are in the same order.
        var mapping: [Int]?

        func column(_ index: Int) -> Int { mapping?[index] ?? index }
    }

    /// The stage that gives a plan's rows with exactly its columns; nil after reporting why not.
    mutating func stage(_ plan: LogicalPlan, name: String) -> Int? {
        guard let lowered = lower(plan, name) else { return nil }
        guard lowered.mapping != nil else { return lowered.stage }
        let values = plan.columns.enumerated().map {
            BoundExpression(.column(lowered.column($0)), $1.type, plan.span)
        }
        return graph.add(
            name, .calc(CalcPlan(filter: nil, projections: values)), input: lowered.stage,
            relation: plan.relation, span: plan.span)
    }

    private mutating func lower(_ plan: LogicalPlan, _ name: String) -> Lowered? {
        switch plan.node {
        case .scan(.stage(let stage), _, _): return Lowered(stage: stage)
        case .scan(.nothing, _, _): return nil
        case .scan(.view, let name, _):
            diagnostics.append(
                .error(
                    "unsupported", "'\(name)' has no stream, it is computed when it is read",
                    at: plan.span.clipped,
                    note: "weir explain says why; what reads it is computed in the store too"))
            return nil
        case .project, .filter, .window: return lowerCalc(plan, name)
        case .aggregate(let input, let aggregation):
            return aggregation.isDistinct
                ? lowerDistinct(plan, input, aggregation, name)
                : lowerAggregate(plan, aggregation, name)
        case .values, .join, .unnest, .over, .rank, .setOperation, .sort, .match:
            // What is below may have more to say.
            for input in plan.inputs { _ = lower(input, name) }
            refuse(OperatorName.of(plan), plan.span.clipped)
            return nil
        }
    }

    private mutating func refuse(_ what: String, _ span: Span) {
        let message = "\(what) is not supported yet"
        if diagnostics.contains(where: { $0.message == message }) { return }
        diagnostics.append(.error("unsupported", message, at: span))
    }

    // MARK: Filters and projections

    private mutating func lowerCalc(_ plan: LogicalPlan, _ name: String) -> Lowered? {
        let chain = InlinedInput(plan)
        let values =
            chain.values
            ?? plan.columns.enumerated().map { BoundExpression(.column($0), $1.type, plan.span) }
        guard case .window(let source, let window) = chain.plan.node else {
            guard check(values + [chain.filter].compactMap { $0 }) else { return nil }
            return addCalc(plan, values, chain.filter, below: chain.plan, name)
        }
        // The columns of the window become expressions over its input.
        guard let expand = expansion(window, source, chain.plan.span) else { return nil }
        var input = source
        if let filter = chain.filter {
            input = LogicalPlan(.filter(input, expand(filter)), input.columns, filter.span)
        }
        let expanded = LogicalPlan(
            .project(input, values.map(expand)), plan.columns, plan.span)
        return lowerCalc(expanded, name, relation: plan.relation)
    }

    private mutating func lowerCalc(
        _ plan: LogicalPlan, _ name: String, relation: Relation
    ) -> Lowered? {
        let chain = InlinedInput(plan)
        let values = chain.values ?? []
        guard check(values + [chain.filter].compactMap { $0 }) else { return nil }
        return addCalc(
            plan, values, chain.filter, below: chain.plan, name, relation: relation)
    }

    private mutating func addCalc(
        _ plan: LogicalPlan, _ values: [BoundExpression], _ filter: BoundExpression?,
        below: LogicalPlan, _ name: String, relation: Relation? = nil
    ) -> Lowered? {
        guard let input = lower(below, name) else { return nil }
        let isIdentity =
            filter == nil && values.count == below.columns.count
            && values.enumerated().allSatisfy { $1.node == .column($0) }
            && plan.columns.map(\.name) == below.columns.map(\.name)
        if isIdentity { return input }
        let stage = graph.add(
            name,
            .calc(
                CalcPlan(
                    filter: filter?.mapColumns(input.column),
                    projections: values.map { $0.mapColumns(input.column) })),
            input: input.stage, relation: relation ?? plan.relation, span: plan.span)
        return Lowered(stage: stage)
    }

    /// Replaces window columns by what computes them; nil after reporting a window that cannot.
    private mutating func expansion(
        _ window: LogicalWindow, _ source: LogicalPlan, _ span: Span
    ) -> ((BoundExpression) -> BoundExpression)? {
        guard case .tumble(let size, let offset) = window.shape else {
            refuse("the window \(window.shape.name)", span)
            return nil
        }
        let base = source.columns.count
        let time = BoundExpression(
            .column(window.time), source.columns[window.time].type, window.timeSpan)
        func expand(_ expression: BoundExpression) -> BoundExpression {
            guard case .column(let index) = expression.node else {
                return expression.mapChildren(expand)
            }
            guard index >= base else { return expression }
            let part: WindowPart = index == base ? .start : index == base + 1 ? .end : .time
            return BoundExpression(
                .window(part, time, size: size, offset: offset), expression.type, expression.span)
        }
        return expand
    }

    /// Whether all expressions can be computed; reports those that cannot.
    private mutating func check(_ expressions: [BoundExpression]) -> Bool {
        var isFine = true
        for problem in expressions.compactMap(OperatorName.unsupported) {
            diagnostics.append(problem)
            isFine = false
        }
        return isFine
    }

    // MARK: Aggregation

    private mutating func lowerDistinct(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ aggregation: LogicalAggregation,
        _ name: String
    ) -> Lowered? {
        guard let lowered = lower(input, name) else { return nil }
        let keys = aggregation.keys.map { $0.mapColumns(lowered.column) }
        let stage = graph.add(
            "\(name).distinct", .aggregate(AggregatePlan(keys: keys, calls: [])),
            input: lowered.stage, relation: plan.relation, span: plan.span)
        return Lowered(stage: stage)
    }

    private mutating func lowerAggregate(
        _ plan: LogicalPlan, _ aggregation: LogicalAggregation, _ name: String
    ) -> Lowered? {
        if aggregation.sets != nil {
            refuse("grouping by sets (GROUPING SETS, ROLLUP, CUBE)", plan.span.clipped)
            return nil
        }
        guard let calls = plainCalls(aggregation.calls, plan.inputs[0].relation, plan.span) else {
            return nil
        }
        if let bounds = WindowKeys(plan) {
            return lowerWindowAggregate(plan, aggregation, calls, bounds, name)
        }
        let chain = InlinedInput(plan.inputs[0])
        var source = chain.plan
        var expand: (BoundExpression) -> BoundExpression = { $0 }
        if case .window(let input, let window) = chain.plan.node {
            guard let expansion = expansion(window, input, chain.plan.span) else { return nil }
            expand = expansion
            source = input
        }
        let keys = aggregation.keys.map { expand(chain.inline($0)) }
        let inlined = calls.map { $0.mapArgument { expand(chain.inline($0)) } }
        guard
            let prepared = prepare(
                keys, inlined, nil, filter: chain.filter.map(expand), source, name, plan.span)
        else { return nil }
        let stage = graph.add(
            "\(name).group", .aggregate(AggregatePlan(keys: prepared.keys, calls: prepared.calls)),
            input: prepared.stage, relation: plan.relation, span: plan.span)
        return Lowered(stage: stage)
    }

    private mutating func lowerWindowAggregate(
        _ plan: LogicalPlan, _ aggregation: LogicalAggregation, _ calls: [AggregateCall],
        _ bounds: WindowKeys, _ name: String
    ) -> Lowered? {
        guard case .tumble(let size, let offset) = bounds.window.shape,
            let expand = expansion(bounds.window, bounds.input, plan.span)
        else {
            refuse("the window \(bounds.window.shape.name)", plan.span.clipped)
            return nil
        }
        let others = aggregation.keys.indices.filter { !bounds.all.contains($0) }
        let keys = others.map { expand(bounds.below.inline(aggregation.keys[$0])) }
        let inlined = calls.map { call in
            call.mapArgument { expand(bounds.below.inline($0)) }
        }
        let time = BoundExpression(
            .column(bounds.window.time), bounds.input.columns[bounds.window.time].type,
            bounds.window.timeSpan)
        guard
            let prepared = prepare(
                keys, inlined, time, filter: bounds.below.filter.map(expand), bounds.input, name,
                plan.span), let preparedTime = prepared.time
        else { return nil }
        // The operator gives start, end and time, the other keys, the calls.
        let windowColumns = Array(bounds.below.plan.columns.suffix(3))
        let columns =
            windowColumns + others.map { plan.columns[$0] }
            + plan.columns.suffix(calls.count)
        let relation = Relation(
            columns: columns, rowtime: 2, key: [0] + others.indices.map { $0 + 3 }, mode: .append)
        let stage = graph.add(
            "\(name).window",
            .windowAggregate(
                WindowAggregatePlan(
                    time: preparedTime, size: size, offset: offset, keys: prepared.keys,
                    calls: prepared.calls)), input: prepared.stage, relation: relation,
            span: plan.span)
        let mapping = plan.columns.indices.map { index -> Int in
            if index == bounds.start { return 0 }
            if index == bounds.end { return 1 }
            if index == bounds.time { return 2 }
            if let position = others.firstIndex(of: index) { return position + 3 }
            return index - aggregation.keys.count + 3 + others.count
        }
        return Lowered(stage: stage, mapping: mapping)
    }

    /// Calls as the engine has them: FILTER becomes CASE, as aggregates skip NULL.
    private mutating func plainCalls(
        _ calls: [LogicalCall], _ input: Relation, _ span: Span
    ) -> [AggregateCall]? {
        var result: [AggregateCall] = []
        for call in calls {
            let place = call.arguments.first?.span ?? span.clipped
            if call.function == LogicalCall.singleValue || call.function == LogicalCall.grouping {
                refuse(call.function, place)
                return nil
            }
            if call.isDistinct {
                refuse("\(call.function)(DISTINCT …)", place)
                return nil
            }
            let canRetract =
                FunctionRegistry.aggregate(named: call.function)?.supportsRetraction ?? false
            if input.mode == .updating, !canRetract {
                diagnostics.append(
                    .error(
                        "unsupported",
                        "\(call.function) over a table that updates its rows is not supported yet",
                        at: place, hint: "aggregate the stream that the table is made from"))
                return nil
            }
            result.append(
                AggregateCall(
                    function: call.function, argument: call.filteredArgument, type: call.type))
        }
        return result
    }

    private struct Prepared {
        let stage: Int
        let keys: [BoundExpression]
        let calls: [AggregateCall]
        let time: BoundExpression?
    }

    /// Puts the filter and everything computed in a calc stage in front of the aggregate.
    private mutating func prepare(
        _ keys: [BoundExpression], _ calls: [AggregateCall], _ time: BoundExpression?,
        filter: BoundExpression?, _ source: LogicalPlan, _ name: String, _ span: Span
    ) -> Prepared? {
        // What is below the source's own projections is computed in the same stage.
        let chain = InlinedInput(source)
        let conditions = [chain.filter, filter.map { chain.inline($0) }].compactMap { $0 }
        let condition = BoundExpression.conjunction(of: conditions)
        let needed = (keys + calls.compactMap(\.argument) + [time].compactMap { $0 })
            .map { chain.inline($0) }
        guard check(needed + conditions), let input = lower(chain.plan, name) else { return nil }
        let mapped = needed.map { $0.mapColumns(input.column) }
        let isPlain = mapped.allSatisfy { if case .column = $0.node { true } else { false } }
        func rebuilt(_ body: (Int) -> BoundExpression, stage: Int) -> Prepared {
            var next = keys.count
            let newCalls = calls.map { call -> AggregateCall in
                guard call.argument != nil else { return call }
                defer { next += 1 }
                return call.mapArgument { _ in body(next) }
            }
            return Prepared(
                stage: stage, keys: keys.indices.map(body), calls: newCalls,
                time: time == nil ? nil : body(mapped.count - 1))
        }
        if isPlain, condition == nil { return rebuilt({ mapped[$0] }, stage: input.stage) }
        var distinct: [BoundExpression] = []
        for expression in mapped where !distinct.contains(expression) {
            distinct.append(expression)
        }
        let columns = distinct.enumerated().map { Field("c\($0)", $1.type) }
        let rowtime = time == nil ? nil : mapped.last.flatMap { distinct.firstIndex(of: $0) }
        let stage = graph.add(
            "\(name).rows",
            .calc(
                CalcPlan(filter: condition?.mapColumns(input.column), projections: distinct)),
            input: input.stage,
            relation: Relation(
                columns: columns, rowtime: rowtime, key: nil, mode: source.relation.mode),
            span: span)
        return rebuilt(
            { position in
                let expression = mapped[position]
                let index = distinct.firstIndex(of: expression) ?? 0
                return BoundExpression(.column(index), expression.type, expression.span)
            }, stage: stage)
    }
}

extension AggregateCall {
    /// The same call of another argument.
    fileprivate func mapArgument(_ body: (BoundExpression) -> BoundExpression) -> AggregateCall {
        AggregateCall(function: function, argument: argument.map(body), type: type)
    }
}

extension LogicalCall {
    /// The argument, NULL where the FILTER is not TRUE.
    fileprivate var filteredArgument: BoundExpression? {
        guard let filter else { return arguments.first }
        let value =
            arguments.first
            ?? BoundExpression(.literal(.int64(1)), DataType(.int, nullable: false), filter.span)
        let null = BoundExpression(.literal(.null), value.type.nullable(true), filter.span)
        return BoundExpression(
            .choose(conditions: [filter], values: [value], null), value.type.nullable(true),
            value.span)
    }
}
