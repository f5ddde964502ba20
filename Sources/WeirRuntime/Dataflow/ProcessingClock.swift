// The clock by which rows come.

/// Processing time; tests put another clock in its place.
package struct ProcessingClock: Sendable {
    /// The time of day, µs since 1970 in UTC.
    package let now: @Sendable () -> Int64

    package init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// The clock of the machine.
    package static let system = ProcessingClock {
        Int64(MonotonicClock.wallSeconds() * 1000) * 1000
    }
}
