// What is set once for the process, before anything runs.

import CWeirInput

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
        raiseOpenFiles()
    }

    /// Many systems let a program have 1024 files and sockets unless it asks for more, as many as the
    /// API has connections by default; what it may have at most is the administrator's choice.
    private static func raiseOpenFiles() {
        #if canImport(Darwin)
            let files = RLIMIT_NOFILE
        #else
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0, limit.rlim_cur < mostFiles else { return }
        limit.rlim_cur = min(limit.rlim_max, mostFiles)
        setrlimit(files, &limit)
    }

    private static let mostFiles: rlim_t = 65_536
}
