// All routes of an API behind one door, with the network or without.

import HTTPTypes
import Hummingbird
import Logging
import NIOCore
package import WeirEngine
package import WeirStore

/// Answers requests.
package final class APIResponder: Sendable {
    let guarded: RequestGuard<RouterResponder<APIContext>>
    let sockets: WebSocketEndpoint
    let direct: DirectAnswers
    private let feed: CommitFeed
    private let metrics: RequestMetrics
    private let store: ServingPool
    private let asksForTokens: Bool

    static let serverName = "weir"
    static let logger = {
        var logger = Logger(label: "weir.api") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }()

    /// - Parameters:
    ///   - session: the pipeline, for its state and metrics; nil for a store at rest.
    ///   - log: is called after each request.
    /// - Throws: `ServerError` when the settings name a key that is none.
    package init(
        _ apis: [ServedAPI], store: ServingPool, session: Session?, settings: ServerSettings,
        log: (@Sendable (RequestRecord) -> Void)? = nil
    ) async throws {
        var verifier: TokenVerifier?
        if let tokens = settings.authentication { verifier = try await TokenVerifier(tokens) }
        let gate = RequestGate(settings, verifier: verifier)
        let routes = Routes()
        let metrics = RequestMetrics()
        self.metrics = metrics
        self.store = store
        asksForTokens = verifier != nil
        let feed = CommitFeed(session)
        self.feed = feed
        var endpoints: [String: WebSocketService] = [:]
        for api in apis {
            let service = GraphQLService(api.model, store, writes: session?.writes)
            let streams = EventStreams(service: service, feed: feed)
            if api.isServingGraphQL {
                GraphQLRoutes(
                    version: api.version, service: service, settings: settings, streams: streams
                ).add(to: routes)
                endpoints["/\(api.version)/graphql"] = WebSocketService(
                    service: service, streams: streams)
            }
            let operations = api.operations.filter { !$0.isWrite || session?.writes != nil }
            if api.isServingREST {
                RESTRoutes(
                    version: api.version, service: service, operations: operations,
                    settings: settings, asksForTokens: verifier != nil
                ).add(to: routes)
            }
            if api.isServingLive {
                let live = LiveQueries(service: service, feed: feed)
                LiveRoutes(version: api.version, service: service, live: live).add(to: routes)
            }
            if api.isServingMCP {
                MCPRoutes(
                    version: api.version,
                    service: MCPService(service: service, operations: operations),
                    settings: settings
                ).add(to: routes)
            }
        }
        ExplorerRoutes(
            session: session, store: store, metrics: metrics, versions: apis,
            followers: { feed.count }
        ).add(to: routes)
        sockets = WebSocketEndpoint(endpoints, gate: gate, metrics: metrics, settings: settings)
        OperationsRoutes(session: session, store: store, metrics: metrics, verifier: verifier).add(
            to: routes)
        let journal = RequestJournal(gate: gate, metrics: metrics, log: log)
        guarded = RequestGuard(
            routes: routes.router.buildResponder(), known: routes.known, journal: journal)
        direct = DirectAnswers(
            routes: routes.direct, journal: journal, serverName: Self.serverName)
    }

    func status(address: String) -> APIStatus {
        APIStatus(
            address: address, asksForTokens: asksForTokens, followers: feed.count,
            webSockets: metrics.webSockets, endpoints: metrics.endpoints,
            requests: metrics.recent, problem: store.timings.problem)
    }

    /// Ends all who follow something.
    package func close() {
        feed.close()
        sockets.close()
    }
}

/// A request that does not come over the network.
package struct LocalRequest: Sendable {
    package var method: String
    /// With the query.
    package var path: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        _ method: String, _ path: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

/// What came back.
package struct LocalAnswer: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
}

extension APIResponder {
    /// Answers as the server would; a stream when it has ended.
    ///
    /// - Throws: when a header's name or the method is none of HTTP, or the answer breaks off.
    package func answer(to asked: LocalRequest) async throws -> LocalAnswer {
        guard let method = HTTPRequest.Method(asked.method) else {
            throw ServerError(description: "\(asked.method) is no method of HTTP")
        }
        var head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: asked.path)
        for (name, value) in asked.headers {
            guard let field = HTTPField.Name(name) else {
                throw ServerError(description: "'\(name)' is no name of a header")
            }
            head.headerFields.append(HTTPField(name: field, value: value))
        }
        var buffer = ByteBuffer()
        buffer.writeBytes(asked.body)
        let response = try await guarded.respond(
            to: Request(head: head, body: RequestBody(buffer: buffer)),
            context: APIContext(logger: Self.logger))
        let collected = BodyCollector()
        try await response.body.write(collected)
        return LocalAnswer(
            status: Int(response.status.code),
            headers: response.headers.map { ($0.name.rawName, $0.value) },
            body: collected.bytes)
    }
}

/// Keeps what is written as the body of a response.
private final class BodyCollector: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes += buffer.readableBytesView }

    consuming func finish(_ trailers: HTTPFields?) async throws {}
}
