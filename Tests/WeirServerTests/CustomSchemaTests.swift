// Schemas and operations that a project brings.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirServer

@Suite struct CustomSchemaTests {
    private static let script = """
        CREATE TABLE src (id BIGINT NOT NULL, name STRING NOT NULL, kind STRING, at TIMESTAMP(3),
          place ROW<lat DOUBLE, lon DOUBLE>, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='rows.jsonl','format'='json');
        /*+ query_by_any(id) */
        Item := SELECT * FROM src;
        Item.others(least BIGINT NOT NULL) := SELECT * FROM Item i WHERE i.id >= :least AND i.id <> this.id ORDER BY i.id;
        Named(name STRING NOT NULL) := SELECT * FROM Item WHERE name = :name;
        /*+ engine(log), insert(SINGLE) */
        CREATE TABLE Note (id STRING NOT NULL METADATA FROM 'uuid', item BIGINT NOT NULL, text STRING);
        Notes := SUBSCRIBE SELECT item, text FROM Note;
        """
    private static let rows = """
        {"id": 1, "name": "one", "kind": "SMALL", "at": "2026-01-01 10:00:00", "place": {"lat": 1.5, "lon": 2}}
        {"id": 2, "name": "two", "kind": "huge", "at": null, "place": null}
        {"id": 3000000000, "name": "three", "kind": null, "at": null, "place": null}
        """

    private static func served(
        _ schema: String?, operations: String? = nil, api: String = "{}", live: Bool = false
    ) async throws -> ServedPipeline {
        var files = [("rows.jsonl", rows)]
        var script = "\"main\": \"test.sqrl\""
        if let schema {
            files.append(("schema.graphqls", schema))
            script += ", \"graphql\": \"schema.graphqls\""
        }
        if let operations {
            files.append(("ops.graphql", operations))
            script += ", \"operations\": [\"ops.graphql\"]"
        }
        files.append(
            ("package.json", "{\"script\": {\(script)}, \"compiler\": {\"api\": \(api)}}"))
        return try await ServedPipeline(
            script: Self.script, files: files.map { (name: $0.0, text: $0.1) }, isLive: live)
    }

    private static let schema = """
        "Things." type Query {
          Item(id: Int, limit: Int = 2): [Thing!]!
          Named(name: String!): Thing
        }
        type Mutation { Note(row: NoteInput!): Written! }
        input NoteInput { item: Long! }
        type Written { id: ID! item: Long! }
        interface WithName { name: String! }
        type Thing implements WithName {
          id: Int name: String! kind: Kind at: String place: Place
          others(least: Long!, limit: Int): [Thing!]!
        }
        type Place { lat: Float }
        enum Kind { SMALL LARGE }
        """

    @Test func fieldsAreShownAsTheSchemaSays() async throws {
        let served = try await Self.served(Self.schema, live: true)
        _ = try await WriteTests.eventually(served, "{ Item { id } }") {
            $0.at("data.Item.1") != nil
        }
        let answer = try await served.graphQL(
            """
            { Item { id ...n kind at place { lat } others(least: 2, limit: 1) { name } }
              Named(name: "one") { __typename id } }
            fragment n on WithName { name }
            """)
        let first = try #require(answer.at("data.Item.0"))
        #expect(
            first.text
                == """
                {"id":1,"name":"one","kind":"SMALL","at":"2026-01-01T10:00:00.000Z",\
                "place":{"lat":1.5},"others":[{"name":"two"}]}
                """)
        #expect(answer.at("data.Item")?.items.count == 2)
        #expect(answer.at("data.Item.1.kind") == .null)
        #expect(answer.at("errors.0.path")?.text == #"["Item",1,"kind"]"#)
        #expect(answer.at("data.Named")?.text == #"{"__typename":"Thing","id":1}"#)
        // Too large for an Int: the field is null, and an error says why.
        let large = try await served.graphQL("{ Named(name: \"three\") { id name } }")
        #expect(large.at("data.Named")?.text == #"{"id":null,"name":"three"}"#)
        #expect(large.at("errors.0.message")?.text.contains("3000000000") == true)
        let gone = try await served.graphQL("{ Item { nothing } __type(name: \"Kind\") { name } }")
        #expect(gone.at("errors.0.message")?.text.contains("nothing") == true)
        let note = try await served.graphQL("mutation { Note(row: {item: 7}) { id item } }")
        #expect(note.at("data.Note.item") == .number("7"))
        try await served.stop()
    }

    @Test(arguments: [
        ("type Query { Itm: [T!] } type T { id: Long }", "did you mean 'Item'?"),
        ("type Query { Item: [T!] } type T { idd: Long }", "did you mean 'id'?"),
        ("type Query { Item(x: Int): [T!] } type T { id: Long }", "has no argument 'x'"),
        ("type Query { Item(id: String): [T!] } type T { id: Long }", "is Long, not String"),
        ("type Query { Named: [T!] } type T { id: Long }", "needs the argument 'name'"),
        ("type Query { Named(name: String): [T!] } type T { id: Long }", "has to be given"),
        ("type Query { Item: [T!] } type T { name: Int }", "which Int cannot show"),
        ("type Query { Item: [T!] } type T { place: String }", "which String cannot show"),
        ("type Query { Item: [I!] } interface I { id: Long }", "is no object type"),
        ("type Query { Item: [[T!]] } type T { id: Long }", "list of lists"),
        ("type Query { Item: [T!] } type T { id(a: Int): Long }", "has no arguments"),
        ("type Query { Item: [T!] ", "is expected"),
        ("type Query { Item: [T!] }", "T"),
        (
            "type Query { Item: [T!] } type T { id: Long } type Mutation { Note(a: N!): T } input N { text: String }",
            "does not fit"
        ),
    ])
    func mistakesAreFound(_ schema: String, _ message: String) async throws {
        do {
            _ = try await Self.served(schema)
            Issue.record("\(schema) was taken")
        } catch {
            #expect("\(error)".contains("schema.graphqls:1:"), "\(error)")
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    private static let operations = """
        query ItemsById($id: Long!, $limit: Int = 5) @api(rest: GET, mcp: RESOURCE, uri: "items/{id}{?limit}") {
          Item(id: $id, limit: $limit) { ...f }
        }
        fragment f on src { id title: name }
        query Search($name: String!) @api(rest: POST, mcp: TOOL) { Named(name: $name) { id } }
        query Hidden @api(rest: NONE, mcp: NONE) { Item { id } }
        mutation Annotate($row: NoteInput!) @api(uri: "notes") { Note(event: $row) { item } }
        """

    @Test func operationsHaveTheirAddresses() async throws {
        let served = try await Self.served(nil, operations: Self.operations, live: true)
        _ = try await WriteTests.eventually(served, "{ Item { id } }") {
            $0.at("data.Item.2") != nil
        }
        let item = try await served.get("/v1/rest/items/2?limit=1")
        #expect(item.text == #"{"data":[{"id":2,"title":"two"}]}"#)
        #expect(try await served.get("/v1/rest/items/x").status == 400)
        #expect(try await served.get("/v1/rest/items/2?other=1").status == 400)
        let found = try await served.post(
            "/v1/rest/queries/Search", .object([JsonMember("name", .string("one"))]))
        #expect(found.text == #"{"data":[{"id":1}]}"#)
        #expect(try await served.get("/v1/rest/queries/Hidden").status == 404)
        let row = try #require(JsonValue.parse(Array(#"{"row": {"item": 5, "text": "x"}}"#.utf8)))
        #expect(try await served.post("/v1/rest/notes", row).text == #"{"data":{"item":5}}"#)
        // The generated ones are there besides.
        #expect(try await served.get("/v1/rest/queries/Item?id=1").status == 200)
        let specification = try #require(
            JsonValue.parse(try await served.get("/v1/openapi").body))
        guard case .object(let paths)? = specification.at("paths") else { return }
        #expect(paths.contains { $0.key == "/v1/rest/items/{id}" })
        let call = try #require(
            JsonValue.parse(Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#.utf8)))
        let tools = try await served.post("/v1/mcp", call).text
        #expect(tools.contains("\"Search\"") && !tools.contains("\"Hidden\""))
        #expect(!tools.contains("\"ItemsById\""))
        try await served.stop()
    }

    @Test(arguments: [
        ("query { Item { id } }", "has a name"),
        ("query A { Item { x } }", "x"),
        ("query A { a: Item { id } b: Item { id } }", "selects one field"),
        ("query A @api(uri: \"a/{b}\") { Item { id } }", "no variable 'b'"),
        ("query A @api(uri: \"a b\") { Item { id } }", "no part of a path"),
        ("mutation A($e: NoteInput!) @api(rest: GET) { Note(event: $e) { id } }", "rest is POST"),
        ("subscription A { Notes { text } }", "served over GraphQL only"),
        ("query A { Item { id } } query A { Item { name } }", "A"),
        ("query A @api(uri: \"queries/Item\") { Item { id } }", "two at queries/Item"),
        (
            "query A($id: Long) @api(uri: \"d/{id}\") { Item(id: $id) { id } } query B($n: Long) @api(uri: \"d/{n}\") { Item(id: $n) { id } }",
            "two at d/"
        ),
        ("query A($x: Boolean!) { Item @include(if: $x) { id } }", "always"),
        ("query A { __typename }", "always"),
    ])
    func operationsWithMistakes(_ text: String, _ message: String) async throws {
        do {
            _ = try await Self.served(nil, operations: text)
            Issue.record("\(text) was taken")
        } catch {
            #expect("\(error)".contains("ops.graphql"), "\(error)")
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    @Test func protocolsAndScalarsAreChosen() async throws {
        let only = try await Self.served(
            nil, operations: Self.operations,
            api: #"{"endpoints": "OPS_ONLY", "protocols": ["REST"]}"#)
        #expect(try await only.get("/v1/rest/items/2").status == 200)
        #expect(try await only.get("/v1/rest/queries/Item").status == 404)
        #expect(try await only.get("/v1/live/Item").status == 404)
        #expect(try await only.request("DELETE", "/v1/rest/items/2").status == 405)
        #expect(try await only.get("/v1/graphql?query=%7B__typename%7D").status == 404)
        #expect(try await only.request("POST", "/v1/mcp", body: "{}").status == 404)
        await only.server.stop()
        let plain = try await ServedPipeline(
            script: Self.script,
            files: [
                (name: "rows.jsonl", text: Self.rows),
                (
                    name: "package.json",
                    text:
                        #"{"script": {"main": "test.sqrl", "api": {"v2": {}, "v3": {"schema": "s.graphqls"}}}, "compiler": {"extended-scalar-types": false}}"#
                ),
                (
                    name: "s.graphqls",
                    text: "type Query { Named(name: String!): [N] } type N { name: ID }"
                ),
            ])
        let schema = try await plain.get("/v2/graphql/schema").text
        #expect(schema.contains("id: Float!") && !schema.contains("Long"))
        let ask = try await plain.get("/v2/graphql?query=%7BItem(id:2)%7Bid%7D%7D")
        #expect(ask.text == #"{"data":{"Item":[{"id":2}]}}"#)
        let other = try await plain.get("/v3/graphql?query=%7BNamed(name:%22one%22)%7Bname%7D%7D")
        #expect(other.text == #"{"data":{"Named":[{"name":"one"}]}}"#)
        #expect(try await plain.get("/v1/graphql?query=%7B__typename%7D").status == 404)
        await plain.server.stop()
    }
}
