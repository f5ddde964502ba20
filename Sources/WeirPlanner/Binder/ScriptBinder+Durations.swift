// SET of times: how long state is kept, and when a source counts as idle.

import WeirSQL

/// Settings whose value is a time, by Flink's names (Flink: dev/table/config).
package enum DurationSetting: String, CaseIterable, Sendable {
    /// How long state is kept that is not written; 0 is for ever.
    case stateTTL = "table.exec.state.ttl"
    /// How long a source gives no rows until time goes on without it; 0 is for ever.
    case idleTimeout = "table.exec.source.idle-timeout"

    /// Microseconds of Flink's units (Flink: TimeUtils), by their names.
    private static let units: [(names: Set<String>, micros: Int64)] = [
        (["ms", "milli", "millis", "millisecond", "milliseconds", ""], 1000),
        (["s", "sec", "secs", "second", "seconds"], 1_000_000),
        (["m", "min", "minute", "minutes"], 60_000_000),
        (["h", "hour", "hours"], 3_600_000_000),
        (["d", "day", "days"], 86_400_000_000),
    ]

    /// The µs of a duration such as `1 h`, `30min` or `500` (milliseconds); nil for other texts.
    static func micros(_ text: String) -> Int64? {
        let digits = text.drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber }
        let unit = text.drop { $0 == " " }.dropFirst(digits.count).filter { $0 != " " }.lowercased()
        guard let number = Int64(digits),
            let found = units.first(where: { $0.names.contains(unit) })
        else { return nil }
        let product = number.multipliedReportingOverflow(by: found.micros)
        return product.overflow ? nil : product.partialValue
    }
}

extension ScriptBinder {
    mutating func bind(_ setting: DurationSetting, _ text: String, at place: Span) {
        guard let micros = DurationSetting.micros(text) else {
            diagnostics.append(
                .error(
                    "bad-duration", "'\(text)' is no duration", at: place,
                    hint: "write a number and a unit: ms, s, min, h or d, as in '36 h'"))
            return
        }
        durations[setting] = micros == 0 ? nil : micros
    }

    /// Says which stages keep their state although it has a time to live.
    func stagesWithoutTTL(_ stages: [StagePlan]) -> [Diagnostic] {
        guard durations[.stateTTL] != nil else { return [] }
        return stages.compactMap { stage in
            guard let what = Self.keeps(stage.node) else { return nil }
            return .warning(
                "state-kept", "\(what) keeps its state for ever", at: stage.span.clipped,
                note: "\(DurationSetting.stateTTL.rawValue) has no effect on it")
        }
    }

    /// What a stage is called that keeps rows for as long as the run goes on; nil for the others.
    private static func keeps(_ node: StreamNode) -> String? {
        switch node {
        case .number: "a table of equal rows"
        case .match(let plan) where plan.within == nil: "MATCH_RECOGNIZE without WITHIN"
        case .source, .check, .calc, .aggregate, .windowAggregate, .union, .join, .timedJoin,
            .temporalJoin, .rank, .over, .setOperation, .match, .changelog, .unnest, .expand,
            .windowAssign, .zoneShift, .stamp, .values, .store, .sink:
            nil
        }
    }
}
