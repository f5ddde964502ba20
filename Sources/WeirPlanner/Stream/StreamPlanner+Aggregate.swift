// GROUP BY as stages: what is computed goes into a stage in front, then keys and calls are columns.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension StreamPlanner {
    mutating func lowerDistinct(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ aggregation: LogicalAggregation,
        _ name: String
    ) -> Lowered? {
        let read = aggregation.keys.reduce(into: Set<Int>()) { $0.formUnion($1.columns) }
        guard let lowered = lower(input, name, reading: read) else { return nil }
        let keys = aggregation.keys.map { $0.mapColumns(lowered.column) }
        let stage = graph.add(
            "\(name).distinct", .aggregate(AggregatePlan(keys: keys, calls: [])),
            inputs: [lowered.stage], relation: plan.relation, span: plan.span)
        return Lowered(stage: stage)
    }

    mutating func lowerAggregate(
        _ plan: LogicalPlan, _ aggregation: LogicalAggregation, _ name: String
    ) -> Lowered? {
        if let counted = countedRows(plan, aggregation) {
            return lower(counted, name, reading: counted.allIndices)
        }
        if let bounds = WindowKeys(plan) {
            return lowerWindowAggregate(plan, aggregation, bounds, name)
        }
        if let window = plan.relation.window, plan.inputs[0].relation.mode == .append {
            return lowerAttached(plan, aggregation, window, name)
        }
        let chain = InlinedInput(plan.inputs[0])
        var source = chain.plan
        var expand: (BoundExpression) -> BoundExpression = { $0 }
        if case .window(let input, let window) = chain.plan.node,
            let expansion = expansion(window, input)
        {
            expand = expansion
            source = input
        }
        var grouping = Grouping(aggregation, retracts: plan.inputs[0].relation.mode == .updating)
        grouping.map { expand(chain.inline($0)) }
        guard
            let prepared = prepare(
                grouping, [], filter: chain.filter.map(expand), source, name, plan.span)
        else { return nil }
        let stage = graph.add(
            "\(name).group",
            .aggregate(AggregatePlan(keys: prepared.keys, calls: prepared.calls)),
            inputs: [prepared.stage], relation: prepared.relation(plan, before: [], grouping),
            span: plan.span)
        return Lowered(
            stage: stage,
            mapping: grouping.sets == nil ? nil : grouping.mapping)
    }

    /// A scalar subquery that may give several rows: any value, unless there are more; nil for other
    /// aggregates.
    private func countedRows(
        _ plan: LogicalPlan, _ aggregation: LogicalAggregation
    ) -> LogicalPlan? {
        let isSingle = { (call: LogicalCall) in call.function == LogicalCall.singleValue }
        guard aggregation.calls.contains(where: isSingle) else { return nil }
        let bigint = DataType(.bigint, nullable: false)
        let rows = LogicalCall(
            function: "COUNT", arguments: [], isDistinct: false, filter: nil, type: bigint)
        let calls = aggregation.calls.map { call in
            guard isSingle(call) else { return call }
            return LogicalCall(
                function: "FIRST_VALUE", arguments: call.arguments, isDistinct: false,
                filter: call.filter, type: call.type)
        }
        let inner = LogicalPlan(
            .aggregate(
                plan.inputs[0],
                LogicalAggregation(
                    keys: aggregation.keys, sets: aggregation.sets, calls: calls + [rows],
                    isDistinct: false)),
            plan.columns + [Field("weir_rows", bigint)], plan.span)
        let count = BoundExpression(.column(plan.columns.count), bigint, plan.span)
        let values = plan.columns.enumerated().map { index, field -> BoundExpression in
            let value = BoundExpression(.column(index), field.type, plan.span)
            let call = index - aggregation.keys.count
            guard call >= 0, isSingle(aggregation.calls[call]) else { return value }
            return BoundExpression(.call("WEIR_SINGLE", [value, count]), field.type, plan.span)
        }
        return LogicalPlan(.project(inner, values), plan.columns, plan.span)
    }

    private mutating func lowerWindowAggregate(
        _ plan: LogicalPlan, _ aggregation: LogicalAggregation, _ bounds: WindowKeys,
        _ name: String
    ) -> Lowered? {
        let others = aggregation.keys.indices.filter { !bounds.all.contains($0) }
        let expand = expansion(bounds.window, bounds.input) ?? { $0 }
        var grouping = Grouping(
            aggregation, retracts: plan.inputs[0].relation.mode == .updating, keeping: others)
        grouping.map { expand(bounds.below.inline($0)) }
        let isByArrival = bounds.window.isByArrival
        let time =
            isByArrival
            ? BoundExpression(
                .column(bounds.window.time), bounds.input.columns[bounds.window.time].type,
                bounds.window.timeSpan) : ZonedTime.of(bounds.window, bounds.input)
        let windowColumns = Array(bounds.below.plan.columns.suffix(3))
        // Whatever else reads a bound of a window that is no simple function of the time.
        let read = grouping.expressions + [bounds.below.filter].compactMap { $0 }
        let readsBounds = read.contains {
            $0.columns.contains { $0 >= bounds.input.columns.count }
        }
        let partition = sessionKeys(bounds.window, grouping)
        if readsBounds && expansion(bounds.window, bounds.input) == nil || partition == nil,
            let window = plan.relation.window
        {
            // Each row gets its windows first.
            return lowerAttached(plan, aggregation, window, name)
        }
        guard
            let prepared = prepare(
                grouping, [time], filter: bounds.below.filter.map(expand), bounds.input, name,
                plan.span), let preparedTime = prepared.others.first
        else { return nil }
        var shape = bounds.window.shape
        if case .session(let gap, _) = shape {
            shape = .session(gap: gap, partitionBy: partition ?? [])
        }
        let stage = addByClock(
            bounds.window.zone, "\(name).window",
            .windowAggregate(
                WindowAggregatePlan(
                    assignment: .time(preparedTime, shape),
                    keys: prepared.keys, calls: prepared.calls)),
            inputs: [
                isByArrival
                    ? stamp(preparedTime, of: prepared.stage, bounds.window.zone, name)
                    : prepared.stage
            ],
            relation: prepared.relation(plan, before: windowColumns, grouping), span: plan.span,
            instants: [2])
        // The operator gives start, end and time, the other keys, the calls.
        var mapping = grouping.mapping.map { $0 + 3 }
        mapping[bounds.start] = 0
        mapping[bounds.end] = 1
        if let time = bounds.time { mapping[time] = 2 }
        return Lowered(stage: stage, mapping: mapping)
    }

    /// Which keys sessions are told apart by; nil when these are not all keys besides the bounds.
    private func sessionKeys(_ window: LogicalWindow, _ grouping: Grouping) -> [Int]? {
        guard case .session(_, let partition) = window.shape else { return [] }
        let keys = partition.compactMap { column in
            grouping.keys.firstIndex { $0.node == .column(column) }
        }
        let isSame = keys.count == partition.count && Set(keys).count == grouping.keys.count
        return isSame ? keys : nil
    }

    /// Grouping by the bounds that an earlier window left in the rows.
    private mutating func lowerAttached(
        _ plan: LogicalPlan, _ aggregation: LogicalAggregation, _ window: WindowColumns,
        _ name: String
    ) -> Lowered? {
        let bounds = [window.start, window.end] + (window.time.map { [$0] } ?? [])
        let others = aggregation.keys.indices.filter { !bounds.contains($0) }
        var grouping = Grouping(aggregation, retracts: false, keeping: others)
        let chain = InlinedInput(plan.inputs[0])
        grouping.map { chain.inline($0) }
        let ends = [window.start, window.end].map { chain.inline(aggregation.keys[$0]) }
        guard
            let prepared = prepare(
                grouping, ends, filter: chain.filter, chain.plan, name, plan.span)
        else { return nil }
        let time = DataType(.timestamp(3), nullable: false)
        let fields =
            [window.start, window.end].map { plan.columns[$0] }
            + [window.time.map { plan.columns[$0] } ?? Field("window_time", time)]
        let stage = addByClock(
            window.zone, "\(name).window",
            .windowAggregate(
                WindowAggregatePlan(
                    assignment: .attached(start: prepared.others[0], end: prepared.others[1]),
                    keys: prepared.keys, calls: prepared.calls)),
            inputs: [prepared.stage], relation: prepared.relation(plan, before: fields, grouping),
            span: plan.span, instants: [2])
        var mapping = grouping.mapping.map { $0 + 3 }
        mapping[window.start] = 0
        mapping[window.end] = 1
        if let time = window.time { mapping[time] = 2 }
        return Lowered(stage: stage, mapping: mapping)
    }

    // MARK: Preparation

    /// Keys and calls over one input, with what grouping sets add.
    private struct Grouping {
        private(set) var keys: [BoundExpression]
        private(set) var calls: [LogicalCall]
        /// Keys of each set, as numbers of `keys`; nil for one set.
        let sets: [[Int]]?
        let retracts: Bool
        private let allCalls: [LogicalCall]
        private let allKeys: [BoundExpression]
        /// Numbers in the query of `keys`.
        private let kept: [Int]

        /// - Parameter kept: the keys that are no bounds of a window; nil for all.
        init(_ aggregation: LogicalAggregation, retracts: Bool, keeping kept: [Int]? = nil) {
            let kept = kept ?? Array(aggregation.keys.indices)
            self.kept = kept
            keys = kept.map { aggregation.keys[$0] }
            calls = aggregation.calls.filter { $0.function != LogicalCall.grouping }
            // GROUPING without sets is that of the one set with all keys.
            let asks = aggregation.calls.contains { $0.function == LogicalCall.grouping }
            let written = aggregation.sets ?? (asks ? [Array(aggregation.keys.indices)] : nil)
            sets = written?.map { set in set.compactMap { kept.firstIndex(of: $0) } }
            allCalls = aggregation.calls
            allKeys = aggregation.keys
            self.retracts = retracts
        }

        mutating func map(_ body: (BoundExpression) -> BoundExpression) {
            keys = keys.map(body)
            calls = calls.map { call in
                LogicalCall(
                    function: call.function, arguments: call.arguments.map(body),
                    isDistinct: call.isDistinct, filter: call.filter.map(body), type: call.type)
            }
        }

        var expressions: [BoundExpression] {
            keys + calls.flatMap { $0.arguments + [$0.filter].compactMap { $0 } }
        }

        var groupings: [LogicalCall] {
            allCalls.filter { $0.function == LogicalCall.grouping }
        }

        /// What `GROUPING(…)` gives for a set: a bit for each argument that the set leaves out.
        func bits(_ call: LogicalCall, set: [Int]) -> Int64 {
            call.arguments.reduce(0) { bits, argument in
                let isKept = set.contains { allKeys[kept[$0]] == argument }
                return bits << 1 | (isKept ? 0 : 1)
            }
        }

        /// Where keys and calls of the query are in the output of the stage.
        var mapping: [Int] {
            let groupings = groupings.count
            let added = sets == nil ? 0 : groupings + 1
            var mapping = [Int](repeating: Lowered.missing, count: allKeys.count)
            for (position, key) in kept.enumerated() { mapping[key] = position }
            var nextGrouping = keys.count
            var nextCall = keys.count + added
            for call in allCalls {
                if call.function == LogicalCall.grouping {
                    mapping.append(nextGrouping)
                    nextGrouping += 1
                } else {
                    mapping.append(nextCall)
                    nextCall += 1
                }
            }
            return mapping
        }
    }

    private struct Prepared {
        let stage: Int
        let keys: [BoundExpression]
        let calls: [AggregateCall]
        /// What else was asked for.
        let others: [BoundExpression]

        /// Columns, key and mode of the aggregate's stage.
        func relation(
            _ plan: LogicalPlan, before: [Field], _ grouping: Grouping
        ) -> Relation {
            let relation = plan.relation
            let fields =
                before
                + keys.enumerated().map { index, key in
                    let name =
                        index < grouping.keys.count ? "k\(index)" : "set\(index)"
                    return Field(name, key.type)
                }
                + calls.enumerated().map { Field("a\($0)", $1.type) }
            if before.isEmpty, grouping.sets == nil {
                return Relation(
                    columns: relation.columns, rowtime: nil, key: relation.key,
                    mode: relation.mode, type: relation.type)
            }
            let key =
                (before.isEmpty ? [] : [0, 1]) + keys.indices.map { $0 + before.count }
            return Relation(
                columns: fields, rowtime: before.isEmpty ? nil : 2, key: key,
                mode: before.isEmpty ? .updating : .append)
        }
    }

    /// Puts the filter and everything computed in stages in front of the aggregate.
    private mutating func prepare(
        _ grouping: Grouping, _ others: [BoundExpression], filter: BoundExpression?,
        _ source: LogicalPlan, _ name: String, _ span: Span
    ) -> Prepared? {
        // What is below the source's own projections is computed in the same stage.
        let chain = InlinedInput(source)
        let conditions = [chain.filter, filter.map { chain.inline($0) }].compactMap { $0 }
        let condition = BoundExpression.conjunction(of: conditions)
        let needed = (grouping.expressions + others).map { chain.inline($0) }
        let read = (needed + conditions).reduce(into: Set<Int>()) { $0.formUnion($1.columns) }
        guard check(needed + conditions), let input = lower(chain.plan, name, reading: read) else {
            return nil
        }
        let mapped = needed.map { $0.mapColumns(input.column) }
        var distinct: [BoundExpression] = []
        for expression in mapped where !distinct.contains(expression) {
            distinct.append(expression)
        }
        let isPlain =
            condition == nil
            && mapped.allSatisfy { if case .column = $0.node { true } else { false } }
        var stage = input.stage
        if !isPlain {
            let columns = distinct.enumerated().map { Field("c\($0)", $1.type) }
            let rowtime =
                others.count == 1 ? distinct.firstIndex(of: mapped[mapped.count - 1]) : nil
            stage = graph.add(
                "\(name).rows",
                .calc(
                    CalcPlan(filter: condition?.mapColumns(input.column), projections: distinct)),
                inputs: [input.stage],
                relation: Relation(
                    columns: columns, rowtime: rowtime, key: nil, mode: source.relation.mode),
                span: span)
        }
        var items = mapped.map { expression -> BoundExpression in
            if isPlain { return expression }
            let index = distinct.firstIndex(of: expression) ?? 0
            return BoundExpression(.column(index), expression.type, expression.span)
        }
        var added: [BoundExpression] = []
        if let sets = grouping.sets {
            (stage, items, added) = expanded(grouping, sets, items, stage, name, span)
        }
        var next = grouping.keys.count
        let calls = grouping.calls.map { call -> AggregateCall in
            let argument = call.arguments.isEmpty ? nil : items[next]
            next += call.arguments.count
            let condition = call.filter == nil ? nil : items[next]
            next += call.filter == nil ? 0 : 1
            return AggregateCall(
                function: call.function, argument: argument, filter: condition,
                isDistinct: call.isDistinct, retracts: grouping.retracts, type: call.type)
        }
        return Prepared(
            stage: stage, keys: Array(items.prefix(grouping.keys.count)) + added, calls: calls,
            others: Array(items.suffix(others.count)))
    }

    /// Each row once for each grouping set: the keys that the set leaves out are NULL, behind them
    /// what GROUPING gives and the number of the set.
    private mutating func expanded(
        _ grouping: Grouping, _ sets: [[Int]], _ items: [BoundExpression], _ input: Int,
        _ name: String, _ span: Span
    ) -> (stage: Int, items: [BoundExpression], added: [BoundExpression]) {
        let number = DataType(.bigint, nullable: false)
        let keys = grouping.keys.count
        let groupings = grouping.groupings
        func constant(_ value: Int64) -> BoundExpression {
            BoundExpression(.literal(.int64(value)), number, span)
        }
        let projections = sets.enumerated().map { position, set in
            items.prefix(keys).enumerated().map { index, key in
                set.contains(index)
                    ? key : BoundExpression(.literal(.null), key.type.nullable(true), key.span)
            } + groupings.map { constant(grouping.bits($0, set: set)) }
                + [constant(Int64(position))] + items.dropFirst(keys)
        }
        let types: [DataType] =
            items.prefix(keys).map { $0.type.nullable(true) }
            + groupings.map { $0.type } + [number] + items.dropFirst(keys).map(\.type)
        let fields = types.enumerated().map { Field("c\($0)", $1) }
        let stage = graph.add(
            "\(name).sets", .expand(ExpandPlan(projections: projections)), inputs: [input],
            relation: Relation(
                columns: fields, rowtime: nil, key: nil,
                mode: grouping.retracts ? .updating : .append),
            span: span)
        let columns = types.enumerated().map { BoundExpression(.column($0), $1, span) }
        let behind = keys + groupings.count + 1
        return (
            stage, Array(columns.prefix(keys) + columns.dropFirst(behind)),
            Array(columns[keys..<behind])
        )
    }
}
