// Bound expressions as SQL of SQLite over physical columns.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// Writes expressions for the store: natively where SQLite means the same, else through `weir(…)`.
struct StoreExpression {
    /// SQL for each column of the input, with its name for readers.
    let columns: [(sql: String, name: String)]

    /// The SQL of an expression; throws what the store cannot compute.
    func sql(_ expression: BoundExpression) throws(StoreRefusal) -> String {
        let kind = expression.type.kind
        switch expression.node {
        case .column(let index): return columns[index].sql
        case .parameter(let name): return Self.parameter(name)
        case .outer:
            throw StoreRefusal("a column of an outer query is not read here", expression.span)
        case .literal(let scalar): return try Self.literal(scalar, expression)
        case .and(let left, let right): return "(\(try sql(left)) AND \(try sql(right)))"
        case .or(let left, let right): return "(\(try sql(left)) OR \(try sql(right)))"
        case .not(let operand): return "(NOT \(try sql(operand)))"
        case .isNull(let operand, let negated):
            return "(\(try sql(operand)) IS \(negated ? "NOT " : "")NULL)"
        case .isTrue(let operand, let value, let negated):
            return "(\(try sql(operand)) IS \(negated ? "NOT " : "")\(value ? "TRUE" : "FALSE"))"
        case .comparison(let symbol, let left, let right) where Self.isNative(left, right):
            return "(\(try sql(left)) \(symbol.sign) \(try sql(right)))"
        case .distinct(let left, let right, let negated) where Self.isNative(left, right):
            return "(\(try sql(left)) IS \(negated ? "" : "NOT ")\(try sql(right)))"
        case .inSet(let operand, let values, let hasNull, let negated)
        where Self.isNative(operand, operand):
            var items: [String] = []
            for value in values {
                items.append(try Self.literal(value, operand))
            }
            let all = (items.sorted() + (hasNull ? ["NULL"] : [])).joined(separator: ", ")
            return "(\(try sql(operand)) \(negated ? "NOT " : "")IN (\(all)))"
        case .choose(let conditions, let values, let otherwise):
            var text = "CASE"
            for (condition, value) in zip(conditions, values) {
                text += " WHEN \(try sql(condition)) THEN \(try sql(value))"
            }
            return text + " ELSE \(try sql(otherwise)) END"
        case .cast(let operand, _) where Self.isPassThrough(operand.type.kind, kind):
            return try sql(operand)
        case .field, .element:
            // What is made in the query has no place in JSON text that SQLite could go to.
            return expression.isStoreLeaf
                ? try JsonAccess.sql(expression, self) : try foreign(expression)
        default: return try foreign(expression)
        }
    }

    /// The whole expression in one call of Weir, over what SQLite gives it.
    private func foreign(_ expression: BoundExpression) throws(StoreRefusal) -> String {
        if let part = expression.first(where: \.isOutsideOfStore) {
            throw StoreRefusal(
                "\(ExpressionText.name(of: part)) is not computed in the store", part.span)
        }
        let written = StoredExpression.text(of: expression, names: label)
        if let leaf = written.leaves.first(where: { $0.type.kind.isInterval }) {
            throw StoreRefusal("an interval in a column is not read in the store", leaf.span)
        }
        guard written.leaves.count <= Self.maximumLeaves, expression.depth <= Self.maximumDepth
        else {
            throw StoreRefusal(
                "an expression of this size is not computed in the store", expression.span)
        }
        var arguments = [Self.quoted(written.inputs), Self.quoted(written.text)]
        for leaf in written.leaves { arguments.append(try sql(leaf)) }
        // What differs from call to call must not be computed once for all rows.
        let isRandom =
            expression.first { part in
                guard case .call(let name, _) = part.node else { return false }
                return !(FunctionRegistry.scalar(named: name)?.isDeterministic ?? true)
            } != nil
        return "\(isRandom ? "weir_each" : "weir")(\(arguments.joined(separator: ", ")))"
    }

    /// SQLite's functions take 127 arguments.
    private static let maximumLeaves = 120
    private static let maximumDepth = 60

    private func label(_ leaf: BoundExpression) -> String {
        switch leaf.node {
        case .column(let index): columns[index].name
        case .parameter(let name): name.replacing("this.", with: "")
        default: "value"
        }
    }

    /// Whether SQLite compares the values as Weir does: numbers past 64 bits are texts there.
    static func isNative(_ left: BoundExpression, _ right: BoundExpression) -> Bool {
        left.type.kind.physical != .int128 && right.type.kind.physical != .int128
            && left.type.kind.physical == right.type.kind.physical
            && left.type.kind.scale == right.type.kind.scale
    }

    /// Whether a cast leaves every value as it is stored.
    private static func isPassThrough(_ from: DataType.Kind, _ to: DataType.Kind) -> Bool {
        if from == to { return true }
        if let inner = from.integerRange, let outer = to.integerRange {
            return outer.lowerBound <= inner.lowerBound && outer.upperBound >= inner.upperBound
        }
        switch (from, to) {
        case (.null, _): return true
        case (.char, .varchar(.max)), (.varchar, .varchar(.max)): return true
        case (.float, .double): return true
        default: return false
        }
    }

    // MARK: Words

    /// An argument; of a relationship's row (`this.name`) the column.
    static func parameter(_ name: String) -> String {
        if name.hasPrefix("this.") {
            return "\(StoreSelect.parent).\(Self.name(String(name.dropFirst("this.".count))))"
        }
        return ":" + name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
    }

    static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    static func name(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    private static func literal(
        _ scalar: Scalar, _ expression: BoundExpression
    ) throws(StoreRefusal) -> String {
        switch scalar {
        case .null: return "NULL"
        case .bool(let value): return value ? "1" : "0"
        // The smallest number has no literal of its own in SQLite.
        case .int64(.min): return "(-9223372036854775807 - 1)"
        case .int64(let value): return value < 0 ? "(\(value))" : String(value)
        case .int128(let value):
            return Int64(exactly: value).map { $0 < 0 ? "(\($0))" : String($0) } ?? "'\(value)'"
        case .float64(let value):
            guard value.isFinite else {
                throw StoreRefusal(
                    "a number that is not finite is not computed in the store", expression.span)
            }
            return value.sign == .minus ? "(\(value))" : "\(value)"
        case .bytes(let bytes):
            let hex = ValueText.hex(bytes)
            if case .varbinary = expression.type.kind { return "X'\(hex)'" }
            if bytes.contains(0) { return "CAST(X'\(hex)' AS TEXT)" }
            return quoted(String(decoding: bytes, as: UTF8.self))
        }
    }
}

/// Why the store cannot compute something.
struct StoreRefusal: Error {
    let message: String
    let span: Span

    init(_ message: String, _ span: Span) {
        self.message = message
        self.span = span
    }
}

extension BoundExpression {
    /// What has no text that the store could hand back.
    fileprivate var isOutsideOfStore: Bool {
        switch node {
        case .aggregate, .over, .window: true
        default: false
        }
    }
}

extension ExpressionText {
    /// What kind of expression it is, for messages.
    static func name(of expression: BoundExpression) -> String {
        switch expression.node {
        case .aggregate: "an aggregate in this place"
        case .over: "a call with OVER in this place"
        case .window: "the bound of a window"
        default: "this expression"
        }
    }
}
