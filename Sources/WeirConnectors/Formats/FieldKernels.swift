// Numbers and times from bytes, eight digits at a time.
//
// The kernels may read up to 16 bytes past a field: every buffer has padding behind its end.

import WeirColumnar

/// Reading of digits by arithmetic on whole words (SWAR).
enum Digits {
    /// The value of one to eight ASCII digits; nil when a byte is no digit.
    @inline(__always)
    static func value(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64? {
        value(aligned(start, count))
    }

    /// One to eight bytes at the end of a word, digits as their values; in front of them zeros.
    @inline(__always)
    static func aligned(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        let loaded = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self).littleEndian
        return (loaded ^ 0x3030_3030_3030_3030) << UInt64(truncatingIfNeeded: 64 &- count &* 8)
    }

    /// The number that eight values of digits stand for; nil when one is none.
    @inline(__always)
    static func value(_ word: UInt64) -> UInt64? {
        // What is no digit has the highest bit, or gets it; the lowest such byte gets no carry.
        guard (word | (word &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0 else {
            return nil
        }
        let pairs = (word &* (10 << 8 + 1)) >> 8 & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* (100 << 16 + 1)) >> 16 & 0x0000_FFFF_0000_FFFF
        return (fours &* (10_000 << 32 + 1)) >> 32
    }

    /// `HH:mm:ss` in microseconds; nil when it is no time of day.
    @inline(__always)
    static func clock(_ start: UnsafePointer<UInt8>) -> Int64? {
        let loaded = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self).littleEndian
        // Digits become their values and colons 0; any other byte has a bit of the mask, or gets one.
        let word = loaded ^ 0x3030_3A30_303A_3030
        guard (word | (word &+ 0x0606_0006_0600_0606)) & 0xF0F0_FFF0_F0FF_F0F0 == 0 else {
            return nil
        }
        let pairs = word &* 10 &+ (word >> 8)
        let hour = Int64(pairs & 0xFF)
        let minute = Int64(pairs >> 24 & 0xFF)
        let second = Int64(pairs >> 48 & 0xFF)
        guard hour < 24, minute < 60, second < 60 else { return nil }
        return ((hour * 60 + minute) * 60 + second) * 1_000_000
    }
}

/// Reads one field. `parse` may read up to 8 bytes past it.
protocol FieldParser<Value> {
    associatedtype Value
    /// The value; nil when the bytes are none.
    mutating func parse(_ start: UnsafePointer<UInt8>, _ count: Int) -> Value?
}

/// Whole numbers in a range around 0.
struct IntegerField: FieldParser {
    let range: ClosedRange<Int64>

    @inline(__always)
    func parse(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        if UInt(bitPattern: count &- 1) < 8, let digits = Digits.value(start, count) {
            let value = Int64(truncatingIfNeeded: digits)
            return value <= range.upperBound ? value : nil
        }
        return slow(start, count)
    }

    @inline(never)
    private func slow(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        if count > 1, count <= 9, start[0] == 0x2D, let digits = Digits.value(start + 1, count - 1)
        {
            let value = -Int64(digits)
            return range.contains(value) ? value : nil
        }
        guard count > 0, count <= 64,
            let value = NumberText.parseInteger(
                UnsafeBufferPointer(start: start, count: count), cutsFraction: false),
            range.contains(value)
        else { return nil }
        return value
    }
}

/// Unscaled decimals of up to 18 digits.
struct DecimalField: FieldParser {
    private let scale: Int
    /// Ten to the precision.
    private let limit: Int64
    /// Ten to the scale.
    private let unit: Int64
    /// The bytes of a word in front of the point, if its last bytes are the fraction.
    private let wholeMask: UInt64
    /// Where the point is in that word, in bits.
    private let pointShift: UInt64

    init(precision: Int, scale: Int) {
        self.scale = scale
        limit = Int64(DecimalMath.power(precision))
        unit = Int64(DecimalMath.power(scale))
        pointShift = UInt64(8 * (7 - min(scale, 7)))
        wholeMask = (1 << pointShift) - 1
    }

    @inline(__always)
    func parse(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        let isNegative = count > 1 && start[0] == 0x2D
        let digits = isNegative ? start + 1 : start
        let length = isNegative ? count &- 1 : count
        // Digits, a point, exactly `scale` digits.
        let whole = length &- scale &- 1
        guard whole >= 1, scale > 0, let value = unscaled(digits, length, whole), value < limit
        else { return slow(start, count) }
        return isNegative ? 0 &- value : value
    }

    /// The digits without their point; nil when they are others or too many.
    @inline(__always)
    private func unscaled(
        _ digits: UnsafePointer<UInt8>, _ length: Int, _ whole: Int
    ) -> Int64? {
        if length <= 8 {
            let word = Digits.aligned(digits, length)
            let front = word & wholeMask
            // The whole part takes the place of the point.
            let rest = word ^ front ^ (0x2E ^ 0x30) << pointShift
            guard rest >> pointShift & 0xFF == 0 else { return nil }
            return Digits.value(rest | front << 8).map { Int64(truncatingIfNeeded: $0) }
        }
        guard scale <= 8, whole <= 8, digits[whole] == 0x2E,
            let left = Digits.value(digits, whole),
            let right = Digits.value(digits + whole + 1, scale)
        else { return nil }
        return Int64(left) &* unit &+ Int64(right)
    }

    @inline(never)
    private func slow(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        guard count > 0, count <= 128,
            let value = NumberText.parseDecimal(
                UnsafeBufferPointer(start: start, count: count), scale: scale),
            value.magnitude < UInt128(limit)
        else { return nil }
        return Int64(truncatingIfNeeded: value)
    }
}

/// Floating-point numbers.
struct DoubleField: FieldParser {
    /// Whether the column is FLOAT.
    let roundsToFloat: Bool
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    ]

    /// A number; up to 15 digits exactly as a quotient of two exact doubles (Clinger's fast path),
    /// else by strtod.
    @inline(__always)
    func parse(_ start: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        guard let value = Self.double(start, count) else { return nil }
        return roundsToFloat ? Double(Float(value)) : value
    }

    @inline(__always)
    private static func double(_ start: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        guard count > 0 else { return nil }
        let isNegative = start[0] == 0x2D
        var index = isNegative ? 1 : 0
        guard count - index <= 16, count > index else { return slow(start, count) }
        var mantissa: UInt64 = 0
        var point = -1
        let first = index
        while index < count {
            let digit = start[index] &- 0x30
            if digit <= 9 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
            } else if start[index] == 0x2E, point < 0 {
                point = index
            } else {
                return slow(start, count)
            }
            index += 1
        }
        let digits = count - first - (point >= 0 ? 1 : 0)
        guard digits > 0, digits <= 15 else { return slow(start, count) }
        let fraction = point >= 0 ? count - point - 1 : 0
        let value = Double(mantissa) / powers[fraction]
        return isNegative ? -value : value
    }

    @inline(never)
    private static func slow(_ start: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        guard count > 0, count < 400 else { return nil }
        return NumberText.parseDouble(UnsafeBufferPointer(start: start, count: count))
    }
}

/// Timestamps; the day of the last value is kept, as most rows share it with the row before.
struct TimestampField: FieldParser {
    private let step: Int64
    private let precision: Int
    private let allowsZone: Bool
    /// The first eight bytes of the last date and the other two: at first `1970-01-01`.
    private var lastDate: UInt64 = 0x2D31_302D_3037_3931
    private var lastDay: UInt16 = 0x3130
    private var lastMicros: Int64 = 0

    init(precision: Int, allowsZone: Bool) {
        self.precision = precision
        self.allowsZone = allowsZone
        step = TimeText.stepMicros(precision)
    }

    /// `yyyy-MM-dd[ T]HH:mm:ss[.fraction][Z]` in microseconds, cut to the precision.
    @inline(__always)
    mutating func parse(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        guard count >= 19, count <= 27 else { return slow(start, count) }
        let raw = UnsafeRawPointer(start)
        let date = raw.loadUnaligned(as: UInt64.self)
        let day = raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
        if date != lastDate || day != lastDay {
            // Ten bytes may be a shorter date and what follows it.
            guard start[4] == 0x2D, start[7] == 0x2D, start[8] &- 0x30 <= 9, start[9] &- 0x30 <= 9,
                let days = TimeText.parseDate(UnsafeBufferPointer(start: start, count: 10))
            else { return slow(start, count) }
            lastDate = date
            lastDay = day
            lastMicros = days * Calendar.microsPerDay
        }
        guard start[10] == 0x20 || start[10] == 0x54, let clock = Digits.clock(start + 11) else {
            return slow(start, count)
        }
        let micros = lastMicros &+ clock
        if count == 19 { return micros }
        if count == 23, start[19] == 0x2E, step <= 1000,
            let millis = Digits.value(start + 20, 3)
        {
            return micros &+ Int64(millis) &* 1000
        }
        return withFraction(start, count, micros)
    }

    /// Fractions of a second and a zone.
    private func withFraction(
        _ start: UnsafePointer<UInt8>, _ count: Int, _ micros: Int64
    ) -> Int64? {
        var end = count
        if start[end - 1] == 0x5A {
            guard allowsZone else { return nil }
            end -= 1
            if end == 19 { return micros }
        }
        let digits = end - 20
        guard start[19] == 0x2E, digits >= 1, digits <= 6,
            let fraction = Digits.value(start + 20, digits)
        else { return slow(start, count) }
        let exact = micros &+ Int64(fraction) &* Self.scales[digits]
        return step == 1 ? exact : floorDivide(exact, step) &* step
    }

    private static let scales: [Int64] = [1_000_000, 100_000, 10_000, 1000, 100, 10, 1]

    @inline(never)
    private func slow(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        guard count > 0, count <= 64 else { return nil }
        let bytes = UnsafeBufferPointer(start: start, count: count)
        return TimeText.parseTimestamp(bytes, allowsZone: allowsZone).map {
            TimeText.truncate($0, precision: precision)
        }
    }
}
