// Messages of the Language Server Protocol on two streams (LSP 3.17, base protocol).

package import Foundation

/// Reads and writes JSON-RPC messages with their Content-Length headers.
package struct Transport {
    private let input: FileHandle
    private let output: FileHandle
    private var buffer = Data()
    /// Bytes that a message may have.
    private static let maximumBytes = 64 << 20

    package init(input: FileHandle, output: FileHandle) {
        self.input = input
        self.output = output
    }

    /// The next message; nil at the end of the input, or when it is no message.
    package mutating func read() -> [String: Any]? {
        guard let length = readHeader(), length <= Self.maximumBytes, fill(length) else {
            return nil
        }
        let body = buffer.prefix(length)
        buffer.removeFirst(length)
        // A message that is no JSON object gets an empty one: it is answered with an error.
        return (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }

    private mutating func readHeader() -> Int? {
        var length: Int?
        while true {
            guard let end = buffer.firstRange(of: Data("\r\n".utf8)) else {
                guard buffer.count < 1 << 16, receive() else { return nil }
                continue
            }
            let line = String(decoding: buffer[buffer.startIndex..<end.lowerBound], as: UTF8.self)
            buffer.removeSubrange(buffer.startIndex..<end.upperBound)
            if line.isEmpty { return length }
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-length" {
                length = Int(parts[1].trimmingCharacters(in: .whitespaces))
            }
        }
    }

    private mutating func fill(_ length: Int) -> Bool {
        guard length >= 0 else { return false }
        while buffer.count < length {
            if !receive() { return false }
        }
        return true
    }

    private mutating func receive() -> Bool {
        let more = input.availableData
        buffer.append(more)
        return !more.isEmpty
    }

    package func write(_ message: [String: Any]) {
        guard let body = try? JSONSerialization.data(withJSONObject: message) else { return }
        output.write(Data("Content-Length: \(body.count)\r\n\r\n".utf8) + body)
    }
}
