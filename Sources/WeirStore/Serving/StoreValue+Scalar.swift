// Values of arguments as the store compares them.

package import WeirColumnar

extension StoreValue {
    /// A value as the store keeps it in a column of a type.
    package init(_ scalar: Scalar, _ kind: DataType.Kind) {
        switch scalar {
        case .null: self = .null
        case .bool(let value): self = .integer(value ? 1 : 0)
        case .int64(let value): self = .integer(value)
        case .int128(let value):
            self = Int64(exactly: value).map(StoreValue.integer) ?? .text(String(value))
        case .float64(let value): self = value.isNaN ? .null : .real(value)
        case .bytes(let bytes):
            if case .varbinary = kind {
                self = .blob(bytes)
            } else {
                self = .text(String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
