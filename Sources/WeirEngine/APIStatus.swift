// What is asked of a pipeline's API, for those who watch it.

/// One endpoint with what it has answered since the server began.
package struct EndpointStatus: Sendable, Equatable {
    package let method: String
    package let route: String
    package let count: Int
    /// Answers with a status of 400 to 499.
    package let refused: Int
    /// Answers with a status of 500 and more.
    package let failed: Int
    /// In milliseconds.
    package let p50: Double
    package let p99: Double

    package init(
        method: String, route: String, count: Int, refused: Int, failed: Int, p50: Double,
        p99: Double
    ) {
        self.method = method
        self.route = route
        self.count = count
        self.refused = refused
        self.failed = failed
        self.p50 = p50
        self.p99 = p99
    }
}

/// One request that has been answered.
package struct RequestLine: Sendable, Equatable {
    /// Seconds since 1970.
    package let at: Double
    package let status: Int
    package let method: String
    package let path: String
    package let millis: Double
    package let bytes: Int?
    package let client: String
    package let id: String

    package init(
        at: Double, status: Int, method: String, path: String, millis: Double, bytes: Int?,
        client: String, id: String
    ) {
        self.at = at
        self.status = status
        self.method = method
        self.path = path
        self.millis = millis
        self.bytes = bytes
        self.client = client
        self.id = id
    }
}

package struct APIStatus: Sendable, Equatable {
    /// `http://host:port`
    package let address: String
    package let asksForTokens: Bool
    /// Who follows events now.
    package let followers: Int
    package let webSockets: Int
    /// By route.
    package let endpoints: [EndpointStatus]
    /// The last ones, newest first.
    package let requests: [RequestLine]
    /// What goes wrong and concerns no request.
    package let problem: String?

    package init(
        address: String, asksForTokens: Bool, followers: Int, webSockets: Int,
        endpoints: [EndpointStatus], requests: [RequestLine], problem: String? = nil
    ) {
        self.address = address
        self.asksForTokens = asksForTokens
        self.followers = followers
        self.webSockets = webSockets
        self.endpoints = endpoints
        self.requests = requests
        self.problem = problem
    }
}
