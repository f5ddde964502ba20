// The time that NOW() and its like give.

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The clock of SQL functions: that of the machine, unless a test has stopped it.
package enum FunctionClock {
    /// µs since 1970 in UTC; `Int64.min` while the machine's clock counts.
    private static let stopped = Atomic(Int64.min)

    /// µs since 1970 in UTC, whole milliseconds.
    package static func now() -> Int64 {
        let fixed = stopped.load(ordering: .relaxed)
        if fixed != .min { return fixed }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000_000 * 1000
    }

    /// Lets all functions of the process see one time (µs since 1970 in UTC) from now on.
    package static func stop(at micros: Int64) { stopped.store(micros, ordering: .relaxed) }
}
