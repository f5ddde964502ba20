// Values as text: what CAST(x AS STRING) gives, for sinks, screens and messages.

package enum ValueText {
    /// The text of a value as Flink casts it to STRING.
    ///
    /// TIMESTAMP_LTZ is shown in the session zone, which is UTC.
    package static func string(_ scalar: Scalar, kind: DataType.Kind) -> String {
        switch scalar {
        case .null: return "NULL"
        case .bool(let value): return value ? "TRUE" : "FALSE"
        case .float64(let value):
            return kind == .float ? NumberText.float(value) : NumberText.double(value)
        case .bytes(let bytes):
            if case .varbinary = kind { return hex(bytes) }
            return String(decoding: bytes, as: UTF8.self)
        case .int128(let value): return NumberText.decimal(value, scale: kind.scale)
        case .int64(let value): return integer(value, kind)
        }
    }

    private static func integer(_ value: Int64, _ kind: DataType.Kind) -> String {
        switch kind {
        case .decimal(_, let scale): NumberText.decimal(Int128(value), scale: scale)
        case .date: TimeText.date(value)
        case .time(let precision): TimeText.time(value, precision: precision)
        case .timestamp(let precision), .timestampLTZ(let precision):
            TimeText.timestamp(value, precision: precision)
        case .intervalMonths: interval(months: value)
        case .intervalTime: interval(micros: value)
        default: String(value)
        }
    }

    private static func interval(months: Int64) -> String {
        let magnitude = Int64(clamping: months.magnitude)
        return "\(months < 0 ? "-" : "+")\(magnitude / 12)-\(padded(magnitude % 12, 2))"
    }

    private static func interval(micros: Int64) -> String {
        let magnitude = Int64(clamping: micros.magnitude)
        let days = magnitude / Calendar.microsPerDay
        let rest = TimeText.time(magnitude % Calendar.microsPerDay, precision: 3)
        return "\(micros < 0 ? "-" : "+")\(days) \(rest)"
    }

    /// Two digits for each byte.
    package static func hex(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            text += byte < 16 ? "0" : ""
            text += String(byte, radix: 16)
        }
        return text
    }

    package static func bytes(_ scalar: Scalar, kind: DataType.Kind) -> [UInt8] {
        if case .bytes(let bytes) = scalar {
            if case .varbinary = kind { return Array(hex(bytes).utf8) }
            return bytes
        }
        return Array(string(scalar, kind: kind).utf8)
    }

    /// A value for a message: texts in quotes, cut after 60 characters.
    package static func quoted(_ scalar: Scalar, kind: DataType.Kind) -> String {
        let text = string(scalar, kind: kind)
        let cut = text.count > 60 ? text.prefix(60) + "…" : text[...]
        return kind.isString ? "'\(cut)'" : String(cut)
    }
}
