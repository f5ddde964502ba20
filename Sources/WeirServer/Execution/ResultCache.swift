// Answers that may be some time old (SQRL's hint `cache`).

import Crypto
import Synchronization
import WeirColumnar
import WeirGraphQL
import WeirRuntime

/// Keeps answers for as long as all queries in them allow, the youngest ones when there are too many.
final class ResultCache: Sendable {
    /// A digest of what was asked and by whom: 32 bytes, however long the request is.
    struct Key: Hashable, Sendable {
        private let digest: SHA256Digest

        init(_ parameters: GraphQLParameters, _ caller: Caller, _ format: RowsFormat? = nil) {
            // Who has other claims may see other rows.
            let members = caller.claims.map { JsonMember($0.key, $0.value) }
            var hash = SHA256()
            for part in [
                parameters.query, parameters.operationName ?? "", parameters.variables.text,
                format.map { "\($0)" } ?? "", JsonValue.object(members).sorted.text,
            ] {
                // With its length, so that no two lists of parts are the same bytes.
                hash.update(data: Array("\(part.utf8.count):".utf8))
                hash.update(data: Array(part.utf8))
            }
            digest = hash.finalize()
        }
    }

    private struct Entry {
        let body: [UInt8]
        let count: Int
        let hasMore: Bool?
        let kept: UInt64
        let expires: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var bytes = 0

        mutating func remove(where isOld: (Entry) -> Bool) {
            entries = entries.filter { !isOld($0.value) }
            bytes = entries.values.reduce(0) { $0 + $1.body.count }
        }

        mutating func removeOldestQuarter() {
            let times = entries.values.map(\.kept).sorted()
            guard let last = times.isEmpty ? nil : times[times.count / 4] else { return }
            remove { $0.kept <= last }
        }
    }

    private let state = Mutex(State())
    private let maximumEntries: Int
    private let maximumBytes: Int

    init(entries: Int = 1000, bytes: Int = 32 << 20) {
        maximumEntries = entries
        maximumBytes = bytes
    }

    /// An answer, its rows, and whether there are more; nil when there is none that is young enough.
    func answer(_ key: Key) -> (body: [UInt8], count: Int, hasMore: Bool?)? {
        let now = MonotonicClock.now()
        return state.withLock { state in
            guard let entry = state.entries[key], entry.expires > now else { return nil }
            return (entry.body, entry.count, entry.hasMore)
        }
    }

    func keep(
        _ body: [UInt8], count: Int, hasMore: Bool? = nil, _ key: Key, seconds: Double
    ) {
        guard body.count <= maximumBytes / 8 else { return }
        let now = MonotonicClock.now()
        let entry = Entry(
            body: body, count: count, hasMore: hasMore, kept: now,
            expires: now + UInt64(min(seconds, 31_536_000) * 1e9))
        state.withLock { state in
            let old = state.entries.updateValue(entry, forKey: key)
            state.bytes += body.count - (old?.body.count ?? 0)
            if isFull(state) { state.remove { $0.expires <= now } }
            while isFull(state) { state.removeOldestQuarter() }
        }
    }

    private func isFull(_ state: State) -> Bool {
        state.entries.count > maximumEntries || state.bytes > maximumBytes
    }
}
