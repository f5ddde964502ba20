// `weir` as a server in a process of its own.

import Foundation

/// A server that has said where it listens. Whoever starts it ends it.
package struct ServedProgram {
    package let process: ChildProcess
    package let port: Int
    private let errors: String

    /// - Throws: what it said when it did not listen.
    package init(_ folder: TemporaryFolder, _ arguments: [String]) throws {
        let path = folder.path + "/err.txt"
        errors = path
        try? FileManager.default.removeItem(atPath: path)
        let process = try Program.start(
            Program.weir, arguments, folder: folder.path,
            output: URL(fileURLWithPath: folder.path + "/out.txt"),
            errors: URL(fileURLWithPath: path))
        self.process = process
        func said() -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
        var found: Int?
        _ = Program.wait(seconds: 60) {
            let line = said().split(separator: "\n").first { $0.contains("serving http://") }
            let address = line?.split(separator: ":").dropFirst(2).first
            found = address.flatMap { Int($0.prefix { $0.isNumber }) }
            return found != nil || !process.isRunning
        }
        guard let found else {
            process.signal(SIGKILL)
            throw Program.StartError(description: said())
        }
        port = found
    }

    /// What it has said so far.
    package func text() throws -> String { try String(contentsOfFile: errors, encoding: .utf8) }

    /// Lets it come to its end.
    package func stop() {
        process.signal(SIGTERM)
        process.waitUntilExit()
    }
}
