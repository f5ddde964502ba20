// Values of columns as JSON (SQRL's rules for numbers and times in responses).

import WeirColumnar
import WeirStore

/// Bytes of a response.
struct JSONBuffer {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    var count: Int { bytes.count }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(ascii text: some StringProtocol) { bytes.append(contentsOf: text.utf8) }

    mutating func append(raw more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

    mutating func truncate(to count: Int) { bytes.removeLast(bytes.count - count) }

    /// A JSON text; bytes that are no UTF-8 become U+FFFD.
    mutating func append(text: ArraySlice<UInt8>) {
        append(UInt8(ascii: "\""))
        let isPlain = text.allSatisfy {
            $0 >= 0x20 && $0 < 0x80 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        if isPlain {
            bytes.append(contentsOf: text)
        } else {
            let decoded = String(decoding: text, as: UTF8.self)
            for byte in decoded.utf8 { append(escaped: byte) }
        }
        append(UInt8(ascii: "\""))
    }

    mutating func append(quoted text: String) { append(text: Array(text.utf8)[...]) }

    private mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20:
            append(ascii: "\\u00")
            append(hex: byte >> 4)
            append(hex: byte & 15)
        default: append(byte)
        }
    }

    private mutating func append(hex digit: UInt8) {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }

    mutating func append(integer value: Int64) {
        if value >= 0, value < 10 { return append(UInt8(ascii: "0") + UInt8(value)) }
        var digits: UInt64 = value.magnitude
        var reversed: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &reversed) { buffer in
            var at = buffer.count
            repeat {
                at -= 1
                buffer[at] = UInt8(ascii: "0") + UInt8(digits % 10)
                digits /= 10
            } while digits > 0
            if value < 0 {
                at -= 1
                buffer[at] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[at...]))
        }
    }

    /// A number with leading zeros.
    fileprivate mutating func append(_ value: Int64, width: Int) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        var rest = value
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor % 10))
            rest %= divisor
            divisor /= 10
        }
    }
}

extension JSONBuffer {
    /// Writes a value as the store keeps it; false when a response cannot show it, which is then
    /// null.
    mutating func append(_ cell: StoreCell, of rows: RowSet, _ kind: DataType.Kind) -> Bool {
        switch (cell.kind, kind) {
        case (.integer, .boolean): cell.integer != 0 ? append("true") : append("false")
        case (.integer, .date):
            append(UInt8(ascii: "\""))
            append(days: cell.integer)
            append(UInt8(ascii: "\""))
        case (.integer, .time):
            append(UInt8(ascii: "\""))
            append(time: cell.integer, fraction: cell.integer % 1_000_000 != 0)
            append(UInt8(ascii: "\""))
        case (.integer, .timestamp), (.integer, .timestampLTZ): append(instant: cell.integer)
        case (.integer, .decimal(_, let scale)) where scale > 0:
            append(ascii: NumberText.decimal(Int128(cell.integer), scale: scale))
        case (.integer, .intervalMonths), (.integer, .intervalTime):
            append(quoted: ValueText.string(.int64(cell.integer), kind: kind))
        case (.integer, _): append(integer: cell.integer)
        case (.real, _): return append(rounded: cell.real)
        case (.text, .decimal(_, let scale)):
            let digits = String(decoding: rows.text(cell), as: UTF8.self)
            if let value = Int128(digits) {
                append(ascii: NumberText.decimal(value, scale: scale))
            } else {
                guard JsonValue.parse(rows.text(cell)) == .number(digits) else { return false }
                append(ascii: digits)
            }
        case (.text, .timestamp), (.text, .timestampLTZ):
            // SQL that is passed through reads the views for people.
            guard let micros = TimeText.parseTimestamp(rows.text(cell), allowsZone: true) else {
                return false
            }
            append(instant: micros)
        case (.text, .json), (.text, .map): append(raw: rows.text(cell))
        case (.text, _): append(text: rows.text(cell))
        case (.blob, _), (.null, _): return false
        }
        return true
    }

    /// Writes a value that is part of JSON text.
    mutating func append(_ value: JsonValue, _ kind: DataType.Kind) -> Bool {
        if kind == .json {
            append(ascii: value.text)
            return value != .null
        }
        switch (NestedValue.scalar(value, kind), kind) {
        case (.null, _): return false
        case (.bool(let flag), _): flag ? append("true") : append("false")
        case (.int64(let micros), .timestamp), (.int64(let micros), .timestampLTZ):
            append(instant: micros)
        case (.float64(let number), _): return append(rounded: number)
        case (let scalar, _) where kind.isNumeric:
            append(ascii: ValueText.string(scalar, kind: kind))
        case (let scalar, .map): append(ascii: ValueText.string(scalar, kind: .varchar(.max)))
        case (let scalar, _): append(quoted: ValueText.string(scalar, kind: kind))
        }
        return true
    }

    // MARK: Times

    private mutating func append(days: Int64) {
        let (year, month, day) = Calendar.date(days: days)
        if (0...9999).contains(year) {
            append(year, width: 4)
        } else {
            append(ascii: padded(year, 4))
        }
        append(UInt8(ascii: "-"))
        append(month, width: 2)
        append(UInt8(ascii: "-"))
        append(day, width: 2)
    }

    private mutating func append(time micros: Int64, fraction: Bool) {
        let seconds = micros / 1_000_000
        append(seconds / 3600, width: 2)
        append(UInt8(ascii: ":"))
        append(seconds / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        append(seconds % 60, width: 2)
        if fraction {
            append(UInt8(ascii: "."))
            append(micros / 1000 % 1000, width: 3)
        }
    }

    /// `"yyyy-MM-ddTHH:mm:ss.SSSZ"`
    private mutating func append(instant micros: Int64) {
        append(UInt8(ascii: "\""))
        append(days: floorDivide(micros, Calendar.microsPerDay))
        append(UInt8(ascii: "T"))
        append(time: floorModulo(micros, Calendar.microsPerDay), fraction: true)
        append("Z\"")
    }

    // MARK: Numbers

    /// At most eight decimals, rounded half up, without zeros at their end.
    private mutating func append(rounded value: Double) -> Bool {
        guard value.isFinite else { return false }
        if value == value.rounded(), abs(value) < 1e15 {
            append(integer: Int64(value))
            return true
        }
        let text = "\(value)"
        if !text.contains("e") {
            let dot = text.utf8.firstIndex(of: UInt8(ascii: "."))
            let decimals = dot.map { text.utf8.distance(from: $0, to: text.utf8.endIndex) - 1 } ?? 0
            if decimals <= 8 {
                append(ascii: text)
                return true
            }
        } else if abs(value) >= 1 {
            append(ascii: text)
            return true
        }
        append(decimals: text)
        return true
    }

    /// Rounds the digits of a number that is written with more than eight decimals.
    private mutating func append(decimals text: String) {
        // Below 1 in exponents, or of some fifteen digits: a hundred millionth fits 128 bits.
        guard let scaled = NumberText.parseDecimal(Array(text.utf8), scale: 8)
        else { return append(ascii: text) }
        var digits = Array(NumberText.decimal(scaled, scale: 8).utf8)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.last == UInt8(ascii: ".") { digits.removeLast() }
        append(raw: digits.elementsEqual("-0".utf8) ? [UInt8(ascii: "0")] : digits)
    }
}
