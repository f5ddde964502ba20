// One connection of `graphql-transport-ws`: messages in, operations, messages out.

import NIOCore
import NIOWebSocket
import Synchronization
import WeirColumnar
import WeirGraphQL
import WeirRuntime

/// Why a connection is closed, in the protocol's codes.
enum WebSocketClosing: Sendable {
    case normal
    case goingAway
    case protocolError(String)
    case badMessage(String)
    case unauthorized(String)
    case notInitialised
    case initialisedTwice
    case operationExists(String)

    var code: WebSocketErrorCode {
        switch self {
        case .normal: .normalClosure
        case .goingAway: .goingAway
        case .protocolError: .protocolError
        case .badMessage: .unknown(4400)
        case .unauthorized: .unknown(4401)
        case .notInitialised: .unknown(4408)
        case .initialisedTwice: .unknown(4429)
        case .operationExists: .unknown(4409)
        }
    }

    var reason: String {
        switch self {
        case .normal: ""
        case .goingAway: "The server stops"
        case .protocolError(let what), .badMessage(let what): what
        case .unauthorized(let cause): cause
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
        var operations: [String: Task<Void, Never>] = [:]
        /// When the client last sent anything (monotonic ns).
        var seenAt = MonotonicClock.now()
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
            for task in state.withLock({ $0.operations.values }) { task.cancel() }
        }
        do {
            for try await frame in inbound {
                state.withLock { $0.seenAt = MonotonicClock.now() }
                // Frames of clients are masked (RFC 6455, 5.1), so that no proxy takes them for HTTP.
                guard frame.maskKey != nil else {
                    return await close(.protocolError("Frames of clients are masked"))
                }
                switch frame.opcode {
                case .text:
                    var data = frame.unmaskedData
                    await receive(data.readBytes(length: data.readableBytes) ?? [])
                case .binary: await close(.badMessage("Messages are texts"))
                case .ping: try await send(frame: .pong, frame.unmaskedData)
                case .connectionClose:
                    try await send(frame: .connectionClose, frame.unmaskedData)
                    return
                case .pong: break
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
        let step = max(1, min(20, endpoint.settings.stallSeconds / 3))
        try? await Task.sleep(for: .seconds(endpoint.settings.requestSeconds))
        guard !Task.isCancelled else { return }
        if !state.withLock({ $0.isInitialised }) { return await close(.notInitialised) }
        while !Task.isCancelled {
            let silence = MonotonicClock.now() - state.withLock { $0.seenAt }
            if silence > UInt64(endpoint.settings.stallSeconds) * 1_000_000_000 {
                return channel.close(promise: nil)
            }
            Task { try? await send(frame: .ping, ByteBuffer()) }
            try? await Task.sleep(for: .seconds(step))
        }
    }

    // MARK: Messages

    private func receive(_ bytes: [UInt8]) async {
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
                state.withLock { $0.operations.removeValue(forKey: id) }?.cancel()
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
                return await close(.unauthorized("Unauthorized: \(error.cause)"))
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
        enum Refused { case exists, tooMany }
        let refused = state.withLock { state -> Refused? in
            if state.operations[id] != nil { return .exists }
            if state.operations.count >= Self.maximumOperations { return .tooMany }
            state.operations[id] = Task { [weak self] in
                await self?.execute(id, parameters, caller)
            }
            return nil
        }
        switch refused {
        case nil: break
        case .exists: await close(.operationExists(id))
        case .tooMany:
            await fail(
                id,
                [
                    GraphQLError(
                        "A connection has at most \(Self.maximumOperations) operations.",
                        classification: "ValidationError")
                ])
        }
    }

    // MARK: Operations

    private func execute(_ id: String, _ parameters: GraphQLParameters, _ caller: Caller) async {
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
            guard !Task.isCancelled else { return }
            if state.withLock({ $0.operations.removeValue(forKey: id) }) != nil {
                await send("{\"id\":\(jsonQuoted(id)),\"type\":\"complete\"}")
            }
        } catch let errors as GraphQLErrors {
            state.withLock { _ = $0.operations.removeValue(forKey: id) }
            await fail(id, errors.errors)
        } catch {
            state.withLock { _ = $0.operations.removeValue(forKey: id) }
            if Task.isCancelled { return }
            await fail(
                id, [GraphQLError("\(error)", classification: "DataFetchingException")])
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

    /// Says why, and closes.
    func close(_ closing: WebSocketClosing) async {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: closing.code)
        // A control frame has at most 125 bytes (RFC 6455, 5.5).
        var reason = closing.reason
        while reason.utf8.count > 120 { reason.removeLast() }
        data.writeString(reason)
        try? await send(frame: .connectionClose, data)
        channel.close(promise: nil)
    }
}
