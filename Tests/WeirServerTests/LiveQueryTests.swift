// `/v1/live`: rows first, then what changes of them.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirServer

@Suite struct LiveQueryTests {
    struct Event: Equatable {
        let name: String
        let id: String
        let data: JsonValue
    }

    /// The events of a stream until one is enough.
    private static func events(
        _ port: Int, _ path: String, last: String? = nil,
        begun: @escaping @Sendable (Event) -> Void = { _ in },
        until isEnough: @escaping @Sendable ([Event]) -> Bool
    ) async throws -> [Event] {
        let resume = last.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        return try await blocking {
            let connection = try RawConnection(port: port)
            connection.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(resume)\r\n")
            var text = ""
            var told = 0
            while true {
                let events = Self.parse(text)
                for event in events.dropFirst(told) { begun(event) }
                told = events.count
                if isEnough(events) || events.last?.name == "complete" { return events }
                let part = try connection.receive()
                if part.isEmpty { return events }
                text += String(decoding: part, as: UTF8.self)
            }
        }
    }

    private static func parse(_ text: String) -> [Event] {
        text.replacing("\r\n", with: "\n").split(separator: "event: ").dropFirst().compactMap {
            block in
            let lines = block.split(separator: "\n").map(String.init)
            guard let data = lines.first(where: { $0.hasPrefix("data: ") }) else { return nil }
            let id = lines.first { $0.hasPrefix("id: ") }?.dropFirst(4)
            return Event(
                name: lines[0], id: String(id ?? ""),
                data: JsonValue.parse(Array(data.dropFirst(6).utf8)) ?? .null)
        }
    }

    @Test func rowsThenChanges() async throws {
        let served = try await ServedPipeline(script: WriteTests.script, files: [], isLive: true)
        let port = served.port
        func review(_ product: Int) async throws {
            _ = try await served.graphQL(
                "mutation { Review(event: {product: \(product), stars: 4}) { id } }")
        }
        try await review(1)
        // Whoever begins sees what is committed; the rest comes as changes of it.
        let first = try await Self.events(port, "/v1/live/Scores") { events in
            events.contains { $0.data.text.contains("\"product\":1") }
        }
        #expect(first.first?.name == "rows")
        let (begun, isBegun) = AsyncStream.makeStream(of: Void.self)
        async let following = Self.events(port, "/v1/live/Scores?limit=5") { event in
            if event.name == "rows" { isBegun.yield() }
        } until: { events in
            events.contains { $0.data.text.contains("\"n\":3") }
        }
        for await _ in begun { break }
        try await review(1)
        try await review(2)
        try await review(1)
        let events = try await following
        var rows: [String] = events[0].data.at("rows")?.items.map(\.text) ?? []
        for event in events.dropFirst() {
            #expect(event.name == "changes")
            for change in event.data.at("changes")?.items ?? [] {
                let row = change.at("row")?.text ?? ""
                if change.at("kind") == .string("-D") {
                    let place = try #require(rows.firstIndex(of: row))
                    rows.remove(at: place)
                } else {
                    rows.append(row)
                }
            }
        }
        #expect(rows.contains(#"{"product":1,"n":3,"stars":12}"#), "\(rows)")
        // Who comes back with the last event gets what came after it; with another one all rows.
        let next = events[events.count - 1].id
        try await review(3)
        let resumed = try await Self.events(port, "/v1/live/Scores?limit=5", last: next) { events in
            events.contains { $0.data.text.contains("\"product\":3") }
        }
        #expect(resumed.first?.name == "changes")
        let anew = try await Self.events(port, "/v1/live/Scores?limit=5", last: "zzz-1") {
            !$0.isEmpty
        }
        #expect(anew.first?.name == "rows")
        try await served.stop()
    }

    @Test func whatCannotBeFollowedIsSaid() async throws {
        let shop = try await ServedPipeline.shop()
        #expect(try await shop.get("/v1/live/Nothing").status == 404)
        #expect(try await shop.get("/v1/live/Latest?x=1").status == 400)
        #expect(try await shop.get("/v1/live/Mine").status == 403)
        // The pipeline has ended: the rows, and that it is over.
        let events = try await Self.events(shop.port, "/v1/live/Latest") { _ in false }
        #expect(events.map(\.name) == ["rows", "complete"])
        #expect(events[0].data.at("rows.0.id") == .number("6"))
        await shop.server.stop()
    }
}
