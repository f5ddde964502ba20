// `/v1/live/NAME`: the rows of a query, and what changes of them, as server-sent events.

import HTTPTypes
import Hummingbird
import WeirColumnar

struct LiveRoutes {
    /// The first part of the paths.
    let version: String
    let service: GraphQLService
    let live: LiveQueries

    private static let lastEventName = HTTPField.Name("Last-Event-ID")
    /// Rows that are followed when the client does not say how many.
    private static let defaultLimit = 1000

    func add(to routes: Routes) {
        // The columns of the rows; what is below them has rows of its own to follow.
        for operation in OperationBuilder.operations(service.model, maximumDepth: 1) {
            routes.add(.get, "/\(version)/live/\(operation.name)") { request, context in
                try await follow(request, operation, context.caller)
            }
        }
    }

    private func follow(
        _ request: Request, _ operation: APIOperation, _ caller: Caller
    ) async throws -> Response {
        var variables = try QueryString(request.uri.query ?? "").variables(of: operation)
        if operation.isList, !variables.contains(where: { $0.key == "limit" }),
            operation.parameters.contains(where: { $0.name == "limit" })
        {
            let most = operation.parameters.first { $0.name == "limit" }?.range
                .flatMap { Int($0.greatest) }
            let limit = min(Self.defaultLimit, most ?? Self.defaultLimit)
            variables.append(JsonMember("limit", .number(String(limit))))
        }
        // What cannot be read is told by the status, before the stream begins.
        let first = await service.rows(
            of: operation, variables: variables, caller: caller, format: .lines)
        guard first.errors.isEmpty else { return RESTRoutes.failure(first) }
        let last = Self.lastEventName.flatMap { request.headers[$0] }
        let asked = variables
        return EventStreams.stream { [live] sink in
            try await live.follow(operation, asked, caller, last: last, sink)
        }
    }
}
