// Tokens whose signatures have been checked a moment ago.

import Synchronization
import WeirColumnar
import WeirRuntime

/// Clients send the same token with each request, and a signature takes longer to check than most
/// queries. What a token says of its time is looked at again each time; a key that is taken back is
/// gone after a minute.
final class VerifiedTokens: Sendable {
    struct Entry: Sendable {
        let claims: [String: JsonValue]
        /// Whom the key belongs to.
        let issuer: String?
        /// Monotonic ns.
        fileprivate let until: UInt64
    }

    private let known = Mutex<[[UInt8]: Entry]>([:])
    private static let nanos: UInt64 = 60_000_000_000
    private static let maximum = 1000

    /// - Parameter token: all of it, the signature too.
    func entry(of token: [UInt8]) -> Entry? {
        let now = MonotonicClock.now()
        return known.withLock { known in
            guard let entry = known[token], entry.until > now else { return nil }
            return entry
        }
    }

    func keep(_ token: [UInt8], _ claims: [String: JsonValue], issuer: String?) {
        let now = MonotonicClock.now()
        known.withLock { known in
            if known.count >= Self.maximum {
                known = known.filter { $0.value.until > now }
                if known.count >= Self.maximum { known.removeAll() }
            }
            known[token] = Entry(claims: claims, issuer: issuer, until: now + Self.nanos)
        }
    }
}
