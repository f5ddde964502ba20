// Where the demo keeps its tables.

import Foundation

enum DemoStore {
    /// `$XDG_CACHE_HOME/weir/demo.db`; made anew each time.
    static var path: String {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { $0 + "/.cache" }
            ?? NSTemporaryDirectory()
        return base + "/weir/demo.db"
    }
}
