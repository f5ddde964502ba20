// Collects the stages of a plan while statements are bound.

import WeirColumnar
import WeirSQL

/// The stages so far; names stay unique.
struct GraphBuilder {
    private(set) var stages: [StagePlan] = []
    private var names: Set<String> = []

    /// Adds a stage behind others and returns its number.
    mutating func add(
        _ name: String, _ node: StreamNode, inputs: [Int], relation: Relation, span: Span
    ) -> Int {
        var unique = name
        var suffix = 2
        while !names.insert(unique).inserted {
            unique = "\(name)#\(suffix)"
            suffix += 1
        }
        stages.append(
            StagePlan(
                id: stages.count, name: unique, node: node, inputs: inputs, relation: relation,
                span: span))
        return stages.count - 1
    }

    /// Takes back the stages past a number.
    mutating func truncate(to count: Int) {
        while stages.count > count { names.remove(stages.removeLast().name) }
    }

    /// Only the stages that lead to a sink, numbered anew.
    ///
    /// - Parameter unneeded: stores that nobody reads.
    func pruned(without unneeded: Set<Int>) -> [StagePlan] {
        var isNeeded = [Bool](repeating: false, count: stages.count)
        for stage in stages.reversed() {
            switch stage.node {
            case .store, .sink: isNeeded[stage.id] = !unneeded.contains(stage.id)
            default: break
            }
            if isNeeded[stage.id] { for input in stage.inputs { isNeeded[input] = true } }
        }
        var numbers: [Int: Int] = [:]
        var result: [StagePlan] = []
        for stage in stages where isNeeded[stage.id] {
            numbers[stage.id] = result.count
            result.append(
                StagePlan(
                    id: result.count, name: stage.name, node: stage.node,
                    inputs: stage.inputs.compactMap { numbers[$0] }, relation: stage.relation,
                    span: stage.span))
        }
        return result
    }
}
