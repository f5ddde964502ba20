// Exact decimal arithmetic on unscaled integers (Flink: DecimalDataUtils, DECIMAL rules).

package enum DecimalMath {
    /// 10 to the powers 0...38.
    package static let powers: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    package static func power(_ exponent: Int) -> Int128 { powers[min(max(exponent, 0), 38)] }

    /// Whether a value has at most so many digits.
    package static func fits(_ value: Int128, precision: Int) -> Bool {
        value.magnitude < power(precision).magnitude
    }

    /// Changes the scale, rounding half away from zero; nil when it overflows.
    package static func rescale(_ value: Int128, from: Int, to: Int) -> Int128? {
        if from == to { return value }
        if to > from {
            let (result, overflow) = value.multipliedReportingOverflow(by: power(to - from))
            return overflow || to - from > 38 ? nil : result
        }
        if from - to > 38 { return 0 }
        return divideHalfUp(value, by: power(from - to))
    }

    /// Quotient rounded half away from zero; the divisor is not 0.
    package static func divideHalfUp(_ value: Int128, by divisor: Int128) -> Int128 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        let isUp = remainder.magnitude >= divisor.magnitude - remainder.magnitude
        guard isUp, remainder != 0 else { return quotient }
        return (value < 0) != (divisor < 0) ? quotient - 1 : quotient + 1
    }

    /// `left · right` at a scale; nil when it does not fit in 38 digits.
    package static func multiply(
        _ left: Int128, _ right: Int128, naturalScale: Int, scale: Int
    ) -> Int128? {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        guard !overflow else {
            return scaledQuotient(left, right, by: power(naturalScale - scale))
        }
        return rescale(product, from: naturalScale, to: scale)
    }

    /// `left / right` at a scale; nil when it does not fit. The divisor is not 0.
    package static func divide(
        _ left: Int128, _ right: Int128, shift: Int
    ) -> Int128? {
        if shift < 0 {
            let (divisor, overflow) = right.multipliedReportingOverflow(by: power(-shift))
            return overflow ? 0 : divideHalfUp(left, by: divisor)
        }
        return scaledQuotient(left, power(shift), by: right)
    }

    /// `a · b / c` through a 256-bit product, rounded half away from zero.
    private static func scaledQuotient(_ a: Int128, _ b: Int128, by c: Int128) -> Int128? {
        let (high, low) = a.magnitude.multipliedFullWidth(by: b.magnitude)
        guard high < c.magnitude else { return nil }
        var (quotient, remainder) = c.magnitude.dividingFullWidth((high, low))
        if remainder >= c.magnitude - remainder, remainder != 0 { quotient += 1 }
        guard quotient <= Int128.max.magnitude else { return nil }
        let isNegative = ((a < 0) != (b < 0)) != (c < 0)
        return isNegative ? -Int128(quotient) : Int128(quotient)
    }
}
