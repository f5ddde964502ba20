// Operators against the simplest program that computes the same: loops over all rows.
//
// Joins, groups, sets and subqueries without time are compared with SQLite in RandomPlanTests.

import Foundation
import TestSupport
import Testing
import WeirRuntime

/// A row of the sources: times in seconds of a day.
private struct Event {
    let id: Int
    let key: String
    let value: Int?
    let time: Int
    /// The watermark that held before the row; nil before the first one.
    var watermark: Int?

    /// Whether a window with this end was closed when the row came.
    func isLate(windowEnd: Int) -> Bool {
        // Watermarks close windows one millisecond before their end.
        watermark.map { windowEnd * 1000 - 1 <= $0 * 1000 } ?? false
    }
}

private struct Span: Hashable {
    let start: Int
    let end: Int
}

/// What rows of a group add up to: COUNT(*), SUM, MIN, MAX and COUNT(DISTINCT) of the value.
private func summary(_ rows: [Event]) -> String {
    let values = rows.compactMap(\.value)
    let parts = [values.isEmpty ? nil : values.reduce(0, +), values.min(), values.max()]
    return "\(rows.count)|" + parts.map { $0.map(String.init) ?? "NULL" }.joined(separator: "|")
        + "|\(Set(values).count)"
}

private let summaryColumns = "COUNT(*), SUM(v), MIN(v), MAX(v), COUNT(DISTINCT v)"

private func clock(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "2026-01-01 \(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).000"
}

@Suite struct ReferenceTests {
    /// How far watermarks are behind.
    private static let delay = 5

    // MARK: Input

    private static func events(_ random: inout SeededRandom, disorder: Int) -> [Event] {
        var events: [Event] = []
        var latest: Int?
        for id in 0..<120 {
            let time = max(0, 3660 + id * 3 + random.below(3) - random.below(disorder + 1))
            let value = random.below(8) == 0 ? nil : random.below(20)
            events.append(
                Event(
                    id: id, key: random.pick(["x", "y", "z"]), value: value, time: time,
                    watermark: latest.map { $0 - delay }))
            latest = max(latest ?? time, time)
        }
        return events
    }

    private static func csv(_ events: [Event]) -> String {
        events.map { event in
            "\(event.id),\(event.key),\(event.value.map(String.init) ?? ""),\(clock(event.time))\n"
        }.joined()
    }

    private static func table(_ name: String) -> String {
        """
        CREATE TABLE \(name) (id INT NOT NULL, k STRING NOT NULL, v INT, ts TIMESTAMP(3) NOT NULL,
          WATERMARK FOR ts AS ts - INTERVAL '\(delay)' SECOND)
          WITH ('connector' = 'filesystem', 'path' = '\(name).csv', 'format' = 'csv');

        """
    }

    /// Runs definitions over `a` and `b` in a way that the seed chooses, and compares each.
    private func compare(
        _ seed: Int, _ a: [Event], _ b: [Event], _ cases: [(sql: String, expected: [String])]
    ) throws {
        var random = SeededRandom(seed: UInt64(seed) &+ 1_000_000)
        let definitions = cases.enumerated().map { "/*+engine(stream)*/ Q\($0) := \($1.sql);\n" }
        let harness = try PipelineHarness(
            Self.table("a") + Self.table("b") + "versions := DISTINCT b ON k ORDER BY ts DESC;\n"
                + definitions.joined(),
            files: ["a.csv": Self.csv(a), "b.csv": Self.csv(b)])
        try harness.run(
            chunkBytes: random.pick([1, 60, 500, 1 << 16]),
            commitRows: random.pick([1, 7, 50, 10_000]),
            workers: Workers(random.pick([1, 2, 3]), fewRows: 1))
        for (number, item) in cases.enumerated() {
            let rows = try harness.query("SELECT * FROM Q\(number)").sorted()
            let expected = item.expected.sorted()
            let extra = rows.filter { !expected.contains($0) }
            let missing = expected.filter { !rows.contains($0) }
            #expect(
                rows == expected, "seed \(seed): \(item.sql): extra \(extra), missing \(missing)")
        }
        #expect(try unbalancedStages(harness) == [])
    }

    /// WEIR_SEEDS=1000 tries other rows.
    private static var seeds: Range<Int> {
        let first = ProcessInfo.processInfo.environment["WEIR_SEEDS"].flatMap { Int($0) } ?? 1
        return first..<first + (first == 1 ? 4 : 60)
    }

    // MARK: Windows, rows may be late

    private func windows(_ size: Int, step: Int, _ time: Int) -> [Span] {
        stride(from: time / step * step, to: time - size, by: -step).map {
            Span(start: $0, end: $0 + size)
        }
    }

    private func cumulating(_ size: Int, step: Int, _ time: Int) -> [Span] {
        let start = time / size * size
        return stride(from: step, through: size, by: step).map { start + $0 }
            .filter { $0 > time }.map { Span(start: start, end: $0) }
    }

    private func aligned(_ events: [Event], _ assign: (Int) -> [Span]) -> [String] {
        var groups: [Span: [String: [Event]]] = [:]
        for event in events {
            for span in assign(event.time) where !event.isLate(windowEnd: span.end) {
                groups[span, default: [:]][event.key, default: []].append(event)
            }
        }
        return groups.flatMap { span, keys in
            keys.map { "\($0)|\(clock(span.start))|\(clock(span.end))|\(summary($1))" }
        }
    }

    private func sessions(_ events: [Event], gap: Int) -> [String] {
        var open: [String: [(span: Span, rows: [Event])]] = [:]
        var closed: [String] = []
        func close(_ key: String, _ session: (span: Span, rows: [Event])) {
            let span = session.span
            closed.append(
                "\(key)|\(clock(span.start))|\(clock(span.end))|\(summary(session.rows))")
        }
        for event in events {
            for (key, sessions) in open {
                for session in sessions where event.isLate(windowEnd: session.span.end) {
                    close(key, session)
                }
                open[key] = sessions.filter { !event.isLate(windowEnd: $0.span.end) }
            }
            var span = Span(start: event.time, end: event.time + gap)
            var rows = [event]
            let mine = open[event.key] ?? []
            let touched = mine.filter { $0.span.start <= span.end && span.start <= $0.span.end }
            for session in touched {
                span = Span(
                    start: min(span.start, session.span.start), end: max(span.end, session.span.end)
                )
                rows = session.rows + rows
            }
            if event.isLate(windowEnd: span.end) { continue }
            let apart = mine.filter { $0.span.start > event.time + gap || event.time > $0.span.end }
            open[event.key] = apart + [(span, rows)]
        }
        for (key, sessions) in open { for session in sessions { close(key, session) } }
        return closed
    }

    @Test(arguments: seeds) func windows(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let a = Self.events(&random, disorder: 25)
        let step = random.pick([5, 10, 15])
        let size = step * (2 + random.below(3))
        let gap = 4 + random.below(12)
        func grouped(_ window: String) -> String {
            """
            SELECT k, window_start, window_end, \(summaryColumns) FROM TABLE(\(window))
            GROUP BY k, window_start, window_end
            """
        }
        let times = "TABLE a, DESCRIPTOR(ts)"
        try compare(
            seed, a, [],
            [
                (
                    grouped("TUMBLE(\(times), INTERVAL '\(size)' SECOND)"),
                    aligned(a) { windows(size, step: size, $0) }
                ),
                (
                    grouped("HOP(\(times), INTERVAL '\(step)' SECOND, INTERVAL '\(size)' SECOND)"),
                    aligned(a) { windows(size, step: step, $0) }
                ),
                (
                    grouped(
                        "CUMULATE(\(times), INTERVAL '\(step)' SECOND, INTERVAL '\(size)' SECOND)"),
                    aligned(a) { cumulating(size, step: step, $0) }
                ),
                (
                    grouped(
                        "SESSION(TABLE a PARTITION BY k, DESCRIPTOR(ts), INTERVAL '\(gap)' SECOND)"),
                    sessions(a, gap: gap)
                ),
            ])
    }

    // MARK: Rows by time, none late

    @Test(arguments: seeds) func joinsByTime(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let a = Self.events(&random, disorder: Self.delay)
        let b = Self.events(&random, disorder: Self.delay)
        let before = random.below(30)
        let after = random.below(30)
        func meets(_ left: Event, _ right: Event) -> Bool {
            left.key == right.key && left.time >= right.time - before
                && left.time <= right.time + after
        }
        let pairs = a.flatMap { left in
            b.filter { meets(left, $0) }.map { "\(left.id)|\($0.id)" }
        }
        let lonelyLeft = a.filter { left in !b.contains { meets(left, $0) } }.map {
            "\($0.id)|NULL"
        }
        let lonelyRight = b.filter { right in !a.contains { meets($0, right) } }.map {
            "NULL|\($0.id)"
        }
        func joined(_ kind: String) -> String {
            """
            SELECT a.id AS x, b.id AS y FROM a \(kind) JOIN b ON a.k = b.k AND a.ts BETWEEN
            b.ts - INTERVAL '\(before)' SECOND AND b.ts + INTERVAL '\(after)' SECOND
            """
        }
        /// The latest row of the same key that is not after this one; of equal times the last.
        func version(_ left: Event) -> Event? {
            b.filter { $0.key == left.key && $0.time <= left.time }
                .max { ($0.time, $0.id) < ($1.time, $1.id) }
        }
        try compare(
            seed, a, b,
            [
                (joined("INNER"), pairs), (joined("LEFT"), pairs + lonelyLeft),
                (joined("RIGHT"), pairs + lonelyRight),
                (joined("FULL"), pairs + lonelyLeft + lonelyRight),
                (
                    """
                    SELECT a.id, r.id AS version FROM a LEFT JOIN versions FOR SYSTEM_TIME AS OF
                    a.ts AS r ON a.k = r.k
                    """,
                    a.map { left in "\(left.id)|\(version(left).map { "\($0.id)" } ?? "NULL")" }
                ),
            ])
    }

    @Test(arguments: seeds) func rowsByTime(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let a = Self.events(&random, disorder: Self.delay)
        let sorted = a.enumerated().sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
        let width = random.below(40)
        let count = random.below(4)
        let range = sorted.map { row in
            let frame = sorted.filter {
                $0.key == row.key && $0.time >= row.time - width && $0.time <= row.time
            }
            return "\(row.id)|\(summary(frame))"
        }
        let rows = sorted.enumerated().map { index, row in
            let frame = sorted[...index].filter { $0.key == row.key }.suffix(count + 1)
            return "\(row.id)|\(summary(Array(frame)))"
        }
        func numbered(_ order: String, _ most: Int) -> String {
            """
            SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY \(order)) AS n
            FROM a) WHERE n <= \(most)
            """
        }
        let keys = ["x", "y", "z"]
        func first(_ most: Int, _ isBefore: (Event, Event) -> Bool) -> [String] {
            keys.flatMap { key in
                a.filter { $0.key == key }.sorted(by: isBefore).prefix(most).map { "\($0.id)" }
            }
        }
        let latest = keys.compactMap { key in sorted.last { $0.key == key } }
        let over = "OVER (PARTITION BY k ORDER BY ts"
        func columns(_ frame: String) -> String {
            ["COUNT(*)", "SUM(v)", "MIN(v)", "MAX(v)", "COUNT(DISTINCT v)"]
                .map { "\($0) \(over) \(frame))" }.joined(separator: ", ")
        }
        try compare(
            seed, a, [],
            [
                (
                    "SELECT id, "
                        + columns(
                            "RANGE BETWEEN INTERVAL '\(width)' SECOND PRECEDING AND CURRENT ROW")
                        + " FROM a", range
                ),
                (
                    "SELECT id, " + columns("ROWS BETWEEN \(count) PRECEDING AND CURRENT ROW")
                        + " FROM a", rows
                ),
                (
                    numbered("v DESC NULLS LAST, id", 3),
                    first(3) { ($0.value ?? -1, $1.id) > ($1.value ?? -1, $0.id) }
                ),
                (numbered("ts ASC", 1), first(1) { ($0.time, $0.id) < ($1.time, $1.id) }),
                (numbered("ts DESC", 1), latest.map { "\($0.id)" }),
                (
                    // Every new last row takes the one before back.
                    """
                    SELECT \(summaryColumns) FROM (SELECT * FROM (SELECT *, ROW_NUMBER() OVER
                    (PARTITION BY k ORDER BY ts DESC) AS n FROM a) WHERE n = 1)
                    """, [summary(latest)]
                ),
            ])
    }

    // MARK: Patterns

    /// Rows are letters, so that a regular expression finds the same matches.
    @Test(arguments: seeds) func patterns(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let a = Self.events(&random, disorder: Self.delay).map { event in
            Event(id: event.id, key: event.key, value: random.below(3), time: event.time)
        }
        let sorted = a.enumerated().sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
        let pattern = random.pick(["A B* C", "A B+ C", "A B{1,2} C", "A{2} B? C", "A{1,2} C B"])
        let text = pattern.filter { $0 != " " }
        func matches(_ key: String) throws -> [String] {
            let rows = sorted.filter { $0.key == key }
            let letters = String(rows.map { Character(["A", "B", "C"][$0.value ?? 0]) })
            return letters.matches(of: try Regex(text)).map { match in
                let first = letters.distance(from: letters.startIndex, to: match.range.lowerBound)
                let last = letters.distance(from: letters.startIndex, to: match.range.upperBound)
                return "\(key)|\(rows[first].id)|\(rows[last - 1].id)"
            }
        }
        try compare(
            seed, a, [],
            [
                (
                    """
                    SELECT * FROM a MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts
                    MEASURES FIRST(id) AS f, LAST(id) AS l AFTER MATCH SKIP PAST LAST ROW
                    PATTERN (\(pattern)) DEFINE A AS A.v = 0, B AS B.v = 1, C AS C.v = 2)
                    """, try ["x", "y", "z"].flatMap(matches)
                )
            ])
    }
}
