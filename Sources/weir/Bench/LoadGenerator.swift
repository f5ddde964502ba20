// Sends requests from one thread over many connections and notes how long the answers take.

import Dispatch
import Histogram
import WeirRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How long answers took, and how many there were.
struct LoadResult {
    var requests = 0
    /// Answers with a status of 400 and more, and connections that broke.
    var failures = 0
    /// Those that were sent, or were due, and had no answer two seconds after the end. Their age is
    /// among the latencies.
    var unanswered = 0
    /// A request whose answer has no length, as streams have none; nothing was measured then.
    var endless: String?
    var seconds = 0.0
    var bytes = 0
    /// In ns, by request.
    var latencies: [Histogram<UInt64>] = []

    var rate: Double { seconds > 0 ? Double(requests) / seconds : 0 }
    var hasFailures: Bool { failures + unanswered > 0 }

    /// In milliseconds; of all requests together without a number.
    func latency(_ percentile: Double, of request: Int? = nil) -> Double {
        var all = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
        for (number, histogram) in latencies.enumerated() where request ?? number == number {
            all.add(histogram)
        }
        return all.totalCount == 0 ? 0 : Double(all.valueAtPercentile(percentile)) / 1e6
    }
}

/// A load on a server of this machine.
///
/// In the closed model each connection sends its next request when the last one has been answered.
/// In the open model requests are due at a rate, whatever the server does: what a request waits
/// for a free connection counts, so that a server that stalls cannot hide it (no coordinated
/// omission).
struct LoadGenerator {
    let port: Int
    let requests: [LoadRequest]
    let connections: Int
    /// Requests a second; nil is the closed model.
    var rate: Double?

    /// Nil when the server takes no connection.
    ///
    /// - Parameter isOver: asked now and then; ends the load before its time.
    func run(seconds: Double, isOver: () -> Bool = { false }) -> LoadResult? {
        var open: [LoadConnection] = []
        for _ in 0..<connections {
            guard let connection = LoadConnection(port: port) else {
                for other in open { other.end() }
                return nil
            }
            open.append(connection)
        }
        defer { for connection in open { connection.end() } }
        var run = Run(requests: requests, connections: open)
        run.go(seconds: seconds, rate: rate, port: port, isOver: isOver)
        open = run.connections
        return run.result
    }

    private struct Run {
        let requests: [LoadRequest]
        /// Requests by their weight.
        let order: [Int]
        var connections: [LoadConnection]
        var result = LoadResult()
        var sent = 0
        let pause = DispatchSemaphore(value: 0)
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

        init(requests: [LoadRequest], connections: [LoadConnection]) {
            self.requests = requests
            self.connections = connections
            order = requests.enumerated().flatMap { [Int](repeating: $0, count: $1.weight) }
            result.latencies = requests.map { _ in
                Histogram<UInt64>(numberOfSignificantValueDigits: .three)
            }
        }

        mutating func go(seconds: Double, rate: Double?, port: Int, isOver: () -> Bool) {
            defer { scratch.deallocate() }
            let start = MonotonicClock.now()
            var end = start + UInt64(seconds * 1e9)
            var idle = Array(connections.indices)
            var due = 0
            var polled = connections.map {
                pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            var now = start
            // What is due before the end is sent and waited for after it as well.
            while now < end + Self.grace, result.endless == nil {
                let wanted = rate.map { Int(Double(min(now, end) - start) / 1e9 * $0) + 1 }
                while let free = idle.last, now < end || wanted != nil, due < wanted ?? .max {
                    idle.removeLast()
                    let at = rate.map { start + UInt64(Double(due) / $0 * 1e9) }
                    send(free, dueAt: at ?? MonotonicClock.now())
                    due += 1
                }
                if now >= end, due >= wanted ?? 0, !connections.contains(where: \.isBusy) { break }
                let wait = rate.map { rate in
                    let next = start + UInt64(Double(due) / rate * 1e9)
                    return idle.isEmpty || now >= end ? 20_000_000 : next > now ? next - now : 0
                }
                let ready = self.wait(&polled, nanos: wait ?? 20_000_000)
                now = MonotonicClock.now()
                if ready == 0, now < end, isOver() { end = now }
                if ready <= 0 { continue }
                for index in polled.indices where polled[index].revents != 0 {
                    receive(index, port: port, isLate: now >= end, &polled, &idle)
                }
            }
            result.seconds = Double(end - start) / 1e9
            giveUp(due: due, start: start, end: end, rate)
        }

        /// How long after the end answers are waited for (ns).
        private static let grace: UInt64 = 2_000_000_000

        /// Counts what has no answer: requests that were sent, and those that were due and had no free
        /// connection.
        ///
        /// - Parameter due: how many were sent.
        private mutating func giveUp(due: Int, start: UInt64, end: UInt64, _ rate: Double?) {
            let now = MonotonicClock.now()
            for connection in connections where connection.isBusy {
                result.unanswered += 1
                result.latencies[connection.request].record(max(1, now - connection.dueAt))
            }
            guard let rate else { return }
            let wanted = Int(Double(end - start) / 1e9 * rate)
            for number in due..<max(due, wanted) {
                let dueAt = start + UInt64(Double(number) / rate * 1e9)
                result.unanswered += 1
                result.latencies[order[number % order.count]].record(max(1, now - min(now, dueAt)))
            }
        }

        /// Waits until something has come, about as long as to the next request: whoever asked
        /// without waiting would take a core from the server.
        private func wait(_ polled: inout [pollfd], nanos: UInt64) -> Int32 {
            if nanos >= 1_000_000 {
                return poll(&polled, nfds_t(polled.count), Int32(nanos / 1_000_000))
            }
            if nanos > 0 { _ = pause.wait(timeout: .now() + .microseconds(30)) }
            return poll(&polled, nfds_t(polled.count), 0)
        }

        private mutating func send(_ index: Int, dueAt: UInt64) {
            let number = order[sent % order.count]
            let variants = requests[number].variants
            connections[index].request = number
            connections[index].dueAt = dueAt
            connections[index].isBusy = true
            if !connections[index].send(variants[sent % variants.count]) { result.failures += 1 }
            sent += 1
        }

        private mutating func receive(
            _ index: Int, port: Int, isLate: Bool, _ polled: inout [pollfd], _ idle: inout [Int]
        ) {
            switch connections[index].receive(scratch) {
            case .waiting: return
            case .answered(let bytes):
                let connection = connections[index]
                // The rate is that of the time of the load.
                if !isLate {
                    result.requests += 1
                    result.bytes += bytes
                }
                if connection.status >= 400 { result.failures += 1 }
                result.latencies[connection.request].record(
                    max(1, MonotonicClock.now() - connection.dueAt))
                connections[index].isBusy = false
                idle.append(index)
            case .endless: result.endless = requests[connections[index].request].name
            case .gone:
                if connections[index].isBusy { result.failures += 1 }
                connections[index].end()
                connections[index].isBusy = false
                idle.removeAll { $0 == index }
                guard let new = LoadConnection(port: port) else {
                    polled[index].fd = -1
                    return
                }
                connections[index] = new
                polled[index].fd = new.descriptor
                idle.append(index)
            }
        }
    }
}
