// The graph as a list with lanes.

package import WeirPlanner

/// A line of the flow list.
package struct FlowRow: Sendable, Equatable {
    package let stage: Int
    /// The lanes in front of the stage, e.g. `│ ├`.
    package let lanes: String
}

/// Orders stages depth first, so that each stage stands below what it reads.
package enum FlowOrder {
    /// A stage with one reader continues its lane; with several, each opens one.
    package static func rows(_ stages: [StagePlan]) -> [FlowRow] {
        var readers = [[Int]](repeating: [], count: stages.count)
        for stage in stages {
            // A stage with several inputs stands below the last of them.
            if let input = stage.inputs.max() { readers[input].append(stage.id) }
        }
        var rows: [FlowRow] = []
        func visit(_ stage: Int, lanes: String, below: String) {
            rows.append(FlowRow(stage: stage, lanes: lanes))
            let next = readers[stage]
            if next.count == 1 {
                visit(next[0], lanes: below, below: below)
                return
            }
            for (position, reader) in next.enumerated() {
                let isLast = position == next.count - 1
                visit(
                    reader, lanes: below + (isLast ? "└" : "├"), below: below + (isLast ? " " : "│")
                )
            }
        }
        for stage in stages where stage.inputs.isEmpty { visit(stage.id, lanes: "", below: "") }
        return rows
    }
}
