// Tokens: who is taken, who is not, and what claims open (RFC 8725; reliability, rows 14 and 15).

import CryptoExtras
import Foundation
import HTTPTypes
import Hummingbird
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirSQL
import WeirServer

@Suite struct AuthTests {
    private static let mine = JsonValue.object([JsonMember("query", .string("{ Mine { name } }"))])

    private static func served(_ tokens: AuthSettings) async throws -> ServedPipeline {
        var settings = ServerSettings()
        settings.authentication = tokens
        return try await ServedPipeline.shop(settings: settings)
    }

    @Test func everyEndpointAsksForAToken() async throws {
        let tokens = try Tokens()
        let shop = try await Self.served(tokens.settings)
        for path in [
            "/v1/graphql?query=%7BLatest%7Bid%7D%7D", "/v1/graphql/schema", "/v1/openapi",
            "/v1/rest/queries/Latest", "/v1/live/Latest", "/metrics", "/v1/nothing",
        ] {
            let answer = try await shop.get(path)
            #expect(answer.status == 401, "\(path)")
            #expect(answer.headers["www-authenticate"] == "Bearer")
            #expect(
                answer.text
                    == #"{"error":"JWT auth failed","cause":"there is no token"}"#)
            let known = try await shop.get(path, headers: [tokens.bearer(try tokens.token())])
            #expect(known.status == (path == "/v1/nothing" ? 404 : 200), "\(path)")
        }
        #expect(try await shop.get("/health").status == 200)
        #expect(try await shop.get("/ready").status == 200)
        let call = JsonValue.parse(
            Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#.utf8))
        #expect(try await shop.post("/v1/mcp", try #require(call)).status == 401)
        await shop.server.stop()
    }

    @Test func claimsReachQueries() async throws {
        let tokens = try Tokens()
        let shop = try await Self.served(tokens.settings)
        func ask(_ claims: String, _ signer: Tokens.Signer = .hmac) async throws -> HTTPAnswer {
            let algorithm =
                switch signer {
                case .rsa: "RS256"
                case .elliptic: "ES256"
                default: "HS256"
                }
            let token = try tokens.token("{\"alg\":\"\(algorithm)\"}", claims, by: signer)
            return try await shop.post("/v1/graphql", Self.mine, headers: [tokens.bearer(token)])
        }
        let names = #"{"data":{"Mine":[{"name":"Ada"}]}}"#
        for signer in [Tokens.Signer.hmac, .rsa, .elliptic] {
            let answer = try await ask(Tokens.claims("\"sub\":\"Ada\""), signer)
            #expect(answer.status == 200)
            #expect(answer.text == names)
        }
        // A claim is a parameter, whatever it holds (row 14).
        let hostile = try await ask(Tokens.claims("\"sub\":\"x' OR '1'='1\""))
        #expect(hostile.text == #"{"data":{"Mine":[]}}"#)
        let none = try await ask(Tokens.claims("\"x\":1"))
        #expect(none.status == 403)
        #expect(none.text.contains(#"The claim \"sub\" is required"#))
        let null = try await ask(Tokens.claims("\"sub\":null"))
        #expect(null.text.contains(#"The claim \"sub\" is null"#))
        let wrong = try await ask(Tokens.claims("\"sub\":[1]"))
        #expect(wrong.text.contains(#"The claim \"sub\" is [1]"#), "\(wrong.text)")
        await shop.server.stop()
    }

    /// Head, claims, signer, and a word of the cause.
    private static let refused: [(String, String, Tokens.Signer, String)] = [
        (#"{"alg":"none"}"#, Tokens.claims(), .none, "signed JWT"),
        (#"{"alg":"none"}"#, Tokens.claims(), .hmac, "algorithm"),
        (#"{"alg":"None"}"#, Tokens.claims(), .hmac, "algorithm"),
        (#"{"alg":"HS256"}"#, Tokens.claims(), .none, "signed JWT"),
        (#"{"alg":"HS256"}"#, Tokens.claims(), .confused, "not signed"),
        (#"{"alg":"HS512"}"#, Tokens.claims(), .hmac, "not signed"),
        (#"{"alg":"RS256"}"#, Tokens.claims(), .hmac, "not signed"),
        (#"{"alg":"ES256"}"#, Tokens.claims(), .rsa, "not signed"),
        (#"{"alg":"HS256"}"#, #"{"iss":"my-issuer","aud":"my-audience"}"#, .hmac, "exp"),
        (#"{"alg":"HS256"}"#, Tokens.claims(exp: 1), .hmac, "expired"),
        (#"{"alg":"HS256"}"#, Tokens.claims("\"nbf\":3999999999"), .hmac, "not valid yet"),
        (#"{"alg":"HS256"}"#, Tokens.claims("\"iat\":3999999999"), .hmac, "future"),
        (#"{"alg":"HS256"}"#, Tokens.claims("\"exp\":4000000001"), .hmac, "signed JWT"),
        (#"{"alg":"HS256"}"#, Tokens.claims("\"nbf\":\"soon\""), .hmac, "no time"),
        (#"{"alg":"HS256"}"#, #"{"iss":"x","aud":"my-audience","exp":4e9}"#, .hmac, "issuer"),
        (#"{"alg":"HS256"}"#, #"{"aud":"my-audience","exp":4e9}"#, .hmac, "issuer"),
        (#"{"alg":"HS256"}"#, #"{"iss":"my-issuer","aud":["x"],"exp":4e9}"#, .hmac, "audience"),
        (#"{"alg":"HS256","alg":"HS256"}"#, Tokens.claims(), .hmac, "signed JWT"),
        (#"{"alg":"HS256","kid":7}"#, Tokens.claims(), .hmac, "broken"),
        (#"{"alg":"HS256","typ":"secevent+jwt"}"#, Tokens.claims(), .hmac, "type"),
        (#"{"alg":"HS256","crit":["exp"]}"#, Tokens.claims(), .hmac, "'crit'"),
        (#"{"alg":"HS256","jku":"http://127.0.0.1:1/k"}"#, Tokens.claims(), .hmac, "'jku'"),
        (#"{"alg":"HS256","x5u":"http://127.0.0.1:1/k"}"#, Tokens.claims(), .hmac, "'x5u'"),
        (#"{"alg":"HS256","jwk":{"kty":"oct","k":"eA"}}"#, Tokens.claims(), .hmac, "'jwk'"),
        ("[]", Tokens.claims(), .hmac, "signed JWT"),
        (#"{"alg":"HS256"}"#, "7", .hmac, "signed JWT"),
        (
            #"{"alg":"HS256"}"#,
            Tokens.claims("\"x\":\"\(String(repeating: "x", count: 9000))\""), .hmac, "longer"
        ),
    ]

    @Test func badTokensAreRefused() async throws {
        let tokens = try Tokens()
        let shop = try await Self.served(tokens.settings)
        for (head, claims, signer, cause) in Self.refused {
            let token = try tokens.token(head, claims, by: signer)
            let answer = try await shop.post(
                "/v1/graphql", Self.mine, headers: [tokens.bearer(token)])
            #expect(answer.status == 401, "\(head) \(claims)")
            #expect(answer.headers["www-authenticate"] == "Bearer error=\"invalid_token\"")
            #expect(answer.text.contains(cause), "\(head): \(answer.text)")
        }
        let good = try tokens.token()
        for text in [
            "", "Bearer", "Basic \(good)", "Bearer \(good) x", "Bearer \(good)=", "Bearer a.b.c",
            "Bearer \(good).x", "Bearer \(good.dropLast(3))", "Bearer ..",
        ] {
            let answer = try await shop.post(
                "/v1/graphql", Self.mine, headers: [("Authorization", text)])
            #expect(answer.status == 401, "\(text)")
        }
        // A key id is only compared: it opens no file and no query.
        for id in ["../../etc/passwd", "' OR 1=1 --", "\\u0000"] {
            let token = try tokens.token("{\"alg\":\"HS256\",\"kid\":\"\(id)\"}")
            let answer = try await shop.post(
                "/v1/graphql", Self.mine, headers: [tokens.bearer(token)])
            #expect(answer.status == 200, "\(id)")
        }
        await shop.server.stop()
    }

    /// Random bytes and changed tokens are refused, and nothing traps (row 6).
    @Test func changedTokensAreRefused() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let tokens = try Tokens()
        let shop = try await Self.served(tokens.settings)
        let good = Array(try tokens.token().utf8)
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: 0x21...0x7E, using: &random)
            }
            if bytes == good { continue }
            let answer = try await shop.get(
                "/v1/graphql/schema",
                headers: [tokens.bearer(String(decoding: bytes, as: UTF8.self))])
            // The last character has bits that do not count.
            let isSame = bytes.dropLast() == good.dropLast()
            #expect(answer.status == 401 || isSame, "seed \(seed)")
        }
        await shop.server.stop()
    }

    @Test(arguments: [
        (AuthSettings.Key(algorithm: "HS256", buffer: "c2hvcnQ="), "needs 32 or more"),
        (AuthSettings.Key(algorithm: "none", buffer: ""), "is none of"),
        (AuthSettings.Key(algorithm: "RS256", buffer: "garbage"), "no public key"),
        (AuthSettings.Key(algorithm: "HS256", buffer: "%%%"), "base64"),
    ])
    func brokenKeysAreRefused(_ key: AuthSettings.Key, _ message: String) async throws {
        var settings = AuthSettings()
        settings.keys = [key]
        do {
            _ = try await Self.served(settings)
            Issue.record("\(key.algorithm) was taken")
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    /// An issuer's keys are found by discovery, renewed for keys that are new, and never taken as
    /// secrets.
    @Test func keysAreDiscovered() async throws {
        let tokens = try Tokens()
        let issuer = try await IssuerServer(
            keys: """
                {"keys": [{"kty": "EC", "crv": "P-256", "kid": "one", "use": "sig",
                  "x": "\(Tokens.base64URL(tokens.elliptic.publicKey.rawRepresentation.prefix(32)))",
                  "y": "\(Tokens.base64URL(tokens.elliptic.publicKey.rawRepresentation.suffix(32)))"},
                 {"kty": "oct", "kid": "two", "alg": "HS256", "k": "\(Tokens.base64URL(tokens.secret))"},
                 {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"}, {"kty": "new"}]}
                """)
        var settings = AuthSettings()
        settings.site = issuer.address
        let shop = try await Self.served(settings)
        let claims = "{\"iss\":\"\(issuer.address)\",\"exp\":4000000000,\"sub\":\"Ann\"}"
        func status(_ head: String, _ claims: String, _ signer: Tokens.Signer) async throws -> Int {
            let token = try tokens.token(head, claims, by: signer)
            return try await shop.post(
                "/v1/graphql", Self.mine, headers: [tokens.bearer(token)]
            ).status
        }
        #expect(try await status(#"{"alg":"ES256","kid":"one"}"#, claims, .elliptic) == 200)
        #expect(try await status(#"{"alg":"ES256"}"#, claims, .elliptic) == 200)
        #expect(try await status(#"{"alg":"ES256","kid":"x"}"#, claims, .elliptic) == 401)
        #expect(try await status(#"{"alg":"HS256","kid":"two"}"#, claims, .hmac) == 401)
        #expect(
            try await status(#"{"alg":"ES256","kid":"one"}"#, Tokens.claims(), .elliptic) == 401)
        #expect(issuer.requests == 2)
        // Who comes while the keys are fetched waits for them.
        let second = try await Self.served(settings)
        let token = try tokens.token(#"{"alg":"ES256","kid":"one"}"#, claims, by: .elliptic)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await second.post(
                        "/v1/graphql", Self.mine, headers: [tokens.bearer(token)]
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 8))
        await second.server.stop()
        // What is said of audiences holds for discovered keys as well.
        settings.audiences = ["mine"]
        let third = try await Self.served(settings)
        #expect(
            try await third.post("/v1/graphql", Self.mine, headers: [tokens.bearer(token)]).status
                == 401)
        await third.server.stop()
        let challenge = try await shop.get("/v1/openapi")
        #expect(
            challenge.headers["www-authenticate"]
                == "Bearer resource_metadata=\"http://127.0.0.1:\(shop.port)"
                + "/.well-known/oauth-protected-resource\"")
        let resource = try await shop.get("/.well-known/oauth-protected-resource")
        #expect(
            JsonValue.parse(resource.body)?.at("authorization_servers.0")
                == .string(issuer.address))
        await shop.server.stop()
        await issuer.stop()
    }

    /// Rows of callers whose names only look the same are told apart, also where they are shared.
    @Test func namesAreToldApartByTheirBytes() async throws {
        let tokens = try Tokens()
        var settings = ServerSettings()
        settings.authentication = tokens.settings
        let served = try await ServedPipeline(
            script: """
                CREATE TABLE src (who STRING NOT NULL, note STRING)
                  WITH ('connector'='filesystem','path'='rows.jsonl','format'='json');
                Rows := SELECT * FROM src;
                /*+cache(5 min)*/
                Mine(me STRING NOT NULL METADATA FROM 'auth.sub') := SELECT note FROM Rows WHERE who = :me;
                """,
            files: [
                (
                    name: "rows.jsonl",
                    text:
                        "{\"who\":\"caf\\u00e9\",\"note\":\"one\"}\n{\"who\":\"cafe\\u0301\",\"note\":\"two\"}\n"
                )
            ], settings: settings)
        for (sub, note) in [("caf\\u00e9", "one"), ("cafe\\u0301", "two"), ("caf\\u00e9", "one")] {
            let token = try tokens.token(
                #"{"alg":"HS256"}"#, Tokens.claims("\"sub\":\"\(sub)\""))
            for path in [
                "/v1/live/Mine", "/v1/rest/queries/Mine", "/v1/graphql?query=%7BMine%7Bnote%7D%7D",
            ] {
                let answer = try await served.get(path, headers: [tokens.bearer(token)])
                #expect(answer.text.contains("\"note\":\"\(note)\""), "\(path): \(answer.text)")
            }
        }
        await served.server.stop()
    }

    @Test(arguments: [
        (#""authKind": "JWT""#, "give keys in"),
        (#""authKind": "OAUTH""#, "give the issuer"),
        (#""authKind": "BASIC""#, "none of NONE, JWT and OAUTH"),
        (
            #""authKind": "OAUTH", "config": {"oauth2Options": {"site": "http://evil.example"}}"#,
            "https"
        ),
        (
            #""authKind": "JWT", "config": {"jwtAuth": {"pubSecKeys": [{"algorithm": "HS256", "buffer": "x"}], "jwtOptions": {"issuer": ["me"]}}}"#,
            "'issuer' is a text"
        ),
        (
            #""authKind": "JWT", "config": {"jwtAuth": {"pubSecKeys": [{"algorithm": "HS256", "buffer": "x"}], "jwtOptions": {"audiences": ["me"]}}}"#,
            "'audiences' is not followed"
        ),
    ])
    func settingsThatWouldLetInMoreAreRefused(_ vertx: String, _ message: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("p.sqrl", "T := SELECT 1 AS a;")
        let path = try folder.write(
            "package.json",
            "{\"script\": {\"main\": \"p.sqrl\"}, \"engines\": {\"vertx\": {\(vertx)}}}")
        let compilation = Engine.compile(try Project(path: path))
        #expect(compilation.plan == nil)
        #expect(
            compilation.diagnostics.contains { $0.message.contains(message) },
            "\(compilation.diagnostics.map(\.message))")
    }

    @Test func tokensDoNotCrossTheNetworkInTheClear() throws {
        var settings = try #require(ServerSettings(listen: "0.0.0.0:8888"))
        #expect(settings.refusal == nil)
        settings.authentication = AuthSettings()
        #expect(settings.refusal?.contains("--tls-cert") == true)
        settings.tls = ("a", "b")
        #expect(settings.refusal == nil)
    }
}
