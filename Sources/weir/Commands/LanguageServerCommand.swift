// `weir lsp`: a language server on standard input and output.

import ArgumentParser
import Foundation
import WeirLanguage

struct LanguageServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsp",
        abstract: "Answer an editor: the Language Server Protocol on stdin and stdout.",
        discussion: """
            Diagnostics while you type, completion, hover, go to definition, formatting and quick
            fixes for .sqrl and .sql files; docs/editors.md shows how editors start it.
            """)

    func run() throws {
        var server = LanguageServer(
            transport: Transport(input: .standardInput, output: .standardOutput))
        if !server.run() { throw ExitCode(1) }
    }
}
