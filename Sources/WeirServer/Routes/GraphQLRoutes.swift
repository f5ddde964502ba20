// GraphQL over HTTP (draft of 2025).

import HTTPTypes
import Hummingbird
import WeirColumnar
import WeirGraphQL

struct GraphQLRoutes {
    /// The first part of the paths.
    let version: String
    let service: GraphQLService
    let settings: ServerSettings
    let streams: EventStreams

    func add(to routes: Routes) {
        let path = "/\(version)/graphql"
        routes.add(.post, path) { request, context in try await post(request, context.caller) }
        routes.add(.get, path) { request, context in try await get(request, context.caller) }
        routes.addDirect(.post, path) { direct($0) }
        routes.add(.get, "\(path)/schema") { _, _ in
            Response.text(service.model.schema.text.utf8, type: "text/plain; charset=utf-8")
        }
    }

    private func post(_ request: Request, _ caller: Caller) async throws -> Response {
        guard MediaType.isJSON(request.headers[.contentType]) else {
            throw RequestRefusal(
                .unsupportedMediaType, "The body of a GraphQL request is application/json.")
        }
        let isStream = EventStreams.isWanted(accept: request.headers[.accept])
        let type = isStream ? .json : try negotiated(request)
        let body = try await request.body(upTo: settings.bodyBytes)
        do throws(GraphQLParameters.Malformed) {
            if isStream {
                return await streams.response(
                    to: try GraphQLParameters(body: body), request, caller: caller)
            }
            return await respond(try GraphQLParameters(body: body), type, .post, caller)
        } catch {
            return malformed(error, type)
        }
    }

    /// A query that has been asked before; nil when the route has to answer it.
    private func direct(_ request: DirectRequest) -> WholeResponse? {
        guard MediaType.isJSON(request.contentType),
            !EventStreams.isWanted(accept: request.accept),
            request.body.count <= settings.bodyBytes,
            let type = GraphQLMediaType.negotiated(accept: request.accept),
            let parameters = try? GraphQLParameters(body: request.body),
            let response = service.answerAtOnce(to: parameters, caller: request.caller)
        else { return nil }
        return whole(response, type)
    }

    private func get(_ request: Request, _ caller: Caller) async throws -> Response {
        let isStream = EventStreams.isWanted(accept: request.headers[.accept])
        let type = isStream ? .json : try negotiated(request)
        let items = QueryString(request.uri.query ?? "").items
        do throws(GraphQLParameters.Malformed) {
            if isStream {
                return await streams.response(
                    to: try GraphQLParameters(queryItems: items), request, caller: caller)
            }
            return await respond(try GraphQLParameters(queryItems: items), type, .get, caller)
        } catch {
            return malformed(error, type)
        }
    }

    private func negotiated(_ request: Request) throws -> GraphQLMediaType {
        guard let type = GraphQLMediaType.negotiated(accept: request.headers[.accept]) else {
            throw RequestRefusal(
                .notAcceptable,
                "Responses are application/graphql-response+json or application/json.")
        }
        return type
    }

    private func respond(
        _ parameters: GraphQLParameters, _ type: GraphQLMediaType, _ method: HTTPRequest.Method,
        _ caller: Caller
    ) async -> Response {
        let response = await service.respond(
            to: parameters, caller: caller, isReading: method == .get)
        return whole(response, type).response
    }

    private func whole(_ response: GraphQLResponse, _ type: GraphQLMediaType) -> WholeResponse {
        let status =
            response.isForbidden
            ? .forbidden
            : HTTPResponse.Status(code: type.status(wasExecuted: response.wasExecuted))
        return .text(response.body, type: type.rawValue + "; charset=utf-8", status: status)
    }

    private func malformed(
        _ error: GraphQLParameters.Malformed, _ type: GraphQLMediaType
    ) -> Response {
        let failed = GraphQLService.failed([
            GraphQLError(error.message, classification: "BadRequest")
        ])
        return .text(
            failed.body, type: type.rawValue + "; charset=utf-8",
            status: HTTPResponse.Status(code: error.status))
    }
}
