// Operators, edges and probes of a plan.

package import WeirPlanner

/// A plan with its operators made.
package struct RunGraph {
    package let plan: StreamPlan
    /// By stage; nil for the stages of the source and writer threads.
    let operators: [(any Operator)?]
    /// The stages that read each stage's output.
    let consumers: [[Int]]
    package let probes: [StageProbe]

    /// - Parameters:
    ///   - watermarks: of the sources at the last commit, by source stage (µs).
    ///   - state: of the stages at the last commit.
    package init(
        plan: StreamPlan, isObserving: Bool, watermarks: [Int: Int64],
        state: [Int: [(key: [UInt8], value: [UInt8])]]
    ) {
        self.plan = plan
        var consumers = [[Int]](repeating: [], count: plan.stages.count)
        for stage in plan.stages {
            // A check runs in its source's thread: what reads the check is behind the source.
            guard let input = stage.input, !stage.node.runsInReader else { continue }
            consumers[input].append(stage.id)
        }
        self.consumers = consumers
        probes = plan.stages.map { _ in StageProbe(isObserving: isObserving) }
        let edges = consumers
        operators = plan.stages.map { stage in
            let made = Self.make(stage, plan, edges, watermarks)
            if let entries = state[stage.id] { made?.restore(entries) }
            return made
        }
    }

    private static func make(
        _ stage: StagePlan, _ plan: StreamPlan, _ consumers: [[Int]], _ watermarks: [Int: Int64]
    ) -> (any Operator)? {
        switch stage.node {
        case .source, .check, .store, .sink: return nil
        case .calc(let calc):
            let fields = stage.input.map { plan.stages[$0].relation.columns } ?? []
            return Calc(
                calc, stage: stage.name, definition: stage.definition, inputFields: fields)
        case .aggregate(let aggregate):
            return GroupAggregate(
                aggregate, emitsUpdateBefore: needsUpdateBefore(stage.id, plan, consumers))
        case .windowAggregate(let window):
            var source = stage
            while let input = source.input { source = plan.stages[input] }
            return TumbleWindow(window, watermark: watermarks[source.id] ?? .min)
        }
    }

    /// Whether anything behind a stage must know what a row was before: all but a table of the
    /// same key, reached through projections only.
    private static func needsUpdateBefore(
        _ stage: Int, _ plan: StreamPlan, _ consumers: [[Int]]
    ) -> Bool {
        consumers[stage].contains { consumer in
            switch plan.stages[consumer].node {
            case .store: false
            case .calc(let calc):
                calc.filter != nil || needsUpdateBefore(consumer, plan, consumers)
            default: true
            }
        }
    }
}
