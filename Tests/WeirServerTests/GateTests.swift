// Names, origins, rates, ids, TLS: what stands in front of all routes.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirServer

@Suite struct GateTests {
    /// A page whose name has been made to point here is not of this server.
    @Test func namesOfOthersAreRefused() async throws {
        var settings = ServerSettings()
        settings.hostNames = ["api.example"]
        let shop = try await ServedPipeline.shop(settings: settings)
        func status(_ host: String, path: String = "/health") async throws -> String {
            let text = try await HTTP.raw(
                port: shop.port,
                "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
            return String(text.dropFirst(9).prefix(3))
        }
        for host in [
            "localhost", "LOCALHOST:1", "localhost.", "a.localhost:80", "127.0.0.1", "10.1.2.3:99",
            "[::1]:8888", "api.example", "API.example:443",
        ] {
            #expect(try await status(host) == "200", "\(host)")
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "[x]"] {
            #expect(try await status(host) == "421", "\(host)")
        }
        await shop.server.stop()
    }

    @Test func pagesMayAskBeforehand() async throws {
        var settings = ServerSettings()
        settings.origins = ["https://friend.example"]
        let shop = try await ServedPipeline.shop(settings: settings)
        let asked = [
            ("Origin", "https://friend.example"), ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization, content-type"),
        ]
        let answer = try await shop.request("OPTIONS", "/v1/graphql", headers: asked)
        #expect(answer.status == 204)
        #expect(answer.headers["access-control-allow-origin"] == "https://friend.example")
        #expect(answer.headers["access-control-allow-methods"]?.contains("POST") == true)
        #expect(answer.headers["access-control-allow-headers"]?.contains("Authorization") == true)
        let foreign = [
            ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"),
        ]
        #expect(try await shop.request("OPTIONS", "/v1/graphql", headers: foreign).status == 403)
        await shop.server.stop()
    }

    @Test func ratesAreLimited() async throws {
        var settings = ServerSettings()
        settings.requestRate = 1
        let shop = try await ServedPipeline.shop(settings: settings)
        var answers: [HTTPAnswer] = []
        for _ in 0..<8 { answers.append(try await shop.get("/health")) }
        #expect(answers.prefix(2).allSatisfy { $0.status == 200 })
        let refused = try #require(answers.first { $0.status == 429 })
        #expect(Int(refused.headers["retry-after"] ?? "") ?? 0 >= 1)
        #expect(refused.headers["content-type"] == "application/problem+json")
        await shop.server.stop()
    }

    /// Many at once: counting them must not trap (a later request may be counted first).
    @Test func ratesAreCountedByManyThreads() async throws {
        var settings = ServerSettings()
        settings.requestRate = 100_000
        let shop = try await ServedPipeline.shop(settings: settings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<40 { _ = try await shop.get("/health") }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await shop.get("/health").status == 200)
        await shop.server.stop()
    }

    /// What is no HTTP is answered at once, also as the first thing on a connection.
    @Test(arguments: [
        ("GET ?x HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        ("GET /\u{1B} HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        ("\u{16}\u{3}\u{1}", "400"),
        (
            "GET /health HTTP/1.1\r\nHost: localhost\r\nA: " + String(repeating: "x", count: 40_000)
                + "\r\n\r\n", "431"
        ),
    ])
    func brokenRequestsAreAnswered(_ text: String, _ status: String) async throws {
        let shop = try await ServedPipeline.shop()
        let answer = try await HTTP.raw(port: shop.port, text)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
        await shop.server.stop()
    }

    @Test func requestsHaveNames() async throws {
        let shop = try await ServedPipeline.shop()
        let first = try await shop.get("/health").headers["x-request-id"]
        let second = try await shop.get("/health").headers["x-request-id"]
        #expect(first != nil && first != second)
        let own = try await shop.get("/health", headers: [("X-Request-Id", "abc-1.2:3")])
        #expect(own.headers["x-request-id"] == "abc-1.2:3")
        let hostile = try await shop.get("/health", headers: [("X-Request-Id", "a b<script>")])
        #expect(hostile.headers["x-request-id"]?.contains("<") == false)
        await shop.server.stop()
    }

    @Test func certificatesAreUsed() async throws {
        let folder = try TemporaryFolder()
        let (key, certificate) = (folder.path + "/key.pem", folder.path + "/cert.pem")
        let made = try await blocking {
            try Program.run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost",
                ], folder: folder.path)
        }
        try #require(made.status == 0, "\(made.errors)")
        var settings = ServerSettings()
        settings.tls = (certificate, key)
        chmod(key, 0o644)
        await #expect(throws: ServerError.self) {
            try await ServedPipeline.shop(settings: settings)
        }
        chmod(key, 0o600)
        // Certificates are often links to files of another folder.
        let link = folder.path + "/link.pem"
        symlink(key, link)
        settings.tls = (certificate, link)
        let shop = try await ServedPipeline.shop(settings: settings)
        let port = shop.port
        let answer = try await blocking {
            try Program.run(
                "curl",
                [
                    "-s", "--cacert", certificate, "--resolve", "localhost:\(port):127.0.0.1",
                    "https://localhost:\(port)/health",
                ], folder: folder.path)
        }
        #expect(answer.output == #"{"status":"up"}"#, "\(answer.errors)")
        let plain = try await HTTP.raw(
            port: port, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(!plain.contains("up"))
        await shop.server.stop()
    }
}
