// Clients that send or take slowly, or nothing at all, do not keep a connection (reliability: slow
// requests).

import NIOCore
import NIOHTTP1

/// Closes a connection whose request does not come in within its time, or whose response is not
/// taken.
///
/// A deadline runs while the server waits for the client: for the rest of a request, for room in a
/// connection that is full, and, longer, for the next request. It does not run while a response is
/// made. A timer is set once and looks at the deadline when it fires, so that a request only writes
/// down a time.
final class RequestDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let request: TimeAmount
    private let idle: TimeAmount
    private let stall: TimeAmount
    private let refused = TimeAmount.seconds(1)
    /// Nil while nobody waits for the client.
    private var deadline: NIODeadline?
    private var timer: Scheduled<Void>?
    /// Whether the last response has been written to its end.
    private var isAnswered = false
    /// Whether the last request has come in to its end; it may be refused before.
    private var isRead = false
    /// Whether the last response says that the client may not ask: it does not keep the connection.
    private var isRefused = false
    private static let refusals: Set<UInt> = [401, 421, 429]

    init(_ settings: ServerSettings) {
        request = .seconds(Int64(settings.requestSeconds))
        idle = .seconds(Int64(settings.idleSeconds))
        stall = .seconds(Int64(settings.stallSeconds))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        wait(request)
        look(context)
    }

    func channelActive(context: ChannelHandlerContext) {
        wait(request)
        look(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isAnswered = false
            isRead = false
            wait(request)
        case .body: break
        case .end:
            isRead = true
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): isRefused = Self.refusals.contains(head.status.code)
        case .body: break
        case .end: responseEnded(context.channel, isRefusal: isRefused)
        }
        context.write(data, promise: promise)
    }

    /// A response has been written to its end.
    func responseEnded(_ channel: any Channel, isRefusal: Bool) {
        isAnswered = true
        isRefused = isRefusal
        if channel.isWritable { waitForNext() }
    }

    /// A client that takes what is sent makes room again and again.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable {
            wait(stall)
        } else if isAnswered {
            waitForNext()
        } else {
            deadline = nil
        }
        context.fireChannelWritabilityChanged()
    }

    private func waitForNext() { wait(isRefused ? refused : isRead ? idle : request) }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    private func wait(_ time: TimeAmount) { deadline = .now() + time }

    /// Closes the connection when its deadline is over, else looks again later.
    private func look(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        if let deadline, deadline <= now { return context.close(promise: nil) }
        let soon = min(request, stall, refused)
        let next = min(deadline ?? (now + soon), now + soon)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: next) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }
}
