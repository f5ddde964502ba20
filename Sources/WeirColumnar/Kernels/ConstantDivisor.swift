// Division by the same number again and again.

/// Divides by multiplying (Granlund and Montgomery, Division by Invariant Integers using
/// Multiplication, PLDI 1994): a few cycles where a division takes twenty.
struct ConstantDivisor {
    private let divisor: UInt64
    private let isNegative: Bool
    private let magic: UInt64
    private let shift: UInt64

    /// The number that all of the first `count` are; nil for none, 0, 1 and -1, and when they
    /// differ.
    init?(_ values: [Int64], _ count: Int) {
        guard count > 0, let first = values.first, first.magnitude > 1 else { return nil }
        var difference: Int64 = 0
        for row in 0..<count { difference |= values[row] ^ first }
        guard difference == 0 else { return nil }
        divisor = first.magnitude
        isNegative = first < 0
        // Two to the `bits` is the first power that is not smaller than the divisor.
        let bits = UInt64(64 - (divisor - 1).leadingZeroBitCount)
        let excess = 1 << bits - divisor
        magic = divisor.dividingFullWidth((excess, 0)).quotient + 1
        shift = bits - 1
    }

    @inline(__always)
    private func quotient(_ value: UInt64) -> UInt64 {
        let high = value.multipliedFullWidth(by: magic).high
        return (high &+ (value &- high) >> 1) >> shift
    }

    /// Cut towards 0, as in SQL and Java.
    @inline(__always)
    func quotient(_ value: Int64) -> Int64 {
        let quotient = Int64(truncatingIfNeeded: quotient(value.magnitude))
        return (value < 0) != isNegative ? 0 &- quotient : quotient
    }

    /// With the sign of the value, as in SQL and Java.
    @inline(__always)
    func remainder(_ value: Int64) -> Int64 {
        let magnitude = value.magnitude
        let remainder = Int64(
            truncatingIfNeeded: magnitude &- quotient(magnitude) &* divisor)
        return value < 0 ? 0 &- remainder : remainder
    }
}
