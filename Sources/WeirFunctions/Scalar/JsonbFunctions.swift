// SQRL's JSONB functions (flink-sql-runner, system functions).

import WeirColumnar

/// The list of these functions.
enum JsonbFunctions {
    static let all: [ScalarFunction] = [
        toJsonb, toString, object, array, extract, query, exists, concat,
    ]

    static let toJsonb = ScalarFunction(
        "TO_JSONB", family: .jsonb, usage: "TO_JSONB(value)",
        documentation:
            "A text that is JSON as JSONB, NULL when it is not; any other value as JSON of its own.",
        examples: [
            FunctionExample("JSONB_TO_STRING(TO_JSONB('{\"a\": [1, 2]}'))", "{\"a\":[1,2]}"),
            FunctionExample("JSONB_TO_STRING(TO_JSONB(ARRAY[1, 2]))", "[1,2]"),
        ],
        resolve: { types in
            guard types.count == 1, types[0].kind != .null else { return nil }
            let isText = types[0].kind.isString
            return Resolution(
                types.map(\.kind), DataType(.json, nullable: isText || types[0].isNullable))
        }
    ) { call in
        let kind = call.types[0]
        return call.mapToJson { row in
            kind.isString
                ? JsonValue.parse(call.bytes(0, row))
                : NestedValue.json(call.arguments[0].scalar(row), kind)
        }
    }

    static let toString = ScalarFunction(
        "JSONB_TO_STRING", family: .jsonb, usage: "JSONB_TO_STRING(json)",
        documentation: "The JSON text of a value.",
        examples: [FunctionExample("JSONB_TO_STRING(JSONB_OBJECT('a', 1))", "{\"a\":1}")],
        resolve: json(1, to: .varchar(.max))
    ) { call in call.arguments[0] }

    static let object = ScalarFunction(
        "JSONB_OBJECT", family: .jsonb, usage: "JSONB_OBJECT(key, value, …)",
        documentation: "A JSON object of keys and values; NULL values are null.",
        examples: [
            FunctionExample(
                "JSONB_TO_STRING(JSONB_OBJECT('a', 1, 'b', JSONB_ARRAY(TRUE, 'x')))",
                "{\"a\":1,\"b\":[true,\"x\"]}")
        ],
        isStrict: false,
        resolve: { types in
            guard types.count % 2 == 0,
                types.indices.allSatisfy({ $0 % 2 == 1 || types[$0].kind.isString })
            else { return nil }
            return Resolution(types.map(\.kind), DataType(.json, nullable: false))
        }
    ) { call in
        call.mapAll { row in
            var members: [JsonMember] = []
            for index in stride(from: 0, to: call.arguments.count - 1, by: 2) {
                guard !call.arguments[index].isNull(row) else {
                    call.errors.add(row, .badArgument, "a key of JSONB_OBJECT is NULL")
                    continue
                }
                let key = String(decoding: call.bytes(index, row), as: UTF8.self)
                members.removeAll { $0.isCalled(key) }
                members.append(JsonMember(key, call.json(index + 1, row)))
            }
            return .object(members)
        }
    }

    static let array = ScalarFunction(
        "JSONB_ARRAY", family: .jsonb, usage: "JSONB_ARRAY(value, …)",
        documentation: "A JSON array of values; NULLs are null.",
        examples: [
            FunctionExample("JSONB_TO_STRING(JSONB_ARRAY('x', 1, TRUE))", "[\"x\",1,true]")
        ],
        isStrict: false,
        resolve: { types in
            Resolution(types.map(\.kind), DataType(.json, nullable: false))
        }
    ) { call in
        call.mapAll { row in .array(call.arguments.indices.map { call.json($0, row) }) }
    }

    static let extract = ScalarFunction(
        "JSONB_EXTRACT", family: .jsonb, usage: "JSONB_EXTRACT(json, path[, default])",
        documentation:
            "The value at a path: as STRING, or as the type of the default (STRING, BOOLEAN, INT,"
            + " DOUBLE), which stands for what is not there or does not fit.",
        examples: [
            FunctionExample("JSONB_EXTRACT(TO_JSONB('{\"a\": {\"b\": 5}}'), '$.a.b')", "5"),
            FunctionExample("JSONB_EXTRACT(TO_JSONB('{\"a\": 1.5}'), '$.a', 0.5E0)", "1.5"),
            FunctionExample("JSONB_EXTRACT(TO_JSONB('{}'), '$.a', FALSE)", "FALSE"),
        ],
        isStrict: false,
        resolve: { types in
            guard (2...3).contains(types.count), types[0].kind == .json, types[1].kind.isString
            else { return nil }
            guard types.count == 3 else {
                return Resolution([.json, .varchar(.max)], .string)
            }
            guard let kind = extracted(types[2].kind) else { return nil }
            return Resolution([.json, .varchar(.max), kind], DataType(kind))
        }
    ) { call in
        var lookup = JsonLookup(call)
        var builder = ColumnBuilder(call.result.physical, capacity: call.count)
        for row in 0..<call.count {
            if call.arguments[0].isNull(row) || call.arguments[1].isNull(row) {
                builder.appendNull()
                continue
            }
            var value = Scalar.null
            var isFound = false
            if case .values(let found, let path) = lookup.find(row) {
                let result = path.isIndefinite ? JsonValue.array(found) : found.first
                isFound = result != nil
                value = result.map { scalar($0, call.result) } ?? .null
                if result == .null, call.arguments.count == 3 { value = .null }
                isFound = isFound && (value != .null || result == .null)
            }
            if !isFound, call.arguments.count == 3 { value = call.arguments[2].scalar(row) }
            builder.append(value)
        }
        return builder.build()
    }

    /// The types of a default.
    private static func extracted(_ kind: DataType.Kind) -> DataType.Kind? {
        switch kind {
        case .char, .varchar: .varchar(.max)
        case .boolean, .int, .double: kind
        case .float, .decimal: .double
        case .tinyint, .smallint: .int
        default: nil
        }
    }

    private static func scalar(_ value: JsonValue, _ kind: DataType.Kind) -> Scalar {
        if kind.isString, case .string(let text) = value { return .string(text) }
        return value == .null ? .null : NestedValue.scalar(value, kind)
    }

    static let query = ScalarFunction(
        "JSONB_QUERY", family: .jsonb, usage: "JSONB_QUERY(json, path)",
        documentation: "The value at a path as JSON text; NULL when there is none.",
        examples: [
            FunctionExample("JSONB_QUERY(TO_JSONB('{\"a\": {\"b\": \"x\"}}'), '$.a.b')", "\"x\"")
        ],
        resolve: { types in
            guard types.count == 2, types[0].kind == .json, types[1].kind.isString else {
                return nil
            }
            return Resolution([.json, .varchar(.max)], .string)
        }
    ) { call in
        var lookup = JsonLookup(call)
        return call.mapToJson { row in
            guard case .values(let found, let path) = lookup.find(row) else { return nil }
            return path.isIndefinite ? .array(found) : found.first
        }
    }

    static let exists = ScalarFunction(
        "JSONB_EXISTS", family: .jsonb, usage: "JSONB_EXISTS(json, path)",
        documentation: "Whether there is something at a path.",
        examples: [
            FunctionExample("JSONB_EXISTS(TO_JSONB('{\"a\": null}'), '$.a')", "TRUE"),
            FunctionExample("JSONB_EXISTS(TO_JSONB('{\"a\": 1}'), '$.b')", "FALSE"),
        ],
        resolve: { types in
            guard types.count == 2, types[0].kind == .json, types[1].kind.isString else {
                return nil
            }
            return Resolution(
                [.json, .varchar(.max)], DataType(.boolean, nullable: Typing.nullable(types)))
        }
    ) { call in
        var lookup = JsonLookup(call)
        return call.mapToScalars { row in
            guard case .values(let found, _) = lookup.find(row) else { return .bool(false) }
            return .bool(!found.isEmpty)
        }
    }

    static let concat = ScalarFunction(
        "JSONB_CONCAT", family: .jsonb, usage: "JSONB_CONCAT(json, json)",
        documentation:
            "Two objects in one; of members of the same name the second's stays. NULL when one of"
            + " them is no object.",
        examples: [
            FunctionExample(
                "JSONB_TO_STRING(JSONB_CONCAT(TO_JSONB('{\"a\": 1, \"b\": 2}'), TO_JSONB('{\"b\": 3}')))",
                "{\"a\":1,\"b\":3}")
        ],
        resolve: json(2, to: .json)
    ) { call in
        call.mapToJson { row in
            guard case .object(var members)? = JsonValue.parse(call.bytes(0, row)),
                case .object(let added)? = JsonValue.parse(call.bytes(1, row))
            else { return nil }
            for member in added {
                if let index = members.firstIndex(where: { $0.isCalled(member.key) }) {
                    members[index] = member
                } else {
                    members.append(member)
                }
            }
            return .object(members)
        }
    }

    private static func json(
        _ count: Int, to result: DataType.Kind
    ) -> @Sendable ([DataType]) -> Resolution? {
        { types in
            guard types.count == count, types.allSatisfy({ $0.kind == .json }) else { return nil }
            return Resolution(types.map(\.kind), DataType(result, nullable: true))
        }
    }
}

extension FunctionCall {
    /// An argument of any type as JSON.
    fileprivate func json(_ index: Int, _ row: Int) -> JsonValue {
        NestedValue.json(arguments[index].scalar(row), types[index])
    }
}
