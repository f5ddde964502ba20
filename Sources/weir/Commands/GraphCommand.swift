// `weir graph`: the stages and what flows between them.

import ArgumentParser
import WeirEngine
import WeirPlanner

struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Show the graph of a pipeline.",
        discussion:
            "As a tree of text, as DOT for Graphviz (weir graph --format dot P | dot -Tsvg), or as"
            + " JSON with the columns, key and event time of each stage.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case dot
        case json
    }

    @OptionGroup var arguments: ProjectArguments

    @Option(help: "text, dot or json.")
    var format = Format.text

    func run() throws {
        let graph = PlanGraph(plan: try Compiled(arguments).plan)
        switch format {
        case .text: Console.output(graph.text)
        case .dot: Console.output(graph.dot)
        case .json: Console.output(graph.json)
        }
    }
}
