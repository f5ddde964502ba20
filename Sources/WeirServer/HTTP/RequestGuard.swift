// What holds for every request: who may ask, what went wrong, the log.

import HTTPTypes
import Hummingbird
import WeirRuntime

/// Refuses pages of other origins, turns errors into responses, and notes each request.
struct RequestGuard: RouterMiddleware {
    let settings: ServerSettings
    let metrics: RequestMetrics
    let log: (@Sendable (RequestRecord) -> Void)?

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = MonotonicClock.now()
        metrics.begin()
        var response: Response
        do {
            try checkOrigin(request)
            response = try await next(request, context)
        } catch let error as RequestRefusal {
            response = .problem(error.status, error.detail)
        } catch let error as any HTTPResponseError {
            response = .problem(error.status, Self.detail(error.status, request))
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

    private static func detail(_ status: HTTPResponse.Status, _ request: Request) -> String {
        switch status {
        case .notFound: "There is no \(request.uri.path) here."
        case .methodNotAllowed: "\(request.method.rawValue) is not possible here."
        default: status.reasonPhrase
        }
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
