// What type results from two (Flink: LogicalTypeMerging).

package enum TypeMerging {
    /// The type that values of all of these fit in; nil when there is none.
    package static func leastRestrictive(_ types: [DataType]) -> DataType? {
        guard let first = types.first else { return nil }
        var result = first
        for type in types.dropFirst() {
            guard let kind = merge(result.kind, type.kind) else { return nil }
            result = DataType(kind, nullable: result.isNullable || type.isNullable)
        }
        return types.contains { $0.kind == .null } ? result.nullable(true) : result
    }

    private static func merge(_ left: DataType.Kind, _ right: DataType.Kind) -> DataType.Kind? {
        if left == right || right == .null { return left }
        if left == .null { return right }
        if left.isNumeric, right.isNumeric { return numeric(left, right) }
        if left.isString, right.isString { return .varchar(max(length(left), length(right))) }
        switch (left, right) {
        case (.timestamp(let first), .timestamp(let second)):
            return .timestamp(max(first, second))
        case (.timestampLTZ(let first), .timestampLTZ(let second)),
            (.timestamp(let first), .timestampLTZ(let second)),
            (.timestampLTZ(let first), .timestamp(let second)):
            return .timestampLTZ(max(first, second))
        case (.date, .timestamp), (.date, .timestampLTZ): return right
        case (.timestamp, .date), (.timestampLTZ, .date): return left
        case (.time(let first), .time(let second)): return .time(max(first, second))
        case (.varbinary(let first), .varbinary(let second)): return .varbinary(max(first, second))
        case (.array(let first), .array(let second)):
            return leastRestrictive([first, second]).map { .array($0) }
        case (.multiset(let first), .multiset(let second)):
            return leastRestrictive([first, second]).map { .multiset($0) }
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            guard let keys = leastRestrictive([key, otherKey]),
                let values = leastRestrictive([value, otherValue])
            else { return nil }
            return .map(keys, values)
        default: return nil
        }
    }

    private static func length(_ kind: DataType.Kind) -> Int {
        switch kind {
        case .char(let length), .varchar(let length): length
        default: .max
        }
    }

    private static func rank(_ kind: DataType.Kind) -> Int {
        switch kind {
        case .tinyint: 1
        case .smallint: 2
        case .int: 3
        case .bigint: 4
        case .decimal: 5
        case .float: 6
        default: 7
        }
    }

    private static func numeric(_ left: DataType.Kind, _ right: DataType.Kind) -> DataType.Kind {
        if left.isDecimal || right.isDecimal {
            guard !left.isFloating, !right.isFloating else { return .double }
            let (first, second) = (decimalShape(left), decimalShape(right))
            let scale = max(first.scale, second.scale)
            let whole = max(first.precision - first.scale, second.precision - second.scale)
            return .decimal(precision: min(38, whole + scale), scale: min(scale, 38))
        }
        if left.isFloating != right.isFloating {
            // An integer with a FLOAT gives FLOAT, with a DOUBLE DOUBLE.
            return left.isFloating ? left : right
        }
        return rank(left) >= rank(right) ? left : right
    }

    /// Integers count as DECIMAL with all their digits.
    package static func decimalShape(_ kind: DataType.Kind) -> (precision: Int, scale: Int) {
        switch kind {
        case .tinyint: (3, 0)
        case .smallint: (5, 0)
        case .int: (10, 0)
        case .bigint: (19, 0)
        case .decimal(let precision, let scale): (precision, scale)
        default: (38, 18)
        }
    }

    /// Operand types and result of an arithmetic operator on numbers; nil when not numeric.
    package static func arithmetic(
        _ symbol: ArithmeticOperator, _ left: DataType, _ right: DataType
    ) -> (left: DataType.Kind, right: DataType.Kind, result: DataType)? {
        let isNullable = left.isNullable || right.isNullable
        let leftKind = left.kind == .null ? right.kind : left.kind
        let rightKind = right.kind == .null ? left.kind : right.kind
        guard leftKind.isNumeric, rightKind.isNumeric else { return nil }
        if leftKind.isFloating || rightKind.isFloating {
            let kind = numeric(leftKind, rightKind)
            return (kind, kind, DataType(kind, nullable: isNullable))
        }
        guard leftKind.isDecimal || rightKind.isDecimal else {
            let kind = rank(leftKind) >= rank(rightKind) ? leftKind : rightKind
            return (kind, kind, DataType(kind, nullable: isNullable))
        }
        let first = decimalShape(leftKind)
        let second = decimalShape(rightKind)
        let shape = decimalResult(symbol, first, second)
        return (
            .decimal(precision: first.precision, scale: first.scale),
            .decimal(precision: second.precision, scale: second.scale),
            DataType(
                .decimal(precision: shape.precision, scale: shape.scale),
                nullable: isNullable || symbol != .remainder)
        )
    }

    private static func decimalResult(
        _ symbol: ArithmeticOperator, _ first: (precision: Int, scale: Int),
        _ second: (precision: Int, scale: Int)
    ) -> (precision: Int, scale: Int) {
        var scale = max(first.scale, second.scale)
        var precision: Int
        switch symbol {
        case .add, .subtract:
            precision =
                max(first.precision - first.scale, second.precision - second.scale) + scale + 1
        case .multiply:
            precision = first.precision + second.precision + 1
            scale = first.scale + second.scale
        case .divide:
            scale = max(6, first.scale + second.precision + 1)
            precision = first.precision - first.scale + second.scale + scale
        case .remainder:
            precision =
                min(first.precision - first.scale, second.precision - second.scale) + scale
        }
        if precision > 38 {
            let whole = precision - scale
            scale = max(38 - whole, min(scale, 6))
            precision = 38
        }
        return (precision, scale)
    }
}
