// Answers that may be some time old (SQRL's hint `cache`).

import Synchronization
import WeirColumnar
import WeirGraphQL
import WeirRuntime

/// Keeps answers for as long as all queries in them allow.
final class ResultCache: Sendable {
    /// By bytes: Swift takes texts with other spellings of an accent for equal.
    struct Key: Hashable, Sendable {
        let document: [UInt8]
        let operation: [UInt8]
        let variables: [UInt8]
        let format: RowsFormat?
        /// Who has other claims may see other rows.
        let claims: [UInt8]

        init(_ parameters: GraphQLParameters, _ caller: Caller, _ format: RowsFormat? = nil) {
            document = Array(parameters.query.utf8)
            operation = Array((parameters.operationName ?? "").utf8)
            variables = Array(parameters.variables.text.utf8)
            self.format = format
            let members = caller.claims.map { JsonMember($0.key, $0.value) }
            claims = Array(JsonValue.object(members).sorted.text.utf8)
        }
    }

    private struct Entry {
        let body: [UInt8]
        let count: Int
        let expires: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())
    private static let maximumEntries = 1000
    private static let maximumBytes = 32 << 20

    /// An answer and its rows; nil when there is none that is young enough.
    func answer(_ key: Key) -> (body: [UInt8], count: Int)? {
        let now = MonotonicClock.now()
        return state.withLock { state in
            guard let entry = state.entries[key], entry.expires > now else { return nil }
            return (entry.body, entry.count)
        }
    }

    func keep(_ body: [UInt8], count: Int, _ key: Key, seconds: Double) {
        guard body.count <= Self.maximumBytes / 8 else { return }
        let now = MonotonicClock.now()
        let entry = Entry(
            body: body, count: count, expires: now + UInt64(min(seconds, 31_536_000) * 1e9))
        state.withLock { state in
            if state.entries.count >= Self.maximumEntries
                || state.bytes + body.count > Self.maximumBytes
            {
                state.entries = state.entries.filter { $0.value.expires > now }
                state.bytes = state.entries.values.reduce(0) { $0 + $1.body.count }
            }
            guard state.entries.count < Self.maximumEntries,
                state.bytes + body.count <= Self.maximumBytes
            else { return }
            let old = state.entries.updateValue(entry, forKey: key)
            state.bytes += body.count - (old?.body.count ?? 0)
        }
    }
}
