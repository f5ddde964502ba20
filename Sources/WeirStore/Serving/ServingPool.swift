// The connections of an API, and how its work is spread over threads.

import Foundation
import Synchronization
import WeirRuntime

/// Reads the store for an API.
///
/// A request is first tried where it came in, within a few milliseconds of SQLite's work; what takes
/// longer is begun again on threads of its own, so that no request holds up another. They are no
/// queues of Dispatch: on Linux Swift's tasks run in the same pool, which has a thread for each core.
package final class ServingPool: Sendable {
    package struct Settings: Sendable {
        /// How long a request may take.
        package var seconds: Double = 10
        /// Requests that take long and run at the same time.
        package var slowRequests = 4
        /// Those that wait for that; more are refused.
        package var waitingRequests = 256
        /// What the rows of one request may take.
        package var bytes = 256 << 20

        package init() {}
    }

    private struct SlowLane {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    package let path: String
    private let settings: Settings
    package let timings: QueryTimings
    /// Nobody makes the store anew under those who read it.
    private let lock: StoreLock
    private let idle = Mutex<[ServingConnection]>([])
    private let slow = Mutex(SlowLane())
    private let statementCount = Atomic(0)
    private let readNanos = Atomic(UInt64(0))
    /// Where a request is tried.
    private enum Lane {
        /// On an event loop, which has others to serve.
        case moment
        /// Where it came in.
        case fast
        /// On a thread of its own.
        case slow

        /// About one millisecond, and three.
        var thousandSteps: Int? {
            switch self {
            case .moment: 33
            case .fast: 100
            case .slow: nil
            }
        }

        /// Some times more: steps are the measure that does not depend on what else runs.
        var nanos: UInt64? {
            switch self {
            case .moment: 5_000_000
            case .fast: 20_000_000
            case .slow: nil
            }
        }
    }

    /// - Throws: `StoreError` when the store cannot be opened.
    package init(path: String, settings: Settings = Settings()) throws {
        self.path = path
        self.settings = settings
        lock = try StoreLock(storePath: path, .serving)
        timings = QueryTimings(store: path)
        let first = try ServingConnection(path: path, timings: timings)
        idle.withLock { $0.append(first) }
    }

    /// Statements of all requests so far.
    package var statements: Int { statementCount.load(ordering: .relaxed) }

    /// How long connections have been in use (s).
    package var readSeconds: Double { Double(readNanos.load(ordering: .relaxed)) / 1e9 }

    /// Runs a request on one state of the store; it may be run twice.
    ///
    /// - Parameter isOne: whether it is a single statement, which sees one state by itself.
    /// - Throws: what the request throws, `ServingError` or `StoreError`.
    package func read<Result: Sendable>(
        isOne: Bool = false,
        _ body: @escaping @Sendable (ServingConnection) throws -> Result
    ) async throws -> Result {
        let deadline = MonotonicClock.now() + UInt64(max(0, settings.seconds) * 1e9)
        do {
            return try run(.fast, deadline, isOne, body)
        } catch ServingError.overBudget {
            return try await runSlowly(deadline, isOne, body)
        }
    }

    /// Runs a request where it came in, or not at all.
    ///
    /// - Throws: what `read` does; `ServingError.overBudget` when it takes SQLite more than about a
    ///   millisecond.
    package func readAtOnce<Result>(
        isOne: Bool, _ body: (ServingConnection) throws -> Result
    ) throws -> Result {
        let deadline = MonotonicClock.now() + UInt64(max(0, settings.seconds) * 1e9)
        return try run(.moment, deadline, isOne, body)
    }

    private func run<Result>(
        _ lane: Lane, _ deadline: UInt64, _ isOne: Bool,
        _ body: (ServingConnection) throws -> Result
    ) throws -> Result {
        let connection =
            try idle.withLock { $0.popLast() } ?? ServingConnection(path: path, timings: timings)
        let start = MonotonicClock.now()
        defer {
            readNanos.add(MonotonicClock.now() - start, ordering: .relaxed)
            statementCount.add(connection.takeStatementCount(), ordering: .relaxed)
            idle.withLock { $0.append(connection) }
        }
        return try connection.read(
            ServingLimits(
                thousandSteps: lane.thousandSteps,
                laneEnd: lane.nanos.map { start + $0 } ?? .max, deadline: deadline,
                bytes: settings.bytes, isOne: isOne), body
        )
    }

    private func runSlowly<Result: Sendable>(
        _ deadline: UInt64, _ isOne: Bool,
        _ body: @escaping @Sendable (ServingConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job: @Sendable () -> Void = { [self] in
                continuation.resume(
                    with: Swift.Result {
                        // It may have waited for all of its time.
                        guard MonotonicClock.now() < deadline else { throw ServingError.deadline }
                        return try run(.slow, deadline, isOne, body)
                    })
                finished()
            }
            let isRefused = slow.withLock { lane in
                if lane.running < settings.slowRequests {
                    lane.running += 1
                    Thread.detachNewThread(job)
                } else if lane.waiting.count < settings.waitingRequests {
                    lane.waiting.append(job)
                } else {
                    return true
                }
                return false
            }
            if isRefused { continuation.resume(throwing: ServingError.busy) }
        }
    }

    private func finished() {
        slow.withLock { lane in
            if lane.waiting.isEmpty {
                lane.running -= 1
            } else {
                Thread.detachNewThread(lane.waiting.removeFirst())
            }
        }
    }
}
