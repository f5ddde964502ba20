// Times from one zone to another.

import Foundation
import WeirColumnar

extension TimeFunctions {
    static let convertZone = ScalarFunction(
        "CONVERT_TZ", family: .time, usage: "CONVERT_TZ(text, from, to)",
        documentation:
            "A time `yyyy-MM-dd HH:mm:ss` of one zone as the time of another at the same moment;"
            + " NULL when it is no time.",
        examples: [
            FunctionExample(
                "CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles')",
                "1969-12-31 16:00:00")
        ],
        resolve: Typing.strings(3...3, to: .varchar(.max)), refine: { _, _ in .string }
    ) { call in
        var zones: [String: TimeZone] = [:]
        return call.mapToBytes { row, output in
            guard
                let micros = TimeText.parseTimestamp(
                    Array(call.bytes(0, row)), allowsZone: false),
                let from = zone(call, 1, row, &zones), let to = zone(call, 2, row, &zones)
            else { return false }
            let local = floorDivide(micros, 1_000_000)
            let moment = local - offset(of: from, atLocal: local)
            let shown = moment + Int64(to.secondsFromGMT(for: date(moment)))
            output.append(
                text: ValueText.string(.int64(shown * 1_000_000), kind: .timestamp(0)))
            return true
        }
    }

    /// A zone by its name; one that is not known counts as UTC, as in Java.
    private static func zone(
        _ call: FunctionCall, _ index: Int, _ row: Int, _ known: inout [String: TimeZone]
    ) -> TimeZone? {
        let name = String(decoding: call.bytes(index, row), as: UTF8.self)
        if let zone = known[name] { return zone }
        let zone = TimeZone(identifier: name) ?? TimeZone(secondsFromGMT: 0)
        known[name] = zone
        return zone
    }

    private static func date(_ seconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(seconds))
    }

    /// The zone's distance from UTC (seconds) where its clocks show a time. Of two such moments
    /// the earlier counts; a time that is skipped is taken with the distance before the jump.
    private static func offset(of zone: TimeZone, atLocal local: Int64) -> Int64 {
        let before = Int64(zone.secondsFromGMT(for: date(local - 86_400)))
        let after = Int64(zone.secondsFromGMT(for: date(local + 86_400)))
        for offset in [before, after]
        where Int64(zone.secondsFromGMT(for: date(local - offset))) == offset {
            return offset
        }
        return before
    }
}
