// What every response has, and what is noted of every request, whichever way it is answered.

import HTTPTypes
import WeirRuntime

/// A request from its head to its response.
struct RequestEntry {
    let method: String
    /// What the response names it by (`X-Request-Id`).
    let id: String
    /// The client's address; empty for a request that did not come over the network.
    let client: String
    /// The client's `traceparent`.
    let traceParent: String?
    /// Monotonic ns.
    let start: UInt64
}

/// Names, counts and logs requests.
struct RequestJournal: Sendable {
    let gate: RequestGate
    let metrics: RequestMetrics
    let log: (@Sendable (RequestRecord) -> Void)?

    /// A request that is answered from now on.
    ///
    /// - Parameter givenID: what the client calls it.
    func begin(
        _ method: String, givenID: String?, traceParent: String?, client: String, start: UInt64
    ) -> RequestEntry {
        metrics.begin()
        return RequestEntry(
            method: method, id: gate.ids.id(given: givenID), client: client,
            traceParent: traceParent, start: start)
    }

    /// The response is on its way.
    ///
    /// - Parameters:
    ///   - route: the pattern of the path; empty when there is none.
    ///   - path: without the query.
    ///   - bytes: of the body; nil for a stream.
    ///   - isDirect: whether it was answered on the event loop.
    func end(
        _ entry: RequestEntry, route: String, path: String, status: Int, bytes: Int?,
        isDirect: Bool = false
    ) {
        let record = RequestRecord(
            method: entry.method, path: path, status: status,
            nanos: MonotonicClock.now() - entry.start, bytes: bytes, id: entry.id,
            client: entry.client, trace: entry.traceParent.flatMap(RequestIDs.trace(of:)),
            at: entry.start)
        metrics.end(record, route: route, isDirect: isDirect)
        log?(record)
    }

    /// Nobody waits for the response.
    func abandon() { metrics.abandon() }
}

/// One request in the log.
package struct RequestRecord: Sendable {
    package let method: String
    package let path: String
    package let status: Int
    package let nanos: UInt64
    package let bytes: Int?
    /// What the response names it by (`X-Request-Id`).
    package let id: String
    /// The client's address; empty for a request that did not come over the network.
    package let client: String
    /// The trace that the client has it in (W3C Trace Context); nil without one.
    package let trace: String?
    /// Monotonic ns.
    package let at: UInt64
}
