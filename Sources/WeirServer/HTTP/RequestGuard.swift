// What holds for every request: who may ask, what went wrong, the log.

import HTTPTypes
import Hummingbird
import WeirColumnar
import WeirRuntime

/// Refuses who may not ask, turns errors into responses, and notes each request.
struct RequestGuard<Routes: HTTPResponder>: HTTPResponder
where Routes.Context == APIContext {
    typealias Context = APIContext

    let routes: Routes
    /// The methods that a path has.
    let known: KnownPaths
    let gate: RequestGate
    let metrics: RequestMetrics
    let log: (@Sendable (RequestRecord) -> Void)?

    func respond(to request: Request, context: APIContext) async throws -> Response {
        let start = MonotonicClock.now()
        var context = context
        context.requestID = gate.ids.id(of: request)
        metrics.begin()
        var response: Response
        do {
            response = try await answer(request, &context)
        } catch let error as RequestRefusal {
            response = .problem(error.status, error.detail)
            for field in error.headers { response.headers.append(field) }
        } catch let error as TokenRefusal {
            response = gate.unauthorized(error, request)
        } catch let error as any HTTPResponseError {
            response = refusal(error.status, request)
        } catch {
            // The client has left; nobody reads an answer.
            metrics.abandon()
            throw error
        }
        gate.addOrigin(to: &response, request)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[RequestIDs.name] = context.requestID
        let record = RequestRecord(
            method: request.method.rawValue, path: request.uri.path,
            status: Int(response.status.code), nanos: MonotonicClock.now() - start,
            bytes: response.body.contentLength, id: context.requestID, client: context.client,
            trace: RequestIDs.trace(of: request), at: start)
        metrics.end(record, route: context.endpointPath ?? "")
        log?(record)
        return response
    }

    private func answer(_ request: Request, _ context: inout APIContext) async throws -> Response {
        try gate.check(host: request.head.authority, origin: request.headers[.origin])
        if let preflight = gate.preflight(request, known.methods(of: request.uri.path)) {
            return preflight
        }
        try gate.checkRate(context.client)
        if let verifier = gate.verifier, !RequestGate.isOpen(request.uri.path) {
            context.caller = try await verifier.caller(
                authorization: request.headers[.authorization])
        }
        let response = try await routes.respond(to: request, context: context)
        // Without a body it is the router's: no route has that.
        if response.status == .notFound, response.body.contentLength == 0 {
            return refusal(.notFound, request)
        }
        return response
    }

    /// What the routes did not answer; a wrong method is told with those that are possible (RFC
    /// 9110, 15.5.6).
    private func refusal(_ status: HTTPResponse.Status, _ request: Request) -> Response {
        guard status == .notFound else { return .problem(status, status.reasonPhrase) }
        guard let methods = known.methods(of: request.uri.path) else {
            return .problem(.notFound, "There is no \(request.uri.path) here.")
        }
        var response = Response.problem(
            .methodNotAllowed, "\(request.method.rawValue) is not possible here.")
        response.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
        return response
    }
}

/// One request in the log.
package struct RequestRecord: Sendable {
    package let method: String
    package let path: String
    package let status: Int
    package let nanos: UInt64
    package let bytes: Int?
    /// What the response names it by (`X-Request-Id`).
    package let id: String
    /// The client's address; empty for a request that did not come over the network.
    package let client: String
    /// The trace that the client has it in (W3C Trace Context); nil without one.
    package let trace: String?
    /// Monotonic ns.
    package let at: UInt64
}
