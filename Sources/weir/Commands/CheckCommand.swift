// `weir check`: diagnostics only.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirSQL
import WeirServer

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compile a script and print what is wrong with it.",
        discussion: "Exit code 0 when it compiles (warnings allowed), 2 when it does not.")

    @OptionGroup var arguments: ProjectArguments

    @Flag(help: "Print a JSON array on standard output.")
    var json = false

    func run() throws {
        let project: Project
        do {
            project = try arguments.load()
        } catch {
            if json { Console.output(DiagnosticJSON.project("\(error)", arguments.project)) }
            throw Failure.usage("\(error)")
        }
        let compilation = Engine.compile(project)
        let renderer = DiagnosticRenderer(
            sources: compilation.sources, coloured: Console.talkIsColoured)
        if json {
            Console.output(DiagnosticJSON.text(compilation.diagnostics, compilation.sources))
        } else if !compilation.diagnostics.isEmpty {
            Console.talk(renderer.render(compilation.diagnostics))
        }
        guard let plan = compilation.plan else { throw ExitCode(2) }
        do {
            _ = try ServedAPI.versions(of: plan, project)
        } catch {
            throw Failure.usage("\(error)")
        }
        if !json, compilation.diagnostics.isEmpty {
            let count = plan.tables.count
            Console.talk("\(project.scriptPath): ok, \(count) table\(count == 1 ? "" : "s")\n")
        }
    }
}
