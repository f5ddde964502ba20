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
        routes.add(.get, "\(path)/schema") { _, _ in
            Response.text(service.model.schema.text.utf8, type: "text/plain; charset=utf-8")
        }
    }

    private func post(_ request: Request, _ caller: Caller) async throws -> Response {
        guard request.mediaType == "application/json" else {
            throw RequestRefusal(
                .unsupportedMediaType, "The body of a GraphQL request is application/json.")
        }
        let isStream = EventStreams.isWanted(by: request)
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

    private func get(_ request: Request, _ caller: Caller) async throws -> Response {
        let isStream = EventStreams.isWanted(by: request)
        let type = isStream ? .json : try negotiated(request)
        let items = request.uri.queryParameters.map {
            (name: String($0.key), value: String($0.value))
        }
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
