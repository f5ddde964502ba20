// JSON values as trees: what ARRAY, MAP and ROW columns hold, and what the JSON functions work on.

/// A JSON value (RFC 8259); numbers keep their spelling, objects their order.
package indirect enum JsonValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JsonValue])
    case object([JsonMember])

    /// Reads one value; nil when the text is not exactly one.
    package static func parse(_ bytes: some Collection<UInt8>) -> JsonValue? {
        var reader = JsonReader(Array(bytes))
        return reader.readAll()
    }

    /// The value on one line without blanks.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): jsonQuoted(text)
        case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(jsonQuoted($0.key)):\($0.value.text)" }.joined(separator: ",")
                + "}"
        }
    }

    /// The same value with the members of objects in the order of their names.
    package var sorted: JsonValue {
        switch self {
        case .array(let items): .array(items.map(\.sorted))
        case .object(let members):
            .object(
                members.map { JsonMember($0.key, $0.value.sorted) }.sorted { $0.key < $1.key })
        default: self
        }
    }

    package var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }
}

/// A name and a value of an object.
package struct JsonMember: Sendable, Hashable {
    package let key: String
    package let value: JsonValue

    /// Whether the name has these bytes; Swift takes other spellings of an accent for the same.
    package func isCalled(_ name: String) -> Bool { key.utf8.elementsEqual(name.utf8) }

    package init(_ key: String, _ value: JsonValue) {
        self.key = key
        self.value = value
    }
}

/// A recursive-descent reader with a bound on depth.
private struct JsonReader {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private static let maximumDepth = 512

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func readAll() -> JsonValue? {
        guard let value = read() else { return nil }
        skipBlanks()
        return index == bytes.count ? value : nil
    }

    private mutating func skipBlanks() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func read() -> JsonValue? {
        skipBlanks()
        guard index < bytes.count else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "{"): return nested { $0.readObject() }
        case UInt8(ascii: "["): return nested { $0.readArray() }
        case UInt8(ascii: "\""): return readString().map(JsonValue.string)
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return readNumber()
        }
    }

    private mutating func nested(_ body: (inout JsonReader) -> JsonValue?) -> JsonValue? {
        depth += 1
        defer { depth -= 1 }
        return depth > Self.maximumDepth ? nil : body(&self)
    }

    private mutating func word(_ word: String, _ value: JsonValue) -> JsonValue? {
        guard bytes[index...].starts(with: word.utf8) else { return nil }
        index += word.utf8.count
        return value
    }

    private mutating func readObject() -> JsonValue? {
        index += 1
        var members: [JsonMember] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipBlanks()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\""), let key = readString(),
                take(UInt8(ascii: ":")), let value = read()
            else { return nil }
            members.append(JsonMember(key, value))
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func readArray() -> JsonValue? {
        index += 1
        var items: [JsonValue] = []
        if take(UInt8(ascii: "]")) { return .array(items) }
        repeat {
            guard let value = read() else { return nil }
            items.append(value)
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]")) ? .array(items) : nil
    }

    private mutating func readNumber() -> JsonValue? {
        let start = index
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let first = index
        guard digits() else { return nil }
        if bytes[first] == UInt8(ascii: "0"), index - first > 1 { return nil }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard digits() else { return nil }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, [0x2B, 0x2D].contains(bytes[index]) { index += 1 }
            guard digits() else { return nil }
        }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func digits() -> Bool {
        let start = index
        while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
        return index > start
    }

    private mutating func readString() -> String? {
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): guard readEscape(&text) else { return nil }
            case 0..<0x20: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func readEscape(_ text: inout [UInt8]) -> Bool {
        guard index < bytes.count else { return false }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = readUnicode() else { return false }
            text += Array(String(scalar).utf8)
        default: return false
        }
        return true
    }

    private mutating func readUnicode() -> Unicode.Scalar? {
        guard let high = hex() else { return nil }
        guard (0xD800..<0xDC00).contains(high) else {
            return Unicode.Scalar(high) ?? "\u{FFFD}"
        }
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        index += 2
        guard let low = hex() else { return nil }
        guard (0xDC00..<0xE000).contains(low) else { return "\u{FFFD}" }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    private mutating func hex() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        let text = String(decoding: bytes[index..<index + 4], as: UTF8.self)
        index += 4
        return text.allSatisfy(\.isHexDigit) ? UInt32(text, radix: 16) : nil
    }
}
