// Single values in checkpoints.

package import WeirColumnar

extension StateBytes {
    /// A value with a tag for its layout.
    package mutating func write(_ scalar: Scalar) {
        switch scalar {
        case .null: write(Int64(0))
        case .bool(let value):
            write(Int64(1))
            write(Int64(value ? 1 : 0))
        case .int64(let value):
            write(Int64(2))
            write(value)
        case .int128(let value):
            write(Int64(3))
            write(value)
        case .float64(let value):
            write(Int64(4))
            write(Int64(bitPattern: value.bitPattern))
        case .bytes(let value):
            write(Int64(5))
            write(value)
        }
    }

    package mutating func readScalar() -> Scalar {
        switch readInt64() {
        case 1: .bool(readInt64() != 0)
        case 2: .int64(readInt64())
        case 3: .int128(readInt128())
        case 4: .float64(Double(bitPattern: UInt64(bitPattern: readInt64())))
        case 5: .bytes(readBytes())
        default: .null
        }
    }
}
