// Whose tokens the API takes (`engines.vertx` of a package file: `authKind` and `config`).

import Foundation
import WeirPlanner

/// Where the keys of tokens come from, and what their claims must be.
package struct AuthSettings: Sendable {
    /// A key that the settings hold (`jwtAuth.pubSecKeys`).
    package struct Key: Sendable {
        /// `HS256`, `RS256`, `ES256` and so on.
        package let algorithm: String
        /// Base64 for HS, PEM for the others.
        package let buffer: String

        package init(algorithm: String, buffer: String) {
            self.algorithm = algorithm
            self.buffer = buffer
        }
    }

    package var keys: [Key] = []
    /// Keys as RFC 7517 writes them (`jwtAuth.jwks`); members that are texts.
    package var jwks: [[String: String]] = []
    /// What `iss` must be (`jwtAuth.jwtOptions.issuer`).
    package var issuer: String?
    /// One of which `aud` must have (`jwtAuth.jwtOptions.audience`).
    package var audiences: [String] = []
    /// How far clocks may be apart (s).
    package var leeway = 0
    /// The issuer whose keys are found by OpenID Connect Discovery (`oauth2Options.site`).
    package var site: String?

    package init() {}

    /// With `${{NAME}}` in keys replaced.
    ///
    /// - Throws: `ProjectError` when the environment has no such variable.
    package func withSecrets(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> AuthSettings {
        func resolved(_ text: String) throws -> String {
            guard text.contains("${") else { return text }
            let found = EnvironmentText(text, environment, resolvesSecrets: true)
            if let name = found.missing.first {
                throw ProjectError("the environment has no variable \(name)")
            }
            return found.text
        }
        var result = self
        result.keys = try keys.map {
            Key(algorithm: $0.algorithm, buffer: try resolved($0.buffer))
        }
        result.jwks = try jwks.map { try $0.mapValues(resolved) }
        return result
    }
}

/// Reads the settings from JSON and notes what is wrong with them.
struct AuthSettingsReader {
    private(set) var settings: AuthSettings?
    private(set) var problems: [(key: String, message: String)] = []

    /// - Parameter vertx: `engines.vertx`.
    init(_ vertx: [String: Any]) {
        let kinds: [String]
        switch vertx["authKind"] {
        case nil: return
        case let text as String: kinds = [text.uppercased()]
        case let list as [Any]: kinds = list.compactMap { ($0 as? String)?.uppercased() }
        default:
            problems.append(("authKind", "is NONE, JWT, OAUTH or a list of them"))
            return
        }
        for kind in kinds where !["NONE", "JWT", "OAUTH"].contains(kind) {
            problems.append(("authKind", "has '\(kind)', which is none of NONE, JWT and OAUTH"))
        }
        guard kinds.contains("JWT") || kinds.contains("OAUTH") else { return }
        let config = vertx["config"] as? [String: Any] ?? [:]
        var settings = AuthSettings()
        if kinds.contains("JWT") { readTokens(config, &settings) }
        if kinds.contains("OAUTH") { readSite(config, &settings) }
        readOptions(config, &settings)
        self.settings = settings
    }

    private mutating func readTokens(_ config: [String: Any], _ settings: inout AuthSettings) {
        let auth = config["jwtAuth"] as? [String: Any] ?? [:]
        for item in auth["pubSecKeys"] as? [Any] ?? [] {
            guard let key = item as? [String: Any], let algorithm = key["algorithm"] as? String,
                let buffer = key["buffer"] as? String
            else {
                problems.append(("pubSecKeys", "has objects with 'algorithm' and 'buffer'"))
                continue
            }
            settings.keys.append(AuthSettings.Key(algorithm: algorithm, buffer: buffer))
        }
        settings.jwks = (auth["jwks"] as? [[String: Any]] ?? []).map { key in
            key.compactMapValues { $0 as? String }
        }
        if settings.keys.isEmpty, settings.jwks.isEmpty {
            problems.append(("authKind", "is JWT: give keys in config.jwtAuth.pubSecKeys or .jwks"))
        }
    }

    /// What the claims of all tokens must be.
    private mutating func readOptions(_ config: [String: Any], _ settings: inout AuthSettings) {
        let auth = config["jwtAuth"] as? [String: Any] ?? [:]
        let options = auth["jwtOptions"] as? [String: Any] ?? [:]
        if auth["jwtOptions"] != nil, !(auth["jwtOptions"] is [String: Any]) {
            problems.append(("jwtOptions", "is an object"))
        }
        // What would narrow who is let in must not be overlooked.
        let known = ["issuer", "audience", "leeway", "expiresInSeconds", "algorithm"]
        for key in options.keys.sorted() where !known.contains(key) {
            problems.append(
                (key, "is not followed: jwtOptions has \(known.joined(separator: ", "))"))
        }
        switch options["issuer"] {
        case nil: break
        case let text as String where !text.isEmpty: settings.issuer = text
        default: problems.append(("issuer", "is a text"))
        }
        switch options["audience"] {
        case nil: break
        case let text as String where !text.isEmpty: settings.audiences = [text]
        case let list as [String] where !list.isEmpty: settings.audiences = list
        default: problems.append(("audience", "is a list of texts"))
        }
        switch options["leeway"] {
        case nil: break
        case let number as Int where (0...600).contains(number): settings.leeway = number
        case let text as String where (0...600).contains(Int(text) ?? -1):
            settings.leeway = Int(text) ?? 0
        default: problems.append(("leeway", "is 0 to 600 seconds"))
        }
    }

    /// DataSQRL has `oauth2Options` under `config` or under an object of it.
    private mutating func readSite(_ config: [String: Any], _ settings: inout AuthSettings) {
        let inner = config.values.compactMap { ($0 as? [String: Any])?["oauth2Options"] }.first
        let options = (config["oauth2Options"] ?? inner) as? [String: Any]
        guard let site = options?["site"] as? String else {
            return problems.append(
                ("authKind", "is OAUTH: give the issuer in config.oauth2Options.site"))
        }
        guard let url = URL(string: site), let host = url.host,
            url.scheme == "https" || (url.scheme == "http" && Self.isLoopback(host))
        else {
            return problems.append(("site", "is an address that begins with https://"))
        }
        settings.site = site.hasSuffix("/") ? String(site.dropLast()) : site
    }

    private static func isLoopback(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
    }
}
