// The header `Date`, written once a second.

import Synchronization
import WeirRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

final class ResponseDates: Sendable {
    private let known = Mutex<(until: UInt64, text: String)>((0, ""))
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The time, at most a second old.
    var now: String {
        let at = MonotonicClock.now()
        return known.withLock { known in
            if at >= known.until { known = (at + 1_000_000_000, Self.text(of: time(nil))) }
            return known.text
        }
    }

    /// As HTTP writes it (RFC 9110, 5.6.7 IMF-fixdate), whatever the locale is.
    ///
    /// - Parameter seconds: since 1970.
    static func text(of seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(1900 + parts.tm_year)"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(days[Int(parts.tm_wday)]), \(date) \(clock) GMT"
    }
}
