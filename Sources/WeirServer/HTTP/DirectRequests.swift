// Small requests with small answers, answered on the event loop: no task, no change of threads.

import HTTPTypes
import NIOCore
import NIOHTTP1
import WeirRuntime

/// What the connections of a server share.
struct DirectAnswers: Sendable {
    let routes: DirectRoutes
    let journal: RequestJournal
    let dates = ResponseDates()
    let serverName: String
}

/// Stands in front of the tasks that answer requests, and answers those itself that have a direct
/// route, whole in memory, when no other request of the connection is being answered. All others go
/// on as they came. Its answers are written as bytes, behind the encoder of the others.
final class DirectRequests: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private struct Waiting {
        let head: HTTPRequestHead
        let route: DirectRoute
        let request: DirectRequest
        /// Monotonic ns.
        let start: UInt64
        var body: ByteBuffer?
    }

    private let answers: DirectAnswers
    private let client: String
    private let deadlines: RequestDeadlines
    /// What is written from there are bytes.
    private let encoder: ChannelHandlerContext
    /// The request that is coming in and may be answered here.
    private var waiting: Waiting?
    /// Requests that have gone on and are not answered yet.
    private var others = 0
    private var needsFlush = false
    /// Whether the response that is being written tells the length of each part (RFC 9112, 7.1), which
    /// the encoder does for those without one of their own.
    private var isChunked = false
    /// A name of the server that has been looked at.
    private var knownHost: String?
    private static let maximumBody = 64 << 10

    init(
        _ answers: DirectAnswers, client: String, deadlines: RequestDeadlines,
        encoder: ChannelHandlerContext
    ) {
        self.answers = answers
        self.client = client
        self.deadlines = deadlines
        self.encoder = encoder
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if others == 0, head.version == .http1_1, head.headers.contains(name: "Expect") {
                goOn(head)
            }
            waiting = taken(head, context)
            guard waiting == nil else { return }
            others += 1
            context.fireChannelRead(data)
        case .body(let part):
            guard waiting != nil else { return context.fireChannelRead(data) }
            if waiting?.body == nil {
                waiting?.body = part
            } else {
                waiting?.body?.writeImmutableBuffer(part)
            }
        case .end(let trailers):
            guard let asked = waiting else { return context.fireChannelRead(data) }
            waiting = nil
            if let response = response(to: asked, context) {
                encoder.write(NIOAny(IOData.byteBuffer(response)), promise: nil)
                deadlines.responseEnded(context.channel, isRefusal: false)
                needsFlush = true
            } else {
                handOver(asked, context)
                context.fireChannelRead(wrapInboundOut(.end(trailers)))
            }
        }
    }

    /// A client that asks before it sends a body is told to (RFC 9110, 10.1.1); whether the body is too
    /// large is said afterwards.
    private func goOn(_ head: HTTPRequestHead) {
        guard head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" }) else {
            return
        }
        let line = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
        encoder.writeAndFlush(NIOAny(IOData.byteBuffer(line)), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    /// Parts of a stream are framed here, in one piece: a server that tells many followers of a commit
    /// does little else.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isChunked =
                head.version == .http1_1 && head.status.mayHaveResponseBody
                && !head.headers.contains(name: "Content-Length")
        case .body(.byteBuffer(let part)) where isChunked && part.readableBytes > 0:
            let chunk = Self.chunk(of: part, context.channel.allocator)
            return encoder.write(NIOAny(IOData.byteBuffer(chunk)), promise: promise)
        case .body: break
        case .end: others -= 1
        }
        context.write(data, promise: promise)
    }

    /// RFC 9112, 7.1.
    private static func chunk(of part: ByteBuffer, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var chunk = allocator.buffer(capacity: part.readableBytes + 16)
        chunk.writeString(String(part.readableBytes, radix: 16))
        chunk.writeStaticString("\r\n")
        chunk.writeImmutableBuffer(part)
        chunk.writeStaticString("\r\n")
        return chunk
    }

    /// A server that stops waits for requests that have begun and for responses; whoever does so knows of
    /// none that are here.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        if let asked = waiting { handOver(asked, context) }
        let written = context.eventLoop.makePromise(of: Void.self)
        encoder.writeAndFlush(NIOAny(IOData.byteBuffer(ByteBuffer())), promise: written)
        written.futureResult.assumeIsolated().whenComplete { _ in
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// Nil when somebody else answers.
    private func taken(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Waiting? {
        guard others == 0, context.channel.isWritable, let request = DirectRequest(head),
            let route = answers.routes.route(request.method, request.path),
            request.contentLength <= (request.method == .POST ? Self.maximumBody : 0)
        else { return nil }
        return Waiting(
            head: head, route: route, request: request, start: MonotonicClock.now())
    }

    /// What has come of a request goes on to the tasks.
    private func handOver(_ asked: Waiting, _ context: ChannelHandlerContext) {
        waiting = nil
        others += 1
        context.fireChannelRead(wrapInboundOut(.head(asked.head)))
        if let body = asked.body { context.fireChannelRead(wrapInboundOut(.body(body))) }
    }

    // MARK: Responses

    /// Nil when somebody else answers.
    private func response(to asked: Waiting, _ context: ChannelHandlerContext) -> ByteBuffer? {
        let journal = answers.journal
        var request = asked.request
        guard isKnown(request.host), journal.gate.mayAsk(client) else { return nil }
        if let verifier = journal.gate.verifier {
            // A token that is not known may need keys that have to be fetched.
            guard let caller = verifier.knownCaller(authorization: request.authorization) else {
                return nil
            }
            request.caller = caller
        }
        if let body = asked.body { request.body = Array(body.readableBytesView) }
        guard let response = asked.route.answer(request),
            // It is counted where it is answered.
            journal.gate.allowsRate(client)
        else { return nil }
        let entry = journal.begin(
            request.method.rawValue, givenID: request.requestID, traceParent: request.traceParent,
            client: client, start: asked.start)
        let bytes = bytes(of: response, id: entry.id, context.channel.allocator)
        journal.end(
            entry, route: asked.route.path, path: request.path, status: response.status.code,
            bytes: response.body.readableBytes, isDirect: true)
        return bytes
    }

    /// A connection goes to one name.
    private func isKnown(_ host: String?) -> Bool {
        if let host, host == knownHost { return true }
        guard answers.journal.gate.allows(host: host, origin: nil) else { return false }
        knownHost = host
        return true
    }

    /// A response as it is sent (RFC 9112, 4). Its values have no line ends: they are the server's own
    /// words, or parts of the request's target, where the parser allows none.
    private func bytes(
        of response: WholeResponse, id: String, _ allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var bytes = allocator.buffer(capacity: response.body.readableBytes + 512)
        let phrase = HTTPResponseStatus(statusCode: response.status.code).reasonPhrase
        bytes.writeString("HTTP/1.1 \(response.status.code) \(phrase)\r\n")
        func add(_ name: String, _ value: String) {
            bytes.writeString(name)
            bytes.writeStaticString(": ")
            bytes.writeString(value)
            bytes.writeStaticString("\r\n")
        }
        for header in response.headers { add(header.name.rawName, header.value) }
        bytes.writeStaticString("X-Content-Type-Options: nosniff\r\n")
        add(RequestIDs.name.rawName, id)
        add("Content-Length", String(response.body.readableBytes))
        add("Date", answers.dates.now)
        add("Server", answers.serverName)
        bytes.writeStaticString("\r\n")
        bytes.writeImmutableBuffer(response.body)
        return bytes
    }
}
