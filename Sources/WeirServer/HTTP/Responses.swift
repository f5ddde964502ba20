// Responses of all routes.

import HTTPTypes
import Hummingbird
import NIOCore
import WeirColumnar

extension ResponseBody {
    /// Bytes that a client may take slowly: the next part is sent when there is room for it, so that
    /// it is seen whether the client takes any.
    static func parts(of buffer: ByteBuffer) -> ResponseBody {
        let size = 64 << 10
        guard buffer.readableBytes > size * 2 else { return ResponseBody(byteBuffer: buffer) }
        return ResponseBody(contentLength: buffer.readableBytes) { writer in
            var rest = buffer
            while let part = rest.readSlice(length: min(size, rest.readableBytes)),
                part.readableBytes > 0
            {
                try await writer.write(part)
            }
            try await writer.finish(nil)
        }
    }
}

extension Response {
    /// A body of some media type.
    static func text(
        _ body: some Collection<UInt8>, type: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        WholeResponse.text(body, type: type, status: status).response
    }

    static func json(_ value: JsonValue, status: HTTPResponse.Status = .ok) -> Response {
        text(value.text.utf8, type: "application/json", status: status)
    }

    /// What went wrong, as RFC 9457 writes it.
    static func problem(
        _ status: HTTPResponse.Status, _ detail: String, members: [JsonMember] = []
    ) -> Response {
        let json = JsonValue.object(
            [
                JsonMember("title", .string(status.reasonPhrase)),
                JsonMember("status", .number(String(status.code))),
                JsonMember("detail", .string(detail)),
            ] + members)
        return text(json.text.utf8, type: "application/problem+json", status: status)
    }
}

/// A request that is not answered as it would be, with what is said instead.
struct RequestRefusal: Error {
    let status: HTTPResponse.Status
    let detail: String
    let headers: HTTPFields

    init(_ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }
}

extension Request {
    /// The whole body.
    ///
    /// - Throws: `RequestRefusal` when it is too large.
    func body(upTo limit: Int) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw RequestRefusal(.contentTooLarge, "The body has more than \(limit) bytes.")
        }
        var buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw RequestRefusal(.contentTooLarge, "The body has more than \(limit) bytes.")
        }
        return buffer.readBytes(length: buffer.readableBytes) ?? []
    }
}

enum MediaType {
    /// Whether a body is JSON, whatever parameters the type has.
    static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        if contentType == "application/json" { return true }
        let type = contentType.split(separator: ";").first?.filter { $0 != " " && $0 != "\t" }
        return type?.lowercased() == "application/json"
    }
}
