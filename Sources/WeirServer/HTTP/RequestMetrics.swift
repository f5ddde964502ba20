// Counts and durations of requests (OpenTelemetry: http.server.request.duration).

import Synchronization

/// Counters of a server by route and status.
final class RequestMetrics: Sendable {
    /// Upper bounds of the histogram's buckets in seconds, as OpenTelemetry has them.
    static let bounds = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]

    struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    struct Histogram {
        var buckets = [Int](repeating: 0, count: RequestMetrics.bounds.count + 1)
        var seconds = 0.0

        var count: Int { buckets.reduce(0, +) }

        mutating func add(_ value: Double) {
            let bucket = RequestMetrics.bounds.firstIndex { value <= $0 }
            buckets[bucket ?? RequestMetrics.bounds.count] += 1
            seconds += value
        }
    }

    private struct State {
        var active = 0
        var webSockets = 0
        var histograms: [Key: Histogram] = [:]
    }

    private let state = Mutex(State())

    /// A WebSocket more or less.
    func connected(_ change: Int) { state.withLock { $0.webSockets += change } }

    var webSockets: Int { state.withLock { $0.webSockets } }

    func begin() { state.withLock { $0.active += 1 } }

    /// A request that nobody waits for an answer of.
    func abandon() { state.withLock { $0.active -= 1 } }

    /// - Parameter route: the pattern of the path, so that there are few of them.
    func end(_ record: RequestRecord, route: String) {
        let known = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]
        let method = known.contains(record.method) ? record.method : "_OTHER"
        let key = Key(method: method, route: route, status: record.status)
        state.withLock { state in
            state.active -= 1
            state.histograms[key, default: Histogram()].add(Double(record.nanos) / 1e9)
        }
    }

    var snapshot: (active: Int, histograms: [Key: Histogram]) {
        state.withLock { ($0.active, $0.histograms) }
    }
}
