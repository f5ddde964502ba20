// Programs that a benchmark starts, with the time and the memory they took.

import Foundation

/// A program that has ended.
struct ChildProcess {
    let seconds: Double
    let peakBytes: Int
    let status: Int32

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - output: a file for its standard output; nil throws it away.
    ///   - errors: a file for its standard error.
    /// - Returns: nil when it cannot be started.
    static func run(
        _ arguments: [String], output: String? = nil, errors: String
    ) -> ChildProcess? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", flags, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o644)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let start = DispatchTime.now()
        var process: pid_t = 0
        guard posix_spawnp(&process, arguments[0], &actions, nil, &pointers, environ) == 0 else {
            return nil
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
        let nanos = DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds
        return ChildProcess(
            seconds: Double(nanos) / 1e9, peakBytes: Int(usage.ru_maxrss) * 1024, status: status)
    }
}
