// WebSockets as tests speak them (RFC 6455): text messages, masked, over a connection of TCP.

import Foundation

/// A client of `graphql-transport-ws`.
///
/// Thread-confined.
package final class WebSocketClient {
    package enum Message: Equatable {
        case text(String)
        /// The server closes, with its code.
        case close(Int)
        /// The server has closed without a word.
        case gone
    }

    private let connection: RawConnection
    private var bytes: [UInt8] = []
    /// The status of the answer to the request for a WebSocket.
    package let status: Int

    package init(
        port: Int, path: String = "/v1/graphql", headers: [(String, String)] = [],
        subprotocol: String = "graphql-transport-ws"
    ) throws {
        connection = try RawConnection(port: port)
        var head = """
            GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUpgrade: websocket\r\n\
            Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
            Sec-WebSocket-Protocol: \(subprotocol)\r\n
            """
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        connection.send(head + "\r\n")
        let mark = Array("\r\n\r\n".utf8)
        var received: [UInt8] = []
        var end: Int?
        while end == nil {
            let part = try connection.receive()
            if part.isEmpty { break }
            received += part
            end = received.indices.first { received[$0...].starts(with: mark) }
        }
        let answer = String(decoding: received.prefix(end ?? 0), as: UTF8.self)
        status = Int(answer.split(separator: " ").dropFirst().first ?? "") ?? 0
        bytes = end.map { Array(received.dropFirst($0 + 4)) } ?? []
    }

    package func send(_ text: String) { send(opcode: 1, Array(text.utf8)) }

    /// Bytes as they are.
    package func sendRaw(_ bytes: [UInt8]) { connection.send(bytes) }

    package func send(opcode: UInt8, _ data: [UInt8]) { send(first: 0x80 | opcode, data) }

    /// - Parameter first: the first byte of the frame: whether it is the last one, and the opcode.
    package func send(first: UInt8, _ data: [UInt8]) {
        var frame: [UInt8] = [first]
        switch data.count {
        case ..<126: frame.append(0x80 | UInt8(data.count))
        case ..<65536:
            frame += [0x80 | 126, UInt8(data.count >> 8), UInt8(data.count & 255)]
        default:
            frame.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                frame.append(UInt8(truncatingIfNeeded: data.count >> shift))
            }
        }
        let mask: [UInt8] = [1, 2, 3, 4]
        connection.send(frame + mask + data.enumerated().map { $1 ^ mask[$0 & 3] })
    }

    /// The next text, or how the connection ends; pings are answered.
    package func next() throws -> Message {
        while true {
            if let (opcode, data) = frame() {
                switch opcode {
                case 1: return .text(String(decoding: data, as: UTF8.self))
                case 8:
                    return .close(data.count >= 2 ? Int(data[0]) << 8 | Int(data[1]) : 1005)
                case 9: send(opcode: 10, data)
                default: break
                }
                continue
            }
            let part = try connection.receive()
            if part.isEmpty { return .gone }
            bytes += part
        }
    }

    private func frame() -> (UInt8, [UInt8])? {
        guard bytes.count >= 2 else { return nil }
        var start = 2
        var length = Int(bytes[1] & 0x7F)
        let more = length == 126 ? 2 : length == 127 ? 8 : 0
        if more > 0 {
            guard bytes.count >= 2 + more else { return nil }
            length = bytes[2..<2 + more].reduce(0) { $0 << 8 | Int($1) }
            start += more
        }
        guard bytes.count >= start + length else { return nil }
        let opcode = bytes[0] & 0x0F
        let data = Array(bytes[start..<start + length])
        bytes.removeFirst(start + length)
        return (opcode, data)
    }
}
