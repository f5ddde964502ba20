// REST, its specification, and MCP.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirServer

@Suite struct OperationTests {
    @Test func restGivesRows() async throws {
        let shop = try await ServedPipeline.shop()
        let page = try await shop.get("/v1/rest/queries/Orders?limit=2&offset=2")
        #expect(page.status == 200)
        let json = try #require(JsonValue.parse(page.body))
        #expect(json.at("data")?.items.compactMap { $0.at("id")?.text } == ["3", "4"])
        #expect(
            page.headers["link"] == "</v1/rest/queries/Orders?limit=2&offset=4>; rel=\"next\","
                + " </v1/rest/queries/Orders?limit=2&offset=0>; rel=\"prev\"")
        let tag = try #require(page.headers["etag"])
        let again = try await shop.get(
            "/v1/rest/queries/Orders?limit=2&offset=2", headers: [("If-None-Match", tag)])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
        let single = try await shop.get("/v1/rest/queries/Latest")
        #expect(single.text == "{\"data\":{\"id\":6,\"note\":null}}")
        let filtered = try await shop.get("/v1/rest/queries/ByIds?ids=4&ids=1")
        #expect(
            filtered.text
                == "{\"data\":[{\"id\":1,\"name\":\"Ada\"},{\"id\":4,\"name\":\"Дмитрий\"}]}")
        await shop.server.stop()
    }

    @Test func restWritesWhatIsAccepted() async throws {
        let shop = try await ServedPipeline.shop()
        let path = "/v1/rest/queries/ByPrefix?prefix=B"
        let csv = try await shop.get(path, headers: [("Accept", "text/csv")])
        #expect(csv.headers["content-type"] == "text/csv; charset=utf-8; header=present")
        #expect(csv.text == "id,name\r\n2,\"Bob \"\"the\"\" b\"\r\n")
        let lines = try await shop.get(path, headers: [("Accept", "application/jsonl")])
        #expect(lines.text == "{\"id\":2,\"name\":\"Bob \\\"the\\\" b\"}\n")
        let first = [("Accept", "text/csv;q=0.5, application/json")]
        #expect(try await shop.get(path, headers: first).text.hasPrefix("{\"data\":["))
        #expect(try await shop.get(path, headers: [("Accept", "image/png")]).status == 406)
        let all = try await shop.get(
            "/v1/rest/queries/Orders", headers: [("Accept", "text/csv")])
        let difference = Golden.difference(all.text, file: "api/orders.csv")
        #expect(difference == nil, "\(difference ?? "")")
        let packed = try await shop.get("/v1/openapi", headers: [("Accept-Encoding", "gzip")])
        #expect(packed.headers["content-encoding"] == "gzip")
        #expect(packed.body.starts(with: [0x1F, 0x8B]))
        await shop.server.stop()
    }

    @Test(arguments: [
        ("Orders?limit=x", "'limit' is \"x\", which is no Int."),
        ("Orders?limit=-1", "'limit' is -1, which is not within 0 and 10000."),
        (
            "Born?cents=123456789",
            "'cents' is 123456789, which is not within -99999999.99 and 99999999.99."
        ),
        ("Orders?limt=1", "Orders has no parameter 'limt'; did you mean 'limit'?"),
        ("Orders?limit=1&limit=2", "'limit' is given more than once."),
        ("OrdersSince", "OrdersSince needs the parameter 'since'."),
        ("OrdersSince?since=soon", "\"since\" is \"soon\", which is no TIMESTAMP_LTZ(3)."),
        ("Customer?id=9223372036854775808", "'id' is \"9223372036854775808\", which is no Long."),
        ("Mine", "The claim \"sub\" is required."),
    ])
    func restRefuses(_ address: String, _ detail: String) async throws {
        let shop = try await ServedPipeline.shop()
        let answer = try await shop.get("/v1/rest/queries/" + address)
        #expect(answer.status == (address == "Mine" ? 403 : 400))
        #expect(answer.headers["content-type"] == "application/problem+json")
        #expect(JsonValue.parse(answer.body)?.at("detail") == .string(detail))
        await shop.server.stop()
    }

    @Test func specificationIsServed() async throws {
        let shop = try await ServedPipeline.shop()
        let answer = try await shop.get("/v1/openapi")
        let json = try #require(JsonValue.parse(answer.body))
        let difference = Golden.difference(json.shown() + "\n", file: "api/openapi.json")
        #expect(difference == nil, "\(difference ?? "")")
        await shop.server.stop()
    }

    // MARK: MCP

    private static func message(_ method: String, _ parameters: String = "{}") -> JsonValue {
        JsonValue.parse(
            Array(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}"
                    .utf8))
            ?? .null
    }

    @Test func toolsCanBeCalled() async throws {
        let shop = try await ServedPipeline.shop()
        func ask(_ method: String, _ parameters: String = "{}") async throws -> JsonValue {
            let answer = try await shop.post("/v1/mcp", Self.message(method, parameters))
            #expect(answer.status == 200)
            return try #require(JsonValue.parse(answer.body))
        }
        let hello = try await ask("initialize", "{\"protocolVersion\":\"2025-06-18\"}")
        #expect(hello.at("result.protocolVersion") == .string("2025-06-18"))
        let newer = try await ask("initialize", "{\"protocolVersion\":\"2099-01-01\"}")
        #expect(newer.at("result.protocolVersion") == .string("2025-11-25"))
        let tools = try await ask("tools/list")
        let names = tools.at("result.tools")?.items.compactMap { $0.at("name")?.text } ?? []
        #expect(names.contains("\"GetOrdersSince\""))
        let called = try await ask(
            "tools/call", "{\"name\":\"GetByIds\",\"arguments\":{\"ids\":[1]}}")
        #expect(
            called.at("result.content.0.text") == .string("[{\"id\":1,\"name\":\"Ada\"}]"))
        #expect(called.at("result.isError") == .bool(false))
        let wrong = try await ask("tools/call", "{\"name\":\"GetByIds\",\"arguments\":{}}")
        #expect(wrong.at("result.isError") == .bool(true))
        let unknown = try await ask("tools/call", "{\"name\":\"GetNothing\"}")
        #expect(unknown.at("error.code") == .number("-32602"))
        #expect(try await ask("no/such").at("error.code") == .number("-32601"))
        await shop.server.stop()
    }

    @Test func resourcesCanBeRead() async throws {
        let shop = try await ServedPipeline.shop()
        func ask(_ method: String, _ parameters: String = "{}") async throws -> JsonValue {
            let answer = try await shop.post("/v1/mcp", Self.message(method, parameters))
            return try #require(JsonValue.parse(answer.body))
        }
        let list = try await ask("resources/list").at("result.resources")?.items ?? []
        let names = list.compactMap { $0.at("uri")?.text }
        #expect(names.contains("\"weir://queries/Latest\""))
        #expect(!names.contains("\"weir://queries/OrdersSince\""))
        let read = try await ask("resources/read", "{\"uri\":\"weir://queries/Latest\"}")
        #expect(read.at("result.contents.0.text") == .string("{\"id\":6,\"note\":null}"))
        let page = try await ask(
            "resources/read", "{\"uri\":\"weir://queries/Stats?minimum=1&limit=1\"}")
        #expect(
            page.at("result.contents.0.text")
                == .string("[{\"customerid\":1,\"orders\":3,\"mean\":10923}]"))
        let none = try await ask("resources/read", "{\"uri\":\"weir://queries/None\"}")
        #expect(none.at("error.code") == .number("-32002"))
        await shop.server.stop()
    }

    @Test func otherMessagesAreRefused() async throws {
        let shop = try await ServedPipeline.shop()
        let note = JsonValue.parse(
            Array("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}".utf8))
        #expect(try await shop.post("/v1/mcp", note ?? .null).status == 202)
        #expect(try await shop.post("/v1/mcp", .array([])).status == 400)
        #expect(try await shop.get("/v1/mcp").status == 405)
        let version = [("MCP-Protocol-Version", "1999-01-01")]
        #expect(
            try await shop.post("/v1/mcp", Self.message("ping"), headers: version).status == 400)
        await shop.server.stop()
    }
}
