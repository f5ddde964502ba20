// Tables that the API writes, and subscriptions to what comes in.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirServer

@Suite struct WriteTests {
    static let script = """
        /** What people say. */
        /*+ engine(kafka), insert(SINGLE), ttl(7 days) */
        CREATE TABLE Review (
          id STRING NOT NULL METADATA FROM 'uuid', product BIGINT NOT NULL, stars INT NOT NULL,
          note STRING, tags ARRAY<STRING>, place ROW<lat DOUBLE NOT NULL, lon DOUBLE>,
          wall TIMESTAMP(3), at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp',
          good AS stars >= 4, CONSTRAINT one_to_five CHECK (stars BETWEEN 1 AND 5));
        /*+ engine(kafka), insert(BATCH) */
        CREATE TABLE Price (product BIGINT NOT NULL, price DECIMAL(10, 2),
          PRIMARY KEY (product) NOT ENFORCED);
        /*+ engine(kafka), insert(TRANSACTION), no_query */
        CREATE TABLE Mine (who STRING NOT NULL METADATA FROM 'auth.sub', x INT);
        Scores := SELECT product, COUNT(*) AS n, SUM(stars) AS stars FROM Review GROUP BY product;
        NewReviews := SUBSCRIBE SELECT product, stars FROM Review WHERE stars > 1;
        ReviewsOf(product BIGINT) := SUBSCRIBE SELECT * FROM Review WHERE product = :product;
        ScoreChanges := SUBSCRIBE SELECT product, n FROM Scores;
        """

    private static func live(_ folder: TemporaryFolder? = nil) async throws -> ServedPipeline {
        try await ServedPipeline(script: script, files: [], isLive: true, folder: folder)
    }

    /// Asks until the answer is what is expected; the last answer when it never is.
    static func eventually(
        _ served: ServedPipeline, _ query: String, _ isThere: (JsonValue) -> Bool
    ) async throws -> JsonValue {
        var answer = JsonValue.null
        for _ in 0..<2000 {
            answer = try await served.graphQL(query)
            if isThere(answer) { return answer }
        }
        return answer
    }

    @Test func rowsAreTakenWithWhatTheServerAdds() async throws {
        let served = try await Self.live()
        let answer = try await served.graphQL(
            """
            mutation { Review(event: {product: 7, stars: 5, note: "a\\nb", tags: ["x", null],
              place: {lat: 1.5}, wall: "2026-01-01T00:00:00.000Z"})
              { id product stars note tags place { lat lon } wall at good } }
            """)
        let row = try #require(answer.at("data.Review"), "\(answer.text)")
        #expect(row.at("id")?.text.count == 38)
        #expect(row.at("good") == .bool(true))
        #expect(row.at("tags")?.text == "[\"x\",null]")
        #expect(row.at("place")?.text == "{\"lat\":1.5,\"lon\":null}")
        #expect(row.at("wall") == .string("2026-01-01T00:00:00.000Z"))
        let query = "{ Review { id product stars note tags place { lat lon } wall at good } }"
        let read = try await Self.eventually(served, query) {
            $0.at("data.Review")?.items.isEmpty == false
        }
        #expect(read.at("data.Review.0") == row)
        let scores = try await Self.eventually(served, "{ Scores { product n stars } }") {
            $0.at("data.Scores.0") != nil
        }
        #expect(scores.at("data.Scores")?.text == "[{\"product\":7,\"n\":1,\"stars\":5}]")
        try await served.stop()
    }

    @Test func laterRowsOfAKeyReplaceEarlierOnes() async throws {
        let served = try await Self.live()
        for price in ["1.5", "2.25", "3"] {
            let answer = try await served.graphQL(
                "mutation { Price(event: [{product: 1, price: \(price)}, {product: 2}]) { price } }"
            )
            #expect(answer.at("data.Price")?.items.count == 2, "\(answer.text)")
        }
        let read = try await Self.eventually(served, "{ Price { product price } }") {
            $0.at("data.Price.0.price") == .number("3.00")
        }
        #expect(
            read.at("data.Price")?.text
                == "[{\"product\":1,\"price\":3.00},{\"product\":2,\"price\":null}]")
        try await served.stop()
    }

    @Test(arguments: [
        ("Review(event: {product: 1, stars: 9}) { id }", "the constraint one_to_five is not met"),
        (
            "Review(event: {product: 1, stars: 5, wall: \"now\"}) { id }",
            "'wall' is \"now\", which is no TIMESTAMP(3)"
        ),
        (
            "Review(event: {product: 9223372036854775808, stars: 5}) { id }",
            "'product' is 9223372036854775808, which is no BIGINT"
        ),
        (
            "Price(event: [{product: 1}, {product: 2, price: 123456789.5}]) { price }",
            "'price' is 123456789.5, which is no DECIMAL(10, 2)"
        ),
        ("Mine(event: [{x: 1}]) { who }", "the claim \"sub\" is required"),
        ("Review(event: {product: 1}) { id }", nil), ("Nothing(event: 1) { id }", nil),
        ("Review(event: {product: 1, stars: 5, id: \"x\"}) { id }", nil),
    ])
    func whatIsNoRowIsRefused(_ field: String, _ message: String?) async throws {
        let served = try await Self.live()
        let answer = try await served.graphQL("mutation { \(field) }")
        #expect(answer.at("data") ?? .null == .null)
        if let message { #expect(answer.at("errors.0.message") == .string(message)) }
        #expect(answer.at("errors.0") != nil)
        // Nothing of it is there: the next row is the first one.
        _ = try await served.graphQL("mutation { Review(event: {product: 5, stars: 5}) { id } }")
        let read = try await Self.eventually(served, "{ Review { product } Price { product } }") {
            $0.at("data.Review")?.items.isEmpty == false
        }
        #expect(read.at("data")?.text == "{\"Review\":[{\"product\":5}],\"Price\":[]}")
        try await served.stop()
    }

    @Test func mutationsAreNotForGET() async throws {
        let served = try await Self.live()
        let answer = try await served.get(
            "/v1/graphql?query=mutation%7BReview(event:%7Bproduct:1,stars:5%7D)%7Bid%7D%7D")
        #expect(answer.text.contains("A mutation is sent by POST."))
        try await served.stop()
    }

    /// What was acknowledged is there once, after the pipeline was stopped, and after its store was
    /// thrown away and the log is read again.
    @Test func acknowledgedRowsAreThereOnce() async throws {
        let folder = try TemporaryFolder()
        let served = try await Self.live(folder)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let answer = try await served.graphQL(
                        "mutation { Review(event: {product: \(number % 7), stars: 3}) { id } }")
                    return answer.at("data.Review.id")?.text ?? answer.text
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(ids).count == 100)
        try await served.stop()
        for isFresh in [false, true] {
            if isFresh {
                for suffix in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: served.storePath + suffix)
                }
            }
            let again = try await ServedPipeline(script: Self.script, files: [], folder: folder)
            let read = try await again.graphQL("{ Review(limit: 1000) { id } Scores { n } }")
            let found = read.at("data.Review")?.items.compactMap { $0.at("id")?.text } ?? []
            #expect(found.sorted() == ids.sorted(), "fresh: \(isFresh)")
            let counted = read.at("data.Scores")?.items.compactMap { Int($0.at("n")?.text ?? "") }
            #expect(counted?.reduce(0, +) == 100)
            await again.server.stop()
        }
    }

    // MARK: Subscriptions

    /// The events of a subscription until there are so many.
    private static func events(
        _ served: ServedPipeline, _ query: String, count: Int, after: Int? = nil,
        begun: @escaping @Sendable () -> Void = {}
    ) async throws -> [String] {
        let body = JsonValue.object([JsonMember("query", .string(query))]).text
        let port = served.port
        let last = after.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        let head =
            "POST /v1/graphql HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAccept: text/event-stream\r\n"
            + "Content-Type: application/json\r\n\(last)Content-Length: \(body.utf8.count)\r\n\r\n"
        return try await blocking {
            let connection = try RawConnection(port: port)
            connection.send(head + body)
            var text = ""
            var isBegun = false
            while true {
                let lines = text.split(separator: "\n").map(String.init)
                let data = lines.filter { $0.hasPrefix("data: {") }.map { String($0.dropFirst(6)) }
                let isOver = text.contains("event: complete")
                if data.count >= count || isOver { return data + (isOver ? ["complete"] : []) }
                let part = try connection.receive()
                if part.isEmpty { return data + ["closed"] }
                text += String(decoding: part, as: UTF8.self)
                if !isBegun, text.contains("\n:\n") || text.contains("\r\n:\n") {
                    isBegun = true
                    begun()
                }
            }
        }
    }

    @Test func eventsComeAsTheyAreCommitted() async throws {
        let served = try await Self.live()
        let (started, begin) = AsyncStream<Void>.makeStream()
        async let new = Self.events(
            served, "subscription { NewReviews { product stars } }", count: 2,
            begun: { begin.yield() })
        async let ofTwo = Self.events(
            served, "subscription { x: ReviewsOf(product: 2) { product stars __typename } }",
            count: 1, begun: { begin.yield() })
        async let changes = Self.events(
            served, "subscription { ScoreChanges { product n } }", count: 2,
            begun: { begin.yield() })
        var waiting = started.makeAsyncIterator()
        for _ in 0..<3 { _ = await waiting.next() }
        for (product, stars) in [(1, 5), (1, 1), (2, 4)] {
            _ = try await served.graphQL(
                "mutation { Review(event: {product: \(product), stars: \(stars)}) { id } }")
        }
        #expect(
            try await new == [
                "{\"data\":{\"NewReviews\":{\"product\":1,\"stars\":5}}}",
                "{\"data\":{\"NewReviews\":{\"product\":2,\"stars\":4}}}",
            ])
        #expect(
            try await ofTwo == [
                "{\"data\":{\"x\":{\"product\":2,\"stars\":4,\"__typename\":\"Review\"}}}"
            ])
        // Product 1 has one change or two, as its rows are committed together or not.
        #expect(try await changes.count >= 2)
        // Who comes back gets what came after the last event that it names.
        let again = try await Self.events(
            served, "subscription { NewReviews { product } }", count: 1, after: 1)
        #expect(again == ["{\"data\":{\"NewReviews\":{\"product\":2}}}"])
        // A number that nobody has been given is from another life of the store.
        let all = try await Self.events(
            served, "subscription { NewReviews { product } }", count: 2, after: 99)
        #expect(all.count == 2)
        try await served.stop()
    }

    @Test func streamsEndWithTheirPipeline() async throws {
        let served = try await Self.live()
        _ = try await served.graphQL("mutation { Review(event: {product: 1, stars: 2}) { id } }")
        let (started, begin) = AsyncStream<Void>.makeStream()
        async let endless = Self.events(
            served, "subscription { ReviewsOf(product: null) { product } }", count: 1,
            begun: { begin.yield() })
        var waiting = started.makeAsyncIterator()
        _ = await waiting.next()
        try await served.stop()
        #expect(try await endless == ["complete"])
        // A pipeline that has ended gives what is there.
        let ended = try await ServedPipeline(script: Self.script, files: [], folder: served.folder)
        let all = try await Self.events(
            ended, "subscription { NewReviews { stars } }", count: 9, after: 0)
        #expect(all == ["{\"data\":{\"NewReviews\":{\"stars\":2}}}", "complete"])
        await ended.server.stop()
    }
}
