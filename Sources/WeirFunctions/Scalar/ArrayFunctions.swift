// Functions of arrays (Flink: collection functions).

import WeirColumnar

/// The list of these functions.
enum ArrayFunctions {
    static let all: [ScalarFunction] = [
        contains, position, append, prepend, remove, distinct, reverse, slice, sort, join,
        combine(
            "ARRAY_CONCAT", "Both arrays, one behind the other.",
            FunctionExample("ARRAY_CONCAT(ARRAY[1, 2], ARRAY[2, 3])", "[1, 2, 2, 3]")
        ) { $0 + $1 },
        combine(
            "ARRAY_UNION", "The elements of both arrays, each once.",
            FunctionExample("ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])", "[1, 2, 3]")
        ) { unique($0 + $1) },
        combine(
            "ARRAY_EXCEPT",
            "The elements of the first array that the second does not have, each once.",
            FunctionExample("ARRAY_EXCEPT(ARRAY[1, 2, 3], ARRAY[2])", "[1, 3]")
        ) { left, right in unique(left.filter { !right.contains($0) }) },
        combine(
            "ARRAY_INTERSECT", "The elements that both arrays have, each once.",
            FunctionExample("ARRAY_INTERSECT(ARRAY[1, 2, 3], ARRAY[3, 2, 9])", "[2, 3]")
        ) { left, right in unique(left.filter { right.contains($0) }) },
        extreme("ARRAY_MAX", "largest", "5") { $0 < $1 },
        extreme("ARRAY_MIN", "smallest", "1") { $1 < $0 },
    ]

    private static func unique(_ items: [JsonValue]) -> [JsonValue] {
        var seen: Set<JsonValue> = []
        return items.filter { seen.insert($0).inserted }
    }

    /// An array and a value of its element type; the array's type may widen.
    private static func arrayAndValue(
        _ types: [DataType], result: (DataType.Kind) -> DataType
    ) -> Resolution? {
        guard types.count == 2, let element = types[0].kind.elementType,
            let common = TypeMerging.leastRestrictive([element, types[1]])
        else { return nil }
        let array = DataType.Kind.array(common)
        return Resolution([array, common.kind], result(array))
    }

    static let contains = ScalarFunction(
        "ARRAY_CONTAINS", family: .collection, usage: "ARRAY_CONTAINS(array, value)",
        documentation: "Whether a value is in the array; NULL is found where there is one.",
        examples: [FunctionExample("ARRAY_CONTAINS(ARRAY[1, 2, 3], 2)", "TRUE")],
        isStrict: false,
        resolve: { types in
            arrayAndValue(types) { _ in DataType(.boolean, nullable: types[0].isNullable) }
        }
    ) { call in
        var flags = [UInt8](repeating: 0, count: call.count)
        for row in 0..<call.count where !call.arguments[0].isNull(row) {
            let value = NestedValue.json(call.arguments[1].scalar(row), call.types[1])
            flags[row] = call.elements(0, row).contains(value) ? 1 : 0
        }
        return Column(.bool(flags), validity: call.arguments[0].validity)
    }

    static let position = ScalarFunction(
        "ARRAY_POSITION", family: .collection, usage: "ARRAY_POSITION(array, value)",
        documentation: "The position of a value from 1; 0 when it is not in the array.",
        examples: [FunctionExample("ARRAY_POSITION(ARRAY['a', 'b'], 'b')", "2")],
        resolve: { types in
            arrayAndValue(types) { _ in DataType(.int, nullable: Typing.nullable(types)) }
        }
    ) { call in
        call.mapToInt64 { row in
            let value = NestedValue.json(call.arguments[1].scalar(row), call.types[1])
            return call.elements(0, row).firstIndex(of: value).map { Int64($0 + 1) } ?? 0
        }
    }

    static let append = insertion(
        "ARRAY_APPEND", "The array with a value behind it.", "ARRAY_APPEND(ARRAY[1, 2], 3)"
    ) { $0 + [$1] }

    static let prepend = insertion(
        "ARRAY_PREPEND", "The array with a value in front of it.", "ARRAY_PREPEND(ARRAY[2, 3], 1)"
    ) { [$1] + $0 }

    static let remove = insertion(
        "ARRAY_REMOVE", "The array without a value.", "ARRAY_REMOVE(ARRAY[1, 2, 4, 3], 4)"
    ) { items, value in items.filter { $0 != value } }

    private static func insertion(
        _ name: String, _ documentation: String, _ example: String,
        _ body: @escaping @Sendable ([JsonValue], JsonValue) -> [JsonValue]
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .collection, usage: "\(name)(array, value)", documentation: documentation,
            examples: [FunctionExample(example, "[1, 2, 3]")], isStrict: false,
            resolve: { types in
                arrayAndValue(types) { DataType($0, nullable: types[0].isNullable) }
            }
        ) { call in
            var output = ByteColumn()
            for row in 0..<call.count {
                if !call.arguments[0].isNull(row) {
                    let value = NestedValue.json(call.arguments[1].scalar(row), call.types[1])
                    output.bytes += Array(
                        JsonValue.array(body(call.elements(0, row), value)).text.utf8)
                }
                output.offsets.append(Int32(clamping: output.bytes.count))
            }
            return Column(.bytes(output), validity: call.arguments[0].validity)
        }
    }

    static let distinct = plain(
        "ARRAY_DISTINCT", "The elements, each once.", "ARRAY_DISTINCT(ARRAY[1, 1, 2, 3])"
    ) { unique($0) }

    static let reverse = plain(
        "ARRAY_REVERSE", "The elements from the last to the first.",
        "ARRAY_REVERSE(ARRAY[3, 2, 1])"
    ) { $0.reversed() }

    private static func plain(
        _ name: String, _ documentation: String, _ example: String,
        _ body: @escaping @Sendable ([JsonValue]) -> [JsonValue]
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .collection, usage: "\(name)(array)", documentation: documentation,
            examples: [FunctionExample(example, "[1, 2, 3]")],
            resolve: { types in
                guard types.count == 1, types[0].kind.elementType != nil else { return nil }
                return Resolution(types.map(\.kind), types[0])
            }
        ) { call in
            call.mapToJson { .array(body(call.elements(0, $0))) }
        }
    }

    private static func combine(
        _ name: String, _ documentation: String, _ example: FunctionExample,
        _ body: @escaping @Sendable ([JsonValue], [JsonValue]) -> [JsonValue]
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .collection, usage: "\(name)(array, array)",
            documentation: documentation, examples: [example],
            resolve: { types in
                let elements = types.compactMap(\.kind.elementType)
                guard types.count >= 2, types.count == 2 || name == "ARRAY_CONCAT",
                    elements.count == types.count,
                    let common = TypeMerging.leastRestrictive(elements)
                else { return nil }
                let array = DataType.Kind.array(common)
                return Resolution(
                    types.map { _ in array }, DataType(array, nullable: Typing.nullable(types)))
            }
        ) { call in
            call.mapToJson { row in
                let first = call.elements(0, row)
                return .array(
                    (1..<call.arguments.count).reduce(first) { body($0, call.elements($1, row)) })
            }
        }
    }

    /// `ARRAY_SLICE(array, start[, end])`: positions from 1, from the end when negative.
    static let slice = ScalarFunction(
        "ARRAY_SLICE", family: .collection, usage: "ARRAY_SLICE(array, start[, end])",
        documentation:
            "The elements from a position to another, both included; negative ones count from the"
            + " end.",
        examples: [FunctionExample("ARRAY_SLICE(ARRAY[0, 1, 2, 3], 2, 4)", "[1, 2, 3]")],
        resolve: { types in
            guard (2...3).contains(types.count), types[0].kind.elementType != nil,
                types.dropFirst().allSatisfy({ $0.kind.isInteger || $0.kind == .null })
            else { return nil }
            return Resolution(
                [types[0].kind] + types.dropFirst().map { _ in .bigint },
                DataType(types[0].kind, nullable: Typing.nullable(types)))
        }
    ) { call in
        call.mapToJson { row in
            let items = call.elements(0, row)
            func place(_ position: Int64) -> Int64 {
                position < 0 ? Int64(items.count) + position + 1 : max(position, 1)
            }
            let start = max(1, place(call.integer(1, row)))
            let end = call.arguments.count > 2 ? place(call.integer(2, row)) : Int64(items.count)
            let last = min(end, Int64(items.count))
            return .array(start > last ? [] : Array(items[Int(start - 1)..<Int(last)]))
        }
    }

    static let sort = ScalarFunction(
        "ARRAY_SORT", family: .collection, usage: "ARRAY_SORT(array[, ascending[, nulls_first]])",
        documentation:
            "The elements in order; NULLs first when it ascends, last when it does not, unless said"
            + " otherwise.",
        examples: [FunctionExample("ARRAY_SORT(ARRAY[3, 1, 2])", "[1, 2, 3]")],
        resolve: { types in
            guard (1...3).contains(types.count), types[0].kind.elementType != nil,
                types.dropFirst().allSatisfy({ $0.kind == .boolean })
            else { return nil }
            return Resolution(
                types.map(\.kind), DataType(types[0].kind, nullable: Typing.nullable(types)))
        }
    ) { call in
        let element = call.types[0].elementType?.kind ?? .varchar(.max)
        return call.mapToJson { row in
            let ascends = call.arguments.count < 2 || call.arguments[1].boolValues[row] != 0
            let nullsFirst =
                call.arguments.count < 3 ? ascends : call.arguments[2].boolValues[row] != 0
            let items = call.elements(0, row)
            let nulls = items.filter { $0 == .null }
            let values = items.filter { $0 != .null }.map { ($0, NestedValue.scalar($0, element)) }
            let sorted = values.sorted { ScalarOrder.isLess($0.1, $1.1) }.map(\.0)
            let ordered = ascends ? sorted : sorted.reversed()
            return .array(nullsFirst ? nulls + ordered : ordered + nulls)
        }
    }

    static let join = ScalarFunction(
        "ARRAY_JOIN", family: .collection, usage: "ARRAY_JOIN(array, delimiter[, null_text])",
        documentation:
            "The texts of the array with a delimiter between them; NULLs are left out or replaced.",
        examples: [FunctionExample("ARRAY_JOIN(ARRAY['a', 'b', 'c'], '-')", "a-b-c")],
        resolve: { types in
            guard (2...3).contains(types.count), types[0].kind.elementType?.kind.isString ?? false,
                types.dropFirst().allSatisfy({ $0.kind.isString || $0.kind == .null })
            else { return nil }
            return Resolution(
                [types[0].kind] + types.dropFirst().map { _ in .varchar(.max) },
                DataType(.varchar(.max), nullable: Typing.nullable(types)))
        }
    ) { call in
        call.mapToBytes { row, output in
            let delimiter = String(decoding: call.bytes(1, row), as: UTF8.self)
            let null =
                call.arguments.count > 2 ? String(decoding: call.bytes(2, row), as: UTF8.self) : nil
            let texts = call.elements(0, row).compactMap { item -> String? in
                if case .string(let text) = item { return text }
                return item == .null ? null : item.text
            }
            output.append(text: texts.joined(separator: delimiter))
            return true
        }
    }

    private static func extreme(
        _ name: String, _ what: String, _ example: String,
        _ isBetter: @escaping @Sendable (ScalarOrder, ScalarOrder) -> Bool
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .collection, usage: "\(name)(array)",
            documentation: "The \(what) element; NULL when there is none.",
            examples: [FunctionExample("\(name)(ARRAY[1, 5, 3])", example)],
            resolve: { types in
                guard types.count == 1, let element = types[0].kind.elementType,
                    !element.kind.isNested
                else { return nil }
                return Resolution(types.map(\.kind), element.nullable(true))
            }
        ) { call in
            call.mapToScalars { row in
                var best: ScalarOrder?
                for item in call.elements(0, row) where item != .null {
                    let value = ScalarOrder(value: NestedValue.scalar(item, call.result))
                    if best.map({ isBetter($0, value) }) ?? true { best = value }
                }
                return best?.value ?? .null
            }
        }
    }
}

/// The order of values of one type.
struct ScalarOrder {
    let value: Scalar

    static func < (left: ScalarOrder, right: ScalarOrder) -> Bool {
        isLess(left.value, right.value)
    }

    static func isLess(_ left: Scalar, _ right: Scalar) -> Bool {
        switch (left, right) {
        case (.int64(let one), .int64(let other)): one < other
        case (.int128(let one), .int128(let other)): one < other
        case (.float64(let one), .float64(let other)): one < other
        case (.bool(let one), .bool(let other)): !one && other
        case (.bytes(let one), .bytes(let other)): one.lexicographicallyPrecedes(other)
        default: false
        }
    }
}
