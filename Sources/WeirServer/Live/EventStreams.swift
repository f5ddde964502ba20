// Subscriptions as server-sent events (GraphQL over SSE, distinct connections mode; HTML standard, 9.2).

import HTTPTypes
import Hummingbird
import WeirColumnar
import WeirGraphQL

struct EventStreams: Sendable {
    let service: GraphQLService
    let feed: CommitFeed
    let cache = EventCache()

    init(service: GraphQLService, feed: CommitFeed) {
        self.service = service
        self.feed = feed
    }

    static func isWanted(accept: String?) -> Bool {
        accept?.lowercased().contains("text/event-stream") ?? false
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
                return Self.stream { sink in
                    try await sink.send(event: "next", answer.body, id: nil)
                }
            }
            let last = Self.lastEventName.flatMap { request.headers[$0] }
            let subscription = try await Subscription(
                asked, service, cache, caller: caller, after: last.flatMap { Int64($0) })
            return Self.stream { [feed] sink in
                try await Self.follow(subscription, feed, caller, sink)
            }
        } catch {
            let errors = (error as? GraphQLErrors)?.errors
            let failed = GraphQLService.failed(
                errors ?? [GraphQLError("\(error)", classification: "DataFetchingException")])
            return .text(failed.body, type: "application/json", status: .badRequest)
        }
    }

    static func stream(
        _ body: @escaping @Sendable (EventSink) async throws -> Void
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/event-stream; charset=utf-8"
        headers[.cacheControl] = "no-store"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let sink = EventSink(writer)
                do {
                    try await body(sink)
                } catch let refusal as TokenRefusal {
                    let reason = JsonValue.object([JsonMember("reason", .string(refusal.cause))])
                    try await sink.send(event: "error", Array(reason.text.utf8), id: nil)
                }
                try await sink.send(event: "complete", [], id: nil)
                try await sink.finish()
            })
    }

    /// Sends events until there can be no more or the client is gone.
    private static func follow(
        _ subscription: Subscription, _ feed: CommitFeed, _ caller: Caller, _ sink: EventSink
    ) async throws {
        var follower = EventFollower(subscription, feed)
        try await sink.comment()
        try await follower.follow { event in
            try await sink.send(event.sent)
        } idle: {
            if caller.isExpired { throw TokenRefusal(cause: "the token has expired") }
            try await sink.beat()
        }
    }
}
