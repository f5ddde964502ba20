// Top-N, OVER, set operations, UNNEST and windows without grouping as stages.

import WeirColumnar
import WeirSQL

extension StreamPlanner {
    // MARK: Top-N

    mutating func lowerRank(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ rank: LogicalRank, _ name: String,
        reading needed: Set<Int>
    ) -> Lowered? {
        // The rank is a column of the operator, not of its input.
        let wanted = needed.filter { $0 < input.columns.count }
        var rows = InputRows(input, reading: wanted)
        let partition = rank.partitionBy.map { rows.position(of: $0) }
        let windowEnd = input.relation.window.flatMap { window -> Int? in
            let isWindowed = [window.start, window.end].allSatisfy { bound in
                rank.partitionBy.contains { $0.node == .column(bound) }
            }
            guard isWindowed, input.relation.mode == .append else { return nil }
            let type = input.columns[window.end].type
            return rows.position(of: BoundExpression(.column(window.end), type, plan.span))
        }
        var order: [SortColumn] = []
        var isByTime = false
        for (index, key) in rank.orderBy.enumerated() {
            if key.expression.isProcessingTime(in: input) {
                // The order of arrival.
                isByTime = isByTime || (index == 0 && key.isDescending)
                break
            }
            if index == 0, rank.orderBy.count == 1, key.isDescending,
                case .column(let column) = key.expression.node, column == input.relation.rowtime
            {
                isByTime = true
            }
            if index == 0, rank.orderBy.count == 1, key.isDescending, windowEnd != nil,
                case .column(let column) = key.expression.node,
                column == input.relation.window?.source
            {
                isByTime = true
            }
            order.append(
                SortColumn(
                    column: rows.position(of: key.expression), isDescending: key.isDescending,
                    nullsFirst: key.nullsFirst))
        }
        var firstByTime: Int?
        if windowEnd == nil, rank.ranks == 1...1, !rank.emitsRank, order.count == 1,
            !order[0].isDescending,
            rank.orderBy.count == 1, input.relation.mode == .append,
            case .column(let column) = rank.orderBy[0].expression.node,
            column == input.relation.rowtime
        {
            firstByTime = order[0].column
        }
        guard check(rows.values), let stage = lowerValues(rows.values, of: input, "\(name).rows")
        else { return nil }
        let node = RankPlan(
            partitionBy: partition, orderBy: order, ranks: rank.ranks, emitsRank: rank.emitsRank,
            lastWins: isByTime && rank.ranks == 1...1, firstByTime: firstByTime,
            windowEnd: windowEnd, isAppend: input.relation.mode == .append)
        var fields = rows.fields
        if rank.emitsRank { fields.append(plan.columns[plan.columns.count - 1]) }
        var mapping = rows.mapping
        if rank.emitsRank { mapping.append(fields.count - 1) }
        let top = addByClock(
            windowEnd == nil ? nil : input.relation.window?.zone, "\(name).top", .rank(node),
            inputs: [stage], relation: plan.relation.renumbered(fields, mapping), span: plan.span)
        return Lowered(stage: top, mapping: mapping)
    }

    /// A LIMIT inside a query keeps the first rows; without one the order means nothing.
    mutating func lowerSort(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ keys: [SortKey], _ limit: Int?, _ offset: Int?,
        _ name: String, reading needed: Set<Int>
    ) -> Lowered? {
        guard limit != nil || offset != nil else { return lower(input, name, reading: needed) }
        let first = min(Int64(offset ?? 0), .max - 1) + 1
        let last = limit.map { first.addingReportingOverflow(Int64($0) - 1) }
        let upper = last.map { $0.overflow ? .max : $0.partialValue } ?? .max
        if limit == 0 {
            let none = BoundExpression(
                .literal(.bool(false)), DataType(.boolean, nullable: false), plan.span)
            return lower(
                LogicalPlan(.filter(input, none), input.columns, plan.span), name, reading: needed)
        }
        let rank = LogicalRank(
            partitionBy: [], orderBy: keys, ranks: first...max(first, upper), emitsRank: false)
        let ranked = LogicalPlan(.rank(input, rank), plan.columns, plan.span)
        return lowerRank(ranked, input, rank, name, reading: needed)
    }

    // MARK: OVER

    mutating func lowerOver(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ calls: [OverCall], _ name: String,
        reading needed: Set<Int>
    ) -> Lowered? {
        let base = input.columns.count
        var rows = InputRows(input, reading: needed.filter { $0 < base })
        let relation = input.relation
        // Calls of one window are computed together, windows one after the other.
        var windows: [(first: OverCall, calls: [Int])] = []
        for (index, call) in calls.enumerated() {
            let known = windows.firstIndex {
                $0.first.partitionBy == call.partitionBy && $0.first.orderBy == call.orderBy
            }
            if let known {
                windows[known].calls.append(index)
            } else {
                windows.append((call, [index]))
            }
        }
        var plans: [(plan: OverPlan, calls: [Int])] = []
        for window in windows {
            guard
                let made = overPlan(window.first, window.calls.map { calls[$0] }, input, &rows)
            else { return nil }
            plans.append((made, window.calls))
        }
        guard check(rows.values), var stage = lowerValues(rows.values, of: input, "\(name).rows")
        else { return nil }
        var fields = rows.fields
        var mapping = rows.mapping + calls.map { _ in Lowered.missing }
        // Those that add rows only come first: they do not take rows back.
        let isUpdating = { (over: OverPlan) in over.time == nil && !over.orderBy.isEmpty }
        var mode = relation.mode
        for (made, numbers) in plans.filter({ !isUpdating($0.plan) })
            + plans.filter({ isUpdating($0.plan) })
        {
            if isUpdating(made) { mode = .updating }
            for number in numbers {
                mapping[base + number] = fields.count
                fields.append(plan.columns[base + number])
            }
            stage = graph.add(
                "\(name).over", .over(made), inputs: [stage],
                relation: Relation(
                    columns: fields, rowtime: relation.rowtime.flatMap { rows.known($0) },
                    key: plan.relation.renumbered(fields, mapping).key, mode: mode),
                span: plan.span)
        }
        return Lowered(stage: stage, mapping: mapping)
    }

    private mutating func overPlan(
        _ first: OverCall, _ calls: [OverCall], _ input: LogicalPlan, _ rows: inout InputRows
    ) -> OverPlan? {
        let relation = input.relation
        var time: Int?
        var order: [SortColumn] = []
        let lead = first.orderBy.first
        let isProcessing = lead?.expression.isProcessingTime(in: input) ?? false
        if let lead, !isProcessing {
            for key in first.orderBy {
                order.append(
                    SortColumn(
                        column: rows.position(of: key.expression), isDescending: key.isDescending,
                        nullsFirst: key.nullsFirst))
            }
            if case .column(let column) = lead.expression.node, column == relation.rowtime,
                relation.mode == .append, first.orderBy.count == 1, !lead.isDescending
            {
                time = order[0].column
            }
        }
        var columns: [OverColumn] = []
        for call in calls {
            if call.function == "LEAD", time != nil || isProcessing {
                refuse("LEAD over a stream, which would have to know what comes,", call.span)
                return nil
            }
            if case .range(let micros) = call.frame, isProcessing || micros > 0 && order.count != 1
            {
                refuse(
                    isProcessing
                        ? "RANGE over the processing time" : "RANGE over more than one column",
                    call.span)
                return nil
            }
            columns.append(
                OverColumn(
                    function: call.function,
                    arguments: call.arguments.map { rows.position(of: $0) },
                    constants: call.arguments.map { argument in
                        if case .literal(let value) = argument.node { value } else { nil }
                    }, frame: call.frame, isDistinct: call.isDistinct, type: call.type))
        }
        return OverPlan(
            partitionBy: first.partitionBy.map { rows.position(of: $0) }, orderBy: order,
            calls: columns, time: time)
    }

    // MARK: Set operations

    mutating func lowerSetOperation(
        _ plan: LogicalPlan, _ operation: SetOperator, _ isAll: Bool, _ left: LogicalPlan,
        _ right: LogicalPlan, _ name: String
    ) -> Lowered? {
        guard let first = lowerExactly(left, "\(name).left"),
            let second = lowerExactly(right, "\(name).right")
        else { return nil }
        let node: StreamNode
        switch operation {
        case .union: node = .union
        case .intersect, .except:
            node = .setOperation(
                SetOperationPlan(
                    operation: operation == .intersect ? .intersect : .except, isAll: isAll,
                    types: plan.columns.map(\.type)))
        }
        let mode: ChangelogMode =
            operation == .union && left.relation.mode == .append && right.relation.mode == .append
            ? .append : .updating
        let stage = graph.add(
            operation == .union ? "\(name).union" : "\(name).set", node, inputs: [first, second],
            relation: Relation(
                columns: plan.columns,
                rowtime: operation == .union && left.relation.rowtime == right.relation.rowtime
                    ? left.relation.rowtime : nil,
                key: operation == .union || isAll ? nil : Array(plan.columns.indices), mode: mode),
            span: plan.span)
        guard operation == .union, !isAll else { return Lowered(stage: stage) }
        let keys = plan.columns.enumerated().map {
            BoundExpression(.column($0), $1.type, plan.span)
        }
        let distinct = graph.add(
            "\(name).distinct", .aggregate(AggregatePlan(keys: keys, calls: [])), inputs: [stage],
            relation: plan.relation, span: plan.span)
        return Lowered(stage: distinct)
    }

    /// A stage with exactly the columns of a plan.
    private mutating func lowerExactly(_ plan: LogicalPlan, _ name: String) -> Int? {
        stage(plan, name: name)
    }

    // MARK: UNNEST

    mutating func lowerUnnest(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ operand: BoundExpression,
        _ withOrdinality: Bool, _ keepsUnmatched: Bool, _ name: String, reading needed: Set<Int>
    ) -> Lowered? {
        let base = input.columns.count
        var rows = InputRows(input, reading: needed.filter { $0 < base })
        let position = rows.position(of: operand)
        guard check(rows.values), let stage = lowerValues(rows.values, of: input, "\(name).rows")
        else { return nil }
        let added = Array(plan.columns[base...])
        let fields = rows.fields + added
        let mapping = rows.mapping + added.indices.map { $0 + rows.fields.count }
        let each = graph.add(
            "\(name).each",
            .unnest(
                UnnestPlan(
                    operand: position, kind: operand.type.kind, fields: added,
                    withOrdinality: withOrdinality, keepsUnmatched: keepsUnmatched)),
            inputs: [stage], relation: plan.relation.renumbered(fields, mapping), span: plan.span)
        return Lowered(stage: each, mapping: mapping)
    }

    // MARK: Windows

    /// A window function whose rows are not grouped by it.
    mutating func lowerWindow(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ window: LogicalWindow, _ name: String,
        reading needed: Set<Int>
    ) -> Lowered? {
        if window.isByArrival, case .session = window.shape {
            refuse(
                "a SESSION of PROCTIME() without GROUP BY window_start, window_end",
                plan.span.clipped)
            return nil
        }
        if let expand = expansion(window, input) {
            let values = plan.columns.enumerated().map {
                expand(BoundExpression(.column($0), $1.type, plan.span))
            }
            let projected = LogicalPlan(.project(input, values), plan.columns, plan.span)
            guard let lowered = lower(projected, name, reading: needed) else { return nil }
            return lowered
        }
        let base = input.columns.count
        var rows = InputRows(input, reading: needed.filter { $0 < base })
        let written = BoundExpression(
            .column(window.time), input.columns[window.time].type, window.timeSpan)
        let time = rows.position(of: window.isByArrival ? written : ZonedTime.of(window, input))
        var shape = window.shape
        if case .session(let gap, let partitionBy) = window.shape {
            shape = .session(
                gap: gap,
                partitionBy: partitionBy.map {
                    rows.position(
                        of: BoundExpression(.column($0), input.columns[$0].type, plan.span))
                })
        }
        guard var stage = lowerValues(rows.values, of: input, "\(name).rows") else { return nil }
        if window.isByArrival {
            stage = stamp(
                BoundExpression(.column(time), written.type, written.span), of: stage,
                window.zone, name)
        }
        let fields = rows.fields + plan.columns[base...]
        let mapping = rows.mapping + (0..<3).map { $0 + rows.fields.count }
        let node = StreamNode.windowAssign(WindowAssignPlan(time: time, shape: shape))
        let relation = plan.relation.renumbered(fields, mapping)
        if case .session = shape {
            let sessions = addByClock(
                window.zone, "\(name).window", node, inputs: [stage], relation: relation,
                span: plan.span, instants: [fields.count - 1])
            return Lowered(stage: sessions, mapping: mapping)
        }
        let assign = graph.add(
            "\(name).window", node, inputs: [stage], relation: relation, span: plan.span)
        let shown = window.isByArrival ? [time, fields.count - 1] : [fields.count - 1]
        return Lowered(stage: instants(shown, of: assign, window.zone, name), mapping: mapping)
    }
}

extension Relation {
    /// The same table with its columns elsewhere; what is missing is neither key nor time.
    func renumbered(_ fields: [Field], _ mapping: [Int]) -> Relation {
        let keys = key?.map { mapping[$0] }
        let time = rowtime.map { mapping[$0] }
        return Relation(
            columns: fields, rowtime: time == StreamPlanner.Lowered.missing ? nil : time,
            key: keys.flatMap { $0.contains(StreamPlanner.Lowered.missing) ? nil : $0 },
            mode: mode, type: type)
    }
}
