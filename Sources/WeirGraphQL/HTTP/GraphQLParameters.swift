// What a request over HTTP asks for (GraphQL over HTTP, draft of 2025, 5 Request).

package import WeirColumnar

/// The parameters of a request, whatever way they came.
package struct GraphQLParameters: Sendable, Equatable {
    package let query: String
    package let operationName: String?
    /// An object, or null for none.
    package let variables: JsonValue

    /// - Parameter variables: an object, or null for none.
    package init(query: String, operationName: String? = nil, variables: JsonValue) {
        self.query = query
        self.operationName = operationName
        self.variables = variables
    }

    /// A request that is none: HTTP status 400 (or 422 where the JSON is fine and its shape is not).
    package struct Malformed: Error, Sendable, Equatable {
        package let status: Int
        package let message: String
    }

    /// The body of a POST with the media type `application/json`.
    ///
    /// - Throws: what is wrong with it.
    package init(body: [UInt8]) throws(Malformed) {
        guard let json = JsonValue.parse(body) else {
            throw Malformed(status: 400, message: "The body is not valid JSON.")
        }
        try self.init(json: json)
    }

    /// The payload of a message, or a body that has been read.
    ///
    /// - Throws: what is wrong with it.
    package init(json: JsonValue) throws(Malformed) {
        guard case .object(let members) = json else {
            throw Malformed(
                status: 422, message: "The body must be a JSON object; batches are not supported.")
        }
        func member(_ name: String) -> JsonValue? { members.last { $0.isCalled(name) }?.value }
        try self.init(
            query: member("query"), operationName: member("operationName"),
            variables: member("variables"), extensions: member("extensions"))
    }

    /// The parameters in the address of a GET, decoded.
    ///
    /// - Throws: what is wrong with them.
    package init(queryItems: [(name: String, value: String)]) throws(Malformed) {
        func text(_ name: String) -> JsonValue? {
            queryItems.last { $0.name == name }.map { .string($0.value) }
        }
        func json(_ name: String) throws(Malformed) -> JsonValue? {
            guard case .string(let text)? = text(name), !text.isEmpty else { return nil }
            guard let value = JsonValue.parse(Array(text.utf8)) else {
                throw Malformed(status: 400, message: "\"\(name)\" is not valid JSON.")
            }
            return value
        }
        var name = text("operationName")
        if name == .string("") { name = nil }
        try self.init(
            query: text("query"), operationName: name, variables: try json("variables"),
            extensions: try json("extensions"))
    }

    private init(
        query: JsonValue?, operationName: JsonValue?, variables: JsonValue?, extensions: JsonValue?
    ) throws(Malformed) {
        guard case .string(let text)? = query else {
            throw Malformed(status: 422, message: "\"query\" must be a string.")
        }
        switch operationName {
        case nil, .null?: self.operationName = nil
        case .string(let name)?: self.operationName = name
        default: throw Malformed(status: 422, message: "\"operationName\" must be a string.")
        }
        for (name, value) in [("variables", variables), ("extensions", extensions)] {
            switch value {
            case nil, .null?, .object?: break
            default: throw Malformed(status: 422, message: "\"\(name)\" must be an object.")
            }
        }
        self.query = text
        self.variables = variables ?? .null
    }
}

/// How a response is sent (GraphQL over HTTP, 6 Response).
package enum GraphQLMediaType: String, Sendable {
    case graphQLResponse = "application/graphql-response+json"
    /// For clients that do not know the other: requests that fail have status 200.
    case json = "application/json"

    /// The one that a client prefers; nil when it takes neither. Without `Accept` it is `.json`.
    package static func negotiated(accept: String?) -> GraphQLMediaType? {
        guard let accept, !accept.isEmpty else { return .json }
        var best: (type: GraphQLMediaType, quality: Double, isExact: Bool)?
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first?.lowercased() else { continue }
            let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
            let quality = weight.flatMap { Double($0.dropFirst(2)) } ?? 1
            let exact = GraphQLMediaType(rawValue: name)
            let isAny = name == "*/*" || name == "application/*"
            guard quality > 0, let type = exact ?? (isAny ? .json : nil) else { continue }
            // Of equal weights the exact one, then the first one counts.
            let isBetter =
                best.map {
                    quality > $0.quality
                        || (quality == $0.quality && exact != nil && !$0.isExact)
                } ?? true
            if isBetter { best = (type, quality, exact != nil) }
        }
        return best?.type
    }

    /// The status of a response.
    ///
    /// - Parameter wasExecuted: whether the request had no error before it was executed.
    package func status(wasExecuted: Bool) -> Int {
        switch self {
        case .json: 200
        case .graphQLResponse: wasExecuted ? 200 : 400
        }
    }
}
