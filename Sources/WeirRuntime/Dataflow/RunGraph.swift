// Operators, edges and probes of a plan.

import WeirColumnar
package import WeirPlanner

/// One of the inputs of a stage.
struct StageInput: Sendable {
    let stage: Int
    let input: Int
}

/// A plan with its operators made.
package struct RunGraph {
    package let plan: StreamPlan
    /// By stage; nil for the stages of the source and writer threads.
    let operators: [(any Operator)?]
    /// The stages that read each stage's output, and as which of their inputs.
    let consumers: [[StageInput]]
    /// By stage, for stored tables whose changes are added up before a commit.
    let changes: [TableChanges?]
    package let probes: [StageProbe]
    let clock: ProcessingClock

    /// - Parameter state: of the stages at the last commit.
    package init(
        plan: StreamPlan, isObserving: Bool, workers: Workers,
        clock: ProcessingClock = .system,
        state: [Int: [(key: [UInt8], value: [UInt8])]]
    ) {
        self.plan = plan
        self.clock = clock
        var consumers = [[StageInput]](repeating: [], count: plan.stages.count)
        // A check runs in its source's thread: what reads the check is behind the source.
        for stage in plan.stages where !stage.node.runsInReader {
            for (number, input) in stage.inputs.enumerated() {
                consumers[input].append(StageInput(stage: stage.id, input: number))
            }
        }
        self.consumers = consumers
        probes = plan.stages.map { _ in StageProbe(isObserving: isObserving) }
        let edges = consumers
        operators = plan.stages.map { stage in
            let made = OperatorFactory.make(
                stage, plan, emitsUpdateBefore: Self.needsUpdateBefore(stage.id, plan, edges),
                workers: workers, clock: clock, isResumed: !state.isEmpty)
            if let entries = state[stage.id] { made?.restore(entries) }
            return made
        }
        changes = plan.stages.map { stage in
            guard case .store(let table) = stage.node, table.mode == .updating,
                let input = stage.input, Self.hasUpdateBefore(input, plan, edges)
            else { return nil }
            return TableChanges(types: table.columns.map(\.type))
        }
    }

    /// Whether anything behind a stage must know what a row was before: all but a table of the
    /// same key, reached through projections only that refuse no rows.
    private static func needsUpdateBefore(
        _ stage: Int, _ plan: StreamPlan, _ consumers: [[StageInput]]
    ) -> Bool {
        consumers[stage].contains { consumer in
            switch plan.stages[consumer.stage].node {
            case .store: false
            case .calc(let calc):
                calc.filter != nil || calc.projections.contains(where: \.mayFail)
                    || needsUpdateBefore(consumer.stage, plan, consumers)
            default: true
            }
        }
    }

    /// Whether the rows of a stage say what they were before.
    private static func hasUpdateBefore(
        _ stage: Int, _ plan: StreamPlan, _ consumers: [[StageInput]]
    ) -> Bool {
        switch plan.stages[stage].node {
        case .calc:
            plan.stages[stage].input.map { hasUpdateBefore($0, plan, consumers) } ?? true
        case .aggregate: needsUpdateBefore(stage, plan, consumers)
        default: true
        }
    }
}
