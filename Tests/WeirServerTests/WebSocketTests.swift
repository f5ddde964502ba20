// GraphQL over WebSocket: the protocol's messages and its reasons to close.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirServer

@Suite struct WebSocketTests {
    private static func live(
        _ settings: ServerSettings = ServerSettings()
    ) async throws -> ServedPipeline {
        try await ServedPipeline(
            script: WriteTests.script, files: [], settings: settings, isLive: true)
    }

    /// Sends messages; the text of what comes back until so many have come or it is closed.
    private static func talk(
        _ port: Int, headers: [(String, String)] = [], _ messages: [String], answers: Int
    ) async throws -> [String] {
        try await blocking {
            let client = try WebSocketClient(port: port, headers: headers)
            guard client.status == 101 else { return ["\(client.status)"] }
            for message in messages { client.send(message) }
            var texts: [String] = []
            while texts.count < answers {
                switch try client.next() {
                case .text(let text): texts.append(text)
                case .close(let code): return texts + ["close \(code)"]
                case .gone: return texts + ["gone"]
                }
            }
            return texts
        }
    }

    private static let begin = #"{"type":"connection_init"}"#
    private static let ack = #"{"type":"connection_ack"}"#

    @Test func queriesAndMutationsAreAnswered() async throws {
        let served = try await Self.live()
        let texts = try await Self.talk(
            served.port,
            [
                Self.begin, #"{"type":"ping"}"#,
                #"{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}"#,
            ], answers: 4)
        #expect(texts[..<2] == [Self.ack, #"{"type":"pong"}"#])
        #expect(
            texts[2...] == [
                #"{"id":"1","type":"next","payload":{"data":{"__typename":"Query"}}}"#,
                #"{"id":"1","type":"complete"}"#,
            ])
        let failed = try await Self.talk(
            served.port,
            [
                Self.begin,
                #"{"id":"x","type":"subscribe","payload":{"query":"subscription { Nothing }"}}"#,
            ], answers: 2)
        #expect(failed.last?.hasPrefix(#"{"id":"x","type":"error","payload":[{"message":"#) == true)
        try await served.stop()
    }

    @Test func eventsComeAsTheyAreCommitted() async throws {
        let served = try await Self.live()
        let port = served.port
        let texts = try await blocking {
            let client = try WebSocketClient(port: port)
            client.send(Self.begin)
            var texts = ["\(try client.next())"]
            client.send(
                #"{"id":"a","type":"subscribe","payload":{"query":"subscription { NewReviews { product } }"}}"#
            )
            // An answer to what was sent later: the subscription has been taken by then.
            client.send(#"{"type":"ping"}"#)
            _ = try client.next()
            let writer = try WebSocketClient(port: port)
            writer.send(Self.begin)
            for product in 1...3 {
                writer.send(
                    """
                    {"id":"w\(product)","type":"subscribe","payload":{"query":\
                    "mutation { Review(event: {product: \(product), stars: 5}) { product } }"}}
                    """)
            }
            for _ in 0..<3 { texts.append("\(try client.next())") }
            client.send(#"{"id":"a","type":"complete"}"#)
            client.send(#"{"type":"ping"}"#)
            texts.append("\(try client.next())")
            client.send(opcode: 8, [0x03, 0xE8])
            texts.append("\(try client.next())")
            return texts
        }
        #expect(texts.first == "text(\"{\\\"type\\\":\\\"connection_ack\\\"}\")")
        let events = texts[1...3].sorted()
        for (number, text) in events.enumerated() {
            #expect(text.contains("\\\"product\\\":\(number + 1)}"), "\(text)")
        }
        #expect(texts[4].contains("pong"))
        #expect(texts[5] == "close(1000)")
        try await served.stop()
    }

    @Test(arguments: [
        (["no json"], "close 4400"), (["[]"], "close 4400"), ([#"{"type":"what"}"#], "close 4400"),
        ([#"{"id":"1","type":"subscribe","payload":{"query":"{__typename}"}}"#], "close 4401"),
        ([begin, begin], "close 4429"),
        ([begin, #"{"type":"subscribe","payload":{"query":"{__typename}"}}"#], "close 4400"),
        ([begin, #"{"id":"1","type":"subscribe","payload":{"query":7}}"#], "close 4400"),
        (
            [
                begin,
                #"{"id":"1","type":"subscribe","payload":{"query":"subscription{NewReviews{stars}}"}}"#,
                #"{"id":"1","type":"subscribe","payload":{"query":"subscription{NewReviews{stars}}"}}"#,
            ], "close 4409"
        ),
        ([], "close 4408"),
        ([begin, String(repeating: "x", count: 2 << 20)], "close 1009"),
    ])
    func badMessagesClose(_ messages: [String], _ end: String) async throws {
        var settings = ServerSettings()
        settings.requestSeconds = 1
        let served = try await Self.live(settings)
        let texts = try await Self.talk(served.port, messages, answers: 9)
        #expect(texts.last == end)
        #expect(try await served.get("/health").status == 200)
        try await served.stop()
    }

    /// A message that comes in parts is one; bytes that are none of the protocol close.
    @Test func framesAreChecked() async throws {
        let served = try await Self.live()
        let port = served.port
        let ends = try await blocking { () -> [WebSocketClient.Message] in
            try [[UInt8]]([
                [0xFF, 0xFF, 0xFF], [0x83, 0x00],
                [0x81, 0xFF] + [UInt8](repeating: 0xFF, count: 8),
            ])
            .map { bytes in
                let client = try WebSocketClient(port: port)
                client.sendRaw(bytes)
                client.send(#"{"type":"ping"}"#)
                return try client.next()
            }
        }
        for end in ends {
            switch end {
            case .close, .gone: break
            case .text(let text): Issue.record("\(text)")
            }
        }
        #expect(try await served.get("/health").status == 200)
        try await served.stop()
    }

    @Test func messagesMayComeInParts() async throws {
        let served = try await Self.live()
        let texts = try await blocking { [port = served.port] in
            let client = try WebSocketClient(port: port)
            let whole = Array(Self.begin.utf8)
            client.send(first: 0x01, Array(whole[..<7]))
            client.send(first: 0x00, Array(whole[7..<9]))
            client.send(first: 0x80, Array(whole[9...]))
            var texts = ["\(try client.next())"]
            client.send(opcode: 1, [0x22, 0xFF, 0x22])
            texts.append("\(try client.next())")
            return texts
        }
        #expect(texts[0].contains("connection_ack"))
        #expect(texts[1] == "close(1007)")
        try await served.stop()
    }

    /// An id may be used again as soon as its operation has been completed.
    @Test func idsAreUsedAgain() async throws {
        let served = try await Self.live()
        let subscribe =
            #"{"id":"a","type":"subscribe","payload":{"query":"subscription { NewReviews { product } }"}}"#
        let query = #"{"id":"a","type":"subscribe","payload":{"query":"{ __typename }"}}"#
        for _ in 0..<10 {
            let texts = try await Self.talk(
                served.port, [Self.begin, subscribe, #"{"id":"a","type":"complete"}"#, query],
                answers: 3)
            #expect(texts.last == #"{"id":"a","type":"complete"}"#, "\(texts)")
        }
        try await served.stop()
    }

    /// What is asked over one connection counts, and a token ends where it says.
    @Test func operationsHaveRatesAndTokensEnds() async throws {
        var settings = ServerSettings()
        settings.requestRate = 3
        let limited = try await Self.live(settings)
        let asks = (0..<20).map { number in
            "{\"id\":\"\(number)\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ __typename }\"}}"
        }
        let texts = try await Self.talk(limited.port, [Self.begin] + asks, answers: 24)
        #expect(texts.contains { $0.contains("Too many requests") })
        try await limited.stop()
        let tokens = try Tokens()
        var guarded = ServerSettings()
        guarded.authentication = tokens.settings
        guarded.requestSeconds = 1
        let served = try await Self.live(guarded)
        let end = Int(Date().timeIntervalSince1970) + 2
        let token = try tokens.token(#"{"alg":"HS256"}"#, Tokens.claims("\"x\":1", exp: end))
        let closed = try await Self.talk(
            served.port, headers: [tokens.bearer(token)], [Self.begin], answers: 2)
        #expect(closed == [Self.ack, "close 4401"])
        try await served.stop()
    }

    /// A client that reads nothing does not keep the server from stopping.
    @Test func stoppingWaitsForNobody() async throws {
        let served = try await Self.live()
        let silent = try await blocking { [port = served.port] in
            let client = try WebSocketClient(port: port)
            client.send(Self.begin)
            for number in 0..<90 {
                client.send(
                    "{\"id\":\"\(number)\",\"type\":\"subscribe\","
                        + "\"payload\":{\"query\":\"{ __schema { types { name description fields { name description } } } }\"}}"
                )
            }
            return Kept(client)
        }
        // A connection that has asked nothing is not waited for either.
        let idle = try await blocking { [port = served.port] in
            Kept(try RawConnection(port: port))
        }
        try await served.stop()
        _ = (silent, idle)
    }

    /// Keeps a connection open until the end of a test, which does nothing else with it.
    private final class Kept<Value>: @unchecked Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    @Test func whoMayConnect() async throws {
        let tokens = try Tokens()
        var settings = ServerSettings()
        settings.authentication = tokens.settings
        let served = try await Self.live(settings)
        let token = try tokens.token()
        let ask = #"{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}"#
        let payload =
            "{\"type\":\"connection_init\",\"payload\":{\"Authorization\":\"Bearer \(token)\"}}"
        #expect(try await Self.talk(served.port, [payload, ask], answers: 1) == [Self.ack])
        #expect(
            try await Self.talk(
                served.port, headers: [tokens.bearer(token)], [Self.begin, ask], answers: 1)
                == [Self.ack])
        #expect(try await Self.talk(served.port, [Self.begin], answers: 1) == ["close 4403"])
        let foreign = try await Self.talk(
            served.port, headers: [("Origin", "https://evil.example")], [payload], answers: 1)
        #expect(foreign == ["403"])
        let other = try await blocking { [port = served.port] in
            try WebSocketClient(port: port, subprotocol: "graphql-ws").status
        }
        #expect(other == 401)
        try await served.stop()
    }

    /// Row 21: a thousand who listen, and none that holds up the others or is lost.
    @Test func manyListen() async throws {
        OpenFiles.allow(4000)
        var settings = ServerSettings()
        settings.connections = 2000
        let served = try await Self.live(settings)
        let port = served.port
        let count = 1000
        let seen = try await blocking {
            let clients = try (0..<count).map { _ in try WebSocketClient(port: port) }
            for client in clients {
                client.send(Self.begin)
                client.send(
                    #"{"id":"a","type":"subscribe","payload":{"query":"subscription { NewReviews { product } }"}}"#
                )
                client.send(#"{"type":"ping"}"#)
            }
            for client in clients {
                _ = try client.next()
                _ = try client.next()
            }
            let writer = try WebSocketClient(port: port)
            writer.send(Self.begin)
            for product in 1...20 {
                writer.send(
                    """
                    {"id":"w\(product)","type":"subscribe","payload":{"query":\
                    "mutation { Review(event: {product: \(product), stars: 5}) { product } }"}}
                    """)
            }
            // One client in ten reads nothing; the others get all.
            var seen = 0
            for (number, client) in clients.enumerated() where number % 10 != 0 {
                for _ in 1...20 {
                    if case .text = try client.next() { seen += 1 }
                }
            }
            return seen
        }
        #expect(seen == count / 10 * 9 * 20)
        try await served.stop()
    }
}
