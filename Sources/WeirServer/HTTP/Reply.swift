// A response that depends on what the client takes: compressed, or only a word that nothing changed.

import CWeirInput
import HTTPTypes
import Hummingbird
import NIOCore
import WeirColumnar

/// A body before it is known how it is sent.
struct Reply {
    private let body: [UInt8]
    private let type: String
    var status = HTTPResponse.Status.ok
    /// Whether clients may ask again whether it has changed (RFC 9110, 8.8.3 ETag).
    var isTagged = false
    var link: String?
    /// Whether and how long the answer may be kept; by default clients ask each time.
    var cacheControl: String?
    private static let linkName = HTTPField.Name("Link") ?? .location
    /// Smaller bodies are not worth it.
    private static let compressedBytes = 1400

    init(_ body: [UInt8], type: String) {
        self.body = body
        self.type = type
    }

    func response(to request: Request) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        if let link { headers[Self.linkName] = link }
        if isTagged {
            let tag = "\"\(Self.tag(body))\""
            headers[.eTag] = tag
            headers[.cacheControl] = cacheControl ?? "no-cache"
            headers[.vary] = "Accept, Accept-Encoding"
            let known = request.headers[.ifNoneMatch]?.split(separator: ",").map {
                $0.filter { $0 != " " }.replacing("W/", with: "")
            }
            if let known, known.contains(tag) || known == ["*"] {
                return Response(status: .notModified, headers: headers)
            }
        }
        var buffer = ByteBuffer()
        if body.count >= Self.compressedBytes, Self.takesGzip(request), let small = Self.gzip(body)
        {
            headers[.contentEncoding] = "gzip"
            buffer.writeBytes(small)
        } else {
            buffer.writeBytes(body)
        }
        return Response(status: status, headers: headers, body: .parts(of: buffer))
    }

    /// 64 bits of a hash and the length.
    private static func tag(_ body: [UInt8]) -> String {
        let hash = body.withUnsafeBytes { ByteHash.hash($0) }
        return String(hash, radix: 16) + "-" + String(body.count, radix: 16)
    }

    private static func takesGzip(_ request: Request) -> Bool {
        guard let accepted = request.headers[.acceptEncoding] else { return false }
        return accepted.split(separator: ",").contains { item in
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            let isOff = parts.dropFirst().contains {
                ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0)
            }
            return parts.first == "gzip" && !isOff
        }
    }

    /// Nil when there is no memory for it.
    private static func gzip(_ body: [UInt8]) -> [UInt8]? {
        let room = weir_gzip_bound(body.count)
        var size = 0
        let packed = [UInt8](unsafeUninitializedCapacity: room) { output, count in
            body.withUnsafeBufferPointer { input in
                size = weir_gzip_pack(input.baseAddress, input.count, output.baseAddress, room)
            }
            count = size
        }
        return size > 0 ? packed : nil
    }
}
