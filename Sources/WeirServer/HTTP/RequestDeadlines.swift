// Clients that send or take slowly, or nothing at all, do not keep a connection (reliability: slow
// requests).

import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request does not come in within its time, or whose response is not
/// taken.
///
/// A deadline runs while the server waits for the client: for the rest of a request, for each part
/// of a response to be taken, and, longer, for the next request. It does not run while a response is
/// made.
final class RequestDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let request: TimeAmount
    private let idle: TimeAmount
    private let stall: TimeAmount
    private var deadline: Scheduled<Void>?
    /// Parts of responses that the client has not taken yet.
    private var untaken = 0
    /// Whether the last response has been written to its end.
    private var isAnswered = false
    /// Whether the last request has come in to its end; it may be refused before.
    private var isRead = false

    init(_ settings: ServerSettings) {
        request = .seconds(Int64(settings.requestSeconds))
        idle = .seconds(Int64(settings.idleSeconds))
        stall = .seconds(Int64(settings.stallSeconds))
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
        case .head:
            isAnswered = false
            isRead = false
            wait(request, context)
        case .body: break
        case .end:
            isRead = true
            cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { isAnswered = true }
        let promise = promise ?? context.eventLoop.makePromise()
        untaken += 1
        if untaken == 1 { wait(stall, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in
            let (handler, context) = bound.value
            handler.taken(context)
        }
        context.write(data, promise: promise)
    }

    private func taken(_ context: ChannelHandlerContext) {
        untaken -= 1
        guard context.channel.isActive else { return cancel() }
        if untaken > 0 {
            wait(stall, context)
        } else if isAnswered {
            wait(isRead ? idle : request, context)
        } else {
            cancel()
        }
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
