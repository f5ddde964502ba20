// Whether the server is well, and what the pipeline does.

import HTTPTypes
import Hummingbird
import WeirColumnar
import WeirEngine
import WeirRuntime
import WeirStore

struct OperationsRoutes {
    let session: Session?
    let store: ServingPool
    let metrics: RequestMetrics
    /// Nil when nobody is asked for a token.
    let verifier: TokenVerifier?

    func add(to routes: Routes) {
        routes.add(.get, "/health") { _, _ in
            Response.json(.object([JsonMember("status", .string("up"))]))
        }
        routes.add(.get, "/ready") { _, _ in ready() }
        routes.add(.get, "/metrics") { _, _ in
            Response.text(
                PrometheusText.metrics(session?.snapshot(), metrics, store).utf8,
                type: "text/plain; version=0.0.4; charset=utf-8")
        }
        if let site = verifier?.site {
            // Clients of MCP ask with the path of the resource behind it (RFC 9728, 3.1).
            for path in ["", "/v1/mcp", "/v1/graphql"] {
                routes.add(.get, RequestGate.resourcePath + path) { request, _ in
                    Self.resource(request, issuer: site)
                }
            }
        }
    }

    /// Where clients get their tokens (RFC 9728, 3).
    private static func resource(_ request: Request, issuer: String) -> Response {
        let scheme = request.head.scheme ?? "http"
        let host = request.head.authority ?? "localhost"
        return .json(
            .object([
                JsonMember("resource", .string("\(scheme)://\(host)")),
                JsonMember("authorization_servers", .array([.string(issuer)])),
                JsonMember("bearer_methods_supported", .array([.string("header")])),
            ]))
    }

    /// Ready is a pipeline that has not failed.
    private func ready() -> Response {
        guard let session else {
            return .json(.object([JsonMember("status", .string("ready"))]))
        }
        if case .failed(let message) = session.state {
            // Everybody may ask this; what it says of the data is for those with a token.
            let detail = verifier == nil ? ": \(message)" : "."
            return .problem(.serviceUnavailable, "The pipeline has failed\(detail)")
        }
        return .json(
            .object([
                JsonMember("status", .string("ready")),
                JsonMember("pipeline", .string(PrometheusText.word(session.state))),
            ]))
    }
}
