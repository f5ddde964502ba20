// What belongs to a request besides its head and body.

import Hummingbird
import Logging

/// A request's context: who asks.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Set before the routes are asked.
    var caller = Caller.anonymous

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }

    /// For a request that does not come over the network.
    init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: LocalSource(logger: logger))
    }

    private struct LocalSource: RequestContextSource {
        let logger: Logger
    }
}
