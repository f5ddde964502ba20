// Bound expressions as text, with the names of columns.

package import WeirColumnar

package enum ExpressionText {
    /// An expression over columns with these names.
    package static func text(_ expression: BoundExpression, _ columns: [Field]) -> String {
        func part(_ operand: BoundExpression) -> String { text(operand, columns) }
        func list(_ operands: [BoundExpression]) -> String {
            operands.map(part).joined(separator: ", ")
        }
        switch expression.node {
        case .column(let index):
            return columns.indices.contains(index) ? columns[index].name : "$\(index)"
        case .aggregate(let index): return "aggregate \(index)"
        case .over(let index): return "over \(index)"
        case .parameter(let name): return ":\(name)"
        case .outer(let index): return "outer.\(index)"
        case .field(let operand, let index): return field(operand, index, part(operand))
        case .element(let operand, let index): return "\(part(operand))[\(part(index))]"
        case .construct(let items): return "\(name(expression.type.kind))[\(list(items))]"
        case .literal(let scalar): return ValueText.quoted(scalar, kind: expression.type.kind)
        case .arithmetic(let symbol, let left, let right):
            return "(\(part(left)) \(symbol.sign) \(part(right)))"
        case .shift(let operand, let by, let isBack):
            return "(\(part(operand)) \(isBack ? "-" : "+") \(part(by)))"
        case .negate(let operand): return "(-\(part(operand)))"
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
            let texts = values.map { ValueText.quoted($0, kind: operand.type.kind) }.sorted()
            let all = (texts + (hasNull ? ["NULL"] : [])).joined(separator: ", ")
            return "(\(part(operand)) \(negated ? "NOT " : "")IN (\(all)))"
        case .like(let operand, let pattern, _, let negated):
            return "(\(part(operand)) \(negated ? "NOT " : "")LIKE \(part(pattern)))"
        case .choose(let conditions, let values, let otherwise):
            let branches = zip(conditions, values).map { " WHEN \(part($0)) THEN \(part($1))" }
            return "CASE\(branches.joined()) ELSE \(part(otherwise)) END"
        case .cast(let operand, let isTry):
            return "\(isTry ? "TRY_CAST" : "CAST")(\(part(operand)) AS \(expression.type.kind))"
        case .call(let name, let arguments): return "\(name)(\(list(arguments)))"
        case .window(let bound, let operand, _, _): return "window \(bound) of \(part(operand))"
        }
    }

    private static func field(_ operand: BoundExpression, _ index: Int, _ text: String) -> String {
        guard case .row(let fields) = operand.type.kind, fields.indices.contains(index) else {
            return "\(text).\(index)"
        }
        return "\(text).\(fields[index].name)"
    }

    private static func name(_ kind: DataType.Kind) -> String {
        switch kind {
        case .array: "ARRAY"
        case .map: "MAP"
        default: "ROW"
        }
    }
}
