// Who asks: bearer tokens that are JWTs (RFC 6750, 7519, 8725).

import Foundation
import WeirColumnar
import WeirEngine

/// Why a token is not taken (HTTP 401).
struct TokenRefusal: Error {
    let cause: String
}

/// Checks tokens. Algorithms and keys are those of the settings; nothing that a token says of its
/// own key is followed.
final class TokenVerifier: Sendable {
    private let settings: AuthSettings
    private let keys: [TokenKey]
    private let discovery: KeyDiscovery?
    private let verified = VerifiedTokens()
    /// Now, in seconds since 1970.
    private let now: @Sendable () -> Double
    private static let maximumBytes = 8192
    /// Members of a head by which a token would bring its own key or rules.
    private static let refusedMembers = ["crit", "jku", "jwk", "x5u", "x5c", "x5t", "zip", "b64"]

    /// - Throws: `ServerError` when a key of the settings is none.
    init(
        _ settings: AuthSettings,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) async throws {
        self.settings = settings
        self.now = now
        var keys: [TokenKey] = []
        for key in settings.keys { keys.append(try await TokenKey(key)) }
        for key in settings.jwks {
            let made: [TokenKey]
            do {
                made = try await TokenKey.keys(key, takesSecrets: true)
            } catch {
                throw ServerError(description: "jwtAuth.jwks: \(error)")
            }
            guard !made.isEmpty else {
                throw ServerError(
                    description: "jwtAuth.jwks has a key of an unknown kind or algorithm")
            }
            keys += made
        }
        self.keys = keys
        discovery = settings.site.map { KeyDiscovery(site: $0) }
    }

    /// The issuer that clients get their tokens from; nil when keys are in the settings only.
    var site: String? { settings.site }

    /// Whom a header `Authorization` names.
    func caller(authorization: String?) async throws(TokenRefusal) -> Caller {
        try await caller(token: Self.token(authorization))
    }

    /// Whom a header names when its token is known; nil when it has to be looked at closer.
    func knownCaller(authorization: String?) -> Caller? {
        guard let token = try? Self.token(authorization) else { return nil }
        return try? knownCaller(token: Array(token.utf8))
    }

    private static func token(_ authorization: String?) throws(TokenRefusal) -> String {
        guard let authorization else { throw TokenRefusal(cause: "there is no token") }
        let words = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw TokenRefusal(cause: "the header Authorization is 'Bearer TOKEN'")
        }
        return String(words[1])
    }

    private func knownCaller(token: [UInt8]) throws(TokenRefusal) -> Caller? {
        guard let entry = verified.entry(of: token) else { return nil }
        try check(entry.claims, issuer: entry.issuer)
        return Caller(claims: entry.claims, leeway: settings.leeway)
    }

    func caller(token: String) async throws(TokenRefusal) -> Caller {
        let bytes = Array(token.utf8)
        if let known = try knownCaller(token: bytes) { return known }
        guard token.utf8.count <= Self.maximumBytes else {
            throw TokenRefusal(cause: "the token is longer than \(Self.maximumBytes) bytes")
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.bytes(parts[0]).flatMap(Self.object),
            let claims = Base64URL.bytes(parts[1]).flatMap(Self.object),
            let signature = Base64URL.bytes(parts[2]), !signature.isEmpty
        else { throw TokenRefusal(cause: "the token is no signed JWT") }
        if let name = Self.refusedMembers.first(where: { head[$0] != nil }) {
            throw TokenRefusal(cause: "the token's head has '\(name)'")
        }
        if case .string(let type)? = head["typ"],
            !["jwt", "at+jwt", "application/at+jwt"].contains(type.lowercased())
        {
            throw TokenRefusal(cause: "the token is of another type")
        }
        guard case .string(let name)? = head["alg"], let algorithm = TokenAlgorithm(rawValue: name)
        else { throw TokenRefusal(cause: "the token's algorithm is not taken") }
        var id: String?
        if let member = head["kid"] {
            guard case .string(let text) = member else {
                throw TokenRefusal(cause: "the token's head is broken")
            }
            id = text
        }
        let issuer = try await checkSignature(token, algorithm, id)
        try check(claims, issuer: issuer)
        verified.keep(bytes, claims, issuer: issuer)
        return Caller(claims: claims, leeway: settings.leeway)
    }

    /// The members of an object; nil when one is there twice, or it is none.
    private static func object(_ bytes: [UInt8]) -> [String: JsonValue]? {
        guard case .object(let members)? = JsonValue.parse(bytes) else { return nil }
        var result: [String: JsonValue] = [:]
        for member in members where result.updateValue(member.value, forKey: member.key) != nil {
            return nil
        }
        return result
    }

    /// - Returns: the issuer that the keys belong to.
    private func checkSignature(
        _ token: String, _ algorithm: TokenAlgorithm, _ id: String?
    ) async throws(TokenRefusal) -> String? {
        for key in keys where key.algorithm == algorithm && (key.id == nil || key.id == id) {
            if await key.signed(token) { return settings.issuer }
        }
        if let discovery {
            let found = try await discovery.keys(for: id, algorithm)
            for key in found.keys where await key.signed(token) { return found.issuer }
        }
        throw TokenRefusal(cause: "the token is not signed by a key that is known here")
    }

    /// Byte by byte.
    private static func isText(_ value: JsonValue?, _ text: String) -> Bool {
        guard case .string(let own)? = value else { return false }
        return own.utf8.elementsEqual(text.utf8)
    }

    private func check(
        _ claims: [String: JsonValue], issuer: String?
    ) throws(TokenRefusal) {
        func time(_ name: String) throws(TokenRefusal) -> Double? {
            guard let value = claims[name] else { return nil }
            guard case .number(let digits) = value, let seconds = Double(digits), seconds.isFinite
            else { throw TokenRefusal(cause: "the claim '\(name)' is no time") }
            return seconds
        }
        let (leeway, now) = (Double(settings.leeway), now())
        guard let end = try time("exp") else {
            throw TokenRefusal(cause: "the token has no end (exp)")
        }
        if now >= end + leeway { throw TokenRefusal(cause: "the token has expired") }
        if let start = try time("nbf"), now < start - leeway {
            throw TokenRefusal(cause: "the token is not valid yet")
        }
        if let made = try time("iat"), now < made - max(leeway, 60) {
            throw TokenRefusal(cause: "the token was issued in the future")
        }
        if let issuer, !Self.isText(claims["iss"], issuer) {
            throw TokenRefusal(cause: "the token has another issuer")
        }
        guard settings.audiences.isEmpty else {
            let named: [JsonValue] =
                switch claims["aud"] {
                case .array(let items)?: items
                case let one?: [one]
                case nil: []
                }
            guard
                named.contains(where: { item in
                    settings.audiences.contains { Self.isText(item, $0) }
                })
            else { throw TokenRefusal(cause: "the token is for another audience") }
            return
        }
    }
}
