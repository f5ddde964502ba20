// Keys that signatures of tokens are checked with (RFC 7515, 7517, 7518).

import Foundation
import JWTKit
import WeirColumnar
import WeirEngine

/// The algorithms that can be configured; `none` is none of them.
enum TokenAlgorithm: String, CaseIterable, Sendable {
    case HS256, HS384, HS512
    case RS256, RS384, RS512
    case PS256, PS384, PS512
    case ES256, ES384, ES512

    var digest: DigestAlgorithm {
        switch rawValue.suffix(3) {
        case "256": .sha256
        case "384": .sha384
        default: .sha512
        }
    }
}

/// A key with the one algorithm that it is for, so that a token cannot choose another (RFC 8725,
/// 3.1).
struct TokenKey: Sendable {
    let id: String?
    let algorithm: TokenAlgorithm
    private let keys: JWTKeyCollection

    /// The claims are read from the text of the token, with all digits.
    private struct Unread: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// Whether the signature of a token is of this key.
    func signed(_ token: String) async -> Bool {
        (try? await keys.verify(Array(token.utf8), as: Unread.self)) != nil
    }

    // MARK: From settings

    /// - Throws: `ServerError` that names what is wrong with the key.
    init(_ key: AuthSettings.Key) async throws {
        guard let algorithm = TokenAlgorithm(rawValue: key.algorithm) else {
            let known = TokenAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServerError(
                description: "the algorithm '\(key.algorithm)' of pubSecKeys is none of \(known)")
        }
        do {
            switch algorithm {
            case .HS256, .HS384, .HS512:
                try await self.init(secret: try Self.secret(key.buffer), algorithm, id: nil)
            case .RS256, .RS384, .RS512, .PS256, .PS384, .PS512:
                let rsa = try Insecure.RSA.PublicKey(pem: Self.pem(key.buffer))
                await self.init(rsa: rsa, algorithm, id: nil)
            case .ES256:
                await self.init(
                    ec: try ES256PublicKey(pem: Self.pem(key.buffer)), algorithm, id: nil)
            case .ES384:
                await self.init(
                    ec: try ES384PublicKey(pem: Self.pem(key.buffer)), algorithm, id: nil)
            case .ES512:
                await self.init(
                    ec: try ES512PublicKey(pem: Self.pem(key.buffer)), algorithm, id: nil)
            }
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(
                description: "a key of pubSecKeys for \(algorithm.rawValue) is no public key in PEM"
            )
        }
    }

    private static func secret(_ buffer: String) throws -> [UInt8] {
        guard let data = Data(base64Encoded: buffer) else {
            throw ServerError(description: "a key of pubSecKeys for HS is not in base64")
        }
        return Array(data)
    }

    /// Vert.x also takes the bare base64 of a PEM.
    private static func pem(_ buffer: String) -> String {
        buffer.contains("-----BEGIN")
            ? buffer : "-----BEGIN PUBLIC KEY-----\n\(buffer)\n-----END PUBLIC KEY-----\n"
    }

    /// A secret that is shorter than its digest can be found by trying (RFC 7518, 3.2).
    private init(secret: [UInt8], _ algorithm: TokenAlgorithm, id: String?) async throws {
        guard secret.count >= 32 else {
            throw ServerError(
                description:
                    "a key for \(algorithm.rawValue) has \(secret.count) bytes; it needs 32 or more"
            )
        }
        self.id = id
        self.algorithm = algorithm
        keys = JWTKeyCollection()
        await keys.add(
            hmac: HMACKey(from: secret), digestAlgorithm: algorithm.digest)
    }

    private init(rsa key: Insecure.RSA.PublicKey, _ algorithm: TokenAlgorithm, id: String?) async {
        self.id = id
        self.algorithm = algorithm
        keys = JWTKeyCollection()
        if algorithm.rawValue.hasPrefix("PS") {
            await keys.add(pss: key, digestAlgorithm: algorithm.digest)
        } else {
            await keys.add(rsa: key, digestAlgorithm: algorithm.digest)
        }
    }

    private init(ec key: some ECDSAKey, _ algorithm: TokenAlgorithm, id: String?) async {
        self.id = id
        self.algorithm = algorithm
        keys = JWTKeyCollection()
        await keys.add(ecdsa: key)
    }

    // MARK: From key sets

    /// The keys of a JWK (RFC 7517): one for each algorithm that it may be used with.
    ///
    /// - Parameter takesSecrets: whether it may be a shared secret, which no server publishes.
    /// - Throws: when a member is missing or broken.
    static func keys(_ jwk: [String: String], takesSecrets: Bool) async throws -> [TokenKey] {
        if let use = jwk["use"], use != "sig" { return [] }
        let named = jwk["alg"].map { TokenAlgorithm(rawValue: $0) }
        // A key for something else, such as encryption.
        if case .some(.none) = named { return [] }
        let only = named ?? nil
        func member(_ name: String) throws -> String {
            guard let value = jwk[name] else {
                throw ServerError(description: "a key of the key set has no '\(name)'")
            }
            return value
        }
        let id = jwk["kid"]
        switch jwk["kty"] {
        case "RSA":
            let key = try Insecure.RSA.PublicKey(modulus: member("n"), exponent: member("e"))
            let possible = TokenAlgorithm.allCases.filter {
                $0.rawValue.hasPrefix("RS") || $0.rawValue.hasPrefix("PS")
            }
            var made: [TokenKey] = []
            for algorithm in possible where only == nil || only == algorithm {
                made.append(await TokenKey(rsa: key, algorithm, id: id))
            }
            return made
        case "EC":
            let point = ECDSAParameters(x: try member("x"), y: try member("y"))
            switch (jwk["crv"], only) {
            case ("P-256", nil), ("P-256", .ES256):
                return [await TokenKey(ec: try ES256PublicKey(parameters: point), .ES256, id: id)]
            case ("P-384", nil), ("P-384", .ES384):
                return [await TokenKey(ec: try ES384PublicKey(parameters: point), .ES384, id: id)]
            case ("P-521", nil), ("P-521", .ES512):
                return [await TokenKey(ec: try ES512PublicKey(parameters: point), .ES512, id: id)]
            default: return []
            }
        case "oct" where takesSecrets:
            guard let secret = Base64URL.bytes(try member("k")) else {
                throw ServerError(description: "a secret of the key set is not in base64url")
            }
            return [try await TokenKey(secret: secret, only ?? .HS256, id: id)]
        default: return []
        }
    }
}

/// Base64 with the alphabet of URLs and without padding (RFC 4648, 5).
enum Base64URL {
    /// Nil when the text has another character, padding included.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var plain = ""
        plain.reserveCapacity(text.utf8.count + 3)
        for character in text.unicodeScalars {
            switch character {
            case "A"..."Z", "a"..."z", "0"..."9": plain.unicodeScalars.append(character)
            case "-": plain += "+"
            case "_": plain += "/"
            default: return nil
            }
        }
        plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain).map { Array($0) }
    }
}
