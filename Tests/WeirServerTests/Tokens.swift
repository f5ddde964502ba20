// Tokens as tests need them: with any head, any claims, any signature.

import Crypto
import CryptoExtras
import Foundation
import WeirColumnar
import WeirEngine

struct Tokens {
    let secret = Array("testSecretThatIsAtLeast256BitsLong32Chars".utf8)
    let elliptic = P256.Signing.PrivateKey()
    let rsa: _RSA.Signing.PrivateKey

    init() throws { rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    /// Keys for HS256, RS256 and ES256, an issuer and an audience.
    var settings: AuthSettings {
        var settings = AuthSettings()
        settings.keys = [
            AuthSettings.Key(
                algorithm: "HS256", buffer: Data(secret).base64EncodedString()),
            AuthSettings.Key(algorithm: "RS256", buffer: rsa.publicKey.pemRepresentation),
            AuthSettings.Key(algorithm: "ES256", buffer: elliptic.publicKey.pemRepresentation),
        ]
        settings.issuer = "my-issuer"
        settings.audiences = ["my-audience", "other"]
        return settings
    }

    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// - Parameter claims: members of the claims, in JSON, besides what every good token has.
    static func claims(_ more: String = "\"sub\":\"ann\"", exp: Int = 4_000_000_000) -> String {
        "{\"iss\":\"my-issuer\",\"aud\":\"my-audience\",\"exp\":\(exp),\(more)}"
    }

    enum Signer {
        case hmac, rsa, elliptic, none
        /// The public key of RSA as if it were a secret.
        case confused
    }

    func token(
        _ head: String = #"{"alg":"HS256","typ":"JWT"}"#, _ claims: String = Tokens.claims(),
        by signer: Signer = .hmac
    ) throws -> String {
        let text = Self.base64URL(head.utf8) + "." + Self.base64URL(claims.utf8)
        let data = Data(text.utf8)
        func hmac(_ key: [UInt8]) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
        }
        let signature: [UInt8] =
            switch signer {
            case .hmac: hmac(secret)
            case .confused: hmac(Array(rsa.publicKey.pemRepresentation.utf8))
            case .rsa:
                Array(
                    try rsa.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5)
                        .rawRepresentation)
            case .elliptic: Array(try elliptic.signature(for: data).rawRepresentation)
            case .none: []
            }
        return text + "." + Self.base64URL(signature)
    }

    func bearer(_ token: String) -> (String, String) { ("Authorization", "Bearer \(token)") }
}
