// `weir fmt`: scripts in one layout.

import ArgumentParser
import Foundation
import WeirSQL

struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Lay out scripts: one clause a line where a line is too long.",
        discussion: """
            Reserved words become capitals; names, comments and template tags stay as they are. A
            script that cannot be parsed is left alone, and its mistakes are printed (exit code 2).
            """)

    @Argument(help: "Scripts, or folders with them; - reads standard input and prints the result.")
    var paths: [String]

    @Flag(help: "Change nothing; exit with 1 when a script is not laid out.")
    var check = false

    func run() throws {
        if paths == ["-"] { return try formatInput() }
        var hasFailed = false
        var changed: [String] = []
        for path in try files() {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Failure.usage("cannot read \(path)")
            }
            guard let text = formatted(SourceText(name: path, bytes: Self.withoutMark(data))) else {
                hasFailed = true
                continue
            }
            if Data(text.utf8) == data { continue }
            changed.append(path)
            if check { continue }
            do {
                // In place, so that links and permissions stay.
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            } catch {
                throw Failure.work("cannot write \(path): \(error.localizedDescription)")
            }
        }
        for path in changed {
            Console.talk("\(path): \(check ? "is not laid out" : "laid out")\n")
        }
        if hasFailed { throw ExitCode(2) }
        if check, !changed.isEmpty { throw ExitCode(1) }
    }

    /// A byte order mark is no part of a script.
    private static func withoutMark(_ data: Data) -> [UInt8] {
        data.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(data.dropFirst(3)) : Array(data)
    }

    private func formatInput() throws {
        let data = FileHandle.standardInput.readDataToEndOfFile()
        let source = SourceText(name: "standard input", bytes: Array(data))
        guard let text = formatted(source) else { throw ExitCode(2) }
        if check, Data(text.utf8) != data { throw ExitCode(1) }
        if !check { Console.output(text) }
    }

    /// The layout; nil after printing what is wrong.
    private func formatted(_ source: SourceText) -> String? {
        let (text, diagnostics) = Formatter.format(source)
        if let text { return text }
        let renderer = DiagnosticRenderer(
            sources: SourceMap(source), coloured: Console.talkIsColoured)
        Console.talk(renderer.render(diagnostics))
        return nil
    }

    /// The files named, and the scripts of the folders named.
    private func files() throws -> [String] {
        var result: [String] = []
        for path in paths {
            guard Files.exists(path) else { throw Failure.usage("there is no file \(path)") }
            guard Files.isFolder(path) else {
                result.append(path)
                continue
            }
            let all = FileManager.default.enumerator(atPath: path)?.allObjects ?? []
            let names = all.compactMap { $0 as? String }.filter { name in
                (name.hasSuffix(".sqrl") || name.hasSuffix(".sql"))
                    && !name.split(separator: "/").contains { $0.hasPrefix(".") }
            }
            result += names.sorted().map { (path.hasSuffix("/") ? path : path + "/") + $0 }
        }
        return result
    }
}
