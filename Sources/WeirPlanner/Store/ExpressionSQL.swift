// Bound expressions as SQL that binds to the same expression again.

import WeirColumnar
import WeirSQL

/// Writes expressions in Weir's own SQL, so that the store can compute what the stream computes.
enum ExpressionSQL {
    /// An expression over columns with these names (as written, in backticks where needed).
    static func text(_ expression: BoundExpression, _ names: [String]) -> String {
        func part(_ operand: BoundExpression) -> String { text(operand, names) }
        func list(_ operands: [BoundExpression]) -> String {
            operands.map(part).joined(separator: ", ")
        }
        switch expression.node {
        case .column(let index): return names[index]
        case .literal(let scalar): return literal(scalar, expression.type.kind)
        case .parameter(let name): return ":\(name)"
        case .outer(let index): return "outer.\(index)"
        case .arithmetic(let symbol, let left, let right):
            return "(\(part(left)) \(symbol.sign) \(part(right)))"
        case .shift(let operand, let by, let isBack):
            return "(\(part(operand)) \(isBack ? "-" : "+") \(part(by)))"
        case .negate(let operand): return "(- \(part(operand)))"
        case .comparison(let symbol, let left, let right):
            return "(\(part(left)) \(symbol.sign) \(part(right)))"
        case .distinct(let left, let right, let negated):
            return "(\(part(left)) IS \(negated ? "NOT " : "")DISTINCT FROM \(part(right)))"
        case .and(let left, let right): return "(\(part(left)) AND \(part(right)))"
        case .or(let left, let right): return "(\(part(left)) OR \(part(right)))"
        case .not(let operand): return "(NOT \(part(operand)))"
        case .isNull(let operand, let negated):
            return "(\(part(operand)) IS \(negated ? "NOT " : "")NULL)"
        case .isTrue(let operand, let value, let negated):
            return "(\(part(operand)) IS \(negated ? "NOT " : "")\(value ? "TRUE" : "FALSE"))"
        case .inSet(let operand, let values, let hasNull, let negated):
            let items = values.map { literal($0, operand.type.kind) }.sorted()
            let all = (items + (hasNull ? ["NULL"] : [])).joined(separator: ", ")
            return "(\(part(operand)) \(negated ? "NOT " : "")IN (\(all)))"
        case .like(let operand, let pattern, let escape, let negated):
            let mark = escape.map { byte -> String in
                let character = String(decoding: [byte], as: UTF8.self)
                return " ESCAPE '\(character == "'" ? "''" : character)'"
            }
            return "(\(part(operand)) \(negated ? "NOT " : "")LIKE \(part(pattern))\(mark ?? ""))"
        case .choose(let conditions, let values, let otherwise):
            let branches = zip(conditions, values).map { " WHEN \(part($0)) THEN \(part($1))" }
            return "CASE\(branches.joined()) ELSE \(part(otherwise)) END"
        case .cast(let operand, let isTry):
            return "\(isTry ? "TRY_CAST" : "CAST")(\(part(operand)) AS \(expression.type.kind))"
        case .call(let name, let arguments): return call(name, arguments, arguments.map(part))
        case .construct(let items): return construct(items, expression, items.map(part))
        case .element(let operand, let index): return "\(part(operand))[\(part(index))]"
        case .field(let operand, let index):
            guard case .row(let fields) = operand.type.kind else { return part(operand) }
            return "\(part(operand)).\(Identifier.quoted(fields[index].name))"
        case .aggregate, .over, .window:
            return ExpressionText.text(expression, names.map { Field($0, DataType(.null)) })
        }
    }

    private static func construct(
        _ items: [BoundExpression], _ expression: BoundExpression, _ texts: [String]
    ) -> String {
        switch expression.type.kind {
        case .map: "MAP[\(texts.joined(separator: ", "))]"
        case .row: "ROW(\(texts.joined(separator: ", ")))"
        default: "ARRAY[\(texts.joined(separator: ", "))]"
        }
    }

    /// A call; time units stand in it as words.
    private static func call(
        _ name: String, _ arguments: [BoundExpression], _ texts: [String]
    ) -> String {
        if name == "JSON_OBJECT" || name == "JSON_ARRAY", let mode = arguments.first,
            case .literal(.bytes(let words)) = mode.node
        {
            let isAbsent = words.starts(with: "ABSENT".utf8)
            var items = Array(texts.dropFirst())
            if name == "JSON_OBJECT" {
                items = stride(from: 0, to: items.count - 1, by: 2).map {
                    "KEY \(items[$0]) VALUE \(items[$0 + 1])"
                }
            }
            return
                "\(name)(\(items.joined(separator: ", ")) \(isAbsent ? "ABSENT" : "NULL") ON NULL)"
        }
        if name == "POSITION", texts.count == 2 { return "POSITION(\(texts[0]) IN \(texts[1]))" }
        guard let first = arguments.first, case .literal(.bytes(let bytes)) = first.node,
            texts.count > 1
        else { return "\(name)(\(texts.joined(separator: ", ")))" }
        let unit = String(decoding: bytes, as: UTF8.self)
        switch name {
        case "EXTRACT": return "EXTRACT(\(unit) FROM \(texts[1]))"
        case "FLOOR_TO": return "FLOOR(\(texts[1]) TO \(unit))"
        case "CEIL_TO": return "CEIL(\(texts[1]) TO \(unit))"
        case "TIMESTAMPADD", "TIMESTAMPDIFF":
            return "\(name)(\(([unit] + texts.dropFirst()).joined(separator: ", ")))"
        default: return "\(name)(\(texts.joined(separator: ", ")))"
        }
    }

    /// A constant of a type.
    static func literal(_ scalar: Scalar, _ kind: DataType.Kind) -> String {
        if scalar == .null { return kind == .null ? "NULL" : "CAST(NULL AS \(typeName(kind)))" }
        let text = ValueText.string(scalar, kind: kind)
        let quoted = "'\(text.replacing("'", with: "''"))'"
        switch kind {
        case .int where !text.hasPrefix("-"): return text
        case .boolean: return text
        case .varchar: return "CAST(\(quoted) AS \(kind))"
        case .char: return quoted
        case .varbinary:
            guard case .bytes(let bytes) = scalar else { return "NULL" }
            return "CAST(X'\(ValueText.hex(bytes))' AS \(kind))"
        case .intervalMonths, .intervalTime: return interval(scalar, kind)
        default: return "CAST(\(quoted) AS \(kind))"
        }
    }

    private static func typeName(_ kind: DataType.Kind) -> String {
        switch kind {
        case .intervalMonths: "INTERVAL MONTH"
        case .intervalTime: "INTERVAL SECOND"
        default: "\(kind)"
        }
    }

    /// Seconds with their fraction, or months: units in which every interval can be written.
    private static func interval(_ scalar: Scalar, _ kind: DataType.Kind) -> String {
        guard case .int64(let value) = scalar else { return "NULL" }
        let sign = value < 0 ? "-" : ""
        if kind == .intervalMonths {
            return "INTERVAL '\(sign)\(value.magnitude)' MONTH(9)"
        }
        let seconds = value.magnitude / 1_000_000
        let fraction = String(value.magnitude % 1_000_000)
        let digits = String(repeating: "0", count: 6 - fraction.count) + fraction
        return "INTERVAL '\(sign)\(seconds).\(digits)' SECOND(9, 6)"
    }
}
