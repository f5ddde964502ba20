// Replay by event time: an hour of data in a second, or in an hour.

import Foundation
import Synchronization
import WeirColumnar

/// The clock that all paced sources of a run share.
package final class PaceClock: Sendable {
    private struct State {
        var waiting: Int
        var firstEvent = Int64.max
        var start: UInt64?
        var pausedNanos: UInt64 = 0
    }

    /// Event time per real time.
    let factor: Double
    private let state: Mutex<State>

    /// - Parameters:
    ///   - factor: how many times faster than real.
    ///   - sources: how many sources will report their first event time.
    package init(factor: Double, sources: Int) {
        self.factor = factor
        state = Mutex(State(waiting: sources))
    }

    /// Reports the first event time (µs) of a source, or that it has none.
    func register(_ firstEvent: Int64?) {
        state.withLock { state in
            state.waiting -= 1
            if let firstEvent { state.firstEvent = min(state.firstEvent, firstEvent) }
            if state.waiting <= 0 { state.start = MonotonicClock.now() }
        }
    }

    /// The real moment (monotonic ns) at which an event is due; nil until all have registered.
    func due(_ event: Int64) -> UInt64? {
        state.withLock { state in
            guard let start = state.start else { return nil }
            let ahead = Double(max(0, event &- state.firstEvent)) * 1000 / factor
            return start + state.pausedNanos + UInt64(min(ahead, 1e18))
        }
    }

    /// The event time (µs) that is due now.
    func eventNow() -> Int64 {
        state.withLock { state in
            guard let start = state.start else { return .min }
            let elapsed = MonotonicClock.now() - start
            let passed = Double(elapsed - min(state.pausedNanos, elapsed))
            return state.firstEvent &+ Int64(min(passed * factor / 1000, 4e18))
        }
    }

    /// A pause does not count.
    func addPause(_ nanos: UInt64) { state.withLock { $0.pausedNanos += nanos } }
}
