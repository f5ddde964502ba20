// Counts and durations of requests (OpenTelemetry: http.server.request.duration).

import Foundation
import Histogram
import Synchronization
import WeirEngine

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

    struct Buckets {
        var buckets = [Int](repeating: 0, count: RequestMetrics.bounds.count + 1)
        var seconds = 0.0

        var count: Int { buckets.reduce(0, +) }

        mutating func add(_ value: Double) {
            let bucket = RequestMetrics.bounds.firstIndex { value <= $0 }
            buckets[bucket ?? RequestMetrics.bounds.count] += 1
            seconds += value
        }
    }

    private struct Endpoint: Hashable {
        let method: String
        let route: String
    }

    private struct State {
        /// In ns.
        var latencies: [Endpoint: Histogram<UInt64>] = [:]
        /// The last requests, in a ring.
        var recent: [RequestLine] = []
        var next = 0
        var active = 0
        var direct = 0
        var webSockets = 0
        var histograms: [Key: Buckets] = [:]
    }

    private let state = Mutex(State())
    private static let maximumRecent = 200
    private static let maximumPath = 200
    private static let methods: Set = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]

    /// A WebSocket more or less.
    func connected(_ change: Int) { state.withLock { $0.webSockets += change } }

    var webSockets: Int { state.withLock { $0.webSockets } }

    func begin() { state.withLock { $0.active += 1 } }

    /// A request that nobody waits for an answer of.
    func abandon() { state.withLock { $0.active -= 1 } }

    /// Requests that were answered on the event loop.
    var direct: Int { state.withLock { $0.direct } }

    /// - Parameters:
    ///   - route: the pattern of the path, so that there are few of them.
    ///   - isDirect: whether it was answered on the event loop.
    func end(_ record: RequestRecord, route: String, isDirect: Bool = false) {
        let method = Self.methods.contains(record.method) ? record.method : "_OTHER"
        let key = Key(method: method, route: route, status: record.status)
        let line = RequestLine(
            at: Date().timeIntervalSince1970, status: record.status, method: method,
            path: record.path.utf8.count > Self.maximumPath
                ? String(record.path.prefix(Self.maximumPath)) : record.path,
            millis: Double(record.nanos) / 1e6,
            bytes: record.bytes, client: record.client, id: record.id)
        state.withLock { state in
            state.active -= 1
            if isDirect { state.direct += 1 }
            state.histograms[key, default: Buckets()].add(Double(record.nanos) / 1e9)
            let endpoint = Endpoint(method: method, route: route)
            state.latencies[endpoint, default: Histogram(numberOfSignificantValueDigits: .two)]
                .record(max(1, record.nanos))
            if state.recent.count < Self.maximumRecent {
                state.recent.append(line)
            } else {
                state.recent[state.next] = line
            }
            state.next = (state.next + 1) % Self.maximumRecent
        }
    }

    /// The last requests, newest first.
    var recent: [RequestLine] {
        state.withLock { state in
            guard state.recent.count == Self.maximumRecent else { return state.recent.reversed() }
            return state.recent[..<state.next].reversed() + state.recent[state.next...].reversed()
        }
    }

    /// What each endpoint has answered.
    var endpoints: [EndpointStatus] {
        let (histograms, latencies) = state.withLock { ($0.histograms, $0.latencies) }
        return latencies.map { endpoint, latency in
            var counts = (all: 0, refused: 0, failed: 0)
            for (key, buckets) in histograms
            where key.method == endpoint.method && key.route == endpoint.route {
                counts.all += buckets.count
                if key.status >= 500 {
                    counts.failed += buckets.count
                } else if key.status >= 400 {
                    counts.refused += buckets.count
                }
            }
            return EndpointStatus(
                method: endpoint.method, route: endpoint.route.isEmpty ? "(other)" : endpoint.route,
                count: counts.all, refused: counts.refused, failed: counts.failed,
                p50: Double(latency.valueAtPercentile(50)) / 1e6,
                p99: Double(latency.valueAtPercentile(99)) / 1e6)
        }.sorted { ($0.route, $0.method) < ($1.route, $1.method) }
    }

    var snapshot: (active: Int, histograms: [Key: Buckets]) {
        state.withLock { ($0.active, $0.histograms) }
    }
}
