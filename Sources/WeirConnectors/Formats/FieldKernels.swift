// Numbers and times from bytes, eight digits at a time.
//
// The kernels may read up to 8 bytes past a field: every buffer has padding behind its end.

import WeirColumnar

/// Reading of digits by arithmetic on whole words (SWAR).
enum Digits {
    /// The value of one to eight ASCII digits; nil when a byte is no digit.
    @inline(__always)
    static func value(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64? {
        let loaded = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self).littleEndian
        let shift = UInt64(64 - count * 8)
        // Missing leading digits become '0'.
        let padding: UInt64 = count == 8 ? 0 : 0x3030_3030_3030_3030 >> UInt64(count * 8)
        let word = loaded << shift | padding
        guard
            (word & 0xF0F0_F0F0_F0F0_F0F0)
                | (((word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) >> 4)
                == 0x3333_3333_3333_3333
        else { return nil }
        var value = word & 0x0F0F_0F0F_0F0F_0F0F
        value = (value &* 10 &+ (value >> 8)) & 0x00FF_00FF_00FF_00FF
        value = (value &* 100 &+ (value >> 16)) & 0x0000_FFFF_0000_FFFF
        return (value &* 10_000 &+ (value >> 32)) & 0xFFFF_FFFF
    }

    /// Two digits; nil when they are none.
    @inline(__always)
    static func pair(_ start: UnsafePointer<UInt8>) -> Int64? {
        let tens = start[0] &- 0x30
        let ones = start[1] &- 0x30
        return tens <= 9 && ones <= 9 ? Int64(tens) * 10 + Int64(ones) : nil
    }
}

enum IntegerField {
    /// A whole number in a range; nil otherwise.
    @inline(__always)
    static func parse(
        _ start: UnsafePointer<UInt8>, _ count: Int, range: ClosedRange<Int64>
    ) -> Int64? {
        if UInt(bitPattern: count &- 1) < 8, let digits = Digits.value(start, count) {
            let value = Int64(digits)
            return range.contains(value) ? value : nil
        }
        return slow(start, count, range: range)
    }

    @inline(never)
    private static func slow(
        _ start: UnsafePointer<UInt8>, _ count: Int, range: ClosedRange<Int64>
    ) -> Int64? {
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

enum DecimalField {
    /// An unscaled decimal below `limit` (10 to the precision); nil otherwise.
    @inline(__always)
    static func parse(
        _ start: UnsafePointer<UInt8>, _ count: Int, scale: Int, limit: Int64
    ) -> Int64? {
        let isNegative = count > 1 && start[0] == 0x2D
        let digits = isNegative ? start + 1 : start
        let length = isNegative ? count - 1 : count
        // digits, a point, exactly `scale` digits, eight digits or less on each side.
        let whole = length - scale - 1
        if scale > 0, scale <= 8, whole >= 1, whole <= 8, digits[whole] == 0x2E,
            let left = Digits.value(digits, whole),
            let right = Digits.value(digits + whole + 1, scale)
        {
            let value = Int64(left) * tens[scale] + Int64(right)
            return value < limit ? (isNegative ? -value : value) : nil
        }
        return slow(start, count, scale: scale, limit: limit)
    }

    private static let tens: [Int64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
    ]

    @inline(never)
    private static func slow(
        _ start: UnsafePointer<UInt8>, _ count: Int, scale: Int, limit: Int64
    ) -> Int64? {
        guard count > 0, count <= 128,
            let value = NumberText.parseDecimal(
                UnsafeBufferPointer(start: start, count: count), scale: scale),
            value.magnitude < UInt128(limit)
        else { return nil }
        return Int64(truncatingIfNeeded: value)
    }
}

enum DoubleField {
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    ]

    /// A number; up to 15 digits exactly as a quotient of two exact doubles (Clinger's fast path),
    /// else by strtod.
    @inline(__always)
    static func parse(_ start: UnsafePointer<UInt8>, _ count: Int) -> Double? {
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
struct TimestampField {
    private let step: Int64
    private let precision: Int
    private let allowsZone: Bool
    private var lastDate: UInt64 = 0
    private var lastDay: UInt16 = 0
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
            guard let days = TimeText.parseDate(UnsafeBufferPointer(start: start, count: 10)) else {
                return slow(start, count)
            }
            lastDate = date
            lastDay = day
            lastMicros = days * Calendar.microsPerDay
        }
        guard start[10] == 0x20 || start[10] == 0x54, start[13] == 0x3A, start[16] == 0x3A,
            let hour = Digits.pair(start + 11), let minute = Digits.pair(start + 14),
            let second = Digits.pair(start + 17), hour < 24, minute < 60, second < 60
        else { return slow(start, count) }
        var micros = lastMicros &+ ((hour * 60 + minute) * 60 + second) * 1_000_000
        if count == 19 { return micros }
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
        micros &+= Int64(fraction) &* Self.scales[digits]
        return step == 1 ? micros : floorDivide(micros, step) &* step
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
