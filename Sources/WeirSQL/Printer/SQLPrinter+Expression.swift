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
        case .between(let operand, let low, let high, let negated, let isSymmetric):
            let symmetric = isSymmetric ? "SYMMETRIC " : ""
            return "(\(print(operand)) \(not(negated))BETWEEN \(symmetric)\(print(low))"
                + " AND \(print(high)))"
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
        case .call(let call): return print(call)
        case .parameter(let name): return ":" + quoted(name)
        case .field(let operand, let name): return "(\(print(operand))).\(quoted(name))"
        case .element(let operand, let index): return "(\(print(operand)))[\(print(index))]"
        case .array(let items): return "ARRAY[\(list(items))]"
        case .map(let entries):
            return
                "MAP[\(entries.map { print($0.key) + ", " + print($0.value) }.joined(separator: ", "))]"
        case .row(let items): return "ROW(\(list(items)))"
        case .scalarQuery(let query): return "(\(print(query)))"
        case .exists(let query): return "EXISTS (\(print(query)))"
        case .inQuery(let operand, let query, let negated):
            return "(\(print(operand)) \(not(negated))IN (\(print(query))))"
        case .quantified(let symbol, let operand, let isAll, let query):
            return
                "(\(print(operand)) \(symbol.rawValue) \(isAll ? "ALL" : "ANY") (\(print(query))))"
        case .similar(let operand, let pattern, let escape, let negated):
            let suffix = escape.map { " ESCAPE \(print($0))" } ?? ""
            return "(\(print(operand)) \(not(negated))SIMILAR TO \(print(pattern))\(suffix))"
        case .isJson(let operand, let shape, let negated):
            return "(\(print(operand)) IS \(not(negated))JSON \(shape.rawValue))"
        case .overlaps(let left, let right):
            return "(\(print(left)) OVERLAPS \(print(right)))"
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

    static func not(_ negated: Bool) -> String { negated ? "NOT " : "" }

    static func list(_ items: [Expression]) -> String {
        items.map { print($0) }.joined(separator: ", ")
    }

    private static func print(_ value: Literal) -> String {
        switch value {
        case .null: return "NULL"
        case .boolean(let value): return value ? "TRUE" : "FALSE"
        case .integer(let text), .decimal(let text), .approximate(let text): return text
        case .string(let text): return literal(text)
        case .binary(let digits): return "X'\(digits)'"
        case .date(let text): return "DATE \(literal(text))"
        case .time(let text): return "TIME \(literal(text))"
        case .timestamp(let text): return "TIMESTAMP \(literal(text))"
        case .interval(let text, let start, let end):
            let range = end.map { " TO \($0.rawValue)" } ?? ""
            return "INTERVAL \(literal(text)) \(start.rawValue)\(range)"
        }
    }
}
