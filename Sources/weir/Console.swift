// Data on standard output, talk on standard error.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum Console {
    /// Data: what a program may read.
    static func output(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Talk: progress, warnings, errors.
    static func talk(_ text: String) { write(text, to: STDERR_FILENO) }

    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static var talkIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    static var terminalName: String { getenv("TERM").map { String(cString: $0) } ?? "" }

    /// Whether the user lets us use colours (https://no-color.org).
    static var wantsColor: Bool { !(getenv("NO_COLOR").map { $0.pointee != 0 } ?? false) }

    /// Whether talk may use colours.
    static var talkIsColoured: Bool {
        talkIsTerminal && wantsColor && !["", "dumb"].contains(terminalName)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                return
            }
            start += written
        }
    }
}

/// Ends the process at once.
func endProcess(_ status: Int32) -> Never { exit(status) }
