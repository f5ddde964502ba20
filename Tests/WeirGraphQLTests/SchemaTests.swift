// Schema files with mistakes.

import Testing
import WeirGraphQL

@Suite struct SchemaTests {
    private static func errors(_ text: String) -> [String] {
        do throws(GraphQLErrors) {
            _ = try GraphQLSchema.build(Array(text.utf8))
            return []
        } catch {
            return error.errors.map(\.message)
        }
    }

    @Test(arguments: [
        ("type Query { a: Int }", []),
        ("type Query { a: Int } extend type Query { b: [Int!]! }", []),
        ("scalar Int type Query { a: Int }", []),
        ("type Query { a: Nope }", ["there is no type Nope"]),
        ("type Query { a(b: Nope): Int }", ["there is no type Nope"]),
        ("type Query { a: Int a: Int }", ["Query has two of the field a"]),
        ("type Query", ["Query has no field"]),
        ("type A { a: Int }", ["there is no object type Query for operations to begin at"]),
        ("type Query { a: Int } type Query { a: Int }", ["Query is defined twice"]),
        ("type Query { a: I } input I { b: Int }", ["I is a type of arguments, not of fields"]),
        (
            "type Query { a(b: Query): Int }", ["Query is a type of fields, not of arguments"]
        ),
        ("type Query { __a: Int }", ["names that begin with __ belong to GraphQL"]),
        ("type Query { a: U } union U = Int", ["Int is no object type"]),
        ("type Query { a: E } enum E { A A }", ["E has two of the value A"]),
        ("type Query { a: Int @nope }", ["there is no directive @nope"]),
        (
            "extend type Query { a: Int }",
            [
                "there is no type Query",
                "there is no object type Query for operations to begin at",
            ]
        ),
        ("type Query { a: Int } extend enum Query { A }", ["Query is another kind of type"]),
        (
            "type Query implements N { a: Int } interface N { b: Int }",
            [
                "Query lacks the field b of N"
            ]
        ),
        (
            "type Query implements N { b: Int } interface N { b: Int! }",
            [
                "Query.b is Int, but Int! in N"
            ]
        ),
        (
            "type Query implements N { b(c: Int!): Int } interface N { b: Int }",
            [
                "Query.b needs the argument c, which N does not have"
            ]
        ),
        (
            "type Query implements N { b: Int } interface N { b(c: Int): Int }",
            [
                "Query.b needs the argument c: Int of N"
            ]
        ),
        ("type Query implements Nope { b: Int }", ["there is no interface Nope"]),
        ("schema { query: Q } type Q { a: Int }", []),
        ("schema { query: Q }", ["there is no object type Q for operations to begin at"]),
        ("type Query { a: Int } { a }", ["a schema file has no operations"]),
        ("type Query { a: Int", ["a field is expected, not the end of the document"]),
        ("enum Query { true }", ["\"true\" is no enum value"]),
    ]) func mistakesAreNamed(_ text: String, _ messages: [String]) {
        #expect(Self.errors(text) == messages)
    }

    @Test func rootTypesHaveTheirNames() throws {
        let schema = try GraphQLSchema.build(
            Array(
                "type Query { a: Int } type Mutation { b: Int } type Subscription { c: Int }".utf8))
        #expect(schema.rootType(.query)?.name == "Query")
        #expect(schema.rootType(.mutation)?.name == "Mutation")
        #expect(schema.rootType(.subscription)?.name == "Subscription")
        let only = try GraphQLSchema.build(
            Array("schema { query: A } type A { a: Int } type Mutation { b: Int }".utf8))
        #expect(only.rootType(.mutation) == nil)
        #expect(only.text.hasPrefix("schema {\n  query: A\n}\n"))
    }
}
