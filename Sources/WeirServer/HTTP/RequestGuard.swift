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
    let journal: RequestJournal
    private var gate: RequestGate { journal.gate }

    func respond(to request: Request, context: APIContext) async throws -> Response {
        let headers = request.headers
        let entry = journal.begin(
            request.method.rawValue, givenID: headers[RequestIDs.name],
            traceParent: headers[RequestIDs.traceName], client: context.client,
            start: MonotonicClock.now())
        var context = context
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
            journal.abandon()
            throw error
        }
        gate.addOrigin(to: &response, request)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[RequestIDs.name] = entry.id
        journal.end(
            entry, route: context.endpointPath ?? "", path: request.uri.path,
            status: response.status.code, bytes: response.body.contentLength)
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
