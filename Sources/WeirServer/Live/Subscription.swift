// A subscription: the events of a log, each as a response, from some number on.

import NIOCore
import Synchronization
import WeirColumnar
import WeirGraphQL
import WeirPlanner
import WeirStore

/// An event as it is sent.
struct LiveEvent: Sendable {
    /// Its number; a client that comes back names the last one it has seen.
    let number: Int64
    /// A GraphQL response.
    let body: [UInt8]
    /// The same as a server-sent event, made once for all who get it.
    let sent: ByteBuffer

    init(number: Int64, body: [UInt8]) {
        self.number = number
        self.body = body
        sent = EventSink.event("next", body, id: String(number))
    }
}

/// Reads the events of one subscriber. A client that is slow is behind, and nothing waits for it.
struct Subscription: Sendable {
    /// What stays the same; one reference, as it is handed on for each commit.
    private final class Plan: Sendable {
        let fetch: Fetch
        /// The fetch, told apart from others.
        let asked: EventCache.Asked
        let service: GraphQLService
        let hub: EventCache

        init(_ fetch: Fetch, _ service: GraphQLService, _ hub: EventCache) {
            self.fetch = fetch
            asked = EventCache.Asked(fetch)
            self.service = service
            self.hub = hub
        }
    }

    private let plan: Plan
    private var after: Int64
    /// Events that are read at once.
    static let page = 500

    /// - Parameter after: the last event that the client has seen; nil for those from now on.
    /// - Throws: `GraphQLErrors`, or what the store says.
    init(
        _ request: GraphQLRequest, _ service: GraphQLService, _ hub: EventCache, caller: Caller,
        after: Int64?
    ) async throws {
        let model = service.model
        let fields = try request.rootFields()
        guard fields.count == 1, let field = fields.first,
            let query = model.subscriptions[field.name]
        else {
            throw GraphQLErrors(errors: [
                GraphQLError("A subscription has one field.", classification: "ValidationError")
            ])
        }
        var compiler = FetchCompiler(model, request, caller, service.texts)
        do {
            plan = Plan(try compiler.events(field, query), service, hub)
        } catch let problem as FieldProblem {
            throw GraphQLErrors(errors: [problem.error])
        }
        let last = try await service.lastEvent(of: query)
        // A number that has not been given yet is from before --fresh: all events are new then.
        self.after = after.map { $0 > last ? 0 : $0 } ?? last
    }

    /// The events that have come since the last call; empty when there are none.
    ///
    /// - Parameter commit: the number of the commit that is to be seen; what another subscriber has
    ///   begun to read before it does not count.
    /// - Throws: `ServingError`, or that events are gone that the client has not seen.
    mutating func next(commit: UInt64) async throws -> [LiveEvent] {
        let events = try await plan.hub.events(
            plan.asked, after: after, commit: commit
        ) { [plan, after] in
            try await plan.service.events(plan.fetch, after: after, most: Self.page)
        }
        if let last = events.last { after = last.number }
        return events
    }
}

/// Many subscribers ask the same after each commit; it is read once.
final class EventCache: Sendable {
    /// What a subscriber asks each time. Its hash is computed once.
    struct Asked: Hashable, Sendable {
        private let sql: String
        private let parameters: [StoreValue]
        /// What is selected, and as what.
        private let output: String
        private let hash: Int
        /// Whether others who ask the same get the same: what is below the rows has arguments of its
        /// own, which are not among these.
        let isShared: Bool

        init(_ fetch: Fetch) {
            sql = fetch.sql
            parameters = fetch.parameters.map(\.value)
            output = "\(fetch.key) \(fetch.output.fields)"
            isShared = fetch.output.children.isEmpty && fetch.output.isPlain
            var hasher = Hasher()
            hasher.combine(sql)
            hasher.combine(parameters)
            hasher.combine(output)
            hash = hasher.finalize()
        }

        func hash(into hasher: inout Hasher) { hasher.combine(hash) }
    }

    private struct Key: Hashable {
        let asked: Asked
        let after: Int64
        let commit: UInt64
    }

    private struct State {
        var events: [Key: Task<[LiveEvent], any Error>] = [:]
        /// Those that have been read: most subscribers come when somebody else has done the work.
        var ready: [Key: [LiveEvent]] = [:]
        var order: [Key] = []
    }

    private let state = Mutex(State())
    private static let maximum = 64

    func events(
        _ asked: Asked, after: Int64, commit: UInt64,
        read: @escaping @Sendable () async throws -> [LiveEvent]
    ) async throws -> [LiveEvent] {
        guard asked.isShared else { return try await read() }
        let key = Key(asked: asked, after: after, commit: commit)
        if let ready = state.withLock({ $0.ready[key] }) { return ready }
        let task = state.withLock { state -> Task<[LiveEvent], any Error> in
            if let known = state.events[key] { return known }
            let made = Task { try await read() }
            state.events[key] = made
            state.order.append(key)
            if state.order.count > Self.maximum {
                let oldest = state.order.removeFirst()
                state.events[oldest] = nil
                state.ready[oldest] = nil
            }
            return made
        }
        do {
            let events = try await task.value
            state.withLock { if $0.events[key] != nil { $0.ready[key] = events } }
            return events
        } catch {
            forget(key)
            throw error
        }
    }

    private func forget(_ key: Key) {
        state.withLock { state in
            state.events[key] = nil
            state.ready[key] = nil
            state.order.removeAll { $0 == key }
        }
    }
}
