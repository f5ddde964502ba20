// Documents that are meant to hurt.

import TestSupport
import Testing
import WeirGraphQL

@Suite struct LimitTests {
    private static func schema() throws -> GraphQLSchema {
        try GraphQLSchema.build(
            Array(try Repository.text("Tests/Cases/graphql/schema.graphqls").utf8))
    }

    private static func syntaxError(_ text: String, _ limits: ParserLimits = ParserLimits())
        -> String?
    {
        do throws(GraphQLError) {
            _ = try GraphQLDocument.request(Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func depthIsLimited() {
        let nested = { (count: Int) in
            "{ person(id: 1) "
                + String(repeating: "{ friend ", count: count) + "{ id }"
                + String(repeating: " }", count: count) + " }"
        }
        #expect(Self.syntaxError(nested(60)) == nil)
        #expect(Self.syntaxError(nested(100)) == "the document is nested too deeply")
        let lists = String(repeating: "[", count: 100_000)
        #expect(Self.syntaxError("{ a(b: \(lists)") == "the document is nested too deeply")
        #expect(Self.syntaxError("query ($a: \(lists)") == "the document is nested too deeply")
        let objects = String(repeating: "{a:", count: 100_000)
        #expect(Self.syntaxError("{ a(b: \(objects)") == "the document is nested too deeply")
        let fragments = String(repeating: "... {", count: 100_000)
        #expect(Self.syntaxError("{ \(fragments)") == "the document is nested too deeply")
    }

    @Test func tokensAreLimited() {
        let aliases = (0..<10_000).map { "a\($0): text" }.joined(separator: " ")
        #expect(Self.syntaxError("{ \(aliases) }") == "the document has too many tokens")
        #expect(Self.syntaxError("{ \(aliases) }", ParserLimits(tokens: 100_000)) == nil)
    }

    /// Fragments that name the next one twice: 2^40 fields, if somebody counted them.
    @Test func fragmentsThatMultiply() throws {
        let fragments = (0..<40).map { index in
            """
            fragment F\(index) on Person {
              a: friend { ...F\(index + 1) } b: friend { ...F\(index + 1) } }
            """
        }
        let text =
            "{ person(id: 1) { ...F0 } } " + fragments.joined(separator: "\n")
            + " fragment F40 on Person { id }"
        let document = try GraphQLDocument.request(Array(text.utf8))
        let errors = try Self.schema().validate(document)
        #expect(errors.map(\.message) == ["The operation is too complex to be checked."])
    }

    /// Fragments in fragments go as deep as selections would.
    @Test(arguments: [(30, true), (60, false), (1500, false)])
    func fragmentsThatAreDeep(_ count: Int, _ isFine: Bool) throws {
        let fragments = (0..<count).map {
            "fragment F\($0) on Person { friend { ...F\($0 + 1) } }"
        }
        let text =
            "{ person(id: 1) { ...F0 } } " + fragments.joined(separator: " ")
            + " fragment F\(count) on Person { id }"
        let document = try GraphQLDocument.request(
            Array(text.utf8), limits: ParserLimits(tokens: 100_000))
        let errors = try Self.schema().validate(document)
        let message = "The operation is nested more than 100 levels deep with its fragments."
        #expect(errors.map(\.message) == (isFine ? [] : [message]))
    }

    @Test func errorsAreLimited() throws {
        let text = "{ \((0..<500).map { "nope\($0)" }.joined(separator: " ")) }"
        let document = try GraphQLDocument.request(Array(text.utf8))
        #expect(try Self.schema().validate(document, errorLimit: 7).count == 7)
    }

    /// Bytes that somebody has changed: an error or a tree, never a trap.
    @Test("changed documents", arguments: 0..<8) func changed(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let schema = try Self.schema()
        let text = try Repository.text("Tests/Cases/graphql/queries.txt")
        let samples = text.split(separator: "\n").filter { !$0.hasPrefix("###") }.map {
            Array($0.utf8)
        }
        let marks = Array("{}()[]:$!@|&\"\\.=#\u{1}é0".utf8)
        for _ in 0..<400 {
            var bytes = random.pick(samples) + [0x20] + random.pick(samples)
            for _ in 0...random.below(4) {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = random.pick(marks)
                case 1: bytes.remove(at: place)
                default: bytes.insert(random.pick(marks), at: place)
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            do throws(GraphQLError) {
                let document = try GraphQLDocument.request(bytes)
                for error in schema.validate(document) {
                    #expect(!error.locations.isEmpty, "seed \(seed): \(error.message)")
                }
            } catch {
                #expect(error.locations.count == 1, "seed \(seed)")
            }
        }
    }
}
