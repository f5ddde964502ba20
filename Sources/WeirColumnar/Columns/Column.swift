// A column: typed values of one batch and which of them are NULL.

/// The values of a column in their physical layout.
package enum ColumnValues: Sendable, Equatable {
    case bool([UInt8])
    case int64([Int64])
    case int128([Int128])
    case float64([Double])
    case bytes(ByteColumn)
}

/// Values and validity; immutable once built.
///
/// A value at a row that is not valid is arbitrary but initialised. A column may be longer than
/// its batch (a shared constant); readers use the batch's count.
package struct Column: Sendable, Equatable {
    package let values: ColumnValues
    /// Rows that are not NULL; nil when none is.
    package let validity: Bitmap?

    package init(_ values: ColumnValues, validity: Bitmap? = nil) {
        self.values = values
        self.validity = validity
    }

    package var count: Int {
        switch values {
        case .bool(let values): values.count
        case .int64(let values): values.count
        case .int128(let values): values.count
        case .float64(let values): values.count
        case .bytes(let values): values.count
        }
    }

    package func isNull(_ row: Int) -> Bool { validity.map { !$0[row] } ?? false }

    /// A column of NULLs in a physical layout.
    package static func nulls(_ physical: PhysicalType, count: Int) -> Column {
        let validity = Bitmap(count: count, filledWith: false)
        switch physical {
        case .bool: return Column(.bool([UInt8](repeating: 0, count: count)), validity: validity)
        case .int64: return Column(.int64([Int64](repeating: 0, count: count)), validity: validity)
        case .int128:
            return Column(.int128([Int128](repeating: 0, count: count)), validity: validity)
        case .float64:
            return Column(.float64([Double](repeating: 0, count: count)), validity: validity)
        case .bytes:
            let values = ByteColumn(offsets: [Int32](repeating: 0, count: count + 1), bytes: [])
            return Column(.bytes(values), validity: validity)
        }
    }

    /// The rows at the given indices, in that order.
    package func take(_ indices: [Int32]) -> Column {
        var bitmap: Bitmap?
        if let validity {
            var taken = Bitmap(count: indices.count, filledWith: true)
            for (position, index) in indices.enumerated() where !validity[Int(index)] {
                taken.clear(position)
            }
            bitmap = taken
        }
        switch values {
        case .bool(let values): return Column(.bool(gather(values, indices)), validity: bitmap)
        case .int64(let values): return Column(.int64(gather(values, indices)), validity: bitmap)
        case .int128(let values): return Column(.int128(gather(values, indices)), validity: bitmap)
        case .float64(let values):
            return Column(.float64(gather(values, indices)), validity: bitmap)
        case .bytes(let values): return Column(.bytes(values.take(indices)), validity: bitmap)
        }
    }

    /// The rows at the given indices; an index below 0 gives NULL.
    package func take(padding indices: [Int32]) -> Column {
        guard count > 0 else {
            return .nulls(physical, count: indices.count)
        }
        let taken = take(indices.map { max(0, $0) })
        var bitmap = taken.validity
        for (position, index) in indices.enumerated() where index < 0 {
            if bitmap == nil { bitmap = Bitmap(count: indices.count, filledWith: true) }
            bitmap?.clear(position)
        }
        return taken.with(validity: bitmap)
    }

    /// The layout of the values.
    package var physical: PhysicalType {
        switch values {
        case .bool: .bool
        case .int64: .int64
        case .int128: .int128
        case .float64: .float64
        case .bytes: .bytes
        }
    }

    /// A copy of the rows of a range.
    package func slice(_ range: Range<Int>) -> Column {
        var bitmap: Bitmap?
        if let validity {
            var cut = Bitmap(count: range.count, filledWith: true)
            for row in range where !validity[row] { cut.clear(row - range.lowerBound) }
            bitmap = cut
        }
        switch values {
        case .bool(let values): return Column(.bool(Array(values[range])), validity: bitmap)
        case .int64(let values): return Column(.int64(Array(values[range])), validity: bitmap)
        case .int128(let values): return Column(.int128(Array(values[range])), validity: bitmap)
        case .float64(let values): return Column(.float64(Array(values[range])), validity: bitmap)
        case .bytes(let values): return Column(.bytes(values.slice(range)), validity: bitmap)
        }
    }
}

@inline(__always)
func gather<Element>(_ values: [Element], _ indices: [Int32]) -> [Element] {
    [Element](unsafeUninitializedCapacity: indices.count) { buffer, count in
        values.withUnsafeBufferPointer { source in
            for position in 0..<indices.count {
                buffer.initializeElement(
                    at: position, to: source[Int(indices[position])])
            }
        }
        count = indices.count
    }
}

extension ByteColumn {
    /// A copy of the values of a range.
    package func slice(_ range: Range<Int>) -> ByteColumn {
        let start = offsets[range.lowerBound]
        return ByteColumn(
            offsets: offsets[range.lowerBound...range.upperBound].map { $0 - start },
            bytes: Array(bytes[Int(start)..<Int(offsets[range.upperBound])]))
    }

    /// The values at the given indices, in that order; what would pass 2 GiB is cut off there.
    package func take(_ indices: [Int32]) -> ByteColumn {
        let ends = endsOfTaken(indices)
        let total = Int(ends[indices.count])
        let taken = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            bytes.withUnsafeBytes { source in
                let target = UnsafeMutableRawBufferPointer(buffer)
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                for (position, index) in indices.enumerated() {
                    let start = Int(ends[position])
                    (to + start).copyMemory(
                        from: from + Int(offsets[Int(index)]),
                        byteCount: Int(ends[position + 1]) - start)
                }
            }
            count = total
        }
        return ByteColumn(offsets: ends, bytes: taken)
    }

    private func endsOfTaken(_ indices: [Int32]) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: indices.count + 1) { ends, count in
            var end = 0
            ends.initializeElement(at: 0, to: 0)
            offsets.withUnsafeBufferPointer { offsets in
                for (position, index) in indices.enumerated() {
                    end += Int(offsets[Int(index) + 1] - offsets[Int(index)])
                    end = min(end, Int(Int32.max))
                    ends.initializeElement(at: position + 1, to: Int32(truncatingIfNeeded: end))
                }
            }
            count = indices.count + 1
        }
    }
}

extension Double {
    /// Bits that are equal where SQL calls the numbers equal as keys: all NaN are one, and so are
    /// 0 and -0 (asked of Flink 2.3).
    @inlinable package var keyBits: UInt64 { (isNaN ? Double.nan : self + 0).bitPattern }
}
