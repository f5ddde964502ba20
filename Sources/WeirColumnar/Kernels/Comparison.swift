// Comparisons of two columns of the same physical layout.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

package enum ComparisonOperator: Sendable {
    case equal
    case notEqual
    case less
    case lessOrEqual
    case greater
    case greaterOrEqual

    /// As it is written in SQL.
    package var sign: String {
        switch self {
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}

package enum Comparison {
    /// A BOOLEAN column, NULL where an operand is NULL.
    package static func apply(
        _ symbol: ComparisonOperator, _ left: Column, _ right: Column, count: Int
    ) -> Column {
        Column(
            .bool(raw(symbol, left, right, count)),
            validity: strictValidity([left, right], count: count))
    }

    /// `IS [NOT] DISTINCT FROM`: NULLs are equal to each other, the result is never NULL.
    package static func distinct(
        _ left: Column, _ right: Column, negated: Bool, count: Int
    ) -> Column {
        var results = raw(.notEqual, left, right, count)
        for row in 0..<count {
            let leftNull = left.isNull(row)
            let rightNull = right.isNull(row)
            if leftNull || rightNull { results[row] = leftNull == rightNull ? 0 : 1 }
            if negated { results[row] ^= 1 }
        }
        return Column(.bool(results))
    }

    private static func raw(
        _ symbol: ComparisonOperator, _ left: Column, _ right: Column, _ count: Int
    ) -> [UInt8] {
        switch (left.values, right.values) {
        case (.int64(let left), .int64(let right)): ordered(symbol, left, right, count)
        case (.float64(let left), .float64(let right)): ordered(symbol, left, right, count)
        case (.int128(let left), .int128(let right)): ordered(symbol, left, right, count)
        case (.bool(let left), .bool(let right)): ordered(symbol, left, right, count)
        case (.bytes(let left), .bytes(let right)):
            ordered(symbol, compare(left, right, count), zeros(count), count)
        default:
            [UInt8](repeating: 0, count: count)
        }
    }

    private static func zeros(_ count: Int) -> [Int32] { [Int32](repeating: 0, count: count) }

    @inline(__always)
    private static func ordered<Value: Comparable>(
        _ symbol: ComparisonOperator, _ left: [Value], _ right: [Value], _ count: Int
    ) -> [UInt8] {
        switch symbol {
        case .equal: zipMap(left, right, count) { $0 == $1 ? 1 : 0 }
        case .notEqual: zipMap(left, right, count) { $0 != $1 ? 1 : 0 }
        case .less: zipMap(left, right, count) { $0 < $1 ? 1 : 0 }
        case .lessOrEqual: zipMap(left, right, count) { $0 <= $1 ? 1 : 0 }
        case .greater: zipMap(left, right, count) { $0 > $1 ? 1 : 0 }
        case .greaterOrEqual: zipMap(left, right, count) { $0 >= $1 ? 1 : 0 }
        }
    }

    /// Byte-wise order of UTF-8 values: negative, 0 or positive for each row.
    package static func compare(_ left: ByteColumn, _ right: ByteColumn, _ count: Int) -> [Int32] {
        left.bytes.withUnsafeBytes { leftBytes in
            right.bytes.withUnsafeBytes { rightBytes in
                var results = zeros(count)
                for row in 0..<count {
                    let leftRange = left.range(row)
                    let rightRange = right.range(row)
                    let shared = min(leftRange.count, rightRange.count)
                    var order: Int32 = 0
                    if shared > 0, let leftBase = leftBytes.baseAddress,
                        let rightBase = rightBytes.baseAddress
                    {
                        order = memcmp(
                            leftBase + leftRange.lowerBound, rightBase + rightRange.lowerBound,
                            shared)
                    }
                    results[row] =
                        order != 0
                        ? order : Int32((leftRange.count - rightRange.count).signum())
                }
                return results
            }
        }
    }
}
