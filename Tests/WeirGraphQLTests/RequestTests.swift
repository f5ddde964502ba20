// What is executed: fields, arguments and variables.

import TestSupport
import Testing
import WeirColumnar
import WeirGraphQL

@Suite struct RequestTests {
    private static func schema() throws -> GraphQLSchema {
        try GraphQLSchema.build(
            Array(try Repository.text("Tests/Cases/graphql/schema.graphqls").utf8))
    }

    private static func request(
        _ text: String, _ variables: String = "null", operation: String? = nil
    ) throws -> GraphQLRequest {
        let schema = try Self.schema()
        let document = try GraphQLDocument.request(Array(text.utf8))
        #expect(schema.validate(document).map(\.message) == [])
        let values = try #require(JsonValue.parse(Array(variables.utf8)))
        return try GraphQLRequest(
            document, schema: schema, operationName: operation, variables: values)
    }

    /// Names, arguments and what is below, on one line.
    private static func shape(
        _ fields: [SelectedField], _ request: GraphQLRequest
    ) throws -> String {
        try fields.map { field in
            let arguments = field.definition.arguments.map(\.name).sorted().compactMap { name in
                field.arguments[name].map { "\(name)=\($0.text)" }
            }
            let name = field.responseKey == field.name ? "" : "\(field.responseKey):"
            var text = name + field.name
            if !arguments.isEmpty { text += "(\(arguments.joined(separator: " ")))" }
            if let type = request.schema.types[field.definition.type.name], type.isObject {
                text += "{\(try shape(try request.fields(of: field, on: type), request))}"
            }
            return text
        }.joined(separator: " ")
    }

    @Test func fieldsAreMergedInTheirOrder() throws {
        let request = try Self.request(
            """
            query { person(id: 1) { id ...F } text person(id: 1) { n: name friend { id } } }
            fragment F on Person { friend { colour } ... on Named { name(upper: true) } }
            """)
        #expect(
            try Self.shape(try request.rootFields(), request)
                == "person(id=\"1\"){id friend{colour id} name(upper=true) n:name(upper=false)} text"
        )
    }

    @Test func skippedFieldsAreNotThere() throws {
        let text = """
            query ($a: Boolean!, $b: Boolean = true) {
              text @skip(if: $a) number @include(if: $b)
              ... @include(if: $a) { person(id: 2) { id } }
            }
            """
        let first = try Self.request(text, #"{"a": true}"#)
        #expect(
            try Self.shape(try first.rootFields(), first) == "number person(id=\"2\"){id}")
        let second = try Self.request(text, #"{"a": false, "b": false}"#)
        #expect(try Self.shape(try second.rootFields(), second) == "text")
    }

    @Test func argumentsHaveTheirDefaults() throws {
        let request = try Self.request(
            """
            query ($a: Int!, $b: String, $p: Point) {
              required(a: $a, b: $b, c: 5) people(first: null, near: $p, colours: RED) { id }
            }
            """, #"{"a": 3, "p": {"x": 1, "near": {"x": 2, "y": 4}}}"#)
        #expect(
            try Self.shape(try request.rootFields(), request)
                == "required(a=3 b=\"x\" c=[5])"
                + " people(colours=[\"RED\"] first=null near={\"x\":1,\"y\":7,\"near\":[{\"x\":2,\"y\":4}]}){id}"
        )
    }

    @Test(arguments: [
        (#"{}"#, "Variable \"$a\" of required type \"Int!\" was not provided."),
        (#"{"a": null}"#, "Expected non-nullable type \"Int!\" not to be null."),
        (#"{"a": "1"}"#, "Int cannot represent \"1\"."),
        (#"{"a": 1.5}"#, "Int cannot represent 1.5."),
        (#"{"a": 2147483648}"#, "Int cannot represent 2147483648."),
        (#"{"a": 1, "p": {"x": 1, "z": 2}}"#, "Field \"z\" is not defined by type \"Point\"."),
        (#"{"a": 1, "p": {}}"#, "Field \"x\" of required type \"Int!\" was not provided."),
        (#"{"a": 1, "p": {"x": 1, "near": [{"x": true}]}}"#, "at \"p.near[0].x\""),
        (#"{"a": 1, "c": "PINK"}"#, "Enum \"Colour\" cannot represent \"PINK\"."),
        (#"[]"#, "Variables must be an object."),
    ]) func variablesThatDoNotFit(_ variables: String, _ message: String) throws {
        let text = """
            query ($a: Int!, $p: Point, $c: [Colour!]) {
              required(a: $a) people(near: $p, colours: $c) { id } }
            """
        let error = #expect(throws: GraphQLErrors.self) { _ = try Self.request(text, variables) }
        #expect(
            error?.errors.first?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test func wholeNumbersOfJsonAreInts() throws {
        let text = "query ($a: Int!) { required(a: $a) }"
        for (given, expected) in [
            ("1.0", "1"), ("1e3", "1000"), ("-0", "0"), ("-2147483648", "-2147483648"),
        ] {
            let request = try Self.request(text, "{\"a\": \(given)}")
            let field = try #require(try request.rootFields().first)
            #expect(field.arguments["a"] == .number(expected), "\(given)")
        }
    }

    @Test func anOperationIsChosenByName() throws {
        let text = "query A { text } query B { number }"
        let request = try Self.request(text, operation: "B")
        #expect(try request.rootFields().map(\.name) == ["number"])
        for name in [nil, "C"] {
            #expect(throws: GraphQLErrors.self) { _ = try Self.request(text, operation: name) }
        }
    }
}
