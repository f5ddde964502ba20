// One column of the rows that an operator keeps.

import WeirColumnar

/// Values by row number; rows are only added.
struct StoredColumn {
    private let physical: PhysicalType
    private var bools: [UInt8] = []
    private var ints: [Int64] = []
    private var wides: [Int128] = []
    private var doubles: [Double] = []
    private let texts = ByteHeap()
    /// One flag a row, from the first NULL on; empty while there is none.
    private var valid: [UInt8] = []
    private(set) var count = 0

    init(_ physical: PhysicalType) { self.physical = physical }

    var stateBytes: Int {
        bools.capacity + ints.capacity * 8 + wides.capacity * 16 + doubles.capacity * 8
            + valid.capacity + (physical == .bytes ? texts.stateBytes : 0)
    }

    mutating func append(_ column: Column, rows: [Int32]) {
        switch column.values {
        case .bool(let values): Self.append(values, rows, to: &bools)
        case .int64(let values): Self.append(values, rows, to: &ints)
        case .int128(let values): Self.append(values, rows, to: &wides)
        case .float64(let values): Self.append(values, rows, to: &doubles)
        case .bytes(let values): texts.append(values, rows: rows)
        }
        if let validity = column.validity {
            if valid.isEmpty { valid.append(contentsOf: repeatElement(1, count: count)) }
            for row in rows { valid.append(validity[Int(row)] ? 1 : 0) }
        } else if !valid.isEmpty {
            valid.append(contentsOf: repeatElement(1, count: rows.count))
        }
        count += rows.count
    }

    @inline(__always)
    private static func append<Value>(
        _ values: [Value], _ rows: [Int32], to stored: inout [Value]
    ) {
        values.withUnsafeBufferPointer { values in
            stored.append(contentsOf: rows.lazy.map { values[Int($0)] })
        }
    }

    func isNull(_ row: Int) -> Bool { !valid.isEmpty && valid[row] == 0 }

    /// The values of some rows; a row below 0 gives NULL.
    func values(_ rows: [Int32], hasMissing: Bool) -> Column {
        let gathered: ColumnValues =
            switch physical {
            case .bool: .bool(Self.gather(bools, rows, 0, hasMissing))
            case .int64: .int64(Self.gather(ints, rows, 0, hasMissing))
            case .int128: .int128(Self.gather(wides, rows, 0, hasMissing))
            case .float64: .float64(Self.gather(doubles, rows, 0, hasMissing))
            case .bytes: .bytes(texts.texts(rows))
            }
        return Column(gathered, validity: validity(rows, hasMissing))
    }

    private func validity(_ rows: [Int32], _ hasMissing: Bool) -> Bitmap? {
        guard hasMissing || !valid.isEmpty else { return nil }
        var bitmap: Bitmap?
        for (index, row) in rows.enumerated() where row < 0 || isNull(Int(row)) {
            if bitmap == nil { bitmap = Bitmap(count: rows.count, filledWith: true) }
            bitmap?.clear(index)
        }
        return bitmap
    }

    @inline(__always)
    private static func gather<Value>(
        _ values: [Value], _ rows: [Int32], _ missing: Value, _ hasMissing: Bool
    ) -> [Value] {
        [Value](unsafeUninitializedCapacity: rows.count) { output, written in
            values.withUnsafeBufferPointer { values in
                if hasMissing {
                    for index in rows.indices {
                        let row = Int(rows[index])
                        output.initializeElement(at: index, to: row < 0 ? missing : values[row])
                    }
                } else {
                    for index in rows.indices {
                        output.initializeElement(at: index, to: values[Int(rows[index])])
                    }
                }
            }
            written = rows.count
        }
    }

    /// Whether a kept value equals one of a batch; NULL equals NULL, and numbers are compared as
    /// keys are (`Double.keyBits`).
    func equals(_ row: Int, _ column: Column, _ other: Int) -> Bool {
        let missing = isNull(row)
        if missing || column.isNull(other) { return missing == column.isNull(other) }
        switch column.values {
        case .bool(let values): return bools[row] == values[other]
        case .int64(let values): return ints[row] == values[other]
        case .int128(let values): return wides[row] == values[other]
        case .float64(let values): return doubles[row].keyBits == values[other].keyBits
        case .bytes(let values):
            return values.bytes.withUnsafeBytes {
                texts[row].elementsEqual(UnsafeRawBufferPointer(rebasing: $0[values.range(other)]))
            }
        }
    }

    func int64(_ row: Int) -> Int64 { ints[row] }

    /// The order of two kept values that are not NULL: negative, 0 or positive.
    func compare(_ row: Int, _ other: Int) -> Int {
        switch physical {
        case .bool: return Int(bools[row]) - Int(bools[other])
        case .int64: return ints[row] < ints[other] ? -1 : ints[row] > ints[other] ? 1 : 0
        case .int128: return wides[row] < wides[other] ? -1 : wides[row] > wides[other] ? 1 : 0
        case .float64: return FloatOrder.compare(doubles[row], doubles[other])
        case .bytes: return TextOrder.compare(texts[row], texts[other])
        }
    }

    /// The order of a kept value and one of a batch, neither of them NULL.
    func compare(_ row: Int, _ column: Column, _ other: Int) -> Int {
        switch column.values {
        case .bool(let values): return Int(bools[row]) - Int(values[other])
        case .int64(let values):
            return ints[row] < values[other] ? -1 : ints[row] > values[other] ? 1 : 0
        case .int128(let values):
            return wides[row] < values[other] ? -1 : wides[row] > values[other] ? 1 : 0
        case .float64(let values): return FloatOrder.compare(doubles[row], values[other])
        case .bytes(let values):
            return values.bytes.withUnsafeBytes {
                TextOrder.compare(
                    texts[row], UnsafeRawBufferPointer(rebasing: $0[values.range(other)]))
            }
        }
    }
}

/// Java's order of doubles, which Flink sorts by: NaN is above everything.
enum FloatOrder {
    static func compare(_ left: Double, _ right: Double) -> Int {
        if left < right { return -1 }
        if left > right { return 1 }
        if left == right { return 0 }
        return (left.isNaN ? 1 : 0) - (right.isNaN ? 1 : 0)
    }
}

/// The order of texts by their bytes.
enum TextOrder {
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let shared = min(left.count, right.count)
        for index in 0..<shared where left[index] != right[index] {
            return Int(left[index]) - Int(right[index])
        }
        return left.count - right.count
    }
}
