// How commands end when they cannot do their work.

import ArgumentParser

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
