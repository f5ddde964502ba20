// A single value, for constants and for the edges where rows are shown.

/// One value in its physical form; the type that it belongs to is known from the context.
package enum Scalar: Sendable, Hashable {
    case null
    case bool(Bool)
    case int64(Int64)
    case int128(Int128)
    case float64(Double)
    case bytes([UInt8])

    package static func string(_ text: String) -> Scalar { .bytes(Array(text.utf8)) }
}

extension Column {
    /// The value of a row.
    package func scalar(_ row: Int) -> Scalar {
        if isNull(row) { return .null }
        switch values {
        case .bool(let values): return .bool(values[row] != 0)
        case .int64(let values): return .int64(values[row])
        case .int128(let values): return .int128(values[row])
        case .float64(let values): return .float64(values[row])
        case .bytes(let values): return .bytes(Array(values[row]))
        }
    }

    /// A column that repeats one value.
    package static func constant(
        _ scalar: Scalar, physical: PhysicalType, count: Int
    ) -> Column {
        switch scalar {
        case .null: return .nulls(physical, count: count)
        case .bool(let value):
            return Column(.bool([UInt8](repeating: value ? 1 : 0, count: count)))
        case .int64(let value):
            if physical == .int128 {
                return Column(.int128([Int128](repeating: Int128(value), count: count)))
            }
            return Column(.int64([Int64](repeating: value, count: count)))
        case .int128(let value):
            return Column(.int128([Int128](repeating: value, count: count)))
        case .float64(let value):
            return Column(.float64([Double](repeating: value, count: count)))
        case .bytes(let value):
            var bytes = ByteColumn()
            bytes.offsets.reserveCapacity(count + 1)
            for _ in 0..<count { bytes.append(value) }
            return Column(.bytes(bytes))
        }
    }
}
