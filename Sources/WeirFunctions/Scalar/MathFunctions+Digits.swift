// Math functions on digits, powers and remainders.

import WeirColumnar

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension MathFunctions {
    static let round = digits(
        "ROUND", "The number rounded half away from zero to some digits after the point.",
        [FunctionExample("ROUND(2.567, 2)", "2.57"), FunctionExample("ROUND(-2.5)", "-3")],
        isTruncating: false)

    static let truncate = digits(
        "TRUNCATE", "The number cut to some digits after the point.",
        [FunctionExample("TRUNCATE(42.345, 2)", "42.34")], isTruncating: true)

    private static func digits(
        _ name: String, _ documentation: String, _ examples: [FunctionExample], isTruncating: Bool
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .math, usage: "\(name)(number[, digits])", documentation: documentation,
            examples: examples,
            resolve: { types in
                guard (1...2).contains(types.count), types[0].kind.isNumeric,
                    types.count == 1 || types[1].kind.isInteger
                else { return nil }
                var arguments = [types[0].kind]
                if types.count > 1 { arguments.append(.bigint) }
                return Resolution(
                    arguments, DataType(types[0].kind, nullable: Typing.nullable(types)))
            },
            refine: { types, constants in
                // Flink: LogicalTypeMerging.findRoundDecimalType.
                guard case .decimal(let precision, let scale) = types[0].kind else { return nil }
                var digits = 0
                if constants.count > 1 {
                    guard case .int64(let value)? = constants[1] else { return nil }
                    digits = Int(clamping: value)
                }
                if digits >= scale { return nil }
                let kept = max(0, digits)
                let kind = DataType.Kind.decimal(
                    precision: min(38, 1 + precision - scale + kept), scale: kept)
                return DataType(kind, nullable: Typing.nullable(types))
            }
        ) { call in
            var builder = ColumnBuilder(call.result.physical, capacity: call.count)
            let validity = call.strictValidity
            for row in 0..<call.count {
                guard validity.map({ $0[row] }) ?? true else {
                    builder.appendNull()
                    continue
                }
                let digits = call.arguments.count > 1 ? call.integer(1, row) : 0
                builder.append(
                    cut(
                        call.arguments[0].scalar(row), call.types[0],
                        digits: Int(min(max(digits, -40), 40)), isTruncating, call.result))
            }
            return builder.build()
        }
    }

    private static func cut(
        _ scalar: Scalar, _ kind: DataType.Kind, digits: Int, _ isTruncating: Bool,
        _ result: DataType.Kind
    ) -> Scalar {
        let unscaled: Int128
        switch scalar {
        case .float64(let value): return .float64(cut(value, digits: digits, isTruncating))
        case .int64(let value): unscaled = Int128(value)
        case .int128(let value): unscaled = value
        default: return .null
        }
        let dropped = kind.scale - digits
        var value = unscaled
        if dropped > 0 {
            let unit = DecimalMath.power(dropped)
            let quotient =
                dropped > 38
                ? 0
                : isTruncating ? unscaled / unit : DecimalMath.divideHalfUp(unscaled, by: unit)
            value = quotient &* unit
        }
        if let scaled = DecimalMath.rescale(value, from: kind.scale, to: result.scale) {
            value = scaled
        }
        if case .decimal(let precision, _) = result,
            !DecimalMath.fits(value, precision: precision)
        {
            return .null
        }
        return result.physical == .int128 ? .int128(value) : .int64(Int64(clamping: value))
    }

    /// Through the decimal text of the double, as Flink's BigDecimal does.
    private static func cut(_ value: Double, digits: Int, _ isTruncating: Bool) -> Double {
        guard value.isFinite, digits < 20 else { return value }
        let factor = pow(10.0, Double(digits))
        let scaled = value * factor
        guard scaled.isFinite, scaled.magnitude < 9e15 else { return value }
        if isTruncating {
            let exact = NumberText.parseDecimal(NumberText.double(value).utf8, scale: 18)
            guard let exact, digits >= 0 else { return (scaled).rounded(.towardZero) / factor }
            let unit = DecimalMath.power(18 - min(digits, 18))
            return Double(exact / unit) / factor
        }
        guard
            let exact = NumberText.parseDecimal(
                NumberText.double(value).utf8, scale: max(0, digits))
        else { return scaled.rounded(.toNearestOrAwayFromZero) / factor }
        if digits < 0 {
            let unit = DecimalMath.power(-digits)
            return Double(DecimalMath.divideHalfUp(exact, by: unit) * unit)
        }
        return Double(exact) / factor
    }

    static let modulo = ScalarFunction(
        "MOD", family: .math, usage: "MOD(number, divisor)",
        documentation: "The remainder, with the sign of the number; the same as %.",
        examples: [FunctionExample("MOD(7, 3)", "1"), FunctionExample("MOD(-7, 3)", "-1")],
        resolve: { types in
            guard types.count == 2, types.allSatisfy({ $0.kind.isNumeric }),
                let typing = TypeMerging.arithmetic(.remainder, types[0], types[1])
            else { return nil }
            return Resolution([typing.left, typing.right], typing.result)
        }
    ) { call in
        Arithmetic.apply(
            .remainder, call.arguments[0], call.arguments[1],
            types: (call.types[0], call.types[1], call.result), count: call.count,
            errors: call.errors)
    }

    static let power = ScalarFunction(
        "POWER", family: .math, usage: "POWER(base, exponent)",
        documentation: "The base to a power, as DOUBLE.",
        examples: [FunctionExample("POWER(2, 10)", "1024.0")], resolve: Typing.doubles(2...2)
    ) { call in
        let bases = call.arguments[0].float64Values
        let exponents = call.arguments[1].float64Values
        let values = (0..<call.count).map { pow(bases[$0], exponents[$0]) }
        return Column(.float64(values), validity: call.strictValidity)
    }

    static let logarithm = ScalarFunction(
        "LOG", family: .math, usage: "LOG([base, ]number)",
        documentation: "The natural logarithm, or the one to a base.",
        examples: [FunctionExample("LOG(2, 8)", "3.0"), FunctionExample("LOG(1)", "0.0")],
        resolve: Typing.doubles(1...2)
    ) { call in
        if call.arguments.count == 1 { return call.mapDoubles { log($0) } }
        let bases = call.arguments[0].float64Values
        let numbers = call.arguments[1].float64Values
        let values = (0..<call.count).map { log(numbers[$0]) / log(bases[$0]) }
        return Column(.float64(values), validity: call.strictValidity)
    }

    static let pi = constant("PI", "The ratio of a circle's circumference to its diameter.", .pi)

    static let e = constant("E", "The base of the natural logarithm.", 2.718281828459045)

    private static func constant(
        _ name: String, _ documentation: String, _ value: Double
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .math, usage: "\(name)()", documentation: documentation,
            examples: [FunctionExample("\(name)()", NumberText.double(value))],
            resolve: { $0.isEmpty ? Resolution([], DataType(.double, nullable: false)) : nil }
        ) { call in
            .constant(.float64(value), physical: .float64, count: call.count)
        }
    }
}
