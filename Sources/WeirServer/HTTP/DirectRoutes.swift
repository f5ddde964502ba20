// Routes that can be answered on the event loop that a request came in on.

import HTTPTypes
import NIOHTTP1

/// Answers a request at once; nil when that takes longer or is not as it should be: then the router
/// answers it, and says why.
///
/// Nothing but reading has happened when it gives nil.
typealias DirectAnswer = @Sendable (_ request: DirectRequest) -> WholeResponse?

struct DirectRoute: Sendable {
    let path: String
    let answer: DirectAnswer
}

/// The direct routes by method and path; paths with parameters have none.
struct DirectRoutes: Sendable {
    private var routes: [String: [String: DirectRoute]] = [:]

    mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ answer: @escaping DirectAnswer
    ) {
        routes[method.rawValue, default: [:]][path] = DirectRoute(path: path, answer: answer)
    }

    func route(_ method: HTTPMethod, _ path: String) -> DirectRoute? {
        routes[method.rawValue]?[path]
    }
}
