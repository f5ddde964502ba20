// What holds for every request: who may ask, what went wrong, the log.

import HTTPTypes
import Hummingbird
import WeirRuntime

/// Refuses pages of other origins, turns errors into responses, and notes each request.
struct RequestGuard<Routes: HTTPResponder>: HTTPResponder
where Routes.Context == APIContext {
    typealias Context = APIContext

    let routes: Routes
    /// The methods that a path has.
    let known: [String: [HTTPRequest.Method]]
    let settings: ServerSettings
    let metrics: RequestMetrics
    let log: (@Sendable (RequestRecord) -> Void)?

    func respond(to request: Request, context: APIContext) async throws -> Response {
        let start = MonotonicClock.now()
        metrics.begin()
        var response: Response
        do {
            try checkOrigin(request)
            response = try await routes.respond(to: request, context: context)
            // Without a body it is the router's: no route has that.
            if response.status == .notFound, response.body.contentLength == 0 {
                response = refusal(.notFound, request)
            }
        } catch let error as RequestRefusal {
            response = .problem(error.status, error.detail)
        } catch let error as any HTTPResponseError {
            response = refusal(error.status, request)
        }
        let origin = request.headers[.origin]
        if let origin, settings.origins.contains(origin) || settings.origins.contains("*") {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.vary] = "Origin"
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        let record = RequestRecord(
            method: request.method.rawValue, path: request.uri.path,
            status: Int(response.status.code), nanos: MonotonicClock.now() - start,
            bytes: response.body.contentLength)
        metrics.end(record, route: context.endpointPath ?? "")
        log?(record)
        return response
    }

    /// What the routes did not answer; a wrong method is told with those that are possible (RFC
    /// 9110, 15.5.6).
    private func refusal(_ status: HTTPResponse.Status, _ request: Request) -> Response {
        guard status == .notFound else { return .problem(status, status.reasonPhrase) }
        guard let methods = known[request.uri.path] else {
            return .problem(.notFound, "There is no \(request.uri.path) here.")
        }
        var response = Response.problem(
            .methodNotAllowed, "\(request.method.rawValue) is not possible here.")
        response.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
        return response
    }

    /// A page of another host must not ask what its reader's browser may see.
    private func checkOrigin(_ request: Request) throws {
        guard let origin = request.headers[.origin], !settings.origins.contains("*"),
            !settings.origins.contains(origin)
        else { return }
        let host = origin.split(separator: "/", maxSplits: 2).last.map(String.init)
        guard let host, host == request.head.authority else {
            throw RequestRefusal(.forbidden, "Pages of \(origin) may not ask this server.")
        }
    }
}

/// One request in the log.
package struct RequestRecord: Sendable {
    package let method: String
    package let path: String
    package let status: Int
    package let nanos: UInt64
    package let bytes: Int?
}
