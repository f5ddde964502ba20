// Values of ARRAY, MAP, MULTISET, ROW, JSONB and VECTOR types, which columns hold as JSON text.

package enum NestedValue {
    /// A value of a type as JSON; times are texts as CAST gives them.
    package static func json(_ scalar: Scalar, _ kind: DataType.Kind) -> JsonValue {
        switch scalar {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .float64(let value):
            return value.isFinite
                ? .number(ValueText.string(scalar, kind: kind))
                : .string(ValueText.string(scalar, kind: kind))
        case .bytes(let bytes):
            if kind.isNested { return JsonValue.parse(bytes) ?? .null }
            return .string(ValueText.string(scalar, kind: kind))
        case .int64, .int128:
            return kind.isNumeric
                ? .number(ValueText.string(scalar, kind: kind))
                : .string(ValueText.string(scalar, kind: kind))
        }
    }

    /// A JSON value as one of a type; NULL when it is none.
    package static func scalar(_ value: JsonValue, _ kind: DataType.Kind) -> Scalar {
        if kind.isNested {
            switch (value, kind) {
            case (.null, _): return .null
            case (_, .json), (.array, .array), (.array, .vector), (.object, .map),
                (.object, .multiset), (.object, .row):
                return .string(value.text)
            default: return .null
            }
        }
        switch value {
        case .null: return .null
        case .bool(let flag):
            return kind == .boolean
                ? .bool(flag) : kind.isString ? .string(flag ? "true" : "false") : .null
        case .number(let digits):
            return kind.isString ? .string(plain(digits)) : convert(digits, kind)
        case .string(let text): return convert(text, kind)
        case .array, .object: return kind.isString ? .string(value.text) : .null
        }
    }

    /// A number with an exponent as Java's BigDecimal writes it: `1E+3`.
    private static func plain(_ digits: String) -> String {
        guard let mark = digits.firstIndex(where: { $0 == "e" || $0 == "E" }) else { return digits }
        let exponent = digits[digits.index(after: mark)...]
        let hasSign = exponent.first == "-" || exponent.first == "+"
        return "\(digits[..<mark])E\(hasSign ? "" : "+")\(exponent)"
    }

    private static func convert(_ text: String, _ kind: DataType.Kind) -> Scalar {
        if case .varchar(.max) = kind { return .string(text) }
        return Cast.convert(.string(text), from: .varchar(.max), to: kind) ?? .null
    }

    /// What CAST(x AS STRING) gives: `[1, 2]`, `{a=1}`, `(1, x)` (Flink: the cast rules of
    /// collections).
    package static func text(_ value: JsonValue, _ type: DataType) -> String {
        switch (value, type.kind) {
        case (.array(let items), .array(let element)):
            return "[" + items.map { text($0, element) }.joined(separator: ", ") + "]"
        case (.object(let members), .map(let key, let item)):
            let parts = members.map { member in
                "\(text(.string(member.key), key))=\(text(member.value, item))"
            }
            return "{" + parts.joined(separator: ", ") + "}"
        case (.object(let members), .multiset(let element)):
            let parts = members.map { "\(text(.string($0.key), element))=\($0.value.text)" }
            return "{" + parts.joined(separator: ", ") + "}"
        case (_, .json), (_, .vector): return value.text
        case (.object(let members), .row(let fields)):
            let parts = fields.map { field -> String in
                let member = members.first { $0.key == field.name }
                return text(member?.value ?? .null, field.type)
            }
            return "(" + parts.joined(separator: ", ") + ")"
        default:
            let value = scalar(value, type.kind)
            return value == .null ? "NULL" : ValueText.string(value, kind: type.kind)
        }
    }

    /// Whether a caller's value would be kept as it is: a number with a fraction is no BIGINT, and a
    /// text that is too long no VARCHAR(n), although CAST cuts both.
    package static func isKept(_ value: JsonValue, _ kind: DataType.Kind) -> Bool {
        switch (value, kind) {
        case (.number(let digits), _) where kind.isInteger:
            guard digits.contains(where: { ".eE".contains($0) }) else { return true }
            return Double(digits).map { $0.rounded() == $0 } ?? false
        case (.string(let text), .varchar(let length)), (.string(let text), .char(let length)):
            return text.unicodeScalars.count <= length
        case (.array(let items), .array(let element)):
            return items.allSatisfy { isKept($0, element.kind) }
        case (.object(let members), .row(let fields)):
            return members.allSatisfy { member in
                fields.first { member.isCalled($0.name) }.map {
                    isKept(member.value, $0.type.kind)
                } ?? true
            }
        default: return true
        }
    }

    /// Whether a value and all its parts fit a type; a part that is null or missing fits any.
    package static func fits(_ value: JsonValue, _ kind: DataType.Kind) -> Bool {
        switch (value, kind) {
        case (.null, _), (_, .json): return true
        case (.array(let items), .array(let element)):
            return items.allSatisfy { fits($0, element.kind) }
        case (.array(let items), .vector):
            return items.allSatisfy { item in
                guard case .number(let digits) = item else { return false }
                return Double(digits)?.isFinite ?? false
            }
        case (.object(let members), .map(let key, let item)):
            return members.allSatisfy {
                scalar(.string($0.key), key.kind) != .null && fits($0.value, item.kind)
            }
        case (.object(let members), .multiset(let element)):
            return members.allSatisfy { member in
                guard case .number(let digits) = member.value, let count = Int64(digits) else {
                    return false
                }
                return count > 0 && scalar(.string(member.key), element.kind) != .null
            }
        case (.object(let members), .row(let fields)):
            return fields.allSatisfy { field in
                guard let member = members.first(where: { $0.isCalled(field.name) }) else {
                    return true
                }
                return fits(member.value, field.type.kind)
            }
        default: return !kind.isNested && scalar(value, kind) != .null
        }
    }

    /// The elements of an ARRAY; nil when the text is none.
    package static func elements(_ bytes: some Collection<UInt8>) -> [JsonValue]? {
        guard case .array(let items)? = JsonValue.parse(bytes) else { return nil }
        return items
    }

    /// The numbers of a VECTOR; nil when the text is none.
    package static func numbers(_ bytes: some Collection<UInt8>) -> [Double]? {
        guard let items = elements(bytes) else { return nil }
        var numbers: [Double] = []
        numbers.reserveCapacity(items.count)
        for item in items {
            guard case .number(let digits) = item, let number = Double(digits) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// The entries of a MAP or MULTISET, or the fields of a ROW; nil when the text is none.
    package static func members(_ bytes: some Collection<UInt8>) -> [JsonMember]? {
        guard case .object(let members)? = JsonValue.parse(bytes) else { return nil }
        return members
    }
}
