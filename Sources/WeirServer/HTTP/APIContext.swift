// What belongs to a request besides its head and body.

import Hummingbird
import Logging
import NIOCore

/// A request's context: who asks, from where.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Set before the routes are asked.
    var caller = Caller.anonymous
    /// Set before the routes are asked.
    var requestID = ""
    private let channel: (any Channel)?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// For a request that does not come over the network.
    init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: LocalSource(logger: logger))
        channel = nil
    }

    /// The client's address; empty for a request that did not come over the network.
    var client: String { channel?.remoteAddress?.ipAddress ?? "" }

    private struct LocalSource: RequestContextSource {
        let logger: Logger
    }
}
