// One connection of `graphql-transport-ws`: messages in, operations, messages out.

import NIOCore
import NIOWebSocket
import Synchronization
import WeirColumnar
import WeirGraphQL
import WeirRuntime

/// Why a connection is closed, in the protocol's codes.
enum WebSocketClosing: Sendable {
    case goingAway
    case protocolError(String)
    case badMessage(String)
    case badText
    case unauthorized(String)
    case forbidden(String)
    case notInitialised
    case initialisedTwice
    case operationExists(String)

    var code: WebSocketErrorCode {
        switch self {
        case .goingAway: .goingAway
        case .protocolError: .protocolError
        case .badMessage: .unknown(4400)
        case .badText: .dataInconsistentWithMessage
        case .unauthorized: .unknown(4401)
        case .forbidden: .unknown(4403)
        case .notInitialised: .unknown(4408)
        case .initialisedTwice: .unknown(4429)
        case .operationExists: .unknown(4409)
        }
    }

    var reason: String {
        switch self {
        case .goingAway: "The server stops"
        case .protocolError(let what), .badMessage(let what): what
        case .badText: "Messages are UTF-8"
        case .unauthorized(let cause), .forbidden(let cause): cause
        case .notInitialised: "Connection initialisation timeout"
        case .initialisedTwice: "Too many initialisation requests"
        case .operationExists(let id): "Subscriber for \(id) already exists"
        }
    }
}

final class WebSocketSession: Sendable {
    typealias Stream = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    private struct State {
        var isInitialised = false
        var caller: Caller?
        var operations: [String: (number: Int, task: Task<Void, Never>)] = [:]
        /// Numbers of operations; those that have been completed and still end count as well.
        var lastOperation = 0
        var running = 0
        /// The last ping that was sent, and the last one that was answered.
        var pinged: UInt32 = 0
        var answered: UInt32 = 0
    }

    private let served: WebSocketService
    private let endpoint: WebSocketEndpoint
    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    private let channel: any Channel
    private let authorization: String?
    private let state = Mutex(State())
    /// Operations of a connection at the same time.
    private static let maximumOperations = 100

    init(
        _ served: WebSocketService, _ endpoint: WebSocketEndpoint,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>,
        channel: any Channel, authorization: String?
    ) {
        self.served = served
        self.endpoint = endpoint
        self.outbound = outbound
        self.channel = channel
        self.authorization = authorization
    }

    /// Reads messages until the client closes.
    func run(_ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>) async {
        let watch = Task { await self.watch() }
        defer {
            watch.cancel()
            for operation in state.withLock({ $0.operations.values }) { operation.task.cancel() }
        }
        do {
            for try await frame in inbound {
                switch frame.opcode {
                case .text:
                    var data = frame.unmaskedData
                    await receive(data.readBytes(length: data.readableBytes) ?? [])
                case .binary: await close(.badMessage("Messages are texts"))
                case .ping: try await send(frame: .pong, frame.unmaskedData)
                case .connectionClose:
                    // A code has two bytes (RFC 6455, 5.5.1).
                    if frame.unmaskedData.readableBytes == 1 {
                        return await close(.protocolError("A code has two bytes"))
                    }
                    try await send(frame: .connectionClose, frame.unmaskedData)
                    return
                case .pong:
                    var data = frame.unmaskedData
                    if let number = data.readInteger(as: UInt32.self) {
                        state.withLock { $0.answered = max($0.answered, min(number, $0.pinged)) }
                    }
                default: return await close(.protocolError("The opcode is unknown"))
                }
            }
        } catch is NIOWebSocketError {
            await close(.protocolError("This is no WebSocket"))
        } catch {
            // The client is gone.
            return
        }
    }

    /// Closes what is not initialised in time or says nothing any more; a client that takes nothing
    /// does not answer pings either.
    private func watch() async {
        try? await Task.sleep(for: .seconds(endpoint.settings.requestSeconds))
        guard !Task.isCancelled else { return }
        if !state.withLock({ $0.isInitialised }) { return await close(.notInitialised) }
        let step = max(1, endpoint.settings.stallSeconds / 3)
        while !Task.isCancelled {
            let (pinged, answered) = state.withLock { state in
                state.pinged &+= 1
                return (state.pinged, state.answered)
            }
            // Three pings without an answer: nobody is there, or nobody reads.
            if pinged - answered > 3 { return channel.close(promise: nil) }
            // Not waited for: a client that reads nothing lets nothing be written.
            if pinged - answered == 1 {
                Task { try? await send(frame: .ping, ByteBuffer(integer: pinged)) }
            }
            let left = state.withLock { $0.caller?.secondsLeft }
            if let left, left <= 0 { return await close(.unauthorized("The token has expired")) }
            try? await Task.sleep(
                for: .milliseconds(Int(min(Double(step), max(0.05, left ?? .infinity)) * 1000)))
        }
    }

    // MARK: Messages

    private func receive(_ bytes: [UInt8]) async {
        guard String(validating: bytes, as: UTF8.self) != nil else { return await close(.badText) }
        guard case .object(let members)? = JsonValue.parse(bytes) else {
            return await close(.badMessage("The message is no JSON object"))
        }
        func text(_ name: String) -> String? {
            guard case .string(let text)? = members.last(where: { $0.isCalled(name) })?.value
            else { return nil }
            return text
        }
        let payload = members.last { $0.isCalled("payload") }?.value ?? .null
        switch text("type") {
        case "connection_init": await initialise(payload)
        case "ping": await send(#"{"type":"pong"}"#)
        case "pong": break
        case "subscribe":
            guard let id = text("id"), !id.isEmpty, id.utf8.count <= 128 else {
                return await close(.badMessage("A subscribe message has an id"))
            }
            await subscribe(id, payload)
        case "complete":
            if let id = text("id") {
                state.withLock { $0.operations.removeValue(forKey: id) }?.task.cancel()
            }
        default: await close(.badMessage("The type of the message is unknown"))
        }
    }

    /// The token is in the request of the connection or in the payload, because pages cannot add
    /// header fields to the former.
    private func initialise(_ payload: JsonValue) async {
        let isSecond = state.withLock { state in
            defer { state.isInitialised = true }
            return state.isInitialised
        }
        if isSecond { return await close(.initialisedTwice) }
        var caller = Caller.anonymous
        if let verifier = endpoint.gate.verifier {
            do throws(TokenRefusal) {
                caller = try await verifier.caller(
                    authorization: Self.authorization(in: payload) ?? authorization)
            } catch {
                return await close(.forbidden("Forbidden: \(error.cause)"))
            }
        }
        state.withLock { [caller] in $0.caller = caller }
        await send(#"{"type":"connection_ack"}"#)
    }

    private static func authorization(in payload: JsonValue) -> String? {
        guard case .object(let members) = payload else { return nil }
        for member in members {
            switch (member.key.lowercased(), member.value) {
            case ("authorization", .string(let text)): return text
            case ("headers", .object): return authorization(in: member.value)
            default: continue
            }
        }
        return nil
    }

    private func subscribe(_ id: String, _ payload: JsonValue) async {
        guard let caller = state.withLock({ $0.caller }) else {
            return await close(.unauthorized("Unauthorized"))
        }
        let parameters: GraphQLParameters
        do throws(GraphQLParameters.Malformed) {
            parameters = try GraphQLParameters(json: payload)
        } catch {
            return await close(.badMessage(error.message))
        }
        if caller.isExpired { return await close(.unauthorized("The token has expired")) }
        guard endpoint.gate.allowsRate(channel.remoteAddress?.ipAddress ?? "") else {
            return await fail(id, "Too many requests.")
        }
        enum Refused { case exists, tooMany }
        let refused = state.withLock { state -> Refused? in
            if state.operations[id] != nil { return .exists }
            if state.running >= Self.maximumOperations { return .tooMany }
            state.running += 1
            state.lastOperation += 1
            let number = state.lastOperation
            state.operations[id] = (
                number, Task { [weak self] in await self?.execute(id, number, parameters, caller) }
            )
            return nil
        }
        switch refused {
        case nil: break
        case .exists: await close(.operationExists(id))
        case .tooMany:
            await fail(id, "A connection has at most \(Self.maximumOperations) operations.")
        }
    }

    /// Takes an operation off the list; false when its id belongs to another one by now, or to none.
    private func forget(_ id: String, _ number: Int) -> Bool {
        state.withLock { state in
            guard state.operations[id]?.number == number else { return false }
            state.operations[id] = nil
            return true
        }
    }

    // MARK: Operations

    private func execute(
        _ id: String, _ number: Int, _ parameters: GraphQLParameters, _ caller: Caller
    ) async {
        defer { state.withLock { $0.running -= 1 } }
        do {
            let service = served.service
            let asked = try service.request(parameters)
            if asked.operation.kind == .subscription {
                let subscription = try await Subscription(
                    asked, service, served.streams.cache, caller: caller, after: nil)
                var follower = EventFollower(subscription, served.streams.feed)
                try await follower.follow { event in
                    try await self.next(id, event.body)
                } idle: {
                    if caller.isExpired { await self.close(.unauthorized("The token has expired")) }
                }
            } else {
                try await next(id, await service.respond(to: parameters, caller: caller).body)
            }
            if forget(id, number) {
                await send("{\"id\":\(jsonQuoted(id)),\"type\":\"complete\"}")
            }
        } catch let errors as GraphQLErrors {
            if forget(id, number) { await fail(id, errors.errors) }
        } catch {
            if forget(id, number), !Task.isCancelled { await fail(id, "\(error)") }
        }
    }

    private func next(_ id: String, _ body: [UInt8]) async throws {
        try Task.checkCancellation()
        var buffer = ByteBuffer()
        buffer.reserveCapacity(body.count + id.utf8.count + 40)
        buffer.writeString("{\"id\":\(jsonQuoted(id)),\"type\":\"next\",\"payload\":")
        buffer.writeBytes(body)
        buffer.writeString("}")
        try await send(frame: .text, buffer)
    }

    private func fail(_ id: String, _ message: String) async {
        await fail(id, [GraphQLError(message, classification: "DataFetchingException")])
    }

    private func fail(_ id: String, _ errors: [GraphQLError]) async {
        let json = JsonValue.object([
            JsonMember("id", .string(id)), JsonMember("type", .string("error")),
            JsonMember("payload", .array(errors.map(\.json))),
        ])
        await send(json.text)
    }

    // MARK: Frames

    private func send(_ text: String) async {
        // A connection that cannot be written to is closed, and noticed where it is read.
        try? await send(frame: .text, ByteBuffer(string: text))
    }

    private func send(frame opcode: WebSocketOpcode, _ data: ByteBuffer) async throws {
        try await outbound.write(WebSocketFrame(fin: true, opcode: opcode, data: data))
    }

    /// Says why, and closes; a client that does not take the word is not waited for.
    func close(_ closing: WebSocketClosing) async {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: closing.code)
        // A control frame has at most 125 bytes (RFC 6455, 5.5).
        var reason = closing.reason
        while reason.utf8.count > 120 { reason.removeLast() }
        data.writeString(reason)
        let timer = channel.eventLoop.scheduleTask(in: .seconds(1)) { [channel] in
            channel.close(promise: nil)
        }
        try? await send(frame: .connectionClose, data)
        timer.cancel()
        channel.close(promise: nil)
    }
}

/// Refuses frames that no client may send: those without a mask, so that no proxy takes them for
/// HTTP (RFC 6455, 5.1), and those of extensions that were not agreed on (5.2).
final class ClientFrames: ChannelInboundHandler, Sendable {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return context.fireErrorCaught(NIOWebSocketError.multiByteControlFrameLength)
        }
        context.fireChannelRead(data)
    }
}
