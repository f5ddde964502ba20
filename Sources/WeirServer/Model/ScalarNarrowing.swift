// A schema of the project may give a column another scalar (SQRL: Long as Int, DateTime as String,
// an enumeration for a String).

import WeirColumnar
import WeirGraphQL

/// How the JSON of a value becomes that of a narrower type.
enum ScalarNarrowing: Sendable, Equatable {
    /// A whole number of 32 bits; others are errors.
    case int
    /// A text, also of a number.
    case text
    /// One of some texts; others are errors.
    case enumeration(Set<String>)

    /// How values of a type are shown as another.
    ///
    /// - Parameter target: the type that the schema of the project names.
    /// - Returns: `.some(nil)` when nothing has to be done, nil when it is not possible.
    static func between(
        _ kind: DataType.Kind, _ target: SchemaType
    ) -> ScalarNarrowing?? {
        guard let own = NestedTypes.scalar(kind) else { return nil }
        if case .enumeration(let values) = target.kind {
            return own == "String" ? .some(.enumeration(Set(values.map(\.name)))) : nil
        }
        guard case .scalar = target.kind else { return nil }
        if target.name == own { return .some(nil) }
        switch (own, target.name) {
        case ("Long", "Int"), ("Float", "Int"): return .some(.int)
        case ("Long", "Float"), ("Int", "Float"), ("Int", "Long"): return .some(nil)
        case ("Boolean", _), (_, "Boolean"): return nil
        case ("JSON", "String"), ("JSON", "ID"): return nil
        case (_, "String"), (_, "ID"): return .some(.text)
        // A scalar of the project's own: whatever the value is.
        default: return ["Int", "Float"].contains(target.name) ? nil : .some(nil)
        }
    }

    /// Changes the JSON of a value that has been written.
    ///
    /// - Parameter start: where the value begins.
    /// - Returns: whether the type has it.
    func apply(_ output: inout JSONBuffer, from start: Int) -> Bool {
        let value = output.bytes[start...]
        switch self {
        case .int: return Int32(String(decoding: value, as: UTF8.self)) != nil
        case .text:
            if value.first == UInt8(ascii: "\"") { return true }
            let digits = Array(value)
            output.truncate(to: start)
            output.append(text: digits[...])
            return true
        case .enumeration(let names):
            guard value.count >= 2, value.first == UInt8(ascii: "\"") else { return false }
            return names.contains(String(decoding: value.dropFirst().dropLast(), as: UTF8.self))
        }
    }
}
