// `weir check`: diagnostics only.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirSQL

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compile a script and print what is wrong with it.",
        discussion: "Exit code 0 when it compiles (warnings allowed), 2 when it does not.")

    @Argument(help: "A .sqrl or .sql script, or a folder with one.")
    var project: String

    @Flag(help: "Print a JSON array on standard output.")
    var json = false

    func run() throws {
        let source: SourceText
        do {
            source = try Project(path: project).source()
        } catch {
            throw Failure.usage("\(error)")
        }
        let compilation = Engine.compile(source)
        let renderer = DiagnosticRenderer(source: source, coloured: Console.talkIsColoured)
        if json {
            Console.output(DiagnosticJSON.text(compilation.diagnostics, compilation.source))
        } else if compilation.diagnostics.isEmpty {
            let count = compilation.plan?.tables.count ?? 0
            Console.talk("\(source.name): ok, \(count) table\(count == 1 ? "" : "s")\n")
        } else {
            Console.talk(renderer.render(compilation.diagnostics))
        }
        if compilation.plan == nil { throw ExitCode(2) }
    }
}
