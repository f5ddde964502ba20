// Tells everybody who follows the store when something has been committed.

import Synchronization
import WeirEngine
import WeirRuntime

/// Wakes followers after each commit, and now and then, so that they notice clients that are gone.
final class CommitFeed: Sendable {
    private struct State {
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
        var commits: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let session: Session?
    private let beat = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter beatSeconds: how often followers are woken without a commit.
    init(_ session: Session?, beatSeconds: Int = 15) {
        self.session = session
        session?.listen { [weak self] in self?.wake(isCommit: true) }
        let task = Task.detached { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(beatSeconds))
                self?.wake(isCommit: false)
            }
        }
        beat.withLock { $0 = task }
    }

    deinit { beat.withLock { $0?.cancel() } }

    /// Whether there may be more commits.
    var isRunning: Bool { session.map { $0.state == .running } ?? false }

    /// Grows with each commit, before anybody is woken for it: who has read since a number was asked
    /// for has seen its commit.
    var commits: UInt64 { state.withLock { $0.commits } }

    private func wake(isCommit: Bool) {
        let followers = state.withLock { state in
            if isCommit { state.commits += 1 }
            return Array(state.followers.values)
        }
        for follower in followers { follower.yield() }
    }

    /// An element whenever there may be something new; several become one. Ends when the feed is
    /// closed.
    func signals() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = state.withLock { state -> Int? in
                guard !state.isClosed else { return nil }
                state.next += 1
                state.followers[state.next] = continuation
                return state.next
            }
            guard let number else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.followers.removeValue(forKey: number) }
            }
        }
    }

    /// Followers at present.
    var count: Int { state.withLock { $0.followers.count } }

    /// Ends all who follow.
    func close() {
        let followers = state.withLock { state in
            state.isClosed = true
            defer { state.followers.removeAll() }
            return Array(state.followers.values)
        }
        for follower in followers { follower.finish() }
        beat.withLock { $0?.cancel() }
    }
}
