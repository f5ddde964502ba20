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
        whole(
            acceptEncoding: request.headers[.acceptEncoding],
            ifNoneMatch: request.headers[.ifNoneMatch]
        ).response
    }

    /// The response to a request with these headers.
    func whole(acceptEncoding: String?, ifNoneMatch: String? = nil) -> WholeResponse {
        var response = WholeResponse(status: status, headers: [(.contentType, type)])
        if let link { response.headers.append((Self.linkName, link)) }
        if isTagged {
            let tag = "\"\(Self.tag(body))\""
            response.headers.append((.eTag, tag))
            response.headers.append((.cacheControl, cacheControl ?? "no-cache"))
            response.headers.append((.vary, "Accept, Accept-Encoding"))
            let known = ifNoneMatch?.split(separator: ",").map {
                $0.filter { $0 != " " }.replacing("W/", with: "")
            }
            if let known, known.contains(tag) || known == ["*"] {
                response.status = .notModified
                return response
            }
        }
        if body.count >= Self.compressedBytes, Self.takesGzip(acceptEncoding),
            let small = Self.gzip(body)
        {
            response.headers.append((.contentEncoding, "gzip"))
            response.body = ByteBuffer(bytes: small)
        } else {
            response.body = ByteBuffer(bytes: body)
        }
        return response
    }

    /// 64 bits of a hash, a letter for four of them, and the length.
    private static func tag(_ body: [UInt8]) -> String {
        var rest = body.withUnsafeBytes { ByteHash.hash($0) }
        let digits = String(unsafeUninitializedCapacity: 16) { bytes in
            for place in 0..<16 {
                bytes[15 - place] = UInt8(ascii: "a") + UInt8(rest & 15)
                rest >>= 4
            }
            return 16
        }
        return "\(digits)-\(body.count)"
    }

    private static func takesGzip(_ accepted: String?) -> Bool {
        guard let accepted else { return false }
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
