// Which names the server goes by. A page of another host that has its name point to this machine
// would be of the same origin (DNS rebinding); addresses cannot be made to point elsewhere.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

struct HostNames: Sendable {
    private let names: Set<String>
    private let takesAll: Bool

    /// - Parameter names: besides `localhost`, this machine's own name, and addresses; `*` is any.
    init(_ names: [String]) {
        takesAll = names.contains("*")
        var known = Set(names.map { $0.lowercased() })
        known.insert("localhost")
        var buffer = [CChar](repeating: 0, count: 256)
        if gethostname(&buffer, buffer.count - 1) == 0 {
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            known.insert(String(decoding: bytes, as: UTF8.self).lowercased())
        }
        self.names = known
    }

    /// Whether a request for this authority (`name:port`) is meant for this server.
    func contain(_ authority: String?) -> Bool {
        if takesAll { return true }
        guard let authority, !authority.isEmpty else { return false }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return false }
            return Self.isAddress(
                String(authority[authority.index(after: authority.startIndex)..<end]))
        }
        var name = authority.prefix { $0 != ":" }.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        return names.contains(name) || name.hasSuffix(".localhost") || Self.isAddress(name)
    }

    private static func isAddress(_ text: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1
    }
}
