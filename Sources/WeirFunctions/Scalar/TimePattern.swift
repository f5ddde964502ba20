// Java date patterns (java.time.format.DateTimeFormatter), as far as functions take them.

import WeirColumnar

/// A parsed pattern such as `yyyy-MM-dd HH:mm:ss.SSS`.
struct TimePattern {
    private enum Part {
        case field(Character, width: Int)
        case text(String)
    }

    private let parts: [Part]
    private static let letters = Set("yuMdHhmsSEaD")

    /// Nil for a pattern with letters that are not known.
    init?(_ pattern: String) {
        var parts: [Part] = []
        var rest = Array(pattern)[...]
        while let first = rest.first {
            if first == "'" {
                let quoted = rest.dropFirst().prefix { $0 != "'" }
                rest = rest.dropFirst(quoted.count + 2)
                parts.append(.text(quoted.isEmpty ? "'" : String(quoted)))
            } else if first.isASCII, first.isLetter {
                guard Self.letters.contains(first) else { return nil }
                let run = rest.prefix { $0 == first }
                rest = rest.dropFirst(run.count)
                parts.append(.field(first, width: run.count))
            } else {
                parts.append(.text(String(first)))
                rest = rest.dropFirst()
            }
        }
        self.parts = parts
    }

    /// The shortest time that the text shows (µs): times within one give the same text.
    var unit: Int64 {
        var unit = Calendar.microsPerDay
        for case .field(let letter, _) in parts {
            switch letter {
            case "S": return 1
            case "s": unit = min(unit, 1_000_000)
            case "m": unit = min(unit, 60_000_000)
            case "H", "h", "a": unit = min(unit, 3_600_000_000)
            default: break
            }
        }
        return unit
    }

    func format(_ micros: Int64) -> String {
        let days = floorDivide(micros, Calendar.microsPerDay)
        let clock = floorModulo(micros, Calendar.microsPerDay)
        let date = Calendar.date(days: days)
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .field(let letter, let width):
                text += field(letter, width, days: days, date: date, clock: clock)
            }
        }
        return text
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    private func field(
        _ letter: Character, _ width: Int, days: Int64,
        date: (year: Int64, month: Int64, day: Int64), clock: Int64
    ) -> String {
        let hour = clock / 3_600_000_000
        switch letter {
        case "y", "u": return width == 2 ? padded(date.year % 100, 2) : padded(date.year, width)
        case "M":
            if width < 3 { return padded(date.month, width) }
            let name = Self.months[Int(date.month) - 1]
            return width == 3 ? String(name.prefix(3)) : name
        case "d": return padded(date.day, width)
        case "D": return padded(Calendar.dayOfYear(days: days), width)
        case "E":
            let name = Self.weekdays[Int(Calendar.isoDayOfWeek(days: days)) - 1]
            return width <= 3 ? String(name.prefix(3)) : name
        case "H": return padded(hour, width)
        case "h": return padded((hour + 11) % 12 + 1, width)
        case "a": return hour < 12 ? "AM" : "PM"
        case "m": return padded(clock / 60_000_000 % 60, width)
        case "s": return padded(clock / 1_000_000 % 60, width)
        default:
            let fraction = padded(clock % 1_000_000, 6) + "000"
            return String(fraction.prefix(width))
        }
    }

    /// Reads a text by the pattern; nil when it does not match.
    func parse(_ text: some BidirectionalCollection<UInt8>) -> Int64? {
        var scanner = DigitReader(text)
        var fields: [Character: Int64] = ["y": 1970, "M": 1, "d": 1]
        for part in parts {
            switch part {
            case .text(let literal):
                for byte in literal.utf8 where !scanner.accept(byte) { return nil }
            case .field(let letter, let width):
                let isYear = letter == "y" || letter == "u"
                let most = letter == "S" ? width : max(width, isYear ? 4 : 2)
                guard !"DEa".contains(letter), let value = scanner.digits(atMost: most) else {
                    return nil
                }
                fields[letter == "u" ? "y" : letter] =
                    letter == "S" ? value.scaledFraction(width) : value
            }
        }
        guard scanner.isAtEnd else { return nil }
        return assemble(fields)
    }

    private func assemble(_ fields: [Character: Int64]) -> Int64? {
        let year = fields["y"] ?? 1970
        let month = fields["M"] ?? 1
        let day = fields["d"] ?? 1
        let hour = fields["H"] ?? fields["h"] ?? 0
        let minute = fields["m"] ?? 0
        let second = fields["s"] ?? 0
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1, hour < 24, minute < 60,
            second < 60,
            day <= Calendar.daysInMonth(year: year, month: month)
        else { return nil }
        let days = Calendar.days(year: year, month: month, day: day)
        let clock = ((hour * 60 + minute) * 60 + second) * 1_000_000 + (fields["S"] ?? 0)
        return days * Calendar.microsPerDay + clock
    }
}

extension Int64 {
    /// Digits after the point, read as a number, in microseconds.
    fileprivate func scaledFraction(_ width: Int) -> Int64 {
        var value = self
        for _ in 0..<Swift.max(0, 6 - width) { value *= 10 }
        for _ in 0..<Swift.max(0, width - 6) { value /= 10 }
        return value
    }
}

/// Reads digits and literal bytes.
private struct DigitReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: some BidirectionalCollection<UInt8>) { bytes = Array(text.prefix(128)) }

    var isAtEnd: Bool { index == bytes.count }

    mutating func accept(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func digits(atMost width: Int) -> Int64? {
        var value: Int64 = 0
        var read = 0
        while read < min(width, 18), index < bytes.count, bytes[index] &- 0x30 <= 9 {
            value = value * 10 + Int64(bytes[index] - 0x30)
            index += 1
            read += 1
        }
        return read > 0 ? value : nil
    }
}
