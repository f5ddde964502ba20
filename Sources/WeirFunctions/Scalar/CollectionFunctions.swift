// Arrays and maps (Flink: collection functions). Columns hold them as JSON text.

import WeirColumnar

/// The list of these functions.
enum CollectionFunctions {
    static let all: [ScalarFunction] =
        [cardinality, element] + ArrayFunctions.all + MapFunctions.all

    static let cardinality = ScalarFunction(
        "CARDINALITY", family: .collection, usage: "CARDINALITY(array or map)",
        documentation: "The number of elements.",
        examples: [FunctionExample("CARDINALITY(ARRAY[1, 2, 3])", "3")],
        resolve: { types in
            guard types.count == 1, types[0].kind.isCollection else { return nil }
            return Resolution(
                types.map(\.kind), DataType(.int, nullable: Typing.nullable(types)))
        }
    ) { call in
        call.mapToInt64 { row in
            let bytes = call.bytes(0, row)
            if case .multiset = call.types[0] {
                return NestedValue.members(bytes).map { members in
                    members.reduce(0) { sum, member in
                        let (total, overflow) = sum.addingReportingOverflow(
                            Int64(member.value.text) ?? 0)
                        return overflow || total > Int64(Int32.max) ? Int64(Int32.max) : total
                    }
                }
            }
            if case .map = call.types[0] {
                return NestedValue.members(bytes).map { Int64($0.count) }
            }
            return NestedValue.elements(bytes).map { Int64($0.count) }
        }
    }

    static let element = ScalarFunction(
        "ELEMENT", family: .collection, usage: "ELEMENT(array)",
        documentation: "The only element of an array; NULL when it is empty.",
        examples: [FunctionExample("ELEMENT(ARRAY[7])", "7")],
        resolve: { types in
            guard types.count == 1, case .array(let element) = types[0].kind else { return nil }
            return Resolution(types.map(\.kind), element.nullable(true))
        }
    ) { call in
        call.mapToScalars { row in
            guard let items = NestedValue.elements(call.bytes(0, row)), let first = items.first
            else { return .null }
            guard items.count == 1 else {
                call.errors.add(row, .badArgument, "ELEMENT takes an array of one element")
                return .null
            }
            return NestedValue.scalar(first, call.result)
        }
    }
}

extension DataType.Kind {
    /// Whether it is an ARRAY, a MAP or a MULTISET.
    var isCollection: Bool {
        switch self {
        case .array, .map, .multiset: true
        default: false
        }
    }

    /// The element type of an ARRAY.
    var elementType: DataType? {
        if case .array(let element) = self { element } else { nil }
    }
}

extension FunctionCall {
    /// A result of any type computed row by row where no argument is NULL.
    func mapToScalars(_ body: (Int) -> Scalar) -> Column {
        let validity = strictValidity
        var builder = ColumnBuilder(result.physical, capacity: count)
        for row in 0..<count {
            builder.append(validity.map { $0[row] } ?? true ? body(row) : .null)
        }
        return builder.build()
    }

    /// An array or map of the result, as JSON; nil is NULL.
    func mapToJson(_ body: (Int) -> JsonValue?) -> Column {
        mapToBytes { row, output in
            guard let value = body(row) else { return false }
            output += Array(value.text.utf8)
            return true
        }
    }

    func elements(_ index: Int, _ row: Int) -> [JsonValue] {
        NestedValue.elements(bytes(index, row)) ?? []
    }

    func members(_ index: Int, _ row: Int) -> [JsonMember] {
        NestedValue.members(bytes(index, row)) ?? []
    }
}
