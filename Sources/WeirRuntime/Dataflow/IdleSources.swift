// Sources that give no rows for a time (Flink: table.exec.source.idle-timeout, and the option
// scan.watermark.idle-timeout of a table).

import WeirPlanner

/// Notes when each source last gave rows, and which inputs of stages are idle therefore.
struct IdleSources {
    /// An input of a stage with several.
    private struct Input {
        let edge: StageInput
        let sources: Set<Int>
        var isIdle = false
    }

    /// By source; `.max` for those that never count as idle.
    private let timeouts: [Int64]
    private let clock: ProcessingClock
    private var lastRows: [Int64]
    private var idle: Set<Int> = []
    private var inputs: [Input] = []

    /// Nil when sources never count as idle.
    ///
    /// - Parameter sources: the stages of the sources, by their number.
    init?(_ plan: StreamPlan, sources: [Int], clock: ProcessingClock) {
        timeouts = sources.map { stage in
            guard case .source(let source) = plan.stages[stage].node else { return .max }
            let timeout = source.idleTimeout ?? plan.idleTimeout ?? 0
            return timeout > 0 ? timeout : .max
        }
        guard timeouts.contains(where: { $0 < .max }) else { return nil }
        self.clock = clock
        lastRows = sources.map { _ in clock.now() }
        var origins = [Set<Int>](repeating: [], count: plan.stages.count)
        for stage in plan.stages {
            if let number = sources.firstIndex(of: stage.id) { origins[stage.id] = [number] }
            for input in stage.inputs { origins[stage.id].formUnion(origins[input]) }
            guard stage.inputs.count > 1 else { continue }
            for (number, input) in stage.inputs.enumerated() {
                inputs.append(
                    Input(
                        edge: StageInput(stage: stage.id, input: number), sources: origins[input]))
            }
        }
    }

    /// A source gave rows.
    mutating func noteRows(_ source: Int) {
        lastRows[source] = clock.now()
        idle.remove(source)
    }

    /// Looks at the clock.
    ///
    /// - Parameter waits: whether a source has nothing to give at present; of one that waits for
    ///   us, time does not count.
    mutating func look(_ waits: (Int) -> Bool) {
        let now = clock.now()
        for source in lastRows.indices {
            if !waits(source) {
                lastRows[source] = now
            } else if now - lastRows[source] >= timeouts[source] {
                idle.insert(source)
            }
        }
    }

    /// The inputs that have become idle or have rows again since the last call.
    mutating func takeChanges() -> [(edge: StageInput, isIdle: Bool)] {
        var changes: [(edge: StageInput, isIdle: Bool)] = []
        for index in inputs.indices {
            let isIdle = !inputs[index].sources.isEmpty && inputs[index].sources.isSubset(of: idle)
            guard isIdle != inputs[index].isIdle else { continue }
            inputs[index].isIdle = isIdle
            changes.append((inputs[index].edge, isIdle))
        }
        return changes
    }
}
