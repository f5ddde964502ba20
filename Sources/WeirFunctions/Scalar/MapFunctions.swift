// Functions of maps, and what makes arrays and maps of texts (Flink: collection functions).

import Foundation
import WeirColumnar

/// The list of these functions.
enum MapFunctions {
    static let all: [ScalarFunction] = [
        keys, values, entries, fromArrays, union, split, stringToMap,
    ]

    private static func mapType(_ types: [DataType]) -> (key: DataType, value: DataType)? {
        guard types.count == 1, case .map(let key, let value) = types[0].kind else { return nil }
        return (key, value)
    }

    static let keys = ScalarFunction(
        "MAP_KEYS", family: .collection, usage: "MAP_KEYS(map)",
        documentation: "The keys of a map as an array.",
        examples: [FunctionExample("MAP_KEYS(MAP['a', 1, 'b', 2])", "[a, b]")],
        resolve: { types in
            guard let (key, _) = mapType(types) else { return nil }
            return Resolution(
                types.map(\.kind), DataType(.array(key), nullable: types[0].isNullable))
        }
    ) { call in
        guard case .array(let key) = call.result else { return .nulls(.bytes, count: call.count) }
        return call.mapToJson { row in .array(call.members(0, row).map { asKey($0.key, key.kind) })
        }
    }

    /// A key is text in JSON; in an array it is a value of its type.
    private static func asKey(_ text: String, _ kind: DataType.Kind) -> JsonValue {
        NestedValue.json(NestedValue.scalar(.string(text), kind), kind)
    }

    static let values = ScalarFunction(
        "MAP_VALUES", family: .collection, usage: "MAP_VALUES(map)",
        documentation: "The values of a map as an array.",
        examples: [FunctionExample("MAP_VALUES(MAP['a', 1, 'b', 2])", "[1, 2]")],
        resolve: { types in
            guard let (_, value) = mapType(types) else { return nil }
            return Resolution(
                types.map(\.kind), DataType(.array(value), nullable: types[0].isNullable))
        }
    ) { call in
        call.mapToJson { row in .array(call.members(0, row).map(\.value)) }
    }

    static let entries = ScalarFunction(
        "MAP_ENTRIES", family: .collection, usage: "MAP_ENTRIES(map)",
        documentation: "The entries of a map as an array of rows of key and value.",
        examples: [FunctionExample("MAP_ENTRIES(MAP['a', 1])", "[(a, 1)]")],
        resolve: { types in
            guard let (key, value) = mapType(types) else { return nil }
            let row = DataType(
                .row([Field("key", key), Field("value", value)]), nullable: false)
            return Resolution(
                types.map(\.kind), DataType(.array(row), nullable: types[0].isNullable))
        }
    ) { call in
        guard case .map(let key, _) = call.types[0] else {
            return .nulls(.bytes, count: call.count)
        }
        return call.mapToJson { row in
            .array(
                call.members(0, row).map { member in
                    .object([
                        JsonMember("key", asKey(member.key, key.kind)),
                        JsonMember("value", member.value),
                    ])
                })
        }
    }

    static let fromArrays = ScalarFunction(
        "MAP_FROM_ARRAYS", family: .collection, usage: "MAP_FROM_ARRAYS(keys, values)",
        documentation: "A map of two arrays of the same length.",
        examples: [
            FunctionExample("MAP_FROM_ARRAYS(ARRAY['a', 'b'], ARRAY[1, 2])", "{a=1, b=2}")
        ],
        resolve: { types in
            guard types.count == 2, let key = types[0].kind.elementType,
                let value = types[1].kind.elementType
            else { return nil }
            return Resolution(
                types.map(\.kind),
                DataType(.map(key, value), nullable: Typing.nullable(types)))
        }
    ) { call in
        let kind = call.types[0].elementType?.kind ?? .varchar(.max)
        return call.mapToJson { row in
            let keys = call.elements(0, row)
            let values = call.elements(1, row)
            guard keys.count == values.count else {
                call.errors.add(
                    row, .badArgument,
                    "MAP_FROM_ARRAYS got \(keys.count) keys and \(values.count) values")
                return nil
            }
            var members: [JsonMember] = []
            for (key, value) in zip(keys, values) {
                let text = ValueText.string(NestedValue.scalar(key, kind), kind: kind)
                members.removeAll { $0.isCalled(text) }
                members.append(JsonMember(text, value))
            }
            return .object(members)
        }
    }

    static let union = ScalarFunction(
        "MAP_UNION", family: .collection, usage: "MAP_UNION(map, map)",
        documentation: "The entries of both maps; those of the second win.",
        examples: [FunctionExample("MAP_UNION(MAP['a', 1], MAP['b', 2])", "{a=1, b=2}")],
        resolve: { types in
            guard types.count == 2, case .map(let key, let value) = types[0].kind,
                case .map(let otherKey, let otherValue) = types[1].kind,
                let keys = TypeMerging.leastRestrictive([key, otherKey]),
                let values = TypeMerging.leastRestrictive([value, otherValue])
            else { return nil }
            let map = DataType.Kind.map(keys, values)
            return Resolution([map, map], DataType(map, nullable: Typing.nullable(types)))
        }
    ) { call in
        call.mapToJson { row in
            let second = call.members(1, row)
            let first = call.members(0, row).filter { member in
                !second.contains { $0.isCalled(member.key) }
            }
            return .object(first + second)
        }
    }

    static let split = ScalarFunction(
        "SPLIT", family: .collection, usage: "SPLIT(text, delimiter)",
        documentation:
            "The parts of a text between delimiters as an array; with an empty delimiter its"
            + " characters.",
        examples: [FunctionExample("SPLIT('a,b,c', ',')", "[a, b, c]")],
        resolve: Typing.strings(2...2, to: .array(DataType(.varchar(.max), nullable: false)))
    ) { call in
        call.mapToJson { row in
            let text = String(decoding: call.bytes(0, row), as: UTF8.self)
            let delimiter = String(decoding: call.bytes(1, row), as: UTF8.self)
            return .array(parts(text, delimiter).map(JsonValue.string))
        }
    }

    static func parts(_ text: String, _ delimiter: String) -> [String] {
        if text.isEmpty { return [] }
        if delimiter.isEmpty { return text.unicodeScalars.map { String($0) } }
        var result: [String] = []
        var rest = text[...]
        while let found = rest.firstRange(of: delimiter) {
            result.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return result + [String(rest)]
    }

    static let stringToMap = ScalarFunction(
        "STR_TO_MAP", family: .collection,
        usage: "STR_TO_MAP(text[, list_delimiter, key_value_delimiter])",
        documentation: "A map of a text such as 'k1=v1,k2=v2'.",
        examples: [FunctionExample("STR_TO_MAP('k1=v1,k2=v2')", "{k1=v1, k2=v2}")],
        resolve: { types in
            let base = Typing.strings(1...3, to: .map(.string, .string))(types)
            return types.count == 2 ? nil : base
        }
    ) { call in
        call.mapToJson { row in
            let text = String(decoding: call.bytes(0, row), as: UTF8.self)
            let hasMarks = call.arguments.count == 3
            let outer = hasMarks ? String(decoding: call.bytes(1, row), as: UTF8.self) : ","
            let inner = hasMarks ? String(decoding: call.bytes(2, row), as: UTF8.self) : "="
            var members: [JsonMember] = []
            for part in parts(text, outer) {
                let key: String
                let value: JsonValue
                if let mark = part.firstRange(of: inner), !inner.isEmpty {
                    key = String(part[..<mark.lowerBound])
                    value = .string(String(part[mark.upperBound...]))
                } else {
                    key = part
                    value = .null
                }
                members.removeAll { $0.isCalled(key) }
                members.append(JsonMember(key, value))
            }
            return .object(members)
        }
    }
}
