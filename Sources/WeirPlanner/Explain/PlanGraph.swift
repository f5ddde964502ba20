// The graph of a plan for eyes and for programs: `weir graph`.

import WeirColumnar

/// Renders the stages and the edges between them.
package struct PlanGraph: Sendable {
    private let plan: StreamPlan

    package init(plan: StreamPlan) { self.plan = plan }

    /// A tree: sources at the left, what reads them indented below.
    package var text: String {
        var lines: [String] = []
        var shown: Set<Int> = []
        for stage in plan.stages where stage.inputs.isEmpty {
            lines.append("\(stage.name)  [\(stage.node.label)]")
            add(readers(stage), prefix: "", &lines, &shown)
        }
        for view in plan.views {
            lines.append("\(view.name)  [view]  reads \(view.reads.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Views are numbered behind the stages.
    private func number(of view: Int) -> Int { plan.stages.count + view }

    /// The numbers of the tables and views that a view reads.
    private func inputs(_ view: StoreView) -> [Int] {
        view.reads.compactMap { name in
            let stage = plan.stages.first { stage in
                if case .store(let table) = stage.node { table.name == name } else { false }
            }
            return stage?.id ?? plan.views.firstIndex { $0.name == name }.map(number)
        }
    }

    private func readers(_ stage: StagePlan) -> [StagePlan] {
        plan.stages.filter { $0.inputs.contains(stage.id) }
    }

    private func add(
        _ stages: [StagePlan], prefix: String, _ lines: inout [String], _ shown: inout Set<Int>
    ) {
        for (index, stage) in stages.enumerated() {
            let isLast = index == stages.count - 1
            // A stage with several inputs is shown below each, what reads it below the first.
            let others = stage.inputs.count > 1 && !shown.insert(stage.id).inserted
            lines.append(
                "\(prefix)\(isLast ? "└─ " : "├─ ")\(stage.name)  [\(stage.node.label)]"
                    + (others ? "  (above)" : ""))
            if others { continue }
            add(readers(stage), prefix: prefix + (isLast ? "   " : "│  "), &lines, &shown)
        }
    }

    /// The language of Graphviz.
    package var dot: String {
        var lines = ["digraph pipeline {", "  rankdir=LR;", "  node [shape=box];"]
        for stage in plan.stages {
            lines.append(
                "  s\(stage.id) [label=\(jsonQuoted("\(stage.name)\n\(stage.node.label)"))];")
        }
        for stage in plan.stages {
            lines += stage.inputs.map { "  s\($0) -> s\(stage.id);" }
        }
        for (index, view) in plan.views.enumerated() {
            let name = "s\(number(of: index))"
            lines.append("  \(name) [style=dashed, label=\(jsonQuoted("\(view.name)\nview"))];")
            lines += inputs(view).map { "  s\($0) -> \(name);" }
        }
        return lines.joined(separator: "\n") + "\n}\n"
    }

    /// An array of `{id, name, kind, inputs, changes, key, time, columns}`.
    package var json: String {
        let items = plan.stages.map { stage -> String in
            let relation = stage.relation
            let columns = relation.columns.map {
                "{\"name\":\(jsonQuoted($0.name)),\"type\":\(jsonQuoted("\($0.type)"))}"
            }
            let key = relation.key.map { key in
                "[" + key.map { jsonQuoted(relation.columns[$0].name) }.joined(separator: ",") + "]"
            }
            let time = relation.rowtime.map { jsonQuoted(relation.columns[$0].name) }
            return """
                {"id":\(stage.id),"name":\(jsonQuoted(stage.name)),\
                "kind":\(jsonQuoted(stage.node.label)),"inputs":[\(stage.inputs.map(String.init).joined(separator: ","))],\
                "changes":\(jsonQuoted(relation.mode.rawValue)),"key":\(key ?? "null"),\
                "time":\(time ?? "null"),"columns":[\(columns.joined(separator: ","))]}
                """
        }
        let views = plan.views.enumerated().map { index, view -> String in
            let columns = view.columns.map {
                "{\"name\":\(jsonQuoted($0.name)),\"type\":\(jsonQuoted("\($0.type)"))}"
            }
            let inputs = inputs(view).map(String.init).joined(separator: ",")
            return """
                {"id":\(number(of: index)),"name":\(jsonQuoted(view.name)),"kind":"view",\
                "inputs":[\(inputs)],"columns":[\(columns.joined(separator: ","))]}
                """
        }
        return "[" + (items + views).joined(separator: ",\n ") + "]\n"
    }
}
