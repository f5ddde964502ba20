// Tests with many connections, whose both ends are in one process.

import Foundation

/// Lets the process have so many files and sockets, if the system allows them.
package func allowOpenFiles(_ count: UInt) {
    #if canImport(Darwin)
        let files = RLIMIT_NOFILE
    #else
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
    var limit = rlimit()
    guard getrlimit(files, &limit) == 0, limit.rlim_cur < rlim_t(count) else { return }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
    setrlimit(files, &limit)
}
