// Many subscribers of one server, and how long a commit takes to reach them.

import Histogram
import WeirEngine
import WeirRuntime
import WeirStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

struct SubscriberLoad {
    struct Result {
        var events = 0
        var latencies = Histogram<UInt64>(numberOfSignificantValueDigits: .three)

        /// In milliseconds.
        func latency(_ percentile: Double) -> Double {
            Double(latencies.valueAtPercentile(percentile)) / 1e6
        }
    }

    let pipeline: BenchPipeline
    let clock: CommitClock

    private static let subscription = """
        POST /v1/graphql {"query":"subscription { Notes { n } }"}
        """
    /// What is in each event, and nowhere else.
    private static let mark = Array("event: next".utf8)

    /// Writes rows one after the other, each when all have seen the one before.
    func run(subscribers: Int, rounds: Int) throws -> Result {
        guard let ask = LoadRequest(Self.subscription, host: "127.0.0.1", token: nil, keys: 1),
            let writer = LoadConnection(port: pipeline.port)
        else { throw StoreError.database("the server takes no connection") }
        let head = Array("Accept: text/event-stream\r\n".utf8)
        // Behind the line of the request.
        let split = (ask.variants[0].firstIndex(of: 10) ?? 0) + 1
        let request = Array(ask.variants[0][..<split]) + head + Array(ask.variants[0][split...])
        var clients: [LoadConnection] = []
        defer { for client in clients + [writer] { client.end() } }
        for _ in 0..<subscribers {
            guard let client = LoadConnection(port: pipeline.port), client.send(request) else {
                throw StoreError.database("the server takes no \(subscribers) connections")
            }
            clients.append(client)
        }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { scratch.deallocate() }
        var result = Result()
        // Each stream begins with a comment.
        try collect(&clients, scratch, mark: Array(":\n\n".utf8)) { _ in }
        for round in 0..<rounds {
            let text =
                "POST /v1/graphql {\"query\":\"mutation { Note(event: {n: \(round)}) { n } }\"}"
            guard let write = LoadRequest(text, host: "127.0.0.1", token: nil, keys: 1),
                writer.send(write.variants[0])
            else { throw StoreError.database("the server does not take the write") }
            try collect(&clients, scratch, mark: Self.mark) { at in
                result.events += 1
                // The commit that has the row is the last one before anybody saw it.
                result.latencies.record(max(1, at - min(at, clock.last)))
            }
        }
        return result
    }

    /// Waits until each client has got something.
    private func collect(
        _ clients: inout [LoadConnection], _ scratch: UnsafeMutableRawBufferPointer, mark: [UInt8],
        _ seen: (UInt64) -> Void
    ) throws {
        // Only those are looked at that are waited for: the client is on the server's cores.
        var missing = Array(clients.indices)
        let end = MonotonicClock.now() + 60_000_000_000
        while !missing.isEmpty {
            var polled = missing.map {
                pollfd(fd: clients[$0].descriptor, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&polled, nfds_t(polled.count), 1000) >= 0, MonotonicClock.now() < end else {
                throw StoreError.database("\(missing.count) subscribers saw nothing for a minute")
            }
            var left: [Int] = []
            left.reserveCapacity(missing.count)
            for (index, entry) in zip(missing, polled) {
                guard entry.revents != 0 else {
                    left.append(index)
                    continue
                }
                if case .gone = clients[index].receive(scratch) {
                    throw StoreError.database("the server has closed a stream")
                }
                if Self.contains(clients[index].takeAll(), mark) {
                    seen(MonotonicClock.now())
                } else {
                    left.append(index)
                }
            }
            missing = left
        }
    }

    private static func contains(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
    }
}
