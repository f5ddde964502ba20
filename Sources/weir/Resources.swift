// Where themes and the demo are: beside the program, above it, or where they were installed.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum Resources {
    /// The folder of a resource such as `themes`; nil when it is nowhere.
    static func folder(_ name: String) -> String? {
        candidates.map { $0 + "/" + name }.first { Files.isFolder($0) }
    }

    /// `WEIR_HOME`, the folders above the program (a build folder lies in the repository), and
    /// `share/weir` beside `bin`.
    private static var candidates: [String] {
        var result: [String] = []
        if let home = getenv("WEIR_HOME") { result.append(String(cString: home)) }
        var folder = programFolder
        for _ in 0..<6 {
            guard let current = folder else { break }
            result.append(current)
            result.append(current + "/share/weir")
            folder = parent(current)
        }
        return result
    }

    private static var programFolder: String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard length > 0 else { return nil }
        let path = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return parent(path)
    }

    private static func parent(_ path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }
}
