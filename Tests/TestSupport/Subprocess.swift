// Running programs in tests.

package import Foundation

/// What a program printed and how it ended.
package struct ProgramResult: Sendable {
    package let output: String
    package let errors: String
    package let status: Int32
}

package enum Program {
    /// The `weir` that was built with the tests.
    package static let weir: String = {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        var candidates = [folder.appendingPathComponent("weir").path]
        candidates.append(Repository.path(".build/debug/weir"))
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? candidates[1]
    }()

    /// Starts a program with its output going to files.
    package static func start(
        _ path: String, _ arguments: [String], folder: String,
        environment: [String: String] = [:], output: URL, errors: URL
    ) throws -> Process {
        for file in [output, errors] {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        return process
    }

    /// Runs a program to its end.
    package static func run(
        _ path: String, _ arguments: [String], folder: String,
        environment: [String: String] = [:]
    ) throws -> ProgramResult {
        let scratch = try TemporaryFolder()
        let output = URL(fileURLWithPath: scratch.path + "/out")
        let errors = URL(fileURLWithPath: scratch.path + "/err")
        let process = try start(
            path, arguments, folder: folder, environment: environment, output: output,
            errors: errors)
        process.waitUntilExit()
        return ProgramResult(
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
            status: process.terminationStatus)
    }

    /// Waits until a condition holds; false when it does not within some seconds.
    package static func wait(seconds: Double, until condition: () throws -> Bool) rethrows -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if try condition() { return true }
            RunLoop.current.run(until: Date(timeIntervalSinceNow: 0.02))
        }
        return try condition()
    }
}
