// The session time zone (Flink: table.local-time-zone).

import Foundation
import WeirColumnar

/// Moments and what the clocks of a zone show then.
package struct SessionZone: Sendable, Equatable {
    package let name: String
    private let zone: TimeZone

    /// A zone of the tz database, or a distance such as `GMT+08:00`; nil for other names.
    package init?(_ name: String) {
        guard let zone = Self.fixed(name) ?? TimeZone(identifier: name) else { return nil }
        self.name = name
        self.zone = zone
    }

    /// Whether its clocks always show UTC.
    package var isUTC: Bool {
        Self.fixed(name)?.secondsFromGMT() == 0 || Self.namesOfUTC.contains(name.lowercased())
    }

    private static let namesOfUTC: Set<String> = [
        "utc", "gmt", "uct", "universal", "zulu", "greenwich", "gmt0", "gmt+0", "gmt-0", "etc/utc",
        "etc/gmt", "etc/uct", "etc/universal", "etc/zulu", "etc/greenwich", "etc/gmt0",
        "etc/gmt+0", "etc/gmt-0",
    ]

    /// Names for suggestions.
    package static var knownNames: [String] { TimeZone.knownTimeZoneIdentifiers }

    private static func fixed(_ name: String) -> TimeZone? {
        if name.lowercased() == "z" { return TimeZone(secondsFromGMT: 0) }
        guard let match = name.wholeMatch(of: /(?:GMT|UTC)?([+-])(\d{1,2})(?::(\d\d))?/),
            let hours = Int(match.2), hours <= 18
        else { return nil }
        let seconds = hours * 3600 + (match.3.flatMap { Int($0) } ?? 0) * 60
        return TimeZone(secondsFromGMT: match.1 == "-" ? -seconds : seconds)
    }

    /// What the clocks show at a moment; both in µs.
    package func local(_ micros: Int64) -> Int64 {
        micros &+ offset(at: floorDivide(micros, 1_000_000)) &* 1_000_000
    }

    /// The moment at which the clocks show a time. Of two the earlier counts, or the later as in
    /// Java's older classes; a time that is skipped is taken with the distance before the jump.
    package func instant(_ micros: Int64, isLater: Bool = false) -> Int64 {
        let local = floorDivide(micros, 1_000_000)
        let before = offset(at: local &- 86_400)
        let after = offset(at: local &+ 86_400)
        let found =
            (isLater ? [after, before] : [before, after]).first { offset(at: local &- $0) == $0 }
            ?? before
        return micros &- found &* 1_000_000
    }

    /// The moment at which a timer set to a time of the clocks rings: of two the later, and of a
    /// time that is skipped the jump (Flink: TimeWindowUtil.toEpochMillsForTimer).
    package func timer(_ micros: Int64) -> Int64 {
        let hour: Int64 = 3_600_000_000
        let first = instant(micros)
        let second = instant(micros &+ hour)
        if second &- first > hour { return first &+ hour }
        if second == first { return floorDivide(first, hour) &* hour }
        return first
    }

    /// The last time of the clocks whose timer has rung at a moment.
    package func lastRung(at moment: Int64) -> Int64 {
        let shown = local(moment)
        if timer(shown) <= moment { return shown }
        // The hour is shown for the first time of two.
        var low = shown &- 7_200_000_000
        var high = shown
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if timer(middle) <= moment { low = middle } else { high = middle }
        }
        return low
    }

    /// The distance of the clocks from UTC (µs) if it is the same from a day before to a day after
    /// the UTC day that begins at a moment; else nil.
    package func steadyShift(dayFrom micros: Int64) -> Int64? {
        let start = floorDivide(micros, 1_000_000)
        let shifts = Set((-4...8).map { offset(at: start &+ $0 * 21_600) })
        return shifts.count == 1 ? shifts.first.map { $0 * 1_000_000 } : nil
    }

    /// The distance from UTC in seconds.
    private func offset(at seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
}

/// What the binder puts where a value passes between TIMESTAMP_LTZ and the clock of the session.
enum ZoneFunctions {
    static let all: [ScalarFunction] = [local, instant, laterInstant]

    /// WEIR_LOCAL(instant, zone)
    static let local = ScalarFunction(
        "WEIR_LOCAL", family: .time, usage: "", documentation: "", examples: [],
        resolve: { types in
            guard types.count == 2, types[1].kind.isString,
                case .timestampLTZ(let precision) = types[0].kind
            else { return nil }
            return Resolution(
                [types[0].kind, .varchar(.max)],
                DataType(.timestamp(precision), nullable: types[0].isNullable))
        }
    ) { call in convert(call) { $0.local($1) } }

    /// WEIR_INSTANT(local time, zone)
    static let instant = instants("WEIR_INSTANT", isLater: false)

    /// WEIR_LATER_INSTANT(local time, zone)
    static let laterInstant = instants("WEIR_LATER_INSTANT", isLater: true)

    private static func instants(_ name: String, isLater: Bool) -> ScalarFunction {
        ScalarFunction(
            name, family: .time, usage: "", documentation: "", examples: [],
            resolve: { types in
                guard types.count == 2, types[1].kind.isString,
                    case .timestamp(let precision) = types[0].kind
                else { return nil }
                return Resolution(
                    [types[0].kind, .varchar(.max)],
                    DataType(.timestampLTZ(precision), nullable: types[0].isNullable))
            }
        ) { call in convert(call) { $0.instant($1, isLater: isLater) } }
    }

    private static func convert(
        _ call: FunctionCall, _ body: (SessionZone, Int64) -> Int64
    ) -> Column {
        guard let zone = SessionZone(call.constantText(1)) else {
            return .nulls(.int64, count: call.count)
        }
        return call.mapToInt64 { row in body(zone, call.integer(0, row)) }
    }
}
