// The queries that are followed at present, each read once for all who follow it.

import Hummingbird
import Synchronization
import WeirColumnar
import WeirGraphQL
import WeirPlanner

final class LiveQueries: Sendable {
    /// By bytes: Swift takes texts with other spellings of an accent for equal.
    private struct Key: Hashable {
        let operation: [UInt8]
        let variables: [UInt8]
        /// Claims that the query reads; who has others may see other rows.
        let claims: [UInt8]
    }

    private struct Entry {
        let query: LiveQuery
        /// Tells the versions of this query from those of one before it, or of another server.
        let name: String
        var followers = 0
        var leftAt = 0
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// Grows with each follower that leaves.
        var leaves = 0
    }

    private let service: GraphQLService
    private let feed: CommitFeed
    private let state = Mutex(State())
    /// Queries that are kept although nobody follows them, for clients that come back.
    private static let maximumIdle = 16
    /// Bytes of the rows and changes of all queries.
    private let budget = LiveBudget(bytes: 128 << 20)

    init(service: GraphQLService, feed: CommitFeed) {
        self.service = service
        self.feed = feed
    }

    /// Sends the rows of a query, then what changes of them, until the pipeline ends, the server
    /// stops, or the client is gone.
    ///
    /// - Parameter last: the event that the client has seen last.
    func follow(
        _ operation: APIOperation, _ variables: [JsonMember], _ caller: Caller, last: String?,
        _ sink: EventSink
    ) async throws {
        let key = Key(
            operation: Array(operation.name.utf8),
            variables: Array(JsonValue.object(variables).text.utf8),
            claims: Array(JsonValue.object(claims(of: operation, caller)).text.utf8))
        let (query, name) = enter(key, operation, variables, caller)
        defer { leave(key) }
        var version = last.flatMap { Self.version($0, of: name) }
        var isBehindFine = true
        let signals = feed.signals()
        var waiting = signals.makeAsyncIterator()
        try await sink.comment()
        while true {
            let isRunning = feed.isRunning
            let updates: [LiveUpdate]
            do {
                updates = try await query.updates(
                    since: version, commit: feed.commits, isBehindFine: isBehindFine)
            } catch {
                let reason = (error as? LiveFailure)?.reason ?? "\(error)"
                let body = JsonValue.object([JsonMember("reason", .string(reason))]).text
                return try await sink.send(event: "error", Array(body.utf8), id: nil)
            }
            for update in updates {
                try await sink.send(
                    event: update.kind.rawValue, update.body, id: "\(name)-\(update.version)")
                version = update.version
            }
            isBehindFine = false
            if caller.isExpired {
                return try await sink.send(
                    event: "error", Array(#"{"reason":"the token has expired"}"#.utf8), id: nil)
            }
            if !isRunning { return }
            try await sink.beat()
            guard await waiting.next() != nil else { return }
        }
    }

    private static func version(_ id: String, of name: String) -> UInt64? {
        let parts = id.split(separator: "-")
        return parts.count == 2 && parts[0] == name ? UInt64(parts[1]) : nil
    }

    private func claims(of operation: APIOperation, _ caller: Caller) -> [JsonMember] {
        let arguments = service.model.queries[operation.root]?.query.arguments ?? []
        return arguments.compactMap { argument in
            guard case .metadata(let key) = argument.origin else { return nil }
            let name = String(key.dropFirst("auth.".count))
            return JsonMember(name, caller.claims[name] ?? .null)
        }
    }

    private func enter(
        _ key: Key, _ operation: APIOperation, _ variables: [JsonMember], _ caller: Caller
    ) -> (LiveQuery, String) {
        state.withLock { state in
            if let known = state.entries[key] {
                state.entries[key]?.followers += 1
                return (known.query, known.name)
            }
            let service = service
            let query = LiveQuery(budget: budget) {
                let result = await service.rows(
                    of: operation, variables: variables, caller: caller, format: .lines)
                if let error = result.errors.first { throw LiveFailure(reason: error.message) }
                return result.body.split(separator: UInt8(ascii: "\n")).map { Array($0) }
            }
            let name = String(UInt32.random(in: .min ... .max), radix: 36)
            state.entries[key] = Entry(query: query, name: name, followers: 1)
            return (query, name)
        }
    }

    private func leave(_ key: Key) {
        state.withLock { state in
            state.leaves += 1
            state.entries[key]?.followers -= 1
            state.entries[key]?.leftAt = state.leaves
            let idle = state.entries.filter { $0.value.followers == 0 }
            if idle.count > Self.maximumIdle,
                let oldest = idle.min(by: { $0.value.leftAt < $1.value.leftAt })
            {
                state.entries[oldest.key] = nil
            }
        }
    }
}
