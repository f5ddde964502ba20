// HTTP: statuses, media types, limits, and clients that mean no good.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirServer

@Suite struct HTTPTests {
    private static func body(_ query: String) -> JsonValue {
        .object([JsonMember("query", .string(query))])
    }

    @Test func graphQLOverHTTP() async throws {
        let shop = try await ServedPipeline.shop()
        let fine = Self.body("{ Latest { id } }")
        let response = ("Accept", "application/graphql-response+json")
        let answer = try await shop.post("/v1/graphql", fine, headers: [response])
        #expect(answer.status == 200)
        #expect(
            answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8")
        #expect(answer.text == "{\"data\":{\"Latest\":{\"id\":6}}}")
        #expect(
            try await shop.post("/v1/graphql", Self.body("{"), headers: [response]).status == 400)
        #expect(try await shop.post("/v1/graphql", Self.body("{")).status == 200)
        #expect(try await shop.post("/v1/graphql", Self.body("{ Mine { id } }")).status == 403)
        #expect(try await shop.post("/v1/graphql", .array([fine])).status == 422)
        #expect(
            try await shop.post("/v1/graphql", fine, headers: [("Accept", "text/html")]).status
                == 406)
        #expect(try await shop.request("POST", "/v1/graphql", body: fine.text).status == 415)
        let query = "/v1/graphql?query=%7B%20Latest%20%7B%20id%20%7D%20%7D"
        #expect(try await shop.get(query).text == answer.text)
        #expect(try await shop.get("/v1/graphql").status == 422)
        #expect(try await shop.request("PUT", "/v1/graphql", body: "{}").status == 405)
        let large = Self.body(String(repeating: " ", count: 2 << 20))
        #expect(try await shop.post("/v1/graphql", large).status == 413)
        await shop.server.stop()
    }

    @Test func operationsAreServed() async throws {
        let shop = try await ServedPipeline.shop()
        #expect(try await shop.get("/health").status == 200)
        let ready = try await shop.get("/ready")
        #expect(ready.status == 200)
        #expect(ready.text == "{\"status\":\"ready\",\"pipeline\":\"finished\"}")
        let metrics = try await shop.get("/metrics").text
        for line in [
            "weir_operator_records_total{operator=\"src_orders\",direction=\"out\"} 6",
            "weir_pipeline_state{state=\"finished\"} 1", "http_server_active_requests 1",
            "weir_source_pending_bytes{source=\"src_orders\"} 0",
            "weir_build_info{version=\"0.1.0\"} 1",
            "weir_websocket_connections 0",
            "weir_records_dropped_total{operator=\"src_orders.check\",reason=\"rejected\"} 0",
        ] {
            #expect(metrics.contains(line + "\n"), "\(line)")
        }
        let missing = try await shop.get("/v1/nothing")
        #expect(missing.status == 404)
        #expect(missing.headers["content-type"] == "application/problem+json")
        await shop.server.stop()
    }

    /// Pages of other hosts must not read what a reader's browser can reach.
    @Test func otherOriginsAreRefused() async throws {
        var settings = ServerSettings()
        settings.origins = ["https://friend.example"]
        let shop = try await ServedPipeline.shop(settings: settings)
        let foreign = try await shop.get("/health", headers: [("Origin", "https://evil.example")])
        #expect(foreign.status == 403)
        #expect(foreign.headers["access-control-allow-origin"] == nil)
        let own = try await shop.get(
            "/health", headers: [("Origin", "http://127.0.0.1:\(shop.port)")])
        #expect(own.status == 200)
        let friend = try await shop.get("/health", headers: [("Origin", "https://friend.example")])
        #expect(friend.status == 200)
        #expect(friend.headers["access-control-allow-origin"] == "https://friend.example")
        await shop.server.stop()
    }

    /// Requests that two servers might read differently (RFC 9112, 11.2).
    @Test(arguments: [
        "POST /v1/graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "POST /v1/graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nbad name: b\r\n\r\n",
        "GET /health HTTP/9.9\r\nHost: x\r\n\r\n",
        "GARBAGE\r\n\r\n",
    ])
    func smuggledRequestsAreRefused(_ text: String) async throws {
        let shop = try await ServedPipeline.shop()
        let answer = try await HTTP.raw(port: shop.port, text)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
        #expect(!answer.contains("\"status\":\"up\""))
        // Nothing follows on the same connection, and others are served.
        #expect(try await shop.get("/health").status == 200)
        await shop.server.stop()
    }

    @Test func largeHeadsAreRefused() async throws {
        let shop = try await ServedPipeline.shop()
        let large = String(repeating: "x", count: 40_000)
        let answer = try await HTTP.raw(
            port: shop.port, "GET /health HTTP/1.1\r\nHost: x\r\nA: \(large)\r\n\r\n")
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
        await shop.server.stop()
    }

    /// A head or a body that does not come costs its sender the connection.
    @Test(arguments: [
        "", "GET /health HTTP/1.1\r\nHo",
        "POST /v1/graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    ])
    func slowClientsAreCutOff(_ start: String) async throws {
        var settings = ServerSettings()
        settings.requestSeconds = 1
        let shop = try await ServedPipeline.shop(settings: settings)
        // Returns when the server closes; it fails after a minute.
        _ = try await HTTP.raw(port: shop.port, start)
        #expect(try await shop.get("/health").status == 200)
        await shop.server.stop()
    }

    /// Row 17 of the reliability figures: who sends a byte now and then, or nothing, keeps nobody out.
    @Test func idleClientsKeepNobodyOut() async throws {
        var settings = ServerSettings()
        settings.requestSeconds = 2
        let shop = try await ServedPipeline.shop(settings: settings)
        let port = shop.port
        let cut = try await blocking { () -> Int in
            let idle = try (0..<600).map { _ in try RawConnection(port: port) }
            for (number, connection) in idle.enumerated() where number % 2 == 0 {
                connection.send("GET /health HTTP/1.1\r\nX: ")
            }
            for _ in 0..<50 {
                let healthy = try RawConnection(port: port)
                healthy.send(
                    "GET /v1/rest/queries/Latest HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                )
                guard try healthy.answer().status == 200 else { return 0 }
                for connection in idle { connection.send("x") }
            }
            // All of them are cut off at their deadline.
            return try idle.reduce(0) { count, connection in
                _ = try connection.receiveAll()
                return count + 1
            }
        }
        #expect(cut == 600)
        await shop.server.stop()
    }

    @Test func stoppingEndsWhatRuns() async throws {
        let shop = try await ServedPipeline.shop()
        let port = shop.port
        #expect(try await shop.get("/health").status == 200)
        await shop.server.stop()
        await #expect(throws: (any Error).self) {
            try await HTTP.request(port: port, "GET", "/health")
        }
    }

    @Test func aTakenPortIsSaid() async throws {
        let shop = try await ServedPipeline.shop()
        var settings = ServerSettings()
        settings.port = shop.port
        do {
            _ = try await APIServer(
                shop.server.apis, store: shop.pool, session: nil, settings: settings)
            Issue.record("two servers listen on \(shop.port)")
        } catch {
            #expect("\(error)".contains("another program does"), "\(error)")
        }
        await shop.server.stop()
    }

    @Test(arguments: [
        ("8080", "127.0.0.1", 8080), ("0.0.0.0:1", "0.0.0.0", 1), ("[::1]:7", "::1", 7),
        ("localhost", "localhost", 8888), ("[::]", "::", 8888),
    ])
    func addressesAreRead(_ text: String, _ host: String, _ port: Int) throws {
        let settings = try #require(ServerSettings(listen: text))
        #expect(settings.host == host)
        #expect(settings.port == port)
    }

    @Test(arguments: ["", "70000", "a:b", ":1", "x:99999"])
    func addressesAreRefused(_ text: String) {
        #expect(ServerSettings(listen: text) == nil)
    }
}
