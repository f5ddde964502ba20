// How many files and sockets the process may have.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

package enum OpenFiles {
    /// Asks for so many, if there are fewer. Many systems let a program have 1024 unless it asks for more,
    /// as many as the API has connections by default; what it may have at most is the administrator's
    /// choice (getrlimit(2)).
    package static func allow(_ count: UInt = 65_536) {
        #if canImport(Darwin)
            let files = RLIMIT_NOFILE
        #else
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0, limit.rlim_cur < rlim_t(count) else { return }
        limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
        setrlimit(files, &limit)
    }
}
