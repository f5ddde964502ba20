// Logical plans to stages.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// Makes the stages of a definition; what the engine cannot run yet is reported by name.
///
/// Lowering goes from the top down and carries along which columns are read, so that joins and
/// other operators that keep rows keep no more than those.
struct StreamPlanner {
    var graph: GraphBuilder
    var diagnostics: [Diagnostic] = []

    init(graph: GraphBuilder) { self.graph = graph }

    /// Gives its stages and takes others.
    mutating func exchange(_ other: inout GraphBuilder) { swap(&graph, &other) }

    /// A stage, and where the columns of the logical plan are in its output.
    struct Lowered {
        let stage: Int
        /// Nil when they are in the same order; `Lowered.missing` for a column that nobody reads.
        var mapping: [Int]?
        static let missing = -1

        func column(_ index: Int) -> Int { mapping?[index] ?? index }
    }

    /// The stage that gives a plan's rows with exactly its columns; nil after reporting why not.
    mutating func stage(_ plan: LogicalPlan, name: String) -> Int? {
        guard let lowered = lower(plan, name, reading: plan.allIndices) else { return nil }
        guard lowered.mapping != nil else { return lowered.stage }
        let values = plan.columns.enumerated().map {
            BoundExpression(.column(lowered.column($0)), $1.type, plan.span)
        }
        return graph.add(
            name, .calc(CalcPlan(filter: nil, projections: values)), inputs: [lowered.stage],
            relation: plan.relation, span: plan.span)
    }

    /// - Parameter needed: the columns of the plan that somebody reads.
    mutating func lower(_ plan: LogicalPlan, _ name: String, reading needed: Set<Int>) -> Lowered? {
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
        case .project, .filter: return lowerCalc(plan, name)
        case .window(let input, let window):
            return lowerWindow(plan, input, window, name, reading: needed)
        case .aggregate(let input, let aggregation):
            return aggregation.isDistinct
                ? lowerDistinct(plan, input, aggregation, name)
                : lowerAggregate(plan, aggregation, name)
        case .join(let left, let right, let join):
            return lowerJoin(plan, left, right, join, name, reading: needed)
        case .rank(let input, let rank):
            return lowerRank(plan, input, rank, name, reading: needed)
        case .over(let input, let calls):
            return lowerOver(plan, input, calls, name, reading: needed)
        case .setOperation(let operation, let isAll, let left, let right):
            return lowerSetOperation(plan, operation, isAll, left, right, name)
        case .unnest(let input, let operand, let withOrdinality, let keepsUnmatched):
            return lowerUnnest(
                plan, input, operand, withOrdinality, keepsUnmatched, name, reading: needed)
        case .sort(let input, let keys, let limit, let offset):
            return lowerSort(plan, input, keys, limit, offset, name, reading: needed)
        case .values(let rows):
            guard check(rows.flatMap { $0 }) else { return nil }
            return Lowered(
                stage: graph.add(
                    "\(name).values", .values(ValuesPlan(rows: rows)), inputs: [],
                    relation: plan.relation, span: plan.span))
        case .changelog(let input, let codes):
            guard let stage = stage(input, name: "\(name).rows") else { return nil }
            return Lowered(
                stage: graph.add(
                    "\(name).changes", .changelog(codes), inputs: [stage], relation: plan.relation,
                    span: plan.span))
        case .match(let input, let match): return lowerMatch(plan, input, match, name)
        }
    }

    /// A plan's stage with the columns that are read, and perhaps others.
    mutating func lowerPruned(
        _ plan: LogicalPlan, _ name: String, reading needed: Set<Int>
    ) -> Lowered? {
        switch plan.node {
        case .project, .filter, .scan:
            guard needed.count < plan.columns.count else {
                return lower(plan, name, reading: needed)
            }
            let kept = needed.sorted()
            let values = kept.map {
                BoundExpression(.column($0), plan.columns[$0].type, plan.span)
            }
            let pruned = LogicalPlan(
                .project(plan, values), kept.map { plan.columns[$0] }, plan.span)
            guard let lowered = lower(pruned, name, reading: pruned.allIndices) else { return nil }
            var mapping = [Int](repeating: Lowered.missing, count: plan.columns.count)
            for (position, column) in kept.enumerated() {
                mapping[column] = lowered.column(position)
            }
            return Lowered(stage: lowered.stage, mapping: mapping)
        default:
            return lower(plan, name, reading: needed)
        }
    }

    /// A stage with these values over a plan's columns, in this order.
    mutating func lowerValues(
        _ values: [BoundExpression], of plan: LogicalPlan, _ name: String
    ) -> Int? {
        let fields = values.enumerated().map { index, value -> Field in
            guard case .column(let column) = value.node else {
                return Field("c\(index)", value.type)
            }
            return plan.columns[column]
        }
        let projected = LogicalPlan(.project(plan, values), fields, plan.span)
        guard let lowered = lower(projected, name, reading: projected.allIndices) else {
            return nil
        }
        guard lowered.mapping != nil else { return lowered.stage }
        let columns = fields.enumerated().map {
            BoundExpression(.column(lowered.column($0)), $1.type, plan.span)
        }
        return graph.add(
            name, .calc(CalcPlan(filter: nil, projections: columns)), inputs: [lowered.stage],
            relation: projected.relation, span: plan.span)
    }

    mutating func refuse(_ what: String, _ span: Span) {
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
        // The columns of a tumbling window become expressions over its input.
        guard case .window(let source, let window) = chain.plan.node,
            let expand = expansion(window, source)
        else {
            guard check(values + [chain.filter].compactMap { $0 }) else { return nil }
            return addCalc(plan, values, chain.filter, below: chain.plan, name)
        }
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
        let read = (values + [filter].compactMap { $0 })
            .reduce(into: Set<Int>()) { $0.formUnion($1.columns) }
        guard let input = lower(below, name, reading: read) else { return nil }
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
            inputs: [input.stage], relation: relation ?? plan.relation, span: plan.span)
        return Lowered(stage: stage)
    }

    /// Replaces the columns of a tumbling window by what computes them; nil for other windows and
    /// for times that are only known when a row comes.
    func expansion(
        _ window: LogicalWindow, _ source: LogicalPlan
    ) -> ((BoundExpression) -> BoundExpression)? {
        guard case .tumble(let size, let offset) = window.shape, !window.isByArrival else {
            return nil
        }
        let base = source.columns.count
        let time = ZonedTime.of(window, source)
        func expand(_ expression: BoundExpression) -> BoundExpression {
            guard case .column(let index) = expression.node else {
                return expression.mapChildren(expand)
            }
            guard index >= base else { return expression }
            let part: WindowPart = index == base ? .start : index == base + 1 ? .end : .time
            let bound = BoundExpression(
                .window(part, time, size: size, offset: offset),
                window.zone == nil || part != .time
                    ? expression.type
                    : DataType(.timestamp(3), nullable: expression.type.isNullable),
                expression.span)
            return part == .time ? ZonedTime.instant(bound, window.zone) : bound
        }
        return expand
    }

    /// Whether all expressions can be computed; reports those that cannot.
    mutating func check(_ expressions: [BoundExpression]) -> Bool {
        var isFine = true
        for problem in expressions.compactMap(OperatorName.unsupported) {
            diagnostics.append(problem)
            isFine = false
        }
        return isFine
    }
}

extension LogicalPlan {
    /// The numbers of all columns.
    var allIndices: Set<Int> { Set(columns.indices) }
}
