// The explorer, and what it shows of the pipeline.

import HTTPTypes
import Hummingbird
import WeirColumnar
import WeirEngine
import WeirStore

struct ExplorerRoutes {
    let session: Session?
    let store: ServingPool
    let metrics: RequestMetrics
    let versions: [ServedAPI]
    /// Who follows events now.
    let followers: @Sendable () -> Int

    private static let policyName = HTTPField.Name("Content-Security-Policy")

    func add(to routes: Routes) {
        routes.add(.get, "/") { request, _ in
            var response = Reply(ExplorerPage.bytes, type: "text/html; charset=utf-8")
                .response(to: request)
            if let name = Self.policyName { response.headers[name] = ExplorerPage.policy }
            response.headers[.cacheControl] = "no-cache"
            return response
        }
        let apis = versions.map { api in
            JsonValue.object([
                JsonMember("version", .string(api.version)),
                JsonMember("graphql", .bool(api.isServingGraphQL)),
                JsonMember("rest", .bool(api.isServingREST)),
                JsonMember("mcp", .bool(api.isServingMCP)),
            ])
        }
        let list = JsonValue.object([JsonMember("versions", .array(apis))])
        routes.add(.get, "/versions") { _, _ in .json(list) }
        routes.add(.get, "/rejects") { _, _ in
            do {
                return .json(try await PipelineDocument.rejects(store))
            } catch {
                throw RequestRefusal(.serviceUnavailable, "\(error)")
            }
        }
        guard let session else { return }
        routes.add(.get, "/pipeline") { _, _ in
            .json(PipelineDocument.json(session, metrics, followers: followers()))
        }
    }
}
