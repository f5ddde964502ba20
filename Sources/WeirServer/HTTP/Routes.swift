// The routes of the server, and which methods each path has.

import HTTPTypes
import Hummingbird

/// A router that knows its paths, so that a wrong method is told from a wrong path.
final class Routes {
    let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    private(set) var direct = DirectRoutes()
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

    /// Besides: how requests of a route are answered at once where that is possible.
    func addDirect(_ method: HTTPRequest.Method, _ path: String, _ answer: @escaping DirectAnswer) {
        direct.add(method, path, answer)
    }

    /// The methods that paths have.
    var known: KnownPaths { KnownPaths(methods) }
}

/// Which methods a path has, of which parts may be parameters.
struct KnownPaths: Sendable {
    private var plain: [String: [HTTPRequest.Method]] = [:]
    private var patterns: [(parts: [Substring], methods: [HTTPRequest.Method])] = []

    init(_ methods: [String: [HTTPRequest.Method]]) {
        for (path, methods) in methods {
            if path.contains("{") {
                patterns.append((path.split(separator: "/"), methods))
            } else {
                plain[path] = methods
            }
        }
    }

    /// Nil when there is no such path.
    func methods(of path: String) -> [HTTPRequest.Method]? {
        if let known = plain[path] { return known }
        if patterns.isEmpty { return nil }
        let parts = path.split(separator: "/")
        let found = patterns.filter { pattern in
            pattern.parts.count == parts.count
                && zip(pattern.parts, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return found.isEmpty ? nil : found.flatMap(\.methods)
    }
}
