// Requests that are answered on the event loop: they look as those that tasks answer.

import Foundation
import TestSupport
import Testing
import WeirEngine
import WeirServer

@Suite struct DirectRequestTests {
    /// How many requests have been answered so.
    private static func count(
        _ shop: ServedPipeline, headers: [(String, String)] = []
    ) async throws -> Int {
        let text = try await shop.get("/metrics", headers: headers).text
        let line = text.split(separator: "\n").first {
            $0.hasPrefix("weir_api_direct_requests_total ")
        }
        return Int(line?.split(separator: " ").last ?? "") ?? -1
    }

    private struct Asked {
        let method: String
        let path: String
        var headers: [(String, String)] = []
        var body: String?
        var isDirect = true

        /// - Parameter isLast: whether the connection ends behind it; then its route answers.
        func bytes(isLast: Bool = false) -> [UInt8] {
            let more = isLast ? [("Connection", "close")] : []
            return HTTP.text(
                method, path, headers: [("Host", "localhost")] + headers + more,
                body: body.map { Array($0.utf8) })
        }

        func answer(_ port: Int, isLast: Bool = false) async throws -> HTTPAnswer {
            try await HTTP.answer(port: port, to: bytes(isLast: isLast))
        }

        static func graphQL(
            _ body: String, headers: [(String, String)] = [], isDirect: Bool = true
        ) -> Asked {
            Asked(
                method: "POST", path: "/v1/graphql",
                headers: [("Content-Type", "application/json")] + headers, body: body,
                isDirect: isDirect)
        }
    }

    private static let lookup =
        #"{"query":"query($id: Long){ Customer(id: $id) { id name born score } }","#
    private static let asked: [Asked] = [
        .graphQL(lookup + #""variables":{"id":3}}"#),
        .graphQL(lookup + #""variables":{"id":null}}"#),
        .graphQL(lookup + #""variables":{}}"#),
        .graphQL(
            lookup + #""variables":{"id":4}}"#,
            headers: [("Accept", "application/graphql-response+json"), ("X-Request-Id", "mine")]),
        .graphQL(#"{"query":"query A { a: Latest { id note } Stats(minimum: 1) { orders } }"}"#),
        .graphQL(#"{"query":"query A { Latest { id } }","operationName":"A"}"#),
        // What goes wrong is said by the routes.
        .graphQL(lookup + #""variables":{"id":"x"}}"#, isDirect: false),
        .graphQL(#"{"query":"query A { Latest { id } }","operationName":"B"}"#, isDirect: false),
        .graphQL(#"{"query":"{ Customer(limit: -1) { id } }"}"#, isDirect: false),
        .graphQL(#"{"query":"{ Mine { id } }"}"#, isDirect: false),
        .graphQL(#"{"query":"{"#, isDirect: false),
        .graphQL(#"{"query":"{ Nothing }"}"#, isDirect: false),
        .graphQL(#"{"query":"{ Customer { id orders { id } } }"}"#, isDirect: false),
        .graphQL(
            #"{"query":"{ Latest { id } }"}"#, headers: [("Accept", "text/html")], isDirect: false),
        .graphQL(
            #"{"query":"{ Latest { id } }"}"#, headers: [("Origin", "http://localhost")],
            isDirect: false),
        Asked(method: "GET", path: "/v1/rest/queries/Customer?id=3", isDirect: false),
        Asked(method: "GET", path: "/v1/rest/queries/Customer?limit=2&offset=1", isDirect: false),
        Asked(method: "GET", path: "/v1/rest/queries/Latest"),
        Asked(
            method: "GET", path: "/v1/rest/queries/Customer?limit=3",
            headers: [("Accept", "text/csv")], isDirect: false),
        Asked(
            method: "GET", path: "/v1/rest/queries/Customer",
            headers: [("Accept", "application/jsonl")], isDirect: false),
        Asked(
            method: "GET", path: "/v1/rest/queries/OrdersByNote?note=x&customerid=1",
            headers: [("Accept", "text/csv")]),
        Asked(
            method: "GET", path: "/v1/rest/queries/Stats?minimum=1",
            headers: [("Accept", "application/jsonl")]),
        Asked(
            method: "GET",
            path: "/v1/rest/queries/OrdersSince?since=2000-01-01T00%3A00%3A00%2B01:00",
            headers: [("Accept-Encoding", "gzip")], isDirect: false),
        Asked(method: "GET", path: "/v1/rest/queries/ByPrefix?prefix=Bob+%22", isDirect: false),
        Asked(method: "GET", path: "/v1/rest/queries/Customer?id=x", isDirect: false),
        Asked(method: "GET", path: "/v1/rest/queries/Customer?nothing=1", isDirect: false),
        Asked(method: "GET", path: "/v1/rest/queries/Mine", isDirect: false),
        Asked(method: "HEAD", path: "/v1/rest/queries/Latest", isDirect: false),
        Asked(method: "PUT", path: "/v1/rest/queries/Latest", isDirect: false),
        Asked(method: "GET", path: "/v1/rest/queries/Nothing", isDirect: false),
        Asked(
            method: "GET", path: "/v1/rest/queries/Latest", headers: [("Host", "other")],
            isDirect: false),
    ]

    /// Without what differs from answer to answer.
    private static func shown(_ answer: HTTPAnswer) -> String {
        var headers = answer.headers
        headers["date"] = headers["date"].map { $0.count == 29 ? "fine" : $0 }
        if headers["x-request-id"] != "mine" { headers["x-request-id"] = "a name" }
        headers["connection"] = nil
        let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return
            "\(answer.status) \(answer.reason)\n\(lines.joined(separator: "\n"))\n\n\(answer.text)"
    }

    @Test func answersAreThoseOfTheRoutes() async throws {
        let shop = try await ServedPipeline.shop()
        for asked in Self.asked {
            let port = shop.port
            // The first one is answered by its route, as it is the last of its connection.
            let routed = try await asked.answer(port, isLast: true)
            let before = try await Self.count(shop)
            if asked.method == "HEAD" { continue }
            let other = try await asked.answer(port)
            let name = "\(asked.method) \(asked.path) \(asked.body ?? "")"
            #expect(Self.shown(other) == Self.shown(routed), "\(name)")
            let isDirect = try await Self.count(shop) == before + 1
            #expect(isDirect == asked.isDirect, "\(name)")
        }
        await shop.server.stop()
    }

    /// Many requests at once on one connection, in parts of any size: each has its answer, in order.
    @Test func answersComeInOrder() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let shop = try await ServedPipeline.shop()
        let some = Self.asked.filter {
            $0.method != "HEAD" && !$0.headers.contains { $0.0 == "Host" }
        }
        let port = shop.port
        var alone: [String] = []
        for asked in some { alone.append(Self.shown(try await asked.answer(port, isLast: true))) }
        let waves = (0..<80).map { _ in
            (0..<Int.random(in: 1...5, using: &random)).map { _ in
                Int.random(in: 0..<some.count, using: &random)
            }
        }
        let sizes = (0..<50).map { _ in Int.random(in: 1...3000, using: &random) }
        let answers = try await blocking {
            let connection = try RawConnection(port: port)
            return try waves.enumerated().flatMap { number, wave in
                var rest = wave.flatMap { some[$0].bytes() }[...]
                while !rest.isEmpty {
                    let part = rest.prefix(sizes[(number + rest.count) % sizes.count])
                    connection.send(Array(part))
                    rest = rest.dropFirst(part.count)
                }
                return try wave.map { ($0, try connection.nextAnswer()) }
            }
        }
        for (number, answer) in answers {
            #expect(Self.shown(answer) == alone[number], "seed \(seed), \(some[number].path)")
        }
        #expect(try await Self.count(shop) > 0)
        await shop.server.stop()
    }

    @Test func ratesHoldForThem() async throws {
        var settings = ServerSettings()
        settings.requestRate = 2
        let shop = try await ServedPipeline.shop(settings: settings)
        // Until one is refused.
        var statuses: [Int] = []
        while statuses.last != 429, statuses.count < 1000 {
            statuses.append(try await Self.asked[0].answer(shop.port).status)
        }
        #expect(statuses.count > 4 && statuses.last == 429, "\(statuses.suffix(5))")
        #expect(statuses.dropLast().allSatisfy { $0 == 200 })
        await shop.server.stop()
    }

    /// A known token is looked at again each time, and another one gets other rows.
    @Test func tokensAreLookedAtEachTime() async throws {
        let tokens = try Tokens()
        var settings = ServerSettings()
        settings.authentication = tokens.settings
        let shop = try await ServedPipeline.shop(settings: settings)
        let port = shop.port
        func ask(_ token: String) async throws -> HTTPAnswer {
            let asked = Asked.graphQL(
                #"{"query":"{ Mine { name } }"}"#, headers: [tokens.bearer(token)])
            return try await asked.answer(port)
        }
        func token(_ name: String, end: Double) throws -> String {
            let claims =
                #"{"sub":"\#(name)","iss":"my-issuer","aud":"my-audience","exp":\#(end)}"#
            return try tokens.token(#"{"alg":"RS256"}"#, claims, by: .rsa)
        }
        let now = Date().timeIntervalSince1970
        let ada = try token("Ada", end: now + 1000)
        let dmitri = try token("Дмитрий", end: now + 1000)
        for _ in 0..<3 {
            #expect(try await ask(ada).text.contains("Ada"))
            #expect(try await ask(dmitri).text.contains("Дмитрий"))
        }
        let all = [tokens.bearer(ada)]
        #expect(try await Self.count(shop, headers: all) >= 4)
        // The signature of one and the claims of the other.
        let parts = ada.split(separator: ".")
        let mixed = "\(parts[0]).\(dmitri.split(separator: ".")[1]).\(parts[2])"
        #expect(try await ask(mixed).status == 401)
        // It is known, and then it ends; a slow machine gets more time.
        let leeway = Double(tokens.settings.leeway)
        for span in [2.0, 8, 30] {
            let end = Date().timeIntervalSince1970 + span
            let short = try token("Ada", end: end - leeway)
            guard try await ask(short).status == 200, try await ask(short).status == 200 else {
                continue
            }
            while Date().timeIntervalSince1970 < end {
                #expect([200, 401].contains(try await ask(short).status))
            }
            #expect(try await ask(short).status == 401)
            break
        }
        await shop.server.stop()
    }

    /// What takes long is none for the event loop; after it has been seen, it is not even tried.
    @Test func longQueriesGoElsewhere() async throws {
        let rows = (0..<200).map { "{\"a\":\($0)}" }.joined(separator: "\n")
        let served = try await ServedPipeline(
            script: """
                CREATE TABLE s (a BIGINT NOT NULL) WITH ('connector' = 'filesystem',
                  'path' = 's.jsonl', 'format' = 'json');
                T := SELECT a FROM s;
                Pairs(n BIGINT NOT NULL) := SELECT COUNT(*) AS n FROM T x JOIN T y ON x.a < y.a + :n;
                """, files: [("s.jsonl", rows)])
        let port = served.port
        func ask(_ text: String) async throws -> HTTPAnswer {
            let asked = Asked.graphQL(text)
            return try await asked.answer(port)
        }
        for number in 0..<4 {
            let answer = try await ask(#"{"query":"{ Pairs(n: 0) { n } }"}"#)
            #expect(answer.text == #"{"data":{"Pairs":[{"n":19900}]}}"#, "\(number)")
        }
        #expect(try await Self.count(served) == 0)
        for _ in 0..<3 { _ = try await ask(#"{"query":"{ T(limit: 1) { a } }"}"#) }
        #expect(try await Self.count(served) == 2)
        await served.server.stop()
    }

    /// What is long is written by tasks, however quickly it is found.
    @Test func longAnswersGoElsewhere() async throws {
        let rows = (0..<1000).map { number in
            "{\"a\":\(number),\"b\":\"\(String(repeating: "x", count: 100))\"}"
        }
        let served = try await ServedPipeline(
            script: """
                CREATE TABLE s (a BIGINT NOT NULL, b STRING) WITH ('connector' = 'filesystem',
                  'path' = 's.jsonl', 'format' = 'json');
                /*+cache(5 min)*/ T := SELECT a, b FROM s;
                """, files: [("s.jsonl", rows.joined(separator: "\n"))])
        let port = served.port
        func ask(_ limit: Int) async throws -> HTTPAnswer {
            let asked = Asked(method: "GET", path: "/v1/rest/queries/T?limit=\(limit)")
            return try await asked.answer(port)
        }
        for _ in 0..<200 { #expect(try await ask(1000).body.count > 100_000) }
        #expect(try await Self.count(served) == 0)
        for _ in 0..<200 { #expect(try await ask(3).body.count < 1000) }
        #expect(try await Self.count(served) > 100)
        await served.server.stop()
    }

    /// A client may ask whether to send the body (RFC 9110, 10.1.1).
    @Test func bodiesThatAreAskedForCome() async throws {
        let shop = try await ServedPipeline.shop()
        let body = Self.lookup + #""variables":{"id":3}}"#
        let port = shop.port
        let answer = try await blocking {
            let connection = try RawConnection(port: port)
            for _ in 0..<2 {
                connection.send(
                    "POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                        + "Content-Type: application/json\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n")
                var head: [UInt8] = []
                while !head.elementsEqual("HTTP/1.1 100 Continue\r\n\r\n".utf8) {
                    let part = try connection.receive()
                    if part.isEmpty { throw RawConnection.Failure(description: "closed") }
                    head += part
                }
                connection.send(body)
                _ = try connection.nextAnswer()
            }
            connection.send(Asked.graphQL(body).bytes())
            return try connection.nextAnswer()
        }
        #expect(answer.status == 200 && answer.text.contains("\"id\":3"))
        await shop.server.stop()
    }

    /// A request whose end comes when the server already stops is answered.
    @Test func requestsThatHaveBegunAreAnswered() async throws {
        let shop = try await ServedPipeline.shop()
        let port = shop.port
        let text = Self.asked[0].bytes()
        let known = try await blocking {
            let connection = try RawConnection(port: port)
            connection.send(text)
            return try connection.nextAnswer().text
        }
        let begun = DispatchSemaphore(value: 0)
        async let late = blocking {
            let connection = try RawConnection(port: port)
            connection.send(text)
            _ = try connection.nextAnswer()
            connection.send(Array(text.dropLast(1)))
            begun.signal()
            // The server stops meanwhile: it takes no more connections.
            while (try? RawConnection(port: port)) != nil { sched_yield() }
            connection.send(Array(text.suffix(1)))
            return try connection.nextAnswer().text
        }
        try await blocking { begun.wait() }
        await shop.server.stop()
        #expect(try await late == known)
    }
}
