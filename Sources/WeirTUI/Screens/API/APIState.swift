// State of the API screen.

package import WeirEngine

package struct APIState: Sendable {
    /// Nil when nothing is served, and until it is known.
    package var status: APIStatus?
    package var endpoints = ListState()
    package var requests = ListState()
    /// Whether the requests have the focus.
    package var isInRequests = false
    /// How many requests each endpoint had answered, a number a snapshot, by its name.
    package private(set) var counts: [String: [Int]] = [:]
    /// Snapshots that are kept: five minutes.
    private static let capacity = 1200

    package init() {}

    mutating func take(_ new: APIStatus) {
        status = new
        for endpoint in new.endpoints {
            var series = counts[Self.name(endpoint), default: []]
            series.append(endpoint.count)
            if series.count > Self.capacity { series.removeFirst() }
            counts[Self.name(endpoint)] = series
        }
        endpoints.select(endpoints.selected, count: new.endpoints.count)
        requests.select(requests.selected, count: shown.count)
    }

    static func name(_ endpoint: EndpointStatus) -> String {
        "\(endpoint.method) \(endpoint.route)"
    }

    /// Requests a second over the last two seconds.
    func rate(_ endpoint: EndpointStatus) -> Double {
        guard let series = counts[Self.name(endpoint)], series.count > 1 else { return 0 }
        let span = min(8, series.count - 1)
        return Double(series[series.count - 1] - series[series.count - 1 - span]) * 4
            / Double(span)
    }

    /// Requests of each of some equal parts of the time that is kept.
    func series(_ endpoint: EndpointStatus, parts: Int) -> [Double] {
        guard let series = counts[Self.name(endpoint)], series.count > 1, parts > 0 else {
            return []
        }
        let step = max(1, (series.count - 1 + parts - 1) / parts)
        return stride(from: series.count - 1, to: 0, by: -step).map { end in
            Double(series[end] - series[max(0, end - step)])
        }.reversed()
    }

    var selectedEndpoint: EndpointStatus? {
        guard let all = status?.endpoints, !all.isEmpty else { return nil }
        return all[min(endpoints.selected, all.count - 1)]
    }

    /// Requests of the selected endpoint while those are chosen from, else of all.
    var shown: [RequestLine] { status?.requests ?? [] }

    var selectedRequest: RequestLine? {
        shown.isEmpty ? nil : shown[min(requests.selected, shown.count - 1)]
    }
}
