// Times from one zone to another.

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
        var zones: [String: SessionZone] = [:]
        return call.mapToBytes { row, output in
            guard
                let micros = TimeText.parseTimestamp(
                    Array(call.bytes(0, row)), allowsZone: false),
                let from = zone(call, 1, row, &zones), let to = zone(call, 2, row, &zones)
            else { return false }
            let local = floorDivide(micros, 1_000_000) * 1_000_000
            let shown = to.local(from.instant(local, isLater: true))
            output.append(text: ValueText.string(.int64(shown), kind: .timestamp(0)))
            return true
        }
    }

    /// A zone by its name; one that is not known counts as UTC, as in Java.
    private static func zone(
        _ call: FunctionCall, _ index: Int, _ row: Int, _ known: inout [String: SessionZone]
    ) -> SessionZone? {
        let name = String(decoding: call.bytes(index, row), as: UTF8.self)
        if let zone = known[name] { return zone }
        let zone = SessionZone(name) ?? SessionZone("UTC")
        known[name] = zone
        return zone
    }
}
