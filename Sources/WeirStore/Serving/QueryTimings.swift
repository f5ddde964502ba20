// How often each query of an API is asked, and what it costs; kept beside the store.

import Foundation
import Synchronization

/// What one query has cost.
package struct QueryTiming: Sendable, Codable {
    package var count: Int64 = 0
    package var rows: Int64 = 0
    /// Seconds in SQLite.
    package var seconds: Double = 0
    package var longest: Double = 0
    /// Those that were ended: by their deadline, or because their answer became too large.
    package var stopped: Int64?
    /// Tells whether the query is still the one that was measured.
    package var definition: String?
    /// How many took 2^n µs at most; the last one has all the others.
    package var buckets = [Int64](repeating: 0, count: 26)

    package init() {}

    mutating func add(seconds: Double, rows: Int, isStopped: Bool) {
        count += 1
        if isStopped { stopped = (stopped ?? 0) + 1 }
        self.rows += Int64(rows)
        self.seconds += seconds
        longest = max(longest, seconds)
        let micros = max(1, seconds * 1e6)
        buckets[min(buckets.count - 1, Int(micros.binade.exponent) + 1)] += 1
    }

    package var mean: Double { count == 0 ? 0 : seconds / Double(count) }

    /// Seconds, as near as the buckets are.
    package func percentile(_ percent: Double) -> Double {
        var left = Double(count) * percent / 100
        for (index, number) in buckets.enumerated() {
            left -= Double(number)
            if left <= 0, number > 0 { return min(longest, Double(1 << index) / 1e6) }
        }
        return longest
    }
}

/// Collects the timings of all queries.
package final class QueryTimings: Sendable {
    private struct State {
        var timings: [String: QueryTiming] = [:]
        var isChanged = false
        var problem: String?
    }

    private let path: String
    private let state: Mutex<State>

    /// Goes on with what was collected before.
    ///
    /// - Parameter store: the path of the store.
    package init(store: String) {
        path = Self.path(of: store)
        state = Mutex(State(timings: Self.load(store: store)))
    }

    /// Removes what was collected of a store.
    static func forget(store: String) throws {
        let file = path(of: store)
        guard FileManager.default.fileExists(atPath: file) else { return }
        try FileManager.default.removeItem(atPath: file)
    }

    private static func path(of store: String) -> String {
        (store.hasSuffix(".db") ? String(store.dropLast(3)) : store) + ".queries.json"
    }

    /// What was collected of a store; empty when nothing was.
    package static func load(store: String) -> [String: QueryTiming] {
        guard let data = FileManager.default.contents(atPath: path(of: store)),
            let found = try? JSONDecoder().decode([String: QueryTiming].self, from: data)
        else { return [:] }
        return found.filter {
            $0.value.count > 0 && $0.value.buckets.count == QueryTiming().buckets.count
        }
    }

    /// Forgets the queries that are no more, or are others under the same names.
    ///
    /// - Parameter definitions: what each query does, by name, in any form.
    package func keep(_ definitions: [String: String]) {
        state.withLock { state in
            state.timings = Self.current(state.timings, definitions)
            for (name, definition) in definitions {
                state.timings[name, default: QueryTiming()].definition = definition
            }
        }
    }

    /// The timings of queries that are as they were.
    package static func current(
        _ timings: [String: QueryTiming], _ definitions: [String: String]
    ) -> [String: QueryTiming] {
        timings.filter { name, timing in
            guard let definition = definitions[name] else { return false }
            return timing.definition ?? definition == definition
        }
    }

    func add(_ name: String, seconds: Double, rows: Int, isStopped: Bool) {
        state.withLock { state in
            state.timings[name, default: QueryTiming()]
                .add(seconds: seconds, rows: rows, isStopped: isStopped)
            state.isChanged = true
        }
    }

    package var all: [String: QueryTiming] { state.withLock { $0.timings } }

    /// Why what has been collected could not be written the last time; nil when it was.
    package var problem: String? { state.withLock { $0.problem } }

    /// Writes what has been collected beside the store; what goes wrong is a `problem` until it does not
    /// any more.
    package func save() {
        let changed = state.withLock { state -> [String: QueryTiming]? in
            defer { state.isChanged = false }
            return state.isChanged ? state.timings : nil
        }
        guard let changed else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            try encoder.encode(changed.filter { $0.value.count > 0 }).write(
                to: URL(fileURLWithPath: path), options: .atomic)
            state.withLock { $0.problem = nil }
        } catch {
            state.withLock { state in
                state.problem =
                    "the figures of queries cannot be written to \(path):"
                    + " \(error.localizedDescription)"
                state.isChanged = true
            }
        }
    }
}
