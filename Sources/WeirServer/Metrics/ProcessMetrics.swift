// What the process takes of its machine (Prometheus client libraries, "process metrics").

import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum ProcessMetrics {
    /// Seconds since 1970, when the process was first asked.
    private static let start = Date().timeIntervalSince1970

    /// Names, what they are, and values; what the system does not tell is left out.
    static var all: [(name: String, kind: String, help: String, value: Double)] {
        var found: [(name: String, kind: String, help: String, value: Double)] = []
        var usage = rusage()
        #if canImport(Darwin)
            let result = getrusage(RUSAGE_SELF, &usage)
        #else
            let result = getrusage(__rusage_who_t(0), &usage)
        #endif
        if result == 0 {
            let seconds =
                Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
            found.append(
                (
                    "process_cpu_seconds_total", "counter", "Processor time, user and system.",
                    seconds
                ))
        }
        if let bytes = residentBytes {
            found.append(
                ("process_resident_memory_bytes", "gauge", "Memory that is in use.", bytes))
        }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            found.append(("process_open_fds", "gauge", "Open files.", Double(files.count)))
        }
        found.append(
            ("process_start_time_seconds", "gauge", "When the server began (since 1970).", start))
        return found
    }

    /// Of Linux only.
    private static var residentBytes: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The size of a file; nil when there is none.
    static func bytes(of path: String) -> Double? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            return nil
        }
        return (attributes[.size] as? NSNumber)?.doubleValue
    }
}
