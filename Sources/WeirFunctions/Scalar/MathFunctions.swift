// Math functions (Flink: functions/systemfunctions, arithmetic functions).

import WeirColumnar

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The list of the math functions.
enum MathFunctions {
    static let all: [ScalarFunction] =
        [absolute, sign, floorFunction, ceiling, round, truncate, modulo, power, logarithm, pi, e]
        + [greatest, least, arcTangent] + simple

    /// Functions of one DOUBLE.
    private static let simple: [ScalarFunction] = [
        of("SQRT", "The square root.", FunctionExample("SQRT(4)", "2.0")) { $0.squareRoot() },
        of("EXP", "e to a power.", FunctionExample("EXP(0)", "1.0")) { exp($0) },
        of("LN", "The natural logarithm.", FunctionExample("LN(1)", "0.0")) { log($0) },
        of("LOG10", "The logarithm to base 10.", FunctionExample("LOG10(100)", "2.0")) {
            log10($0)
        },
        of("LOG2", "The logarithm to base 2.", FunctionExample("LOG2(8)", "3.0")) { log2($0) },
        of("SIN", "The sine of an angle in radians.", FunctionExample("SIN(0)", "0.0")) { sin($0) },
        of("COS", "The cosine of an angle in radians.", FunctionExample("COS(0)", "1.0")) {
            cos($0)
        },
        of("TAN", "The tangent of an angle in radians.", FunctionExample("TAN(0)", "0.0")) {
            tan($0)
        },
        of("ASIN", "The arc sine in radians.", FunctionExample("ASIN(0)", "0.0")) { asin($0) },
        of("ACOS", "The arc cosine in radians.", FunctionExample("ACOS(1)", "0.0")) { acos($0) },
        of("ATAN", "The arc tangent in radians.", FunctionExample("ATAN(0)", "0.0")) { atan($0) },
        of(
            "COT", "The cotangent of an angle in radians.",
            FunctionExample("COT(1)", "0.6420926159343306")
        ) {
            1 / tan($0)
        },
        of("SINH", "The hyperbolic sine.", FunctionExample("SINH(0)", "0.0")) { sinh($0) },
        of("COSH", "The hyperbolic cosine.", FunctionExample("COSH(0)", "1.0")) { cosh($0) },
        of("TANH", "The hyperbolic tangent.", FunctionExample("TANH(0)", "0.0")) { tanh($0) },
        of("DEGREES", "Radians as degrees.", FunctionExample("DEGREES(0)", "0.0")) {
            $0 * 57.29577951308232
        },
        of("RADIANS", "Degrees as radians.", FunctionExample("RADIANS(0)", "0.0")) {
            $0 * 0.017453292519943295
        },
    ]

    static let arcTangent = ScalarFunction(
        "ATAN2", family: .math, usage: "ATAN2(y, x)",
        documentation: "The angle of the point (x, y) in radians.",
        examples: [FunctionExample("ATAN2(0, 1)", "0.0")], resolve: Typing.doubles(2...2)
    ) { call in
        let x = call.arguments[1].float64Values
        let y = call.arguments[0].float64Values
        let results = (0..<call.count).map { atan2(y[$0], x[$0]) }
        return Column(.float64(results), validity: call.strictValidity)
    }

    private static func of(
        _ name: String, _ documentation: String, _ example: FunctionExample,
        _ body: @escaping @Sendable (Double) -> Double
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .math, usage: "\(name)(number)", documentation: documentation,
            examples: [example], resolve: Typing.doubles(1...1)
        ) { $0.mapDoubles(body) }
    }

    /// Takes one number and keeps its type.
    private static let sameNumber: @Sendable ([DataType]) -> Resolution? = { types in
        guard types.count == 1, types[0].kind.isNumeric else { return nil }
        return Resolution([types[0].kind], types[0])
    }

    static let absolute = ScalarFunction(
        "ABS", family: .math, usage: "ABS(number)", documentation: "The value without its sign.",
        examples: [FunctionExample("ABS(-3)", "3"), FunctionExample("ABS(-1.5)", "1.5")],
        resolve: sameNumber
    ) { call in
        let negated = Arithmetic.negate(call.arguments[0], kind: call.result, count: call.count)
        return choose(call, negated) { row in isNegative(call.arguments[0], row) }
    }

    static let sign = ScalarFunction(
        "SIGN", family: .math, usage: "SIGN(number)",
        documentation: "-1, 0 or 1 in the type of the argument.",
        examples: [FunctionExample("SIGN(-3)", "-1")], resolve: sameNumber
    ) { call in
        var builder = ColumnBuilder(call.result.physical, capacity: call.count)
        for row in 0..<call.count {
            switch call.arguments[0].scalar(row) {
            case .int64(let value): builder.append(scaled(Int128(value.signum()), call.result))
            case .int128(let value): builder.append(scaled(value.signum(), call.result))
            case .float64(let value):
                builder.append(.float64(value > 0 ? 1 : value < 0 ? -1 : value))
            default: builder.appendNull()
            }
        }
        return builder.build()
    }

    private static func scaled(_ sign: Int128, _ kind: DataType.Kind) -> Scalar {
        let value = sign * DecimalMath.power(kind.scale)
        return kind.physical == .int128 ? .int128(value) : .int64(Int64(truncatingIfNeeded: value))
    }

    static let floorFunction = rounding(
        "FLOOR", "The largest whole number that is not larger.",
        [FunctionExample("FLOOR(1.7)", "1"), FunctionExample("FLOOR(-1.2)", "-2")], up: false)

    static let ceiling = rounding(
        "CEIL", "The smallest whole number that is not smaller.",
        [FunctionExample("CEIL(1.2)", "2"), FunctionExample("CEIL(-1.7)", "-1")], up: true)

    private static func rounding(
        _ name: String, _ documentation: String, _ examples: [FunctionExample], up: Bool
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .math, usage: "\(name)(number)", documentation: documentation,
            examples: examples,
            resolve: { types in
                guard types.count == 1, types[0].kind.isNumeric else { return nil }
                guard case .decimal(let precision, _) = types[0].kind else {
                    return Resolution([types[0].kind], types[0])
                }
                let result = DataType.Kind.decimal(precision: precision, scale: 0)
                return Resolution(
                    [types[0].kind], DataType(result, nullable: types[0].isNullable))
            }
        ) { call in
            let column = call.arguments[0]
            if call.types[0].isFloating {
                return call.mapDoubles { $0.rounded(up ? .up : .down) }
            }
            let divisor = DecimalMath.power(call.types[0].scale)
            let values = column.wide(call.count).map { value -> Int128 in
                let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
                if up { return remainder > 0 ? quotient + 1 : quotient }
                return remainder < 0 ? quotient - 1 : quotient
            }
            return Arithmetic.narrowed(
                values, to: call.result.physical, validity: call.strictValidity)
        }
    }

    static let greatest = extreme(
        "GREATEST", "The largest of the values; NULL if any is NULL.",
        FunctionExample("GREATEST(1, 3, 2)", "3"), symbol: .greater)

    static let least = extreme(
        "LEAST", "The smallest of the values; NULL if any is NULL.",
        FunctionExample("LEAST(1, 3, 2)", "1"), symbol: .less)

    private static func extreme(
        _ name: String, _ documentation: String, _ example: FunctionExample,
        symbol: ComparisonOperator
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .conditional, usage: "\(name)(value, …)", documentation: documentation,
            examples: [example],
            resolve: { types in
                guard let common = TypeMerging.leastRestrictive(types) else { return nil }
                return Resolution(types.map { _ in common.kind }, common)
            }
        ) { call in
            var best = call.arguments[0]
            for column in call.arguments.dropFirst() {
                let wins = Comparison.apply(symbol, column, best, count: call.count).boolValues
                best = Select.rows(wins, column, best, count: call.count)
            }
            return best.with(validity: call.strictValidity)
        }
    }

    /// Takes rows from `other` where a condition holds, else from the first argument.
    private static func choose(
        _ call: FunctionCall, _ other: Column, where condition: (Int) -> Bool
    ) -> Column {
        let mask = (0..<call.count).map { condition($0) ? UInt8(1) : 0 }
        return Select.rows(mask, other, call.arguments[0], count: call.count)
    }

    private static func isNegative(_ column: Column, _ row: Int) -> Bool {
        switch column.values {
        case .int64(let values): values[row] < 0
        case .int128(let values): values[row] < 0
        case .float64(let values): values[row] < 0
        default: false
        }
    }
}
