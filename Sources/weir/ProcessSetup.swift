// What is set once for the process, before anything runs.

import CWeirInput
import WeirServer

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum ProcessSetup {
    static func run() {
        // A closed pipe is an error of write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // Stores, logs and sinks are for their owner only.
        umask(0o077)
        weir_keep_memory()
        OpenFiles.allow()
    }
}
