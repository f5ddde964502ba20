// Documents and what graphql-core says of them (Tests/Cases/graphql; recorded by
// Benchmarks/parity/graphql_cases.py).

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirGraphQL

@Suite struct GraphQLReferenceTests {
    private static let folder = Repository.root.appending(path: "Tests/Cases/graphql")

    /// Where Weir keeps to the specification and the reference does not, or says it elsewhere.
    private static let differences: [String: String] = [
        "an empty set": "2.5: a selection set is not empty",
        "a definition of a type in a request": "refused by the parser, not by a rule",
        "a list for a scalar": "the reference gives no place",
        "an object for a scalar": "the reference gives no place",
        "a conflict below": "the fields that conflict are named, not those around them",
    ]

    private static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static let cases: [(name: String, text: String)] = {
        let text = (try? String(contentsOf: folder.appending(path: "queries.txt"), encoding: .utf8))
        return (text ?? "").components(separatedBy: "### ").dropFirst().map { part in
            let end = part.firstIndex(of: "\n") ?? part.endIndex
            var body = String(part[end...].dropFirst())
            while body.hasSuffix("\n") { body.removeLast() }
            return (String(part[..<end]), body)
        }
    }()

    private static func member(_ value: JsonValue, _ name: String) -> JsonValue? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.isCalled(name) }?.value
    }

    private static func places(_ locations: [GraphQLLocation]) -> String {
        locations.map { "\($0.line):\($0.column)" }.joined(separator: " ")
    }

    private static func places(_ recorded: JsonValue?) -> String {
        guard case .array(let items)? = recorded else { return "" }
        return items.map { item in
            guard case .array(let pair) = item else { return "" }
            return pair.map(\.text).joined(separator: ":")
        }.joined(separator: " ")
    }

    @Test func thereAreCases() { #expect(Self.cases.count > 120) }

    @Test("documents", arguments: cases.map(\.name)) func document(_ name: String) throws {
        let answers = try #require(JsonValue.parse(try Self.bytes("answers.json")))
        let expected = try #require(Self.member(answers, name))
        let text = try #require(Self.cases.first { $0.name == name }?.text)
        let schema = try GraphQLSchema.build(try Self.bytes("schema.graphqls"))
        let document: GraphQLDocument
        do throws(GraphQLError) {
            document = try GraphQLDocument.request(Array(text.utf8))
        } catch {
            if Self.differences[name] != nil { return }
            #expect(Self.member(expected, "syntax") != nil, "\(error.message)")
            return
        }
        #expect(Self.member(expected, "syntax") == nil, "a syntax error is expected")
        var wanted: [String] = []
        if case .array(let errors)? = Self.member(expected, "errors") {
            wanted = errors.map { Self.places(Self.member($0, "at")) }.sorted()
        }
        let found = schema.validate(document)
        if Self.differences[name] != nil {
            #expect(found.count == wanted.count)
            return
        }
        #expect(
            found.map { Self.places($0.locations) }.sorted() == wanted,
            "\(found.map(\.message)), expected \(expected.text)")
    }

    /// What graphql-core's introspection query gives for the same schema.
    @Test func introspection() throws {
        let schema = try GraphQLSchema.build(try Self.bytes("schema.graphqls"))
        let document = try GraphQLDocument.request(try Self.bytes("introspection.graphql"))
        #expect(schema.validate(document).isEmpty)
        let request = try GraphQLRequest(
            document, schema: schema, operationName: nil, variables: .null)
        let answer = Introspection(request)
        var members: [JsonMember] = []
        for field in try request.rootFields() {
            let value = try #require(try answer.value(field))
            members.append(JsonMember(field.responseKey, value))
        }
        let expected = try #require(JsonValue.parse(try Self.bytes("introspection.json")))
        let actualLines = Self.lines(.object(members))
        let expectedLines = Self.lines(expected)
        let missing = expectedLines.subtracting(actualLines).sorted()
        let unexpected = actualLines.subtracting(expectedLines).sorted()
        #expect(missing.isEmpty, "missing: \(missing.prefix(10))")
        #expect(unexpected.isEmpty, "unexpected: \(unexpected.prefix(10))")
    }

    /// Each value with the way to it; elements of arrays by their names, as their order is free.
    /// The built-in types differ in their descriptions.
    private static func lines(_ value: JsonValue, _ path: String = "") -> Set<String> {
        switch value {
        case .object(let members):
            return members.reduce(into: []) { result, member in
                let isOurs = !path.contains("/types/") || !isBuiltIn(path)
                if member.key == "description", !isOurs || path.contains("/directives/") { return }
                result.formUnion(lines(member.value, "\(path)/\(member.key)"))
            }
        case .array(let items):
            return items.enumerated().reduce(into: []) { result, item in
                let name = member(item.element, "name").map(\.text) ?? String(item.offset)
                if isNewer(name, path) { return }
                result.formUnion(lines(item.element, "\(path)/\(name)"))
            }
        default: return ["\(path) = \(value.text)"]
        }
    }

    private static func isBuiltIn(_ path: String) -> Bool {
        ["__", "Int\"", "Float\"", "String\"", "Boolean\"", "ID\""].contains {
            path.contains("/types/\"\($0)")
        }
    }

    /// What one of both has by another edition of the specification.
    private static func isNewer(_ name: String, _ path: String) -> Bool {
        path.hasSuffix("/locations") || name == "\"oneOf\"" || name == "\"isOneOf\""
            || name == "\"INPUT_OBJECT\""
            || path.contains("__DirectiveLocation") || isBuiltIn(path + "/" + name)
    }

    /// A printed schema is the schema.
    @Test func printing() throws {
        let schema = try GraphQLSchema.build(try Self.bytes("schema.graphqls"))
        let again = try GraphQLSchema.build(Array(schema.text.utf8))
        #expect(again.text == schema.text)
        #expect(schema.text.contains("  BLUE @deprecated(reason: \"use GREEN\")"))
        #expect(schema.text.contains("scalar DateTime @specifiedBy(url: \"https://www.rfc"))
        #expect(schema.text.contains("type Person implements Named & Node {"))
        #expect(schema.text.contains("  ships(limit: Int = 10, offset: Int = 0): [Ship!]!"))
    }
}
