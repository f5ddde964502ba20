// JSON values that are equal when they mean the same.

import WeirColumnar

enum CanonicalJson {
    /// The value with members in the order of their names and each number spelled in one way, so
    /// that `{"a": 3.0, "b": 1}` and `{"b": 1, "a": 3}` are equal.
    static func value(_ json: JsonValue) -> JsonValue {
        switch json {
        case .number(let digits): .number(number(digits))
        case .array(let items): .array(items.map(value))
        case .object(let members):
            .object(
                members.map { JsonMember($0.key, value($0.value)) }.sorted { $0.key < $1.key })
        default: json
        }
    }

    /// `DIGITSeEXPONENT` with no zeros at the ends of the digits.
    private static func number(_ text: String) -> String {
        let parts = text.lowercased().split(separator: "e")
        guard let mantissa = parts.first else { return text }
        var exponent = 0
        if parts.count > 1 {
            guard let given = Int(parts[1]), given.magnitude < 1 << 32 else { return text }
            exponent = given
        }
        let isNegative = mantissa.hasPrefix("-")
        let halves = mantissa.drop { $0 == "-" }.split(
            separator: ".", omittingEmptySubsequences: false)
        var digits = halves.joined()
        if halves.count > 1 { exponent -= halves[1].count }
        digits = String(digits.drop { $0 == "0" })
        while digits.hasSuffix("0") {
            digits.removeLast()
            exponent += 1
        }
        return digits.isEmpty ? "0" : "\(isNegative ? "-" : "")\(digits)e\(exponent)"
    }
}

/// How values are written into snapshots and reports.
enum JsonLayout {
    /// On many lines: a row of a list on one line while it fits.
    static func text(_ value: JsonValue, indent: String = "") -> String {
        let flat = value.text
        if value.isScalar || indent.utf8.count + flat.utf8.count <= 120 && !hasLists(value) {
            return flat
        }
        let inner = indent + "  "
        switch value {
        case .array(let items):
            return "[\n" + items.map { inner + text($0, indent: inner) }.joined(separator: ",\n")
                + "\n\(indent)]"
        case .object(let members):
            return "{\n"
                + members.map { member in
                    let key = JsonValue.string(member.key).text
                    return "\(inner)\(key): \(text(member.value, indent: inner))"
                }.joined(separator: ",\n") + "\n\(indent)}"
        default: return flat
        }
    }

    private static func hasLists(_ value: JsonValue) -> Bool {
        switch value {
        case .array(let items): items.contains { !$0.isScalar }
        case .object(let members): members.contains { !$0.value.isScalar }
        default: false
        }
    }

    /// On one line, cut where it is long.
    static func short(_ value: JsonValue?) -> String {
        guard let text = value?.text else { return "nothing" }
        return text.count > 100 ? "\(text.prefix(99))…" : text
    }
}
