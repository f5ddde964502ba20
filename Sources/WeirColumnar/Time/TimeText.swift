// Dates and times as text and back, as Flink casts them.

/// Reads and writes DATE, TIME and TIMESTAMP values.
package enum TimeText {
    /// A date `yyyy-MM-dd` as days since the epoch; nil when it is none.
    package static func parseDate(_ text: some BidirectionalCollection<UInt8>) -> Int64? {
        var scanner = DigitScanner(text)
        guard let days = scanDate(&scanner), scanner.isAtEnd else { return nil }
        return days
    }

    /// A time `HH:mm[:ss[.fraction]]` as microseconds since midnight; nil when it is none.
    package static func parseTime(_ text: some BidirectionalCollection<UInt8>) -> Int64? {
        var scanner = DigitScanner(text)
        guard let micros = scanTime(&scanner), scanner.isAtEnd else { return nil }
        return micros
    }

    /// A timestamp `yyyy-MM-dd[( |T)HH:mm[:ss[.fraction]]][Z|±HH:mm]` in microseconds.
    ///
    /// - Parameter allowsZone: whether a zone suffix may stand at the end; it is applied.
    package static func parseTimestamp(
        _ text: some BidirectionalCollection<UInt8>, allowsZone: Bool
    ) -> Int64? {
        var scanner = DigitScanner(text)
        guard let days = scanDate(&scanner) else { return nil }
        var micros = days * Calendar.microsPerDay
        if scanner.isAtEnd { return micros }
        guard scanner.accept(0x20) || scanner.accept(UInt8(ascii: "T")),
            let time = scanTime(&scanner)
        else { return nil }
        micros += time
        if scanner.isAtEnd { return micros }
        guard allowsZone, let offset = scanZone(&scanner), scanner.isAtEnd else { return nil }
        return micros - offset
    }

    private static func scanDate(_ scanner: inout DigitScanner) -> Int64? {
        guard let year = scanner.digits(1...4), scanner.accept(UInt8(ascii: "-")),
            let month = scanner.digits(1...2), (1...12).contains(month),
            scanner.accept(UInt8(ascii: "-")), let day = scanner.digits(1...2), day >= 1,
            day <= Calendar.daysInMonth(year: year, month: month)
        else { return nil }
        return Calendar.days(year: year, month: month, day: day)
    }

    private static func scanTime(_ scanner: inout DigitScanner) -> Int64? {
        guard let hour = scanner.digits(1...2), hour < 24, scanner.accept(UInt8(ascii: ":")),
            let minute = scanner.digits(1...2), minute < 60
        else { return nil }
        var micros = (hour * 60 + minute) * 60 * Calendar.microsPerSecond
        guard scanner.accept(UInt8(ascii: ":")) else { return micros }
        guard let second = scanner.digits(1...2), second < 60 else { return nil }
        micros += second * Calendar.microsPerSecond
        if scanner.accept(UInt8(ascii: ".")) {
            guard let fraction = scanner.fraction() else { return nil }
            micros += fraction
        }
        return micros
    }

    private static func scanZone(_ scanner: inout DigitScanner) -> Int64? {
        if scanner.accept(UInt8(ascii: "Z")) { return 0 }
        let isNegative = scanner.accept(UInt8(ascii: "-"))
        guard isNegative || scanner.accept(UInt8(ascii: "+")), let hours = scanner.digits(2...2),
            hours <= 18
        else { return nil }
        var minutes: Int64 = 0
        if scanner.accept(UInt8(ascii: ":")) || !scanner.isAtEnd {
            guard let value = scanner.digits(2...2), value < 60 else { return nil }
            minutes = value
        }
        let micros = (hours * 60 + minutes) * 60 * Calendar.microsPerSecond
        return isNegative ? -micros : micros
    }

    // MARK: Writing

    /// `yyyy-MM-dd`
    package static func date(_ days: Int64) -> String {
        let (year, month, day) = Calendar.date(days: days)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// `HH:mm:ss` and as many digits of the fraction as the precision says.
    package static func time(_ micros: Int64, precision: Int) -> String {
        let seconds = floorDivide(micros, Calendar.microsPerSecond)
        let clock =
            "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        guard precision > 0 else { return clock }
        let fraction = padded(floorModulo(micros, Calendar.microsPerSecond), 6)
        return clock + "." + fraction.prefix(precision)
    }

    /// `yyyy-MM-dd HH:mm:ss[.fraction]`
    package static func timestamp(_ micros: Int64, precision: Int) -> String {
        let days = floorDivide(micros, Calendar.microsPerDay)
        let rest = floorModulo(micros, Calendar.microsPerDay)
        return date(days) + " " + time(rest, precision: precision)
    }

    /// Cuts the digits that a precision does not keep, toward the past.
    package static func truncate(_ micros: Int64, precision: Int) -> Int64 {
        let step = stepMicros(precision)
        return step == 1 ? micros : floorDivide(micros, step) &* step
    }

    /// The smallest difference (µs) that a precision can show.
    package static func stepMicros(_ precision: Int) -> Int64 {
        var step: Int64 = 1
        for _ in 0..<max(0, 6 - precision) { step *= 10 }
        return step
    }
}

/// A number with leading zeros; the sign does not count as a digit.
package func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (value < 0 ? "-" : "") + zeros + digits
}

/// Reads digits and marks from the front of a text.
struct DigitScanner {
    private let bytes: [UInt8]
    private var index = 0

    /// Spaces around the text are ignored.
    init(_ text: some BidirectionalCollection<UInt8>) {
        var start = text.startIndex
        var end = text.endIndex
        while start < end, text[start] == 0x20 { start = text.index(after: start) }
        while end > start, text[text.index(before: end)] == 0x20 { end = text.index(before: end) }
        bytes = Array(text[start..<end].prefix(64))
    }

    var isAtEnd: Bool { index == bytes.count }

    mutating func accept(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func digits(_ width: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        var read = 0
        while read < width.upperBound, index < bytes.count, bytes[index] &- 0x30 <= 9 {
            value = value * 10 + Int64(bytes[index] - 0x30)
            index += 1
            read += 1
        }
        return width.contains(read) ? value : nil
    }

    /// Digits after the point as microseconds; up to nine digits, those past six are cut.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var read = 0
        while index < bytes.count, bytes[index] &- 0x30 <= 9 {
            if read < 6 { value = value * 10 + Int64(bytes[index] - 0x30) }
            read += 1
            index += 1
        }
        guard (1...9).contains(read) else { return nil }
        for _ in 0..<max(0, 6 - read) { value *= 10 }
        return value
    }
}
