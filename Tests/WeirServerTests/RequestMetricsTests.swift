// Counts and durations of requests.

import Testing
import WeirEngine

@testable import WeirServer

@Suite struct RequestMetricsTests {
    private static func record(
        _ method: String = "GET", path: String = "/a", status: Int = 200, millis: Double = 1,
        id: String = ""
    ) -> RequestRecord {
        RequestRecord(
            method: method, path: path, status: status, nanos: UInt64(millis * 1e6), bytes: 7,
            id: id, client: "127.0.0.1", trace: nil, at: 0)
    }

    @Test func requestsAreCountedByRouteAndStatus() throws {
        let metrics = RequestMetrics()
        for (method, status, millis) in [
            ("GET", 200, 1.0), ("GET", 200, 30), ("GET", 404, 2), ("GET", 503, 2e4),
            ("POST", 200, 3), ("BREW", 200, 3),
        ] {
            metrics.begin()
            metrics.end(Self.record(method, status: status, millis: millis), route: "/{x}")
        }
        let (active, histograms) = metrics.snapshot
        #expect(active == 0)
        let fine = try #require(
            histograms[RequestMetrics.Key(method: "GET", route: "/{x}", status: 200)])
        #expect(fine.count == 2)
        #expect(abs(fine.seconds - 0.031) < 1e-9)
        // Up to 5 ms, and up to 50 ms.
        #expect(fine.buckets[0] == 1 && fine.buckets[3] == 1)
        let long = try #require(
            histograms[RequestMetrics.Key(method: "GET", route: "/{x}", status: 503)])
        #expect(long.buckets.last == 1)
        #expect(histograms[RequestMetrics.Key(method: "_OTHER", route: "/{x}", status: 200)] != nil)
        let get = try #require(metrics.endpoints.first { $0.method == "GET" })
        #expect((get.count, get.refused, get.failed) == (4, 1, 1))
        #expect(get.p99 > 1e4)
        #expect(metrics.endpoints.map(\.method) == ["GET", "POST", "_OTHER"])
    }

    @Test func theLastRequestsAreKept() {
        let metrics = RequestMetrics()
        for number in 0..<450 {
            metrics.begin()
            metrics.end(
                Self.record(path: String(repeating: "é", count: number), id: "\(number)"),
                route: "", isDirect: number % 3 == 0)
        }
        #expect(metrics.recent.map(\.id) == (250..<450).reversed().map { "\($0)" })
        #expect(metrics.recent.allSatisfy { $0.path.count <= 200 })
        #expect(metrics.direct == 150)
        metrics.begin()
        metrics.begin()
        metrics.abandon()
        #expect(metrics.snapshot.active == 1)
        metrics.connected(1)
        #expect(metrics.webSockets == 1)
    }
}
