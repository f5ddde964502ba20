// How a run stands, for everybody who looks at it.

import Synchronization

/// The life of a run.
package enum RunState: Sendable, Equatable {
    case running
    /// All input read, everything committed.
    case finished
    /// Stopped on request; can be resumed.
    case stopped
    case failed(String)
}

/// What has been committed last.
package struct CommitStatus: Sendable {
    package var epoch: Int64 = 0
    package var commits: Int64 = 0
    /// Seconds since 1970.
    package var lastAt: Double = 0
    package var lastNanos: UInt64 = 0
    /// Whether all input is in it; only writes can still come.
    package var hasReadInput = false

    package init() {}
}

/// The shared state of a run.
package final class RunStatus: Sendable {
    private struct Value {
        var state = RunState.running
        var commit = CommitStatus()
        var rejects: Int64 = 0
    }

    private let value = Mutex(Value())
    private let listeners = Mutex<[@Sendable () -> Void]>([])

    package init() {}

    /// Calls something after each commit and at the end of the run; it must be quick.
    package func listen(_ listener: @escaping @Sendable () -> Void) {
        listeners.withLock { $0.append(listener) }
    }

    private func tell() {
        for listener in listeners.withLock({ $0 }) { listener() }
    }

    package var state: RunState { value.withLock { $0.state } }

    package var commit: CommitStatus { value.withLock { $0.commit } }

    /// The first failure stays.
    func fail(_ message: String) {
        value.withLock { if $0.state == .running { $0.state = .failed(message) } }
        tell()
    }

    func end(_ state: RunState) {
        value.withLock { if $0.state == .running { $0.state = state } }
        tell()
    }

    var hasFailed: Bool { if case .failed = state { true } else { false } }

    func committed(_ epoch: Epoch, nanos: UInt64) {
        value.withLock { value in
            value.commit.epoch = epoch.number
            value.commit.commits += 1
            value.commit.lastAt = MonotonicClock.wallSeconds()
            value.commit.lastNanos = nanos
            value.commit.hasReadInput = epoch.hasReadInput
        }
        tell()
    }
}
