// GraphQL over WebSocket (the protocol `graphql-transport-ws`): who may open a connection, and those
// that are open.

import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import WeirColumnar

/// What a WebSocket asks.
struct WebSocketService: Sendable {
    let service: GraphQLService
    let streams: EventStreams
}

/// The GraphQL endpoints as WebSockets.
final class WebSocketEndpoint: Sendable {
    static let subprotocol = "graphql-transport-ws"

    /// By path.
    private let services: [String: WebSocketService]
    let gate: RequestGate
    let settings: ServerSettings
    private let metrics: RequestMetrics
    private let open = Mutex<(isClosed: Bool, next: Int, sessions: [Int: WebSocketSession])>(
        (false, 0, [:]))

    init(
        _ services: [String: WebSocketService], gate: RequestGate, metrics: RequestMetrics,
        settings: ServerSettings
    ) {
        self.services = services
        self.gate = gate
        self.metrics = metrics
        self.settings = settings
    }

    /// Whether a request gets a WebSocket; otherwise it is answered as plain HTTP.
    func takes(_ head: HTTPRequestHead, _ channel: any Channel) -> Bool {
        head.method == .GET && service(of: head) != nil && Self.isHandshake(head.headers)
            && head.headers[canonicalForm: "Sec-WebSocket-Protocol"].contains(
                Substring(Self.subprotocol))
            && gate.allows(
                host: head.headers.first(name: "Host"), origin: head.headers.first(name: "Origin"))
            && gate.allowsRate(channel.remoteAddress?.ipAddress ?? "")
    }

    /// What a request for a WebSocket has (RFC 6455, 4.2.1).
    private static func isHandshake(_ headers: HTTPHeaders) -> Bool {
        let keys = headers[canonicalForm: "Sec-WebSocket-Key"]
        return headers[canonicalForm: "Sec-WebSocket-Version"] == ["13"] && keys.count == 1
            && Data(base64Encoded: String(keys.first ?? ""))?.count == 16
            && headers[canonicalForm: "Upgrade"].contains { $0.lowercased() == "websocket" }
    }

    private func service(of head: HTTPRequestHead) -> WebSocketService? {
        services[String(head.uri.prefix { $0 != "?" })]
    }

    /// Serves a connection until it is closed.
    func serve(_ stream: WebSocketSession.Stream, _ head: HTTPRequestHead) async {
        guard let service = service(of: head) else { return stream.channel.close(promise: nil) }
        metrics.connected(1)
        defer { metrics.connected(-1) }
        let authorization = head.headers.first(name: "Authorization")
        do {
            try await stream.executeThenClose { inbound, outbound in
                let session = WebSocketSession(
                    service, self, outbound, channel: stream.channel, authorization: authorization)
                let number = open.withLock { open -> Int? in
                    if open.isClosed { return nil }
                    open.next += 1
                    open.sessions[open.next] = session
                    return open.next
                }
                guard let number else { return await session.close(.goingAway) }
                await session.run(inbound)
                open.withLock { _ = $0.sessions.removeValue(forKey: number) }
            }
        } catch {
            // The client is gone, or what it sent is no WebSocket; the connection is closed.
            stream.channel.close(promise: nil)
        }
    }

    /// Closes all connections.
    func close() {
        let sessions = open.withLock { open in
            open.isClosed = true
            return Array(open.sessions.values)
        }
        for session in sessions { Task { await session.close(.goingAway) } }
    }
}
