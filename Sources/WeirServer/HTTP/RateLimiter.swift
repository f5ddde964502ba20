// How many requests one client may send (token bucket).

import Synchronization
import WeirRuntime

/// Counts the requests of each client.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: UInt64
    }

    private let rate: Double
    private let buckets = Mutex<[String: Bucket]>([:])
    /// Clients that are known at the same time; then those that have been quiet are forgotten.
    private static let maximum = 10_000

    /// - Parameter rate: requests a second; twice as many may come at once.
    init(rate: Int) { self.rate = Double(rate) }

    /// Whether the client may ask, without counting that.
    func hasRoom(for client: String) -> Bool {
        buckets.withLock { buckets in
            guard let bucket = buckets[client] else { return true }
            return filled(bucket, MonotonicClock.now()) >= 1
        }
    }

    private func filled(_ bucket: Bucket, _ now: UInt64) -> Double {
        min(rate * 2, bucket.tokens + Double(now - bucket.at) / 1e9 * rate)
    }

    /// Nil when the client may ask, which is counted, else the seconds after which it may.
    func wait(for client: String) -> Int? {
        buckets.withLock { buckets in
            // Inside of the lock: no bucket is of a later time.
            let now = MonotonicClock.now()
            if buckets.count >= Self.maximum, buckets[client] == nil {
                let full = UInt64(2e9)
                buckets = buckets.filter { now - $0.value.at < full }
                // So many clients that ask all the time are one.
                if buckets.count >= Self.maximum { buckets.removeAll() }
            }
            var bucket = buckets[client] ?? Bucket(tokens: rate * 2, at: now)
            bucket.tokens = filled(bucket, now)
            bucket.at = now
            defer { buckets[client] = bucket }
            guard bucket.tokens >= 1 else {
                return max(1, Int(((1 - bucket.tokens) / rate).rounded(.up)))
            }
            bucket.tokens -= 1
            return nil
        }
    }
}
