// The program: its name, its version and its commands.

import ArgumentParser
import WeirEngine

/// `weir`
@main
struct Weir: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Run data pipelines written in SQL, and watch them.",
        discussion: """
            A script is compiled, run inside this process as a stream, and stored in SQLite.

            Exit codes: 0 done, 1 the work failed, 2 bad usage or the script does not compile,
            130 interrupted.
            """,
        version: version,
        subcommands: [
            OpenCommand.self, RunCommand.self, TestCommand.self, CheckCommand.self,
            ExplainCommand.self, AdviseCommand.self,
            GraphCommand.self, FormatCommand.self, LanguageServerCommand.self,
            QueryCommand.self, RejectsCommand.self, KeysCommand.self, BenchCommand.self,
        ],
        defaultSubcommand: OpenCommand.self)

    static let version = Product.version

    static func main() {
        ProcessSetup.run()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            endProcess(code.rawValue)
        } catch {
            let code = exitCode(for: error)
            // Help and version are no errors; everything else here is bad usage.
            let status: Int32 = code == .success ? 0 : 2
            let text = fullMessage(for: error)
            if status == 0 { Console.output(text + "\n") } else { Console.talk(text + "\n") }
            endProcess(status)
        }
    }
}
