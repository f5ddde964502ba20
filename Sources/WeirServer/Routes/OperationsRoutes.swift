// Whether the server is well, and what the pipeline does.

import HTTPTypes
import Hummingbird
import WeirColumnar
import WeirEngine
import WeirRuntime

struct OperationsRoutes {
    let session: Session?
    let metrics: RequestMetrics

    func add(to routes: Routes) {
        routes.add(.get, "/health") { _, _ in
            Response.json(.object([JsonMember("status", .string("up"))]))
        }
        routes.add(.get, "/ready") { _, _ in ready() }
        routes.add(.get, "/metrics") { _, _ in
            Response.text(
                PrometheusText.metrics(session?.snapshot(), metrics).utf8,
                type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Ready is a pipeline that has not failed.
    private func ready() -> Response {
        guard let session else {
            return .json(.object([JsonMember("status", .string("ready"))]))
        }
        if case .failed(let message) = session.state {
            return .problem(.serviceUnavailable, "The pipeline has failed: \(message)")
        }
        return .json(
            .object([
                JsonMember("status", .string("ready")),
                JsonMember("pipeline", .string(PrometheusText.word(session.state))),
            ]))
    }
}
