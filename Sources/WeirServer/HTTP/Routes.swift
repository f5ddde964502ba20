// The routes of the server, and which methods each path has.

import HTTPTypes
import Hummingbird

/// A router that knows its paths, so that a wrong method is told from a wrong path.
final class Routes {
    let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    private var methods: [String: [HTTPRequest.Method]] = [:]

    /// - Parameter path: parts of it may be `{name}`.
    func add(
        _ method: HTTPRequest.Method, _ path: String,
        use handler: @escaping @Sendable (Request, APIContext) async throws -> Response
    ) {
        router.on(RouterPath(path), method: method) { request, context in
            try await handler(request, context)
        }
        methods[path, default: []] += method == .get ? [.get, .head] : [method]
    }

    /// The methods that a path has, by the path.
    var known: [String: [HTTPRequest.Method]] { methods }
}
