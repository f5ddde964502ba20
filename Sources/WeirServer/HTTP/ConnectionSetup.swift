// What stands between a socket and the routes: TLS, HTTP/1.1, and the way from there to WebSocket.

import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOWebSocket

/// A connection that speaks HTTP, or WebSocket when its first request asks for that (RFC 6455, 4).
struct ConnectionSetup: HTTPChannelHandler {
    typealias HTTPStream = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    enum Spoken: Sendable {
        case http(HTTPStream)
        case webSocket(WebSocketSession.Stream, HTTPRequestHead)
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        /// What is spoken, as soon as the client has said it.
        let spoken: EventLoopFuture<Spoken>
    }

    let responder: Responder
    let settings: ServerSettings
    let tls: NIOSSLContext?
    let sockets: WebSocketEndpoint
    let clients: ClientConnections
    let direct: DirectAnswers

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            guard clients.enter(channel) else { throw ChannelError.connectPending }
            if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
            let deadline = FirstRequestDeadline(seconds: settings.requestSeconds)
            try pipeline.addHandler(deadline)
            let encoder = HTTPResponseEncoder()
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = settings.headBytes
            limits.maxHeaderListSize = settings.headBytes
            limits.maxHeaderFieldCount = 100
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(
                    leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
            let filter = UpgradeFilter(sockets)
            let upgrade = NIOTypedHTTPServerUpgradeHandler(
                httpEncoder: encoder, extraHTTPHandlers: [decoder, filter],
                upgradeConfiguration: .init(
                    upgraders: [upgrader(deadline)],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture {
                            .http(try http(channel, deadline, filter, logger))
                        }
                    }))
            // The encoder is nobody's but the responses': the decoder stands before it.
            try pipeline.addHandlers(decoder, encoder, filter, upgrade)
            let spoken = upgrade.upgradeResultFuture
            return Value(channel: channel, spoken: spoken)
        }
    }

    private func http(
        _ channel: any Channel, _ deadline: FirstRequestDeadline, _ filter: UpgradeFilter,
        _ logger: Logger
    ) throws -> HTTPStream {
        deadline.cancel()
        let pipeline = channel.pipeline.syncOperations
        pipeline.removeHandler(filter, promise: nil)
        let deadlines = RequestDeadlines(settings)
        try pipeline.addHandler(deadlines)
        try pipeline.addHandler(
            DirectRequests(
                direct, client: channel.remoteAddress?.ipAddress ?? "", deadlines: deadlines,
                encoder: try pipeline.context(handlerType: HTTPResponseEncoder.self)))
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: nil, logger: logger))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    private func upgrader(
        _ deadline: FirstRequestDeadline
    ) -> NIOTypedWebSocketServerUpgrader<Spoken> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: settings.bodyBytes,
            // The filter has let it through.
            shouldUpgrade: { channel, _ in
                channel.eventLoop.makeSucceededFuture(
                    ["Sec-WebSocket-Protocol": WebSocketEndpoint.subprotocol])
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    deadline.cancel()
                    try channel.pipeline.syncOperations.addHandler(ClientFrames())
                    try channel.pipeline.syncOperations.addHandler(
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 1024,
                            maxAccumulatedFrameSize: settings.bodyBytes))
                    let stream = try WebSocketSession.Stream(
                        wrappingChannelSynchronously: channel)
                    return .webSocket(stream, head)
                }
            })
    }

    func handle(value: Value, logger: Logger) async {
        let spoken: Spoken
        do {
            spoken = try await value.spoken.get()
        } catch {
            // What came is no HTTP; the reason was of the client's making.
            try? await value.channel.close().get()
            return
        }
        switch spoken {
        case .http(let stream): await handleHTTP(asyncChannel: stream, logger: logger)
        case .webSocket(let stream, let head): await sockets.serve(stream, head)
        }
    }
}

/// A request for a WebSocket that is refused is one that the routes answer: it does not get as far as
/// being upgraded.
final class UpgradeFilter: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let sockets: WebSocketEndpoint

    init(_ sockets: WebSocketEndpoint) { self.sockets = sockets }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), head.headers.contains(name: "Upgrade"),
            !sockets.takes(head, context.channel)
        else { return context.fireChannelRead(data) }
        head.headers.remove(name: "Upgrade")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// What came is no request: it is said, and that is all.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        let isLarge = error == .headerOverflow
        let head = HTTPResponseHead(
            version: .http1_1,
            status: isLarge ? .requestHeaderFieldsTooLarge : .badRequest,
            headers: ["Connection": "close", "Content-Length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}

/// Closes a connection whose first request does not come.
///
/// `@unchecked Sendable` holds because only the event loop of its channel touches it.
final class FirstRequestDeadline: ChannelInboundHandler, RemovableChannelHandler,
    @unchecked Sendable
{
    typealias InboundIn = Any

    private let time: TimeAmount
    private var scheduled: Scheduled<Void>?

    init(seconds: Int) { time = .seconds(Int64(seconds)) }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        scheduled = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    /// The server stops, and this connection has asked nothing.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, scheduled != nil {
            return context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func cancel() {
        scheduled?.cancel()
        scheduled = nil
    }
}
