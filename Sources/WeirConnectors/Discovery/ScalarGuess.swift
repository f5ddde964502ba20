// What type plain values have.

import WeirColumnar

/// The narrowest type that all values seen so far have.
struct ScalarGuess {
    /// From narrow to wide.
    enum Kind {
        case boolean
        case timestamp
        case bigint
        case double
        case text

        var type: String {
            switch self {
            case .boolean: "BOOLEAN"
            case .timestamp: "TIMESTAMP_LTZ(3)"
            case .bigint: "BIGINT"
            case .double: "DOUBLE"
            case .text: "STRING"
            }
        }
    }

    private(set) var kind: Kind?
    var hasNull = false

    /// Values of two kinds are numbers when both are, else texts.
    mutating func see(_ next: Kind) {
        guard let kind, kind != next else {
            self.kind = next
            return
        }
        let bothNumbers = [kind, next].allSatisfy { $0 == .bigint || $0 == .double }
        self.kind = bothNumbers ? .double : .text
    }

    /// A field of a CSV file; an empty one is NULL.
    mutating func see(csv text: String) {
        if text.isEmpty {
            hasNull = true
            return
        }
        if kind == .text { return }
        switch text.lowercased() {
        case "true", "false": return see(.boolean)
        default: break
        }
        let bytes = text.utf8
        if Self.isNumber(bytes) {
            see(Int64(text) != nil ? .bigint : .double)
        } else {
            see(Self.isTime(bytes) ? .timestamp : .text)
        }
    }

    /// A string of a JSON record.
    mutating func see(text: some BidirectionalCollection<UInt8>) {
        if kind == .text { return }
        see(Self.isTime(text) ? .timestamp : .text)
    }

    /// Digits with a sign, a point or an exponent; leading zeros are no number's.
    private static func isNumber(_ text: String.UTF8View) -> Bool {
        var digits = text.drop { $0 == 0x2D || $0 == 0x2B }
        guard text.count - digits.count <= 1, let first = digits.first else { return false }
        let isDigit = { (byte: UInt8) in byte >= 0x30 && byte <= 0x39 }
        guard isDigit(first) else { return false }
        if first == 0x30, let second = digits.dropFirst().first, isDigit(second) { return false }
        digits = digits.drop(while: isDigit)
        if digits.first == 0x2E { digits = digits.dropFirst().drop(while: isDigit) }
        if let mark = digits.first, mark | 0x20 == 0x65 {
            digits = digits.dropFirst().drop { $0 == 0x2D || $0 == 0x2B }
            guard let exponent = digits.first, isDigit(exponent) else { return false }
            digits = digits.drop(while: isDigit)
        }
        return digits.isEmpty
    }

    /// A date with a time of day, with or without a zone.
    private static func isTime(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        text.count >= 16 && text.count <= 40
            && TimeText.parseTimestamp(text, allowsZone: true) != nil
    }

    func type(isComplete: Bool) -> String {
        guard let kind else { return "STRING" }
        return kind.type + (isComplete && !hasNull ? " NOT NULL" : "")
    }
}
