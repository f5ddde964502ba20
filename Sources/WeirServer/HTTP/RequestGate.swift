// Who may ask at all: names of the server, origins of pages, rates, tokens.

import HTTPTypes
import Hummingbird
import WeirColumnar

/// The checks in front of all routes, of plain requests and of WebSockets.
struct RequestGate: Sendable {
    /// Paths without a token: they tell nothing of the data.
    private static let open: Set<String> = ["/", "/health", "/ready"]
    static let resourcePath = "/.well-known/oauth-protected-resource"

    static func isOpen(_ path: String) -> Bool {
        open.contains(path) || path == resourcePath || path.hasPrefix(resourcePath + "/")
    }

    private let hosts: HostNames
    private let origins: [String]
    private let limiter: RateLimiter?
    /// Nil when nobody is asked for a token.
    let verifier: TokenVerifier?
    let ids = RequestIDs()

    init(_ settings: ServerSettings, verifier: TokenVerifier?) {
        hosts = HostNames(settings.hostNames)
        origins = settings.origins
        limiter = settings.requestRate.map { RateLimiter(rate: $0) }
        self.verifier = verifier
    }

    /// A page of another host must not ask what its reader's browser may see.
    func check(host: String?, origin: String?) throws(RequestRefusal) {
        guard hosts.contain(host) else {
            throw RequestRefusal(
                .misdirectedRequest,
                "This server does not go by the name '\(host ?? "")'; see --allow-host.")
        }
        guard let origin, !allows(origin) else { return }
        let page = origin.split(separator: "/", maxSplits: 2).last.map(String.init)
        guard let page, page == host else {
            throw RequestRefusal(.forbidden, "Pages of \(origin) may not ask this server.")
        }
    }

    private func allows(_ origin: String) -> Bool {
        origins.contains("*") || origins.contains(origin)
    }

    /// Whether a WebSocket may be opened.
    func allows(host: String?, origin: String?) -> Bool {
        do throws(RequestRefusal) {
            try check(host: host, origin: origin)
            return true
        } catch {
            return false
        }
    }

    /// Whether a request of a client would be let through; it is not counted.
    func mayAsk(_ client: String) -> Bool { limiter?.hasRoom(for: client) ?? true }

    func allowsRate(_ client: String) -> Bool { limiter?.wait(for: client) == nil }

    func checkRate(_ client: String) throws(RequestRefusal) {
        guard let seconds = limiter?.wait(for: client) else { return }
        throw RequestRefusal(
            .tooManyRequests, "Too many requests; the next one is answered in \(seconds) s.",
            headers: HTTPFields([HTTPField(name: .retryAfter, value: String(seconds))]))
    }

    /// The answer to a browser that asks whether a page may send a request (Fetch standard, CORS
    /// preflight); nil when this is no such question.
    func preflight(_ request: Request, _ methods: [HTTPRequest.Method]?) -> Response? {
        guard request.method == .options, let methods, let origin = request.headers[.origin],
            allows(origin), request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        var response = Response(status: .noContent)
        response.headers[.accessControlAllowMethods] = methods.map(\.rawValue)
            .joined(separator: ", ")
        response.headers[.accessControlAllowHeaders] =
            "Accept, Authorization, Content-Type, If-None-Match, Last-Event-ID, X-Request-Id"
        response.headers[.accessControlMaxAge] = "600"
        return response
    }

    func addOrigin(to response: inout Response, _ request: Request) {
        guard let origin = request.headers[.origin], allows(origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = "ETag, Link, X-Request-Id"
        response.headers[.vary] = [response.headers[.vary], "Origin"].compactMap { $0 }
            .joined(separator: ", ")
    }

    /// RFC 6750, 3; the body is DataSQRL's. MCP clients find the issuer by the header (RFC 9728, 5.1).
    func unauthorized(_ refusal: TokenRefusal, _ request: Request) -> Response {
        var response = Response.json(
            .object([
                JsonMember("error", .string("JWT auth failed")),
                JsonMember("cause", .string(refusal.cause)),
            ]), status: .unauthorized)
        var parts: [String] = []
        if verifier?.site != nil {
            let origin =
                "\(request.head.scheme ?? "http")://\(request.head.authority ?? "localhost")"
            parts.append("resource_metadata=\"\(origin)\(Self.resourcePath)\"")
        }
        if request.headers[.authorization] != nil { parts.append("error=\"invalid_token\"") }
        response.headers[.wwwAuthenticate] =
            parts.isEmpty ? "Bearer" : "Bearer " + parts.joined(separator: ", ")
        return response
    }
}
