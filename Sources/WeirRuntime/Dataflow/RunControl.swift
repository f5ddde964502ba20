// Stop and pause, seen by all threads of a run.

import Foundation

/// The switch of a running pipeline.
///
/// `@unchecked Sendable` holds because all state is read and written under the condition's lock.
package final class RunControl: @unchecked Sendable {
    private let condition = NSCondition()
    private var stopping = false
    private var paused = false

    package init() {}

    /// Asks all threads to stop at the next batch.
    package func stop() { change { stopping = true } }

    package func setPaused(_ value: Bool) { change { paused = value } }

    private func change(_ body: () -> Void) {
        condition.lock()
        body()
        condition.broadcast()
        condition.unlock()
    }

    package var isStopping: Bool {
        condition.lock()
        defer { condition.unlock() }
        return stopping
    }

    package var isPaused: Bool {
        condition.lock()
        defer { condition.unlock() }
        return paused
    }

    /// Waits while the run is paused; false when it is to stop.
    func waitWhilePaused() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while paused, !stopping { condition.wait() }
        return !stopping
    }

    /// Waits until a moment; false when the run is to stop.
    func wait(until date: Date) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while !stopping, condition.wait(until: date) {}
        return !stopping
    }
}
