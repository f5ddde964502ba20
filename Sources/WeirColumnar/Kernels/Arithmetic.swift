// + - * / % on whole columns, by the result type that the binder has chosen.

/// The five arithmetic operators.
package enum ArithmeticOperator: Sendable {
    case add
    case subtract
    case multiply
    case divide
    case remainder

    /// As it is written in SQL.
    package var sign: String {
        switch self {
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        }
    }
}

package enum Arithmetic {
    /// Both operands have the result's physical layout, decimals their own scales.
    ///
    /// Integers wrap silently, a division by zero of exact numbers is a row error, decimals that
    /// overflow give NULL (Flink: ArithmeticOperators in table-planner's code generation).
    package static func apply(
        _ symbol: ArithmeticOperator, _ left: Column, _ right: Column,
        types: (left: DataType.Kind, right: DataType.Kind, result: DataType.Kind), count: Int,
        errors: RowErrors
    ) -> Column {
        let validity = strictValidity([left, right], count: count)
        switch types.result {
        case .float, .double:
            let values = floating(symbol, left.float64Values, right.float64Values, count)
            guard types.result == .float else {
                return Column(.float64(values), validity: validity)
            }
            return Column(.float64(map(values, count) { Double(Float($0)) }), validity: validity)
        case .decimal:
            return decimal(symbol, left, right, types, count, validity, errors)
        default:
            let values = integer(
                symbol, left.int64Values, right.int64Values, count, validity, errors)
            return Column(
                .int64(wrapped(values, to: types.result, count)), validity: validity)
        }
    }

    private static func floating(
        _ symbol: ArithmeticOperator, _ left: [Double], _ right: [Double], _ count: Int
    ) -> [Double] {
        switch symbol {
        case .add: zipMap(left, right, count) { $0 + $1 }
        case .subtract: zipMap(left, right, count) { $0 - $1 }
        case .multiply: zipMap(left, right, count) { $0 * $1 }
        case .divide: zipMap(left, right, count) { $0 / $1 }
        case .remainder: zipMap(left, right, count) { $0.truncatingRemainder(dividingBy: $1) }
        }
    }

    private static func integer(
        _ symbol: ArithmeticOperator, _ left: [Int64], _ right: [Int64], _ count: Int,
        _ validity: Bitmap?, _ errors: RowErrors
    ) -> [Int64] {
        switch symbol {
        case .add: return zipMap(left, right, count) { $0 &+ $1 }
        case .subtract: return zipMap(left, right, count) { $0 &- $1 }
        case .multiply: return zipMap(left, right, count) { $0 &* $1 }
        case .divide, .remainder:
            if let divisor = ConstantDivisor(right, count) {
                return symbol == .divide
                    ? map(left, count) { divisor.quotient($0) }
                    : map(left, count) { divisor.remainder($0) }
            }
            reportZeros(right.map { $0 == 0 }, count, validity, errors)
            if symbol == .divide {
                return zipMap(left, right, count) {
                    $1 == 0 ? 0 : $0.dividedReportingOverflow(by: $1).partialValue
                }
            }
            return zipMap(left, right, count) {
                $1 == 0 ? 0 : $0.remainderReportingOverflow(dividingBy: $1).partialValue
            }
        }
    }

    private static func reportZeros(
        _ zeros: [Bool], _ count: Int, _ validity: Bitmap?, _ errors: RowErrors
    ) {
        for row in 0..<count where zeros[row] {
            if validity.map({ $0[row] }) ?? true {
                errors.add(row, .divisionByZero, "division by zero")
            }
        }
    }

    /// Cuts integers to the width of their type, as Java's narrowing does.
    package static func wrapped(
        _ values: [Int64], to kind: DataType.Kind, _ count: Int
    ) -> [Int64] {
        switch kind {
        case .tinyint: map(values, count) { Int64(Int8(truncatingIfNeeded: $0)) }
        case .smallint: map(values, count) { Int64(Int16(truncatingIfNeeded: $0)) }
        case .int: map(values, count) { Int64(Int32(truncatingIfNeeded: $0)) }
        default: values
        }
    }

    private static func decimal(
        _ symbol: ArithmeticOperator, _ left: Column, _ right: Column,
        _ types: (left: DataType.Kind, right: DataType.Kind, result: DataType.Kind), _ count: Int,
        _ validity: Bitmap?, _ errors: RowErrors
    ) -> Column {
        guard case .decimal(let precision, let scale) = types.result else {
            return .nulls(types.result.physical, count: count)
        }
        let rightValues = right.wide(count)
        let leftValues = left.wide(count)
        let scales = (left: types.left.scale, right: types.right.scale)
        if symbol == .divide || symbol == .remainder {
            reportZeros(rightValues.map { $0 == 0 }, count, validity, errors)
        }
        var results = [Int128](repeating: 0, count: count)
        var bitmap = validity
        for row in 0..<count where bitmap.map({ $0[row] }) ?? true {
            let value = exact(symbol, leftValues[row], rightValues[row], scales, scale)
            if let value, DecimalMath.fits(value, precision: precision) {
                results[row] = value
            } else {
                var changed = bitmap ?? Bitmap(count: count, filledWith: true)
                changed.clear(row)
                bitmap = changed
            }
        }
        return narrowed(results, to: types.result.physical, validity: bitmap)
    }

    private static func exact(
        _ symbol: ArithmeticOperator, _ left: Int128, _ right: Int128,
        _ scales: (left: Int, right: Int), _ scale: Int
    ) -> Int128? {
        switch symbol {
        case .multiply:
            return DecimalMath.multiply(
                left, right, naturalScale: scales.left + scales.right, scale: scale)
        case .divide:
            guard right != 0 else { return nil }
            return DecimalMath.divide(left, right, shift: scale + scales.right - scales.left)
        case .add, .subtract, .remainder:
            let common = max(scales.left, scales.right)
            guard let first = DecimalMath.rescale(left, from: scales.left, to: common),
                let second = DecimalMath.rescale(right, from: scales.right, to: common)
            else { return nil }
            let (value, overflow) =
                symbol == .add
                ? first.addingReportingOverflow(second)
                : symbol == .subtract
                    ? first.subtractingReportingOverflow(second)
                    : second == 0 ? (0, true) : (first % second, false)
            return overflow ? nil : DecimalMath.rescale(value, from: common, to: scale)
        }
    }

    /// Wide integers in the layout of their type.
    package static func narrowed(
        _ values: [Int128], to physical: PhysicalType, validity: Bitmap?
    ) -> Column {
        if physical == .int128 { return Column(.int128(values), validity: validity) }
        let narrow = map(values, values.count) { Int64(truncatingIfNeeded: $0) }
        return Column(.int64(narrow), validity: validity)
    }

    /// The negated values.
    package static func negate(_ column: Column, kind: DataType.Kind, count: Int) -> Column {
        let validity = strictValidity([column], count: count)
        switch column.values {
        case .int64(let values):
            let negated = map(values, count) { 0 &- $0 }
            return Column(.int64(wrapped(negated, to: kind, count)), validity: validity)
        case .int128(let values):
            return Column(.int128(map(values, count) { 0 &- $0 }), validity: validity)
        case .float64(let values):
            return Column(.float64(map(values, count) { -$0 }), validity: validity)
        default:
            return column
        }
    }
}
