// How commands end when they cannot do their work.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirSQL

enum Failure {
    /// The work failed: message on standard error, exit code 1.
    static func work(_ message: String) -> ExitCode {
        Console.talk("weir: \(message)\n")
        return ExitCode(1)
    }

    /// Bad usage, or a script that does not compile: exit code 2.
    static func usage(_ message: String) -> ExitCode {
        Console.talk("weir: \(message)\n")
        return ExitCode(2)
    }

    static let interrupted = ExitCode(130)
}

/// A script that compiled.
struct Compiled {
    let project: Project
    let compilation: Compilation
    let plan: StreamPlan

    /// Finds, reads and compiles; prints diagnostics to standard error.
    ///
    /// - Throws: `ExitCode` 2 when the script is missing or has errors.
    init(_ arguments: ProjectArguments) throws { try self.init { try arguments.load() } }

    init(load: () throws -> Project) throws {
        do {
            project = try load()
            compilation = Engine.compile(project)
        } catch let error as ProjectError {
            throw Failure.usage(error.description)
        }
        if !compilation.diagnostics.isEmpty {
            let renderer = DiagnosticRenderer(
                sources: compilation.sources, coloured: Console.talkIsColoured)
            Console.talk(renderer.render(compilation.diagnostics))
        }
        guard let plan = compilation.plan else { throw ExitCode(2) }
        self.plan = plan
    }
}
