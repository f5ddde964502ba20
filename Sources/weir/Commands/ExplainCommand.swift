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
            + " and columns. A definition runs as a stream and is kept up to date, or it is computed by"
            + " the store when it is read; why it is where it is stands there too.")

    @OptionGroup var arguments: ProjectArguments

    @Option(help: "The store that is meant; by default PROJECT/.weir/NAME.db.")
    var store: String?

    @Argument(help: "Only the stages that lead to this table.")
    var table: String?

    @Flag(help: "The plan of each definition as relational algebra, after the optimiser's rules.")
    var logical = false

    @Flag(help: "Everything as a JSON array: stage and why, key, time, inputs, plan, SQL, indexes.")
    var json = false

    func run() throws {
        let compiled = try Compiled(arguments, store: store)
        if logical {
            Console.output(try logicalText(compiled.compilation.definitions))
            return
        }
        if json {
            let compilation = compiled.compilation
            Console.output(
                PlanJSON(
                    plan: compiled.plan, definitions: compilation.definitions,
                    sources: compilation.sources
                ).text)
            return
        }
        let explainer = PlanExplainer(
            plan: compiled.plan, sources: compiled.compilation.sources,
            definitions: compiled.compilation.definitions)
        guard let text = explainer.text(table: table) else {
            let name = table ?? ""
            let hint = nearestName(to: name, among: explainer.tableNames)
            throw Failure.usage(
                "there is no table '\(name)'" + (hint.map { "; did you mean \($0)?" } ?? ""))
        }
        Console.output(text)
    }

    private func logicalText(_ definitions: [CompiledDefinition]) throws -> String {
        let shown = definitions.filter {
            table == nil || $0.name.lowercased() == table?.lowercased()
        }
        if shown.isEmpty, let table {
            let hint = nearestName(to: table, among: definitions.map(\.name))
            throw Failure.usage(
                "there is no table '\(table)'" + (hint.map { "; did you mean \($0)?" } ?? ""))
        }
        return shown.map { "=== \($0.name)\n\(LogicalExplainer.text($0.optimised))" }
            .joined(separator: "\n")
    }
}
