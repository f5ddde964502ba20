// `weir explain`: what the plan is and why.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirSQL

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show the stages of a pipeline.",
        discussion:
            "For each stage: what it does, what it reads, whether its rows change, key, event time"
            + " and columns. Every definition runs as a stream and is kept up to date.")

    @Argument(help: "A .sqrl or .sql script, or a folder with one.")
    var project: String

    @Argument(help: "Only the stages that lead to this table.")
    var table: String?

    func run() throws {
        let compiled = try Compiled(path: project)
        let explainer = PlanExplainer(plan: compiled.plan, source: compiled.compilation.source)
        guard let text = explainer.text(table: table) else {
            let name = table ?? ""
            let hint = nearestName(to: name, among: explainer.tableNames)
            throw Failure.usage(
                "there is no table '\(name)'" + (hint.map { "; did you mean \($0)?" } ?? ""))
        }
        Console.output(text)
    }
}
