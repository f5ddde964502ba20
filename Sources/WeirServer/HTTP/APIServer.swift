// The HTTP server of a pipeline.

import Hummingbird
import Logging

/// Serves the API of a pipeline.
package final class APIServer: Sendable {
    package init() {}
    package func run() async throws {
        let router = Router()
        router.get("health") { _, _ in "ok" }
        let app = Application(router: router, logger: Logger(label: "weir"))
        try await app.run()
    }
}
