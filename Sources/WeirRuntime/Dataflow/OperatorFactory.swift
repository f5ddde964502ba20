// From what a stage does to the operator that does it.

import WeirColumnar
import WeirPlanner

enum OperatorFactory {
    /// Nil for the stages of the source and writer threads.
    static func make(
        _ stage: StagePlan, _ plan: StreamPlan, emitsUpdateBefore: Bool, workers: Workers,
        clock: ProcessingClock, isResumed: Bool = false
    ) -> (any Operator)? {
        let inputs = stage.inputs.map { plan.stages[$0].relation }
        let ttl = plan.stateTTL.map { StateTTL(micros: $0, clock: clock) }
        let keys = PartitionKeys.columns(stage, inputs: inputs)
        func one() -> (any Operator)? {
            make(
                stage, inputs, emitsUpdateBefore: emitsUpdateBefore,
                workers: keys == nil ? workers : Workers(1), clock: clock, ttl: ttl)
        }
        let made = keys.map { PartitionedOperator(keys: $0, workers: workers, make: one) } ?? one()
        #if DEBUG
            return made.map {
                CheckedOperator($0, stage, knowsRows: ttl == nil && !isResumed && emitsUpdateBefore)
            }
        #else
            return made
        #endif
    }

    private static func make(
        _ stage: StagePlan, _ inputs: [Relation], emitsUpdateBefore: Bool, workers: Workers,
        clock: ProcessingClock, ttl: StateTTL?
    ) -> (any Operator)? {
        let types = inputs.map { $0.columns.map(\.type) }
        let isUpdating = inputs.map { $0.mode == .updating }
        let rejects = RejectSource(stage: stage.name, definition: stage.definition)
        switch stage.node {
        case .source, .check, .store, .sink: return nil
        case .calc(let calc):
            return Calc(
                calc, stage: stage.name, definition: stage.definition,
                inputFields: inputs.first?.columns ?? [])
        case .aggregate(let aggregate):
            return GroupAggregate(
                aggregate, emitsUpdateBefore: emitsUpdateBefore, workers: workers, ttl: ttl)
        case .windowAggregate(let window):
            if case .time(let time, .session(let gap, _)) = window.assignment {
                return SessionAggregate(window, time: time, gap: gap)
            }
            return WindowAggregate(window)
        case .union: return Union(inputs: inputs.count)
        case .join(let join):
            return RegularJoin(
                join, types: types, isUpdating: isUpdating, stage: rejects, ttl: ttl)
        case .timedJoin(let join): return TimedJoin(join, types: types, stage: rejects)
        case .temporalJoin(let join):
            return TemporalJoin(join, types: types, stage: rejects, ttl: ttl)
        case .rank(let rank):
            if let time = rank.firstByTime {
                return FirstRow(rank, time: time, types: types[0], ttl: ttl)
            }
            return Rank(rank, types: types[0], ttl: ttl)
        case .over(let over):
            if over.time == nil, !over.orderBy.isEmpty {
                return OverTable(over, types: types[0], isUpdating: isUpdating[0], ttl: ttl)
            }
            return OverTime(over, types: types[0], ttl: ttl)
        case .changelog(let codes): return Changelog(codes)
        case .match(let match): return PatternMatch(match, types: types[0], stage: rejects)
        case .setOperation(let operation): return SetOperation(operation, ttl: ttl)
        case .unnest(let unnest): return Unnest(unnest, stage: stage.name)
        case .expand(let expand): return Expand(expand)
        case .stamp(let stamp): return ArrivalStamp(stamp, clock: clock)
        case .zoneShift(let shift): return ZoneShift(shift)
        case .windowAssign(let window):
            if case .session(let gap, let partitionBy) = window.shape {
                return SessionRows(window, gap: gap, partitionBy: partitionBy, types: types[0])
            }
            return WindowAssign(window)
        case .values(let values):
            return WrittenRows(values, types: stage.relation.columns.map(\.type))
        case .number: return RowNumbers(types: types[0])
        }
    }
}
