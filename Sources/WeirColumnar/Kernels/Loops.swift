// The loops under the kernels: one pass over plain arrays, results written once.

/// Applies a function to each of the first `count` values.
@inline(__always)
func map<A, R>(_ values: [A], _ count: Int, _ body: (A) -> R) -> [R] {
    [R](unsafeUninitializedCapacity: count) { output, written in
        values.withUnsafeBufferPointer { input in
            for index in 0..<count { output.initializeElement(at: index, to: body(input[index])) }
        }
        written = count
    }
}

/// Applies a function to each of the first `count` pairs of values.
@inline(__always)
func zipMap<A, B, R>(_ left: [A], _ right: [B], _ count: Int, _ body: (A, B) -> R) -> [R] {
    [R](unsafeUninitializedCapacity: count) { output, written in
        left.withUnsafeBufferPointer { leftInput in
            right.withUnsafeBufferPointer { rightInput in
                for index in 0..<count {
                    output.initializeElement(
                        at: index, to: body(leftInput[index], rightInput[index]))
                }
            }
        }
        written = count
    }
}

extension Column {
    /// The first `count` values as 128-bit integers, whatever integer layout they have.
    package func wide(_ count: Int) -> [Int128] {
        switch values {
        case .int64(let values): map(values, count) { Int128($0) }
        case .int128(let values): Array(values.prefix(count))
        default: [Int128](repeating: 0, count: count)
        }
    }

    package var int64Values: [Int64] { if case .int64(let values) = values { values } else { [] } }

    package var float64Values: [Double] {
        if case .float64(let values) = values { values } else { [] }
    }

    package var boolValues: [UInt8] { if case .bool(let values) = values { values } else { [] } }

    package var byteValues: ByteColumn {
        if case .bytes(let values) = values { values } else { ByteColumn() }
    }

    /// The same values with other validity.
    package func with(validity: Bitmap?) -> Column { Column(values, validity: validity) }
}

/// Validity of a result that is NULL where an operand is NULL, cut to a row count.
package func strictValidity(_ columns: [Column], count: Int) -> Bitmap? {
    var result: Bitmap?
    for column in columns { result = Bitmap.intersection(result, column.validity) }
    guard let bitmap = result, bitmap.count != count else { return result }
    var cut = Bitmap(count: count, filledWith: true)
    for row in 0..<count where !bitmap[row] { cut.clear(row) }
    return cut
}
