// What queries do, so that figures of one are not taken for those of another of its name.

extension StreamPlan {
    /// A digest of what each query of the API does, by name.
    package var queryDefinitions: [String: String] {
        Dictionary(
            (tableQueries + queries).flatMap { query in
                let digest = digest(of: query)
                return [(query.name, digest), (query.name + StoreQuery.totalsSuffix, digest)]
            },
            uniquingKeysWith: { first, _ in first })
    }

    /// Of its SQL and that of the views under it (FNV-1a, 64 bits).
    private func digest(of query: StoreQuery) -> String {
        var texts = [query.sql]
        var open = query.reads
        var seen: Set<String> = []
        while let name = open.popLast() {
            guard seen.insert(name).inserted, let view = views.first(where: { $0.name == name })
            else { continue }
            texts.append(view.sql)
            open += view.reads
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in texts.joined(separator: "\n").utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}
