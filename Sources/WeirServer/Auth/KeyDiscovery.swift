// Keys of an issuer, found by OpenID Connect Discovery 1.0 (4) and kept for a while.

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WeirColumnar
import WeirRuntime

/// Fetches the keys of an issuer when a token needs them.
actor KeyDiscovery {
    struct Found: Sendable {
        let issuer: String
        let keys: [TokenKey]
    }

    private let site: String
    private var found: Found?
    private var fetchedAt: UInt64?
    private var fetching: Task<Found, any Error>?
    /// Keys are renewed that often (ns).
    private static let lifetime: UInt64 = 600_000_000_000
    /// A token with an unknown key has them fetched again, at most that often (ns): whoever sends
    /// such tokens must not flood the issuer.
    private static let pause: UInt64 = 30_000_000_000
    private static let maximumBytes = 1 << 20

    init(site: String) { self.site = site }

    /// The keys that a token may be signed with.
    func keys(
        for id: String?, _ algorithm: TokenAlgorithm
    ) async throws(TokenRefusal) -> Found {
        func matching(_ found: Found) -> Found {
            Found(
                issuer: found.issuer,
                keys: found.keys.filter { $0.algorithm == algorithm && (id == nil || $0.id == id) })
        }
        if fetching == nil {
            let age = fetchedAt.map { MonotonicClock.now() - $0 }
            if let found, let age, age < Self.lifetime {
                let known = matching(found)
                if !known.keys.isEmpty || age < Self.pause { return known }
            } else if found == nil, let age, age < 1_000_000_000 {
                throw TokenRefusal(cause: "the keys of \(site) cannot be had")
            }
            fetching = Task { [site] in
                let result: Result<Found, any Error>
                do {
                    result = .success(try await Self.fetch(site))
                } catch {
                    result = .failure(error)
                }
                self.fetched(result)
                return try result.get()
            }
        }
        do {
            guard let task = fetching else { throw CancellationError() }
            return matching(try await task.value)
        } catch {
            // Keys that are a while old are better than none.
            if let found { return matching(found) }
            throw TokenRefusal(cause: "the keys of \(site) cannot be had")
        }
    }

    /// What has been found and that nobody fetches any more are one step: whoever comes in between
    /// would take keys that nobody has seen yet for keys that cannot be had.
    private func fetched(_ result: Result<Found, any Error>) {
        if case .success(let new) = result { found = new }
        fetchedAt = MonotonicClock.now()
        fetching = nil
    }

    private static func fetch(_ site: String) async throws -> Found {
        let document = try await json(site + "/.well-known/openid-configuration")
        guard case .object(let members) = document,
            case .string(let issuer)? = members.first(where: { $0.key == "issuer" })?.value,
            case .string(let address)? = members.first(where: { $0.key == "jwks_uri" })?.value,
            address.hasPrefix("https://") || site.hasPrefix("http://")
        else { throw ServerError(description: "\(site) describes no keys") }
        // OpenID Connect Discovery, 4.3: otherwise one issuer could speak for another.
        guard issuer == site || issuer == site + "/" else {
            throw ServerError(description: "\(site) says that it is \(issuer)")
        }
        guard case .object(let set) = try await json(address),
            case .array(let items)? = set.first(where: { $0.key == "keys" })?.value
        else { throw ServerError(description: "\(address) is no set of keys") }
        var keys: [TokenKey] = []
        for case .object(let members) in items {
            let texts = members.compactMap { member -> (String, String)? in
                if case .string(let text) = member.value { (member.key, text) } else { nil }
            }
            let jwk = Dictionary(texts) { first, _ in first }
            // A key that is broken, or of a kind of the future, is not one that anybody may use.
            keys += (try? await TokenKey.keys(jwk, takesSecrets: false)) ?? []
        }
        return Found(issuer: issuer, keys: keys)
    }

    private static func json(_ address: String) async throws -> JsonValue {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: address), timeout: .seconds(5))
        guard response.status.code == 200 else {
            throw ServerError(description: "\(address) answers \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: maximumBytes)
        guard let json = JsonValue.parse(body.readableBytesView) else {
            throw ServerError(description: "\(address) is no JSON")
        }
        return json
    }
}
