// Columns from single values, for results that are not hot and for tests.

/// Collects scalars into a column of one physical layout.
package struct ColumnBuilder {
    private let physical: PhysicalType
    private var bools: [UInt8] = []
    private var ints: [Int64] = []
    private var wides: [Int128] = []
    private var doubles: [Double] = []
    private var bytes = ByteColumn()
    private var valid: [UInt8] = []
    private var hasNull = false

    package init(_ physical: PhysicalType, capacity: Int = 0) {
        self.physical = physical
        valid.reserveCapacity(capacity)
    }

    package var count: Int { valid.count }

    /// Appends a value; one of another layout than the column's is converted or becomes NULL.
    package mutating func append(_ scalar: Scalar) {
        switch (physical, scalar) {
        case (.bool, .bool(let value)): bools.append(value ? 1 : 0)
        case (.int64, .int64(let value)): ints.append(value)
        case (.int64, .int128(let value)): ints.append(Int64(truncatingIfNeeded: value))
        case (.int128, .int128(let value)): wides.append(value)
        case (.int128, .int64(let value)): wides.append(Int128(value))
        case (.float64, .float64(let value)): doubles.append(value)
        case (.bytes, .bytes(let value)): bytes.append(value)
        default:
            appendNull()
            return
        }
        valid.append(1)
    }

    package mutating func appendNull() {
        hasNull = true
        valid.append(0)
        switch physical {
        case .bool: bools.append(0)
        case .int64: ints.append(0)
        case .int128: wides.append(0)
        case .float64: doubles.append(0)
        case .bytes: bytes.append(EmptyCollection<UInt8>())
        }
    }

    package func build() -> Column {
        let validity = hasNull ? Bitmap(bytes: valid) : nil
        switch physical {
        case .bool: return Column(.bool(bools), validity: validity)
        case .int64: return Column(.int64(ints), validity: validity)
        case .int128: return Column(.int128(wides), validity: validity)
        case .float64: return Column(.float64(doubles), validity: validity)
        case .bytes: return Column(.bytes(bytes), validity: validity)
        }
    }
}
