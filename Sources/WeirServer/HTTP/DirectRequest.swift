// A request as direct routes take it: only what they look at.

import NIOCore
import NIOHTTP1

/// The head of a request in the parts that matter, and its body.
struct DirectRequest {
    let method: HTTPMethod
    let path: String
    /// Behind the question mark; empty for none.
    let query: String
    private(set) var host: String?
    private(set) var contentType: String?
    private(set) var accept: String?
    private(set) var acceptEncoding: String?
    private(set) var requestID: String?
    private(set) var authorization: String?
    private(set) var traceParent: String?
    private(set) var contentLength = 0
    var body: [UInt8] = []
    /// Set before the routes are asked.
    var caller = Caller.anonymous

    /// Nil for a request that has something which only the router knows what to do with.
    init?(_ head: HTTPRequestHead) {
        guard head.version == .http1_1, head.uri.utf8.first == UInt8(ascii: "/") else { return nil }
        method = head.method
        let uri = head.uri
        if let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = String(uri[..<mark])
            query = String(uri[uri.utf8.index(after: mark)...])
        } else {
            path = uri
            query = ""
        }
        for (name, value) in head.headers where !take(name, value) { return nil }
    }

    /// False for a header that the router has to see.
    private mutating func take(_ name: String, _ value: String) -> Bool {
        switch name.utf8.count {
        case 4 where name.isNamed("host"): return host.setOnce(value)
        case 6:
            if name.isNamed("accept") { return accept.setOnce(value) }
            return !name.isNamed("origin") && !name.isNamed("expect")
        case 7: return !name.isNamed("upgrade")
        case 10 where name.isNamed("connection"): return value.isNamed("keep-alive")
        case 11 where name.isNamed("traceparent"): return traceParent.setOnce(value)
        case 12:
            if name.isNamed("content-type") { return contentType.setOnce(value) }
            if name.isNamed("x-request-id") { return requestID.setOnce(value) }
        case 13:
            if name.isNamed("authorization") { return authorization.setOnce(value) }
            return !name.isNamed("if-none-match")
        case 14 where name.isNamed("content-length"):
            guard let length = Int(value) else { return false }
            contentLength = length
        case 15 where name.isNamed("accept-encoding"): return acceptEncoding.setOnce(value)
        case 17: return !name.isNamed("transfer-encoding")
        default: break
        }
        return true
    }
}

extension Optional where Wrapped == String {
    /// False when the header has been there before.
    fileprivate mutating func setOnce(_ value: String) -> Bool {
        defer { self = value }
        return self == nil
    }
}

extension String {
    /// - Parameter name: in small letters of ASCII.
    fileprivate func isNamed(_ name: StaticString) -> Bool {
        var place = name.utf8Start
        guard utf8.count == name.utf8CodeUnitCount else { return false }
        for byte in utf8 {
            let small = byte >= 65 && byte <= 90 ? byte | 0x20 : byte
            if small != place.pointee { return false }
            place += 1
        }
        return true
    }
}
