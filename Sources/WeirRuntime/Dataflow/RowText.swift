// A row as JSON, for print sinks, rejects and the tail.

package import WeirColumnar

package enum RowText {
    /// `{"a":1,"b":null}`
    package static func json(_ batch: Batch, _ row: Int, _ fields: [Field]) -> String {
        let parts = zip(fields, batch.columns).map { field, column in
            "\(jsonQuoted(field.name)):\(value(column.scalar(row), field.type.kind))"
        }
        return "{" + parts.joined(separator: ",") + "}"
    }

    /// A value as JSON: numbers and booleans bare, times and texts quoted, nested values as kept.
    package static func value(_ scalar: Scalar, _ kind: DataType.Kind) -> String {
        switch scalar {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .float64(let value):
            return value.isFinite ? ValueText.string(scalar, kind: kind) : "null"
        case .int64, .int128:
            let text = ValueText.string(scalar, kind: kind)
            return kind.isNumeric ? text : jsonQuoted(text)
        case .bytes:
            let text = ValueText.string(scalar, kind: kind)
            return kind.isNested ? text : jsonQuoted(text)
        }
    }
}
