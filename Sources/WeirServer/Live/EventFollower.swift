// Follows the events of a subscription from commit to commit, whatever they are sent by.

import WeirRuntime

struct EventFollower {
    private var subscription: Subscription
    private let feed: CommitFeed

    init(_ subscription: Subscription, _ feed: CommitFeed) {
        self.subscription = subscription
        self.feed = feed
    }

    /// Sends events until there can be no more, the feed is closed, or sending fails. What is slow
    /// to send waits in the store, not here.
    ///
    /// - Parameter idle: is called after each look that found nothing.
    mutating func follow(
        send: (LiveEvent) async throws -> Void, idle: () async throws -> Void
    ) async throws {
        // Asked for before the first look, so that no commit falls between them.
        let signals = feed.signals()
        var waiting = signals.makeAsyncIterator()
        while true {
            let isRunning = feed.isRunning
            var events = try await subscription.next(commit: feed.commits)
            while !events.isEmpty {
                for event in events { try await send(event) }
                // Less than a page is all there is.
                guard events.count == Subscription.page else { break }
                events = try await subscription.next(commit: feed.commits)
            }
            // What was committed last has been read above.
            if !isRunning { return }
            try await idle()
            guard await waiting.next() != nil, !Task.isCancelled else { return }
        }
    }
}
