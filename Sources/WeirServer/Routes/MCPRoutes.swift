// MCP over streamable HTTP: each message is a POST with its answer in the response.

import HTTPTypes
import Hummingbird
import WeirColumnar

struct MCPRoutes {
    /// The first part of the path.
    let version: String
    let service: MCPService
    let settings: ServerSettings

    func add(to routes: Routes) {
        // There is nothing that a server sends by itself, so there is no stream to GET.
        routes.add(.post, "/\(version)/mcp") { request, context in
            try await post(request, context.caller)
        }
    }

    private static let versionName = HTTPField.Name("MCP-Protocol-Version")

    private func post(_ request: Request, _ caller: Caller) async throws -> Response {
        guard MediaType.isJSON(request.headers[.contentType]) else {
            throw RequestRefusal(.unsupportedMediaType, "A message is application/json.")
        }
        if let name = Self.versionName, let version = request.headers[name],
            !MCPService.revisions.contains(version)
        {
            throw RequestRefusal(.badRequest, "MCP's revision \(version) is not spoken here.")
        }
        let body = try await request.body(upTo: settings.bodyBytes)
        guard let message = JsonValue.parse(body) else {
            return Self.failure(-32700, "This is no JSON.")
        }
        if case .array = message {
            return Self.failure(-32600, "Batches of messages are not supported.")
        }
        guard let answer = await service.answer(message, caller: caller) else {
            return Response(status: .accepted)
        }
        return Reply(Array(answer.text.utf8), type: "application/json").response(to: request)
    }

    private static func failure(_ code: Int, _ message: String) -> Response {
        .json(
            .object([
                JsonMember("jsonrpc", .string("2.0")), JsonMember("id", .null),
                JsonMember(
                    "error",
                    .object([
                        JsonMember("code", .number(String(code))),
                        JsonMember("message", .string(message)),
                    ])),
            ]), status: .badRequest)
    }
}
