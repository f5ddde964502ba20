// What counts as a difference between a snapshot and an answer.

import Testing
import WeirColumnar

@testable import WeirTesting

@Suite struct JsonComparisonTests {
    private func differences(
        _ expected: String, _ actual: String, unordered: Set<String> = []
    ) throws -> [String] {
        let left = try #require(JsonValue.parse(Array(expected.utf8)))
        let right = try #require(JsonValue.parse(Array(actual.utf8)))
        return JsonComparison(left, right, unordered: unordered).differences.map { item in
            let row = item.row.map { "[\($0)]" } ?? ""
            return "\(item.kind) \(item.path)\(row) \(item.column): "
                + "\(item.expected?.text ?? "-") \(item.actual?.text ?? "-")"
        }
    }

    @Test(
        "spelling is of no matter",
        arguments: [
            ("{\"a\": 3.0, \"b\": [1]}", "{\"b\":[1],\"a\":3}"),
            ("[1.72644858E12, 100, -0.0]", "[1726448580000, 1e2, 0]"),
            ("{\"a\": \"\\u00e9\"}", "{\"a\": \"é\"}"), ("0.10", "0.1"),
        ])
    func equal(_ left: String, _ right: String) throws {
        #expect(try differences(left, right) == [])
    }

    @Test func numbersThatDifferAreToldApart() throws {
        #expect(try differences("9007199254740993", "9007199254740992").count == 1)
        #expect(try differences("1", "\"1\"").count == 1)
        #expect(try differences("1e999999999999", "1e999999999998").count == 1)
        #expect(try differences("1e-9223372036854775808", "1e99999999999999999999").count == 1)
    }

    @Test func rowsShowTheColumnsThatDiffer() throws {
        let old =
            "{\"data\":{\"T\":[{\"id\":1,\"n\":\"a\"},{\"id\":2,\"n\":\"b\"},{\"id\":3,\"n\":\"c\"}]}}"
        let new =
            "{\"data\":{\"T\":[{\"id\":2,\"n\":\"B\"},{\"id\":3,\"n\":\"c\"},{\"id\":4,\"n\":\"d\"}]}}"
        #expect(
            try differences(old, new) == [
                "missing data.T[0] : {\"id\":1,\"n\":\"a\"} -",
                "changed data.T[0] n: \"b\" \"B\"",
                "unexpected data.T[2] : - {\"id\":4,\"n\":\"d\"}",
            ])
    }

    @Test func membersMayBeMissing() throws {
        #expect(
            try differences("{\"a\":1,\"b\":{\"c\":2}}", "{\"b\":{\"d\":2}}") == [
                "missing a : 1 -", "missing b.c : 2 -", "unexpected b.d : - 2",
            ])
    }

    @Test func orderCountsUnlessItIsUnknown() throws {
        #expect(try differences("[1,2,2]", "[2,1,2]").isEmpty == false)
        #expect(try differences("[1,2,2]", "[2,1,2]", unordered: [""]) == [])
        #expect(try differences("[1,2,2]", "[1,1,2]", unordered: [""]).count == 1)
    }

    @Test func longListsAreComparedItemByItem() throws {
        let many = (0..<3000).map(String.init)
        var other = many
        other[1500] = "x"
        other.append("y")
        func list(_ items: [String]) -> String { "[\"" + items.joined(separator: "\",\"") + "\"]" }
        #expect(
            try differences(list(many), list(other)) == [
                "changed [1500] : \"1500\" \"x\"", "unexpected [3000] : - \"y\"",
            ])
    }
}
