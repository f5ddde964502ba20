// Operators: common types, implicit casts, time arithmetic.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ExpressionBinder {
    mutating func bindBinary(
        _ symbol: BinaryOperator, _ left: BoundExpression, _ right: BoundExpression, _ span: Span
    ) -> BoundExpression? {
        switch symbol {
        case .and, .or:
            for side in [left, right] where ![.boolean, .null].contains(side.type.kind) {
                return fail(
                    "not-boolean", "\(symbol.rawValue) joins conditions, this is \(side.type.kind)",
                    side.span)
            }
            let first = coerce(left, to: .boolean)
            let second = coerce(right, to: .boolean)
            return symbol == .and ? and(first, second, span) : or(first, second, span)
        case .equal: return bindComparison(.equal, left, right, span)
        case .notEqual: return bindComparison(.notEqual, left, right, span)
        case .less: return bindComparison(.less, left, right, span)
        case .lessOrEqual: return bindComparison(.lessOrEqual, left, right, span)
        case .greater: return bindComparison(.greater, left, right, span)
        case .greaterOrEqual: return bindComparison(.greaterOrEqual, left, right, span)
        case .concatenate: return bindFunction("CONCAT", [left, right], span)
        case .add: return bindArithmetic(.add, "+", left, right, span)
        case .subtract: return bindArithmetic(.subtract, "-", left, right, span)
        case .multiply: return bindArithmetic(.multiply, "*", left, right, span)
        case .divide: return bindArithmetic(.divide, "/", left, right, span)
        case .remainder: return bindArithmetic(.remainder, "%", left, right, span)
        }
    }

    /// Whether two periods, each a start with an end or a length, have a moment in common; ends
    /// count as part of them (Calcite, SqlOverlapsOperator).
    mutating func bindOverlaps(
        _ left: Expression, _ right: Expression, _ span: Span
    ) -> BoundExpression? {
        guard let first = bindPeriod(left), let second = bindPeriod(right) else { return nil }
        guard let early = bindComparison(.greaterOrEqual, first.end, second.start, span),
            let late = bindComparison(.greaterOrEqual, second.end, first.start, span)
        else { return nil }
        return and(early, late, span)
    }

    /// A period, its earlier bound first.
    private mutating func bindPeriod(
        _ written: Expression
    ) -> (start: BoundExpression, end: BoundExpression)? {
        guard case .row(let items) = written.kind, items.count == 2 else {
            _ = fail(
                "bad-period", "OVERLAPS compares periods", written.span,
                hint: "write (start, end) OVERLAPS (start, end)")
            return nil
        }
        guard let start = bind(items[0]), var end = bind(items[1]) else { return nil }
        if end.type.kind.isInterval {
            guard let sum = bindBinary(.add, start, end, written.span) else { return nil }
            end = sum
        }
        guard let isOrdered = bindComparison(.lessOrEqual, start, end, written.span) else {
            return nil
        }
        let type = DataType(
            start.type.kind, nullable: start.type.isNullable || end.type.isNullable)
        let later = coerce(end, to: start.type.kind)
        func bound(_ first: BoundExpression, _ second: BoundExpression) -> BoundExpression {
            BoundExpression(
                .choose(conditions: [isOrdered], values: [first], second), type, written.span)
        }
        return (bound(start, later), bound(later, start))
    }

    func and(_ left: BoundExpression, _ right: BoundExpression, _ span: Span) -> BoundExpression {
        BoundExpression(
            .and(left, right),
            DataType(.boolean, nullable: left.type.isNullable || right.type.isNullable), span)
    }

    func or(_ left: BoundExpression, _ right: BoundExpression, _ span: Span) -> BoundExpression {
        BoundExpression(
            .or(left, right),
            DataType(.boolean, nullable: left.type.isNullable || right.type.isNullable), span)
    }

    func compare(
        _ symbol: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression,
        _ span: Span
    ) -> BoundExpression {
        BoundExpression(
            .comparison(symbol, left, right),
            DataType(.boolean, nullable: left.type.isNullable || right.type.isNullable), span)
    }

    /// Casts implicitly; a constant is converted at once when it can be.
    func coerce(_ expression: BoundExpression, to kind: DataType.Kind) -> BoundExpression {
        if expression.type.kind == kind { return expression }
        if let zoned = zonedCast(expression, to: kind) { return zoned }
        let from = expression.type.kind
        // Nested values are the same text whether their parts may be NULL or not.
        if from.isNested, from.hasParts(of: kind) {
            return BoundExpression(
                expression.node, DataType(kind, nullable: expression.type.isNullable),
                expression.span)
        }
        if case .literal(let scalar) = expression.node {
            if scalar == .null {
                return BoundExpression(.literal(.null), DataType(kind), expression.span)
            }
            if let value = Cast.convert(scalar, from: from, to: kind) {
                return BoundExpression(
                    .literal(value), DataType(kind, nullable: false), expression.span)
            }
        }
        return BoundExpression(
            .cast(expression, isTry: false),
            DataType(kind, nullable: expression.type.isNullable), expression.span)
    }

    /// The type that operands are brought to; texts are read as the other side's type.
    func commonType(_ expressions: [BoundExpression]) -> DataType? {
        let types = expressions.map(\.type)
        if let merged = TypeMerging.leastRestrictive(types) { return merged }
        let others = types.filter { !$0.kind.isString }
        guard !others.isEmpty, let merged = TypeMerging.leastRestrictive(others),
            !merged.kind.isNumeric, merged.kind.physical == .int64 || merged.kind == .boolean
        else { return nil }
        // Flink reads a text beside a time as that type, but refuses one beside a number.
        return merged
    }

    mutating func bindComparable(
        _ left: Expression, _ right: Expression, _ span: Span
    ) -> (BoundExpression, BoundExpression)? {
        let first = bind(left)
        let second = bind(right)
        guard let first, let second else { return nil }
        return comparable(first, second, span)
    }

    private mutating func comparable(
        _ left: BoundExpression, _ right: BoundExpression, _ span: Span
    ) -> (BoundExpression, BoundExpression)? {
        let isNested = left.type.kind.isNested || right.type.kind.isNested
        guard !isNested, let common = commonType([left, right]) else {
            _ = fail(
                "type-mismatch",
                "\(left.type.kind) cannot be compared with \(right.type.kind)", span,
                hint: "CAST one side to the other's type")
            return nil
        }
        let kind = common.kind.isString ? .varchar(.max) : common.kind
        return (coerce(left, to: kind), coerce(right, to: kind))
    }

    mutating func bindComparison(
        _ symbol: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression,
        _ span: Span
    ) -> BoundExpression? {
        guard let pair = comparable(left, right, span) else { return nil }
        return compare(symbol, pair.0, pair.1, span)
    }

    private mutating func bindArithmetic(
        _ symbol: ArithmeticOperator, _ sign: String, _ left: BoundExpression,
        _ right: BoundExpression, _ span: Span
    ) -> BoundExpression? {
        if let typing = TypeMerging.arithmetic(symbol, left.type, right.type) {
            return BoundExpression(
                .arithmetic(
                    symbol, coerce(left, to: typing.left), coerce(right, to: typing.right)),
                typing.result, span)
        }
        if let shifted = bindTimeArithmetic(symbol, left, right, span) { return shifted }
        let isTimeDifference =
            symbol == .subtract && left.type.kind.isTimestamp && right.type.kind.isTimestamp
        return fail(
            "bad-operand",
            "\(left.type.kind) \(sign) \(right.type.kind) is not defined", span,
            hint: isTimeDifference
                ? "write TIMESTAMPDIFF(SECOND, from, to)"
                : left.type.kind.isString || right.type.kind.isString
                    ? "texts are joined with ||, numbers in texts need a CAST" : nil)
    }

    private func bindTimeArithmetic(
        _ symbol: ArithmeticOperator, _ left: BoundExpression, _ right: BoundExpression,
        _ span: Span
    ) -> BoundExpression? {
        let isNullable = left.type.isNullable || right.type.isNullable
        let (first, second) = (left.type.kind, right.type.kind)
        func isTime(_ kind: DataType.Kind) -> Bool {
            if case .time = kind { return true }
            return kind.isTimestamp || kind == .date
        }
        if symbol == .add || symbol == .subtract {
            if isTime(first), second.isInterval {
                return BoundExpression(
                    .shift(left, by: right, isBack: symbol == .subtract),
                    DataType(first, nullable: isNullable), span)
            }
            if symbol == .add, first.isInterval, isTime(second) {
                return BoundExpression(
                    .shift(right, by: left, isBack: false), DataType(second, nullable: isNullable),
                    span)
            }
            if first.isInterval, first == second {
                return BoundExpression(
                    .arithmetic(symbol, left, right), DataType(first, nullable: isNullable), span)
            }
        }
        if symbol == .multiply, first.isInterval, second.isInteger {
            return BoundExpression(
                .arithmetic(symbol, left, right), DataType(first, nullable: isNullable), span)
        }
        if symbol == .multiply, first.isInteger, second.isInterval {
            return BoundExpression(
                .arithmetic(symbol, left, right), DataType(second, nullable: isNullable), span)
        }
        return nil
    }
}
