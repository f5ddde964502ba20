// Running programs in tests.

package import Foundation

/// What a program printed and how it ended.
package struct ProgramResult: Sendable {
    package let output: String
    package let errors: String
    package let status: Int32
}

/// A program that is running or has ended.
///
/// Thread-confined. Foundation's `Process` would wait for all descendants, also for servers that
/// go on by themselves; this waits for the child alone.
package final class ChildProcess {
    package let processIdentifier: pid_t
    private var ended: Int32?

    fileprivate init(_ pid: pid_t) { processIdentifier = pid }

    private func reap(_ flags: Int32) {
        guard ended == nil else { return }
        var status: Int32 = 0
        guard waitpid(processIdentifier, &status, flags) == processIdentifier else { return }
        // The exit code, or 128 and the number of the signal.
        ended = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
    }

    package var isRunning: Bool {
        reap(WNOHANG)
        return ended == nil
    }

    package func waitUntilExit() { reap(0) }

    package var terminationStatus: Int32 { ended ?? -1 }

    package func signal(_ number: Int32) { if isRunning { kill(processIdentifier, number) } }
}

package enum Program {
    /// The `weir` that was built with the tests.
    package static let weir: String = {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let candidates = [
            folder.appendingPathComponent("weir").path, Repository.path(".build/debug/weir"),
        ]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? candidates[1]
    }()

    package struct StartError: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts a program with its output going to files.
    package static func start(
        _ path: String, _ arguments: [String], folder: String,
        environment: [String: String] = [:], output: URL, errors: URL
    ) throws -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors.path, flags, 0o600)
        // Threads of the test runner have blocked signals: a tmux that inherits this cannot end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // env changes the folder and becomes the program: the process stays the same.
        let argv = (["env", "-C", folder, path] + arguments).map { strdup($0) } + [nil]
        let envp = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, argv, envp)
        guard code == 0 else {
            throw StartError(
                description: "cannot start \(path): \(String(cString: strerror(code)))")
        }
        return ChildProcess(pid)
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
        let gate = DispatchSemaphore(value: 0)
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if try condition() { return true }
            _ = gate.wait(timeout: .now() + 0.005)
        }
        return try condition()
    }
}
