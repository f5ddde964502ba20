// HTTP as tests speak it: exactly the bytes that they say.

import Foundation

/// A response of a server.
package struct HTTPAnswer: Sendable {
    package let status: Int
    /// The words behind it.
    package let reason: String
    /// By lower-case name.
    package let headers: [String: String]
    package let body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// A connection of TCP to a server on this machine.
///
/// Thread-confined.
package final class RawConnection {
    private let descriptor: Int32

    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    package init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(description: "cannot connect to \(port)") }
        // A test that waits for ever tells nothing.
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    package func send(_ text: String) { send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    /// What comes next; empty when the server has closed.
    package func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { throw Failure(description: "no answer within a minute") }
        return count <= 0 ? [] : Array(buffer[..<count])
    }

    /// Everything until the server closes.
    package func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let part = try receive()
            if part.isEmpty { return all }
            all += part
        }
    }

    /// What has come behind the last answer.
    private var behind: [UInt8] = []

    /// The next of several responses, each of which tells its length.
    package func nextAnswer() throws -> HTTPAnswer {
        while true {
            if let answer = HTTPAnswer(behind, isWhole: false),
                let length = Int(answer.headers["content-length"] ?? "")
            {
                behind.removeFirst(behind.count - answer.body.count + length)
                return HTTPAnswer(answer, length: length)
            }
            let part = try receive()
            if part.isEmpty { throw Failure(description: "closed after \(behind.count) bytes") }
            behind += part
        }
    }

    /// One response with its body.
    package func answer() throws -> HTTPAnswer {
        var bytes: [UInt8] = []
        while true {
            if let answer = HTTPAnswer(bytes, isWhole: false) { return answer }
            let part = try receive()
            if part.isEmpty {
                guard let answer = HTTPAnswer(bytes, isWhole: true) else {
                    throw Failure(description: "closed after \(bytes.count) bytes")
                }
                return answer
            }
            bytes += part
        }
    }
}

extension HTTPAnswer {
    fileprivate init(_ other: HTTPAnswer, length: Int) {
        self.init(
            status: other.status, reason: other.reason, headers: other.headers,
            body: Array(other.body.prefix(length)))
    }

    /// Nil while bytes are missing.
    fileprivate init?(_ bytes: [UInt8], isWhole: Bool) {
        let mark = Array("\r\n\r\n".utf8)
        guard
            let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) })
        else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        // CR LF is one Character.
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let rest = Array(bytes[(end + 4)...])
        let length = Int(headers["content-length"] ?? "")
        if !isWhole, rest.count < length ?? Int.max { return nil }
        status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        reason = words.dropFirst(2).joined(separator: " ")
        self.headers = headers
        body = rest
    }
}

/// Runs what waits on a thread that may wait: those of asynchronous tests are as few as the cores.
package func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

package enum HTTP {
    /// One request on a connection of its own.
    package static func request(
        port: Int, _ method: String, _ path: String, headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> HTTPAnswer {
        let host = [("Host", "127.0.0.1:\(port)"), ("Connection", "close")]
        return try await answer(
            port: port, to: text(method, path, headers: host + headers, body: body))
    }

    /// A request as it is sent.
    package static func text(
        _ method: String, _ path: String, headers: [(String, String)], body: [UInt8]? = nil
    ) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }

    /// The answer to some bytes, which may leave the connection open.
    package static func answer(port: Int, to bytes: [UInt8]) async throws -> HTTPAnswer {
        try await blocking {
            let connection = try RawConnection(port: port)
            connection.send(bytes)
            return try connection.answer()
        }
    }

    /// What comes back for some bytes until the server closes.
    package static func raw(port: Int, _ text: String) async throws -> String {
        try await blocking {
            let connection = try RawConnection(port: port)
            connection.send(text)
            return String(decoding: try connection.receiveAll(), as: UTF8.self)
        }
    }
}
