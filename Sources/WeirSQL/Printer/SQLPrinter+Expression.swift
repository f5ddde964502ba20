// Expressions as canonical text, fully parenthesised.

extension SQLPrinter {
    package static func print(_ expression: Expression) -> String {
        switch expression.kind {
        case .literal(let literal): return print(literal)
        case .column(let path): return path.map(quoted).joined(separator: ".")
        case .negate(let operand): return "(- \(print(operand)))"
        case .not(let operand): return "(NOT \(print(operand)))"
        case .binary(let symbol, let left, let right):
            return "(\(print(left)) \(symbol.rawValue) \(print(right)))"
        case .isTest(let operand, let test, let negated):
            return "(\(print(operand)) IS \(negated ? "NOT " : "")\(test.rawValue))"
        case .isDistinct(let left, let right, let negated):
            return "(\(print(left)) IS \(negated ? "NOT " : "")DISTINCT FROM \(print(right)))"
        case .between(let operand, let low, let high, let negated):
            return "(\(print(operand)) \(not(negated))BETWEEN \(print(low)) AND \(print(high)))"
        case .inList(let operand, let items, let negated):
            return "(\(print(operand)) \(not(negated))IN (\(list(items))))"
        case .like(let operand, let pattern, let escape, let negated):
            let suffix = escape.map { " ESCAPE \(print($0))" } ?? ""
            return "(\(print(operand)) \(not(negated))LIKE \(print(pattern))\(suffix))"
        case .caseWhen(let operand, let branches, let otherwise):
            var text = "CASE"
            if let operand { text += " " + print(operand) }
            for branch in branches {
                text += " WHEN \(print(branch.when)) THEN \(print(branch.then))"
            }
            if let otherwise { text += " ELSE \(print(otherwise))" }
            return text + " END"
        case .cast(let operand, let type, let isTry):
            return "\(isTry ? "TRY_CAST" : "CAST")(\(print(operand)) AS \(print(type)))"
        case .call(let name, let arguments, let isDistinct):
            let upper = name.name.uppercased()
            if upper == "POSITION", arguments.count == 2 {
                return "POSITION(\(print(arguments[0])) IN \(print(arguments[1])))"
            }
            return "\(upper)(\(isDistinct ? "DISTINCT " : "")\(list(arguments)))"
        case .callStar(let name): return "\(name.name.uppercased())(*)"
        case .extract(let unit, let operand):
            return "EXTRACT(\(unit.rawValue) FROM \(print(operand)))"
        case .roundTime(let operand, let unit, let up):
            return "\(up ? "CEIL" : "FLOOR")(\(print(operand)) TO \(unit.rawValue))"
        case .trim(let side, let characters, let operand):
            let what = characters.map { print($0) + " " } ?? ""
            return "TRIM(\(side.rawValue) \(what)FROM \(print(operand)))"
        case .unit(let unit): return unit.rawValue
        }
    }

    private static func not(_ negated: Bool) -> String { negated ? "NOT " : "" }

    private static func list(_ items: [Expression]) -> String {
        items.map { print($0) }.joined(separator: ", ")
    }

    private static func print(_ value: Literal) -> String {
        switch value {
        case .null: return "NULL"
        case .boolean(let value): return value ? "TRUE" : "FALSE"
        case .integer(let text), .decimal(let text), .approximate(let text): return text
        case .string(let text): return literal(text)
        case .date(let text): return "DATE \(literal(text))"
        case .time(let text): return "TIME \(literal(text))"
        case .timestamp(let text): return "TIMESTAMP \(literal(text))"
        case .interval(let text, let start, let end):
            let range = end.map { " TO \($0.rawValue)" } ?? ""
            return "INTERVAL \(literal(text)) \(start.rawValue)\(range)"
        }
    }
}
