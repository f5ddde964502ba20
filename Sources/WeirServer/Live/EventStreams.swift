// Subscriptions as server-sent events (GraphQL over SSE, distinct connections mode; HTML standard, 9.2).

import HTTPTypes
import Hummingbird
import NIOCore
import WeirColumnar
import WeirGraphQL
import WeirRuntime

struct EventStreams: Sendable {
    let service: GraphQLService
    let feed: CommitFeed
    private let cache = EventCache()
    /// How long nothing is sent at most (ns): a client that is gone is noticed by writing to it.
    private static let silence: UInt64 = 10_000_000_000

    init(service: GraphQLService, feed: CommitFeed) {
        self.service = service
        self.feed = feed
    }

    static func isWanted(by request: Request) -> Bool {
        request.headers[.accept]?.lowercased().contains("text/event-stream") ?? false
    }

    private static let lastEventName = HTTPField.Name("Last-Event-ID")

    /// A stream of responses: of a subscription one for each event, of other operations one.
    func response(
        to parameters: GraphQLParameters, _ request: Request, caller: Caller
    ) async -> Response {
        do {
            let asked = try service.request(parameters)
            guard asked.operation.kind == .subscription else {
                let answer = await service.respond(
                    to: parameters, caller: caller, isReading: request.method == .get)
                return Self.stream { writer in
                    try await Self.send(&writer, event: "next", answer.body, number: nil)
                }
            }
            let last = Self.lastEventName.flatMap { request.headers[$0] }
            let subscription = try await Subscription(
                asked, service, cache, caller: caller, after: last.flatMap { Int64($0) })
            return Self.stream { [feed] writer in
                try await Self.follow(subscription, feed, &writer)
            }
        } catch {
            let errors = (error as? GraphQLErrors)?.errors
            let failed = GraphQLService.failed(
                errors ?? [GraphQLError("\(error)", classification: "DataFetchingException")])
            return .text(failed.body, type: "application/json", status: .badRequest)
        }
    }

    private static func stream(
        _ body: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/event-stream; charset=utf-8"
        headers[.cacheControl] = "no-store"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await body(&writer)
                try await send(&writer, event: "complete", [], number: nil)
                try await writer.finish(nil)
            })
    }

    /// Sends events until there can be no more or the client is gone.
    private static func follow(
        _ subscription: Subscription, _ feed: CommitFeed, _ writer: inout any ResponseBodyWriter
    ) async throws {
        var subscription = subscription
        // Asked for before the first look, so that no commit falls between them.
        let signals = feed.signals()
        var sentAt = MonotonicClock.now()
        try await writer.write(ByteBuffer(string: ":\n\n"))
        var waiting = signals.makeAsyncIterator()
        while true {
            let isRunning = feed.isRunning
            var events = try await subscription.next()
            while !events.isEmpty {
                for event in events {
                    try await send(&writer, event: "next", event.body, number: event.number)
                }
                sentAt = MonotonicClock.now()
                events = try await subscription.next()
            }
            // What was committed last has been read above.
            if !isRunning { return }
            if MonotonicClock.now() - sentAt > silence {
                try await writer.write(ByteBuffer(string: ":\n\n"))
                sentAt = MonotonicClock.now()
            }
            guard await waiting.next() != nil else { return }
        }
    }

    private static func send(
        _ writer: inout any ResponseBodyWriter, event: String, _ body: [UInt8], number: Int64?
    ) async throws {
        var buffer = ByteBuffer()
        buffer.writeString("event: \(event)\n")
        if let number { buffer.writeString("id: \(number)\n") }
        buffer.writeString("data: ")
        // JSON has no line breaks of its own outside of texts, where they are escaped.
        buffer.writeBytes(body.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
        buffer.writeString("\n\n")
        try await writer.write(buffer)
    }
}
