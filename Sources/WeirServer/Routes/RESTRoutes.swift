// REST: each query under an address of its own (SQRL's REST endpoints).

import HTTPTypes
import Hummingbird
import NIOCore
import WeirColumnar
import WeirGraphQL

struct RESTRoutes {
    /// The first part of the paths.
    let version: String
    let service: GraphQLService
    /// Those that read and those that write.
    let operations: [APIOperation]
    let settings: ServerSettings
    let asksForTokens: Bool

    func add(to routes: Routes) {
        for operation in operations where operation.isREST {
            let path = "/\(version)/rest/\(operation.path)"
            if operation.isPost {
                routes.add(.post, path) { request, context in
                    try await post(request, operation, context)
                }
            } else {
                routes.add(.get, path) { request, context in
                    try await respond(request, operation, context)
                }
                routes.addDirect(.get, path) { direct($0, operation) }
            }
        }
        let specification = OpenAPIDocument.json(
            service.model, operations, version: version, asksForTokens: asksForTokens
        ).text
        routes.add(.get, "/\(version)/openapi") { request, _ in
            Reply(Array(specification.utf8), type: "application/json").response(to: request)
        }
    }

    private func respond(
        _ request: Request, _ operation: APIOperation, _ context: APIContext
    ) async throws -> Response {
        let format = try RESTFormat.negotiated(request.headers[.accept], operation)
        let query = request.uri.query ?? ""
        let items = QueryString(query).items + inPath(operation, context)
        let variables = try QueryString(items).variables(of: operation)
        let result = await service.rows(
            of: operation, variables: variables, caller: context.caller, format: format.rows)
        guard result.errors.isEmpty else { return Self.failure(result) }
        return reply(result, operation, format, variables, path: request.uri.path, query: query)
            .response(to: request)
    }

    /// Nil when the route has to answer the request.
    private func direct(_ request: DirectRequest, _ operation: APIOperation) -> WholeResponse? {
        guard let format = try? RESTFormat.negotiated(request.accept, operation),
            let variables = try? QueryString(request.query).variables(of: operation),
            let result = service.rowsAtOnce(
                of: operation, variables: variables, caller: request.caller, format: format.rows)
        else { return nil }
        return reply(
            result, operation, format, variables, path: request.path, query: request.query
        ).whole(acceptEncoding: request.acceptEncoding)
    }

    private func reply(
        _ result: RowsResponse, _ operation: APIOperation, _ format: RESTFormat,
        _ variables: [JsonMember], path: String, query: String
    ) -> Reply {
        var reply = Reply(result.body, type: format.mediaType)
        reply.isTagged = true
        // What needs a token is for its owner alone.
        reply.cacheControl = result.cacheSeconds.map {
            "\(asksForTokens ? "private" : "public"), max-age=\(Int($0))"
        }
        if operation.isList {
            reply.link = Self.links(path, query, variables, result)
        }
        return reply
    }

    /// The parameters in the path of a request.
    private func inPath(
        _ operation: APIOperation, _ context: APIContext
    ) -> [(name: String, value: String)] {
        operation.pathParameters.compactMap { name in
            context.parameters.get(name).map {
                (name, QueryString.plain($0))
            }
        }
    }

    /// The body has the arguments: `{"event": …}`.
    private func post(
        _ request: Request, _ operation: APIOperation, _ context: APIContext
    ) async throws -> Response {
        guard MediaType.isJSON(request.headers[.contentType]) else {
            throw RequestRefusal(.unsupportedMediaType, "The body is application/json.")
        }
        let body = try await request.body(upTo: settings.bodyBytes)
        guard case .object(let members)? = JsonValue.parse(body) else {
            throw RequestRefusal(.badRequest, "The body is a JSON object with the arguments.")
        }
        var given = members
        if !operation.pathParameters.isEmpty {
            given += try QueryString(inPath(operation, context)).values(of: operation)
        }
        let result = await service.rows(
            of: operation, variables: try operation.checked(given), caller: context.caller,
            format: .data)
        guard result.errors.isEmpty else { return Self.failure(result) }
        return Reply(result.body, type: "application/json").response(to: request)
    }

    static func failure(_ result: RowsResponse) -> Response {
        let message = result.errors.first?.message ?? ""
        let members = [JsonMember("errors", .array(result.errors.map(\.json)))]
        let status: HTTPResponse.Status =
            switch result.failure {
            case .request: .badRequest
            case .forbidden: .forbidden
            case .overload: .serviceUnavailable
            case .deadline: .gatewayTimeout
            case .store, nil: .internalServerError
            }
        return .problem(status, message, members: members)
    }

    /// The pages before and behind this one (RFC 8288).
    private static func links(
        _ path: String, _ query: String, _ variables: [JsonMember], _ result: RowsResponse
    ) -> String? {
        func number(_ name: String) -> Int? {
            variables.first { $0.key == name }.flatMap { Int($0.value.text) }
        }
        let offset = number("offset") ?? 0
        guard let limit = number("limit"), limit > 0 else { return nil }
        func link(_ offset: Int, _ relation: String) -> String {
            let others = query.split(separator: "&").filter { !$0.hasPrefix("offset=") }
            let all = (others + ["offset=\(offset)"]).joined(separator: "&")
            return "<\(path)?\(all)>; rel=\"\(relation)\""
        }
        var links: [String] = []
        if result.hasMore ?? (result.count >= limit), offset <= Int.max - limit {
            links.append(link(offset + limit, "next"))
        }
        if offset > 0 { links.append(link(max(0, offset - limit), "prev")) }
        return links.isEmpty ? nil : links.joined(separator: ", ")
    }
}

/// How the rows of a REST response are written.
enum RESTFormat {
    case json
    case lines
    case csv

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .lines: "application/jsonl"
        case .csv: "text/csv; charset=utf-8; header=present"
        }
    }

    var rows: RowsFormat {
        switch self {
        case .json: .data
        case .lines: .lines
        case .csv: .csv
        }
    }

    /// By the weights of `Accept`; the first of equal ones. Only lists have lines.
    static func negotiated(_ accept: String?, _ operation: APIOperation) throws -> RESTFormat {
        guard let accept else { return .json }
        var best: (format: RESTFormat, quality: Double)?
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
            let quality = weight.flatMap { Double($0.dropFirst(2)) } ?? 1
            let format: RESTFormat? =
                switch parts.first?.lowercased() {
                case "*/*", "application/*", "application/json": .json
                case "application/jsonl", "application/x-ndjson", "application/x-jsonlines":
                    operation.isList ? .lines : nil
                case "text/csv", "text/*": operation.isList ? .csv : nil
                default: nil
                }
            if let format, quality > best?.quality ?? 0 { best = (format, quality) }
        }
        guard let best else {
            throw RequestRefusal(
                .notAcceptable,
                "Responses are application/json, application/jsonl or text/csv; the last two are"
                    + " for lists.")
        }
        return best.format
    }
}
