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

    @Option(help: "The store that is meant; by default PROJECT/.weir/NAME.db.")
    var store: String?

    @Option(help: "text, dot or json.")
    var format = Format.text

    func run() throws {
        let graph = PlanGraph(plan: try Compiled(arguments, store: store).plan)
        switch format {
        case .text: Console.output(graph.text)
        case .dot: Console.output(graph.dot)
        case .json: Console.output(graph.json)
        }
    }
}
