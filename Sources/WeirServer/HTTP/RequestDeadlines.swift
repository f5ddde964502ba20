// Clients that send slowly or nothing do not keep a connection (reliability: slow requests).

import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request does not come in within its time.
///
/// A deadline runs while the server waits for the client: for the first request, for the rest of one,
/// and, longer, for the next one. It does not run while a response is made.
final class RequestDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let request: TimeAmount
    private let idle: TimeAmount
    private var deadline: Scheduled<Void>?

    init(_ settings: ServerSettings) {
        request = .seconds(Int64(settings.requestSeconds))
        idle = .seconds(Int64(settings.idleSeconds))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { wait(request, context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        wait(request, context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: wait(request, context)
        case .body: break
        case .end: cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { wait(idle, context) }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    private func wait(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    private func cancel() {
        deadline?.cancel()
        deadline = nil
    }
}
