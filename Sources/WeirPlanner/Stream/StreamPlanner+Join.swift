// Joins as stages: each side is cut down to the columns that are read, its keys become columns.

import WeirColumnar
import WeirSQL

extension StreamPlanner {
    mutating func lowerJoin(
        _ plan: LogicalPlan, _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin,
        _ name: String, reading needed: Set<Int>
    ) -> Lowered? {
        if join.kind == .right {
            return lowerTurned(plan, left, right, join, name, reading: needed)
        }
        var sides = JoinSides(left, right, join, reading: needed)
        if let problem = sides.expressions.compactMap(OperatorName.unsupported).first {
            diagnostics.append(problem)
            return nil
        }
        let times = timeColumns(left, right, join)
        if let times { sides.keep(left: times.left, right: times.right) }
        guard let leftStage = lowerValues(sides.leftValues, of: left, "\(name).left"),
            var rightStage = lowerValues(sides.rightValues, of: right, "\(name).right")
        else { return nil }
        let residual = sides.residual
        let core = JoinPlan(kind: join.kind, keys: sides.keys, residual: residual)
        let node: StreamNode
        switch join.time {
        case .regular:
            node = .join(core)
        case .interval(let lower, let upper):
            guard let times else { return nil }
            node = .timedJoin(
                TimedJoinPlan(
                    join: core, leftTime: sides.left(times.left),
                    rightTime: sides.right(times.right),
                    leftRetention: max(0, 0 &- lower), rightRetention: max(0, upper),
                    dropsLate: false, delay: max(0, max(0 &- lower, upper))))
        case .window:
            guard let times else { return nil }
            node = .timedJoin(
                TimedJoinPlan(
                    join: core, leftTime: sides.left(times.left),
                    rightTime: sides.right(times.right),
                    leftRetention: 0, rightRetention: 0, dropsLate: true, delay: 0))
        case .temporal(let time):
            guard let found = temporal(left, right, join, time, times) else { return nil }
            if found { rightStage = versions(rightStage) }
            node = .temporalJoin(
                TemporalJoinPlan(
                    kind: join.kind, keys: sides.keys, residual: residual,
                    times: times.map { (sides.left($0.left), sides.right($0.right)) }))
        }
        let zone = join.time == .window ? left.relation.window?.zone : nil
        let stage = addByClock(
            zone, "\(name).join", node, inputs: [leftStage, rightStage],
            relation: sides.relation(plan, join.kind), span: plan.span)
        return Lowered(stage: stage, mapping: sides.mapping(join.kind))
    }

    /// A RIGHT JOIN is a LEFT JOIN with its sides turned.
    private mutating func lowerTurned(
        _ plan: LogicalPlan, _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin,
        _ name: String, reading needed: Set<Int>
    ) -> Lowered? {
        let width = left.columns.count
        let total = plan.columns.count
        func turned(_ column: Int) -> Int {
            column < width ? column + total - width : column - width
        }
        var other = join
        other.kind = .left
        other.condition = join.condition?.mapColumns(turned)
        if case .interval(let lower, let upper) = join.time {
            other.time = .interval(lower: 0 &- upper, upper: 0 &- lower)
        }
        let columns = Array(plan.columns[width...] + plan.columns[..<width])
        let swapped = LogicalPlan(.join(right, left, other), columns, plan.span)
        guard
            let lowered = lowerJoin(
                swapped, right, left, other, name, reading: Set(needed.map(turned)))
        else { return nil }
        return Lowered(
            stage: lowered.stage,
            mapping: plan.columns.indices.map { lowered.column(turned($0)) })
    }

    /// The columns by whose times the sides are joined; nil when time takes no part.
    private func timeColumns(
        _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin
    ) -> (left: Int, right: Int)? {
        switch join.time {
        case .regular: return nil
        case .interval:
            return left.relation.rowtime.flatMap { first in
                right.relation.rowtime.map { (first, $0) }
            }
        case .temporal(let time):
            guard case .column(let column) = time.node, column == left.relation.rowtime,
                let second = right.relation.rowtime
            else { return nil }
            return (column, second)
        case .window:
            return RecogniseWindowJoin.ends(left).flatMap { first in
                RecogniseWindowJoin.ends(right).map { (first, $0) }
            }
        }
    }

    /// Whether the right side's history is needed (event time) or its current rows; nil after
    /// reporting a time that is neither.
    private mutating func temporal(
        _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin, _ time: BoundExpression,
        _ times: (left: Int, right: Int)?
    ) -> Bool? {
        if times != nil { return true }
        if time.isProcessingTime(in: left) { return false }
        diagnostics.append(
            .error(
                "bad-period",
                left.relation.rowtime == nil
                    ? "FOR SYSTEM_TIME AS OF takes the event time of the left table, which has none"
                    : right.relation.rowtime == nil
                        ? "the table joined by time needs an event time (WATERMARK)"
                        : "FOR SYSTEM_TIME AS OF takes the event time of the left table or"
                            + " PROCTIME()", at: time.span))
        return nil
    }

    /// The stage with all versions of a table that keeps the last row of each key: what that
    /// table is made from. Any other stage is its own history.
    private mutating func versions(_ stage: Int) -> Int {
        let plan = graph.stages[stage]
        switch plan.node {
        case .rank(let rank) where rank.ranks == 1...1 && !rank.emitsRank && rank.lastWins:
            return plan.inputs[0]
        case .calc(let calc) where calc.filter == nil:
            let below = versions(plan.inputs[0])
            if below == plan.inputs[0] { return stage }
            return graph.add(
                plan.name, plan.node, inputs: [below],
                relation: Relation(
                    columns: plan.relation.columns, rowtime: plan.relation.rowtime, key: nil,
                    mode: .append), span: plan.span)
        default: return stage
        }
    }
}

extension BoundExpression {
    /// Whether it is PROCTIME(), directly or through a column of the plan.
    func isProcessingTime(in plan: LogicalPlan) -> Bool {
        switch node {
        case .call("PROCTIME", _): true
        case .column(let index): plan.relation.proctimes.contains(index)
        case .cast(let operand, _): operand.isProcessingTime(in: plan)
        default: false
        }
    }
}

/// The two inputs of a join: what is read of each, and the conditions sorted out.
private struct JoinSides {
    private let left: LogicalPlan
    private let right: LogicalPlan
    private let width: Int
    private let isHalf: Bool
    private(set) var leftValues: [BoundExpression] = []
    private(set) var rightValues: [BoundExpression] = []
    private var leftKeys: [Int] = []
    private var rightKeys: [Int] = []
    private var matchesNull: [Bool] = []
    private var types: [DataType] = []
    private var conditions: [BoundExpression] = []

    init(
        _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin, reading needed: Set<Int>
    ) {
        self.left = left
        self.right = right
        width = left.columns.count
        isHalf = join.kind == .semi || join.kind == .anti
        for part in join.condition?.conjuncts ?? [] where !takeKey(part) { conditions.append(part) }
        let read = conditions.reduce(into: needed) { $0.formUnion($1.columns) }
        for column in read.sorted() {
            if column < width {
                keep(left: column)
            } else if !isHalf || conditions.contains(where: { $0.columns.contains(column) }) {
                keep(right: column - width)
            }
        }
    }

    var expressions: [BoundExpression] { leftValues + rightValues + conditions }

    var keys: JoinKeys {
        JoinKeys(left: leftKeys, right: rightKeys, matchesNull: matchesNull, types: types)
    }

    /// Notes an equality of both sides; false when the condition is none.
    private mutating func takeKey(_ part: BoundExpression) -> Bool {
        let one: BoundExpression
        let other: BoundExpression
        let takesNull: Bool
        switch part.node {
        case .comparison(.equal, let first, let second):
            (one, other, takesNull) = (first, second, false)
        case .distinct(let first, let second, negated: true):
            (one, other, takesNull) = (first, second, true)
        default: return false
        }
        func isLeft(_ value: BoundExpression) -> Bool? {
            let columns = value.columns
            if columns.isEmpty { return nil }
            if columns.allSatisfy({ $0 < width }) { return true }
            return columns.allSatisfy { $0 >= width } ? false : nil
        }
        guard let first = isLeft(one), let second = isLeft(other), first != second,
            one.type.kind.physical == other.type.kind.physical,
            one.type.kind.scale == other.type.kind.scale
        else { return false }
        let leftValue = first ? one : other
        let rightValue = (first ? other : one).mapColumns { $0 - width }
        leftKeys.append(Self.position(of: leftValue, in: &leftValues))
        rightKeys.append(Self.position(of: rightValue, in: &rightValues))
        matchesNull.append(takesNull)
        types.append(leftValue.type.nullable(takesNull))
        return true
    }

    private static func position(
        of value: BoundExpression, in values: inout [BoundExpression]
    ) -> Int {
        if let known = values.firstIndex(of: value) { return known }
        values.append(value)
        return values.count - 1
    }

    mutating func keep(left column: Int? = nil, right other: Int? = nil) {
        if let column { _ = Self.position(of: reference(column, left), in: &leftValues) }
        if let other { _ = Self.position(of: reference(other, right), in: &rightValues) }
    }

    private func reference(_ column: Int, _ plan: LogicalPlan) -> BoundExpression {
        BoundExpression(.column(column), plan.columns[column].type, plan.span)
    }

    /// Where a column of the left side is among what is read of it.
    func left(_ column: Int) -> Int {
        leftValues.firstIndex { $0.node == .column(column) } ?? Lowered.missing
    }

    func right(_ column: Int) -> Int {
        rightValues.firstIndex { $0.node == .column(column) } ?? Lowered.missing
    }

    private typealias Lowered = StreamPlanner.Lowered

    private func position(_ column: Int) -> Int {
        if column < width { return left(column) }
        let found = right(column - width)
        return found == Lowered.missing ? found : found + leftValues.count
    }

    var residual: BoundExpression? {
        BoundExpression.conjunction(of: conditions)?.mapColumns(position)
    }

    func mapping(_ kind: LogicalJoin.Kind) -> [Int] {
        let columns = isHalf ? width : width + right.columns.count
        return (0..<columns).map(position)
    }

    func relation(_ plan: LogicalPlan, _ kind: LogicalJoin.Kind) -> Relation {
        let relation = plan.relation
        func fields(_ values: [BoundExpression], _ side: LogicalPlan, _ isPadded: Bool) -> [Field] {
            values.enumerated().map { index, value in
                let type = isPadded ? value.type.nullable(true) : value.type
                guard case .column(let column) = value.node else {
                    return Field("c\(index)", type)
                }
                return Field(side.columns[column].name, type)
            }
        }
        var columns = fields(leftValues, left, kind == .full)
        if !isHalf { columns += fields(rightValues, right, kind == .left || kind == .full) }
        let key = relation.key?.map(position)
        return Relation(
            columns: columns, rowtime: relation.rowtime.map(position),
            key: key.flatMap { $0.contains(Lowered.missing) ? nil : $0 }, mode: relation.mode,
            type: relation.type)
    }
}
