// Writes server-sent events (HTML standard, 9.2).

import Hummingbird
import NIOCore
import WeirRuntime

/// The body of one event stream. It is written by one task.
final class EventSink {
    private var writer: any ResponseBodyWriter
    private var sentAt = MonotonicClock.now()
    /// How long nothing is sent at most (ns): a client that is gone is noticed by writing to it.
    private static let silence: UInt64 = 10_000_000_000

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    /// - Parameter body: JSON, which has line breaks only between its tokens.
    func send(event: String, _ body: [UInt8], id: String?) async throws {
        try await send(Self.event(event, body, id: id))
    }

    func send(_ event: ByteBuffer) async throws {
        try await writer.write(event)
        sentAt = MonotonicClock.now()
    }

    static func event(_ event: String, _ body: [UInt8], id: String?) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(body.count + 64)
        buffer.writeString("event: \(event)\n")
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("data: ")
        if body.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
            buffer.writeBytes(body.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
        } else {
            buffer.writeBytes(body)
        }
        buffer.writeString("\n\n")
        return buffer
    }

    /// A line that clients skip.
    func comment() async throws {
        try await writer.write(ByteBuffer(string: ":\n\n"))
        sentAt = MonotonicClock.now()
    }

    /// A comment, when nothing has been sent for a while.
    func beat() async throws {
        if MonotonicClock.now() - sentAt > Self.silence { try await comment() }
    }

    func finish() async throws { try await writer.finish(nil) }
}
