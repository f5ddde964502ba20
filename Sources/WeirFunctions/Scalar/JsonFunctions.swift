// SQL's JSON functions (ISO 9075-2; Flink: JSON functions). The binder turns their clauses into
// texts behind the other arguments.

import WeirColumnar

/// The list of these functions.
enum JsonFunctions {
    static let all: [ScalarFunction] = [exists, value, query, object, array, string, isJson]

    /// What is given where nothing is found, or where the value is broken.
    private enum Behaviour: String {
        case null = "NULL"
        case error = "ERROR"
        case isTrue = "TRUE"
        case isFalse = "FALSE"
        case unknown = "UNKNOWN"
        case emptyArray = "EMPTY ARRAY"
        case emptyObject = "EMPTY OBJECT"
        case defaultValue = "DEFAULT"
    }

    private static func texts(_ types: [DataType], _ count: ClosedRange<Int>) -> Bool {
        count.contains(types.count) && types.allSatisfy { $0.kind.isString || $0.kind == .null }
    }

    private static func behaviour(_ call: FunctionCall, _ index: Int, _ fallback: Behaviour)
        -> Behaviour
    {
        guard call.arguments.indices.contains(index) else { return fallback }
        return Behaviour(rawValue: call.constantText(index)) ?? fallback
    }

    static let exists = ScalarFunction(
        "JSON_EXISTS", family: .json,
        usage: "JSON_EXISTS(json, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR])",
        documentation: "Whether a JSON text has something at a path.",
        examples: [
            FunctionExample("JSON_EXISTS('{\"a\": true}', '$.a')", "TRUE"),
            FunctionExample("JSON_EXISTS('{\"a\": 1}', 'strict $.b' TRUE ON ERROR)", "TRUE"),
        ],
        resolve: { types in
            guard texts(types, 2...3) else { return nil }
            return Resolution(types.map { _ in .varchar(.max) }, .boolean)
        }
    ) { call in
        var lookup = JsonLookup(call)
        let onError = behaviour(call, 2, .isFalse)
        var builder = ColumnBuilder(.bool, capacity: call.count)
        for row in 0..<call.count {
            let path: JsonPath?
            switch lookup.find(row) {
            case .null:
                builder.appendNull()
                continue
            case .values(let found, _):
                builder.append(.bool(found.contains { $0 != .null }))
                continue
            case .broken(let used): path = used
            }
            // In lax mode a broken text has nothing anywhere.
            switch path?.isStrict == false ? .isFalse : onError {
            case .isTrue: builder.append(.bool(true))
            case .unknown: builder.appendNull()
            case .error:
                call.errors.add(row, .badArgument, "JSON_EXISTS cannot follow the path")
                builder.appendNull()
            default: builder.append(.bool(false))
            }
        }
        return builder.build()
    }

    /// JSON_VALUE(json, path, on empty, default, on error, default, type)
    static let value = ScalarFunction(
        "JSON_VALUE", family: .json,
        usage: "JSON_VALUE(json, path [RETURNING type] [NULL | ERROR | DEFAULT x ON EMPTY]"
            + " [… ON ERROR])",
        documentation: "The plain value at a path, as STRING or as the type named.",
        examples: [
            FunctionExample("JSON_VALUE('{\"a\": [1, 2]}', '$.a[1]')", "2"),
            FunctionExample("JSON_VALUE('{\"a\": 5}', '$.a' RETURNING INTEGER)", "5"),
            FunctionExample("JSON_VALUE('{}', '$.b' DEFAULT 'x' ON EMPTY)", "x"),
        ],
        isStrict: false,
        resolve: { types in
            guard texts(types, 2...7), types.count == 2 || types.count == 7 else { return nil }
            return Resolution(types.map { _ in .varchar(.max) }, .string)
        },
        refine: { types, constants in
            guard constants.count == 7, case .bytes(let name)? = constants[6] else {
                return .string
            }
            return returned[String(decoding: name, as: UTF8.self)]
        }
    ) { call in
        var lookup = JsonLookup(call)
        let onEmpty = behaviour(call, 2, .null)
        let onError = behaviour(call, 4, .null)
        var builder = ColumnBuilder(call.result.physical, capacity: call.count)
        func give(_ choice: Behaviour, _ index: Int, _ row: Int, _ why: String) {
            switch choice {
            case .defaultValue where !call.arguments[index].isNull(row):
                let text = String(decoding: call.bytes(index, row), as: UTF8.self)
                builder.append(NestedValue.scalar(.string(text), call.result))
            case .error:
                call.errors.add(row, .badArgument, "JSON_VALUE: \(why)")
                builder.appendNull()
            default: builder.appendNull()
            }
        }
        for row in 0..<call.count {
            let path: JsonPath
            let found: [JsonValue]
            switch lookup.find(row) {
            case .null:
                builder.appendNull()
                continue
            case .broken:
                give(onError, 5, row, "the text is not JSON, or the path does not fit it")
                continue
            case .values(let values, let used): (found, path) = (values, used)
            }
            guard let first = found.first, first != .null else {
                give(onEmpty, 3, row, "there is nothing at the path")
                continue
            }
            guard first.isScalar, found.count == 1 else {
                // In lax mode what is not plain counts as nothing.
                if path.isStrict {
                    give(onError, 5, row, "there is no plain value at the path")
                } else {
                    give(onEmpty, 3, row, "there is no plain value at the path")
                }
                continue
            }
            let value = NestedValue.scalar(first, call.result)
            if value == .null {
                give(onError, 5, row, "the value is not \(call.result)")
            } else {
                builder.append(value)
            }
        }
        return builder.build()
    }

    /// The types that RETURNING takes.
    package static let returned: [String: DataType] = [
        "STRING": .string, "BOOLEAN": .boolean, "INT": .int, "BIGINT": .bigint, "DOUBLE": .double,
    ]

    /// JSON_QUERY(json, path, wrapper, on empty, on error)
    static let query = ScalarFunction(
        "JSON_QUERY", family: .json,
        usage: "JSON_QUERY(json, path [WITH | WITHOUT [CONDITIONAL] WRAPPER]"
            + " [NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR ON EMPTY] [… ON ERROR])",
        documentation: "The object or array at a path, as JSON text.",
        examples: [
            FunctionExample("JSON_QUERY('{\"a\": {\"b\": 1}}', '$.a')", "{\"b\":1}"),
            FunctionExample("JSON_QUERY('{\"a\": \"x\"}', '$.a' WITH WRAPPER)", "[\"x\"]"),
        ],
        isStrict: false,
        resolve: { types in
            guard texts(types, 2...5) else { return nil }
            return Resolution(types.map { _ in .varchar(.max) }, .string)
        }
    ) { call in
        var lookup = JsonLookup(call)
        let wrapper = call.arguments.count > 2 ? call.constantText(2) : ""
        let onEmpty = behaviour(call, 3, .null)
        let onError = behaviour(call, 4, .null)
        var builder = ColumnBuilder(.bytes, capacity: call.count)
        func give(_ choice: Behaviour, _ row: Int) {
            switch choice {
            case .emptyArray: builder.append(.string("[]"))
            case .emptyObject: builder.append(.string("{}"))
            case .error:
                call.errors.add(row, .badArgument, "JSON_QUERY finds no object or array")
                builder.appendNull()
            default: builder.appendNull()
            }
        }
        for row in 0..<call.count {
            let path: JsonPath
            let found: [JsonValue]
            switch lookup.find(row) {
            case .null:
                builder.appendNull()
                continue
            case .broken:
                give(onError, row)
                continue
            case .values(let values, let used): (found, path) = (values, used)
            }
            // A path that may find many gives them as one array (as Flink's does).
            let result = path.isIndefinite ? JsonValue.array(found) : found.first
            guard let result else {
                builder.appendNull()
                continue
            }
            switch wrapper {
            case "WITH", "WITH UNCONDITIONAL":
                builder.append(.string(JsonValue.array([result]).sorted.text))
            case "WITH CONDITIONAL" where result.isScalar:
                builder.append(.string(JsonValue.array([result]).sorted.text))
            default:
                if result.isScalar {
                    give(path.isStrict ? onError : onEmpty, row)
                } else {
                    builder.append(.string(result.sorted.text))
                }
            }
        }
        return builder.build()
    }

    // MARK: Constructors

    /// JSON_OBJECT(mode, key, value, …); the mode is `NULL` or `ABSENT` and the numbers of the
    /// values that are JSON already.
    static let object = ScalarFunction(
        "JSON_OBJECT", family: .json,
        usage: "JSON_OBJECT([[KEY] key VALUE value, …] [NULL | ABSENT ON NULL])",
        documentation: "A JSON object of keys and values.",
        examples: [
            FunctionExample("JSON_OBJECT('a' VALUE 1, 'b' VALUE 'x')", "{\"a\":1,\"b\":\"x\"}")
        ],
        isStrict: false,
        resolve: { types in
            guard types.count % 2 == 1, types[0].kind.isString else { return nil }
            return Resolution(types.map(\.kind), DataType(.varchar(.max), nullable: false))
        }
    ) { call in
        let (isAbsent, raw) = mode(call)
        return call.mapAll { row in
            var members: [JsonMember] = []
            for index in stride(from: 1, to: call.arguments.count - 1, by: 2) {
                let key = ValueText.string(
                    call.arguments[index].scalar(row), kind: call.types[index])
                let value = item(call, index + 1, row, isRaw: raw.contains((index - 1) / 2))
                if value == .null, isAbsent { continue }
                members.removeAll { $0.isCalled(key) }
                members.append(JsonMember(key, value))
            }
            return .object(members)
        }
    }

    /// JSON_ARRAY(mode, value, …)
    static let array = ScalarFunction(
        "JSON_ARRAY", family: .json,
        usage: "JSON_ARRAY([value, …] [NULL | ABSENT ON NULL])",
        documentation: "A JSON array of values.",
        examples: [FunctionExample("JSON_ARRAY(1, '2')", "[1,\"2\"]")],
        isStrict: false,
        resolve: { types in
            guard let first = types.first, first.kind.isString else { return nil }
            return Resolution(types.map(\.kind), DataType(.varchar(.max), nullable: false))
        }
    ) { call in
        let (isAbsent, raw) = mode(call)
        return call.mapAll { row in
            let items = (1..<max(1, call.arguments.count)).map {
                item(call, $0, row, isRaw: raw.contains($0 - 1))
            }
            return .array(isAbsent ? items.filter { $0 != .null } : items)
        }
    }

    private static func mode(_ call: FunctionCall) -> (isAbsent: Bool, raw: Set<Int>) {
        let words = call.constantText(0).split(separator: " ")
        return (words.first == "ABSENT", Set(words.dropFirst().compactMap { Int($0) }))
    }

    private static func item(
        _ call: FunctionCall, _ index: Int, _ row: Int, isRaw: Bool
    ) -> JsonValue {
        if call.arguments[index].isNull(row) { return .null }
        if isRaw { return JsonValue.parse(call.bytes(index, row)) ?? .null }
        return shown(call.arguments[index].scalar(row), call.types[index])
    }

    /// A value in JSON text; times are written as ISO 8601.
    private static func shown(_ scalar: Scalar, _ kind: DataType.Kind) -> JsonValue {
        let value = NestedValue.json(scalar, kind)
        if kind.isTimestamp, case .string(let text) = value {
            return .string(
                shortened(text).replacing(" ", with: "T") + (kind.isInstant ? "Z" : ""))
        }
        return value
    }

    /// A time without zeros at the end of its fraction.
    private static func shortened(_ text: String) -> Substring {
        guard text.contains(".") else { return text[...] }
        var result = text[...]
        while result.last == "0" { result = result.dropLast() }
        return result.last == "." ? result.dropLast() : result
    }

    static let string = ScalarFunction(
        "JSON_STRING", family: .json, usage: "JSON_STRING(value)",
        documentation: "A value as JSON text.",
        examples: [
            FunctionExample("JSON_STRING('a\"b')", "\"a\\\"b\""),
            FunctionExample("JSON_STRING(ARRAY[1, 2])", "[1,2]"),
        ],
        resolve: { types in
            guard types.count == 1 else { return nil }
            return Resolution(
                types.map(\.kind), DataType(.varchar(.max), nullable: types[0].isNullable))
        }
    ) { call in
        call.mapToJson { row in shown(call.arguments[0].scalar(row), call.types[0]) }
    }

    /// IS_JSON(text, shape): what `text IS JSON SHAPE` asks.
    static let isJson = ScalarFunction(
        "IS_JSON", family: .json, usage: "text IS [NOT] JSON [VALUE | SCALAR | ARRAY | OBJECT]",
        documentation: "Whether a text is JSON, of a shape if one is named.",
        examples: [
            FunctionExample("'{\"a\": 1}' IS JSON", "TRUE"),
            FunctionExample("'[1]' IS JSON OBJECT", "FALSE"),
        ],
        isStrict: false,
        resolve: { types in
            guard texts(types, 2...2) else { return nil }
            return Resolution(
                types.map { _ in .varchar(.max) }, DataType(.boolean, nullable: false))
        }
    ) { call in
        let shape = call.constantText(1)
        // NULL is no JSON: the answer is never NULL (as Flink's).
        let flags = (0..<call.count).map { row -> UInt8 in
            guard !call.arguments[0].isNull(row),
                let value = JsonValue.parse(call.bytes(0, row))
            else { return 0 }
            return switch (shape, value) {
            case ("OBJECT", .object), ("ARRAY", .array), ("VALUE", _): 1
            case ("SCALAR", _): value.isScalar ? 1 : 0
            default: 0
            }
        }
        return Column(.bool(flags))
    }
}

extension FunctionCall {
    /// A JSON text for each row, NULL arguments or not.
    func mapAll(_ body: (Int) -> JsonValue) -> Column {
        var output = ByteColumn()
        for row in 0..<count {
            output.bytes += Array(body(row).text.utf8)
            output.offsets.append(Int32(clamping: output.bytes.count))
        }
        return Column(.bytes(output))
    }
}
