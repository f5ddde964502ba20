// Fields of a timestamp and arithmetic by unit.

import WeirColumnar

/// A field or unit of date and time; raw values are the SQL names.
package enum TimeField: String, Sendable {
    case year = "YEAR"
    case quarter = "QUARTER"
    case month = "MONTH"
    case week = "WEEK"
    case day = "DAY"
    case hour = "HOUR"
    case minute = "MINUTE"
    case second = "SECOND"
    case millisecond = "MILLISECOND"
    case microsecond = "MICROSECOND"
    case dow = "DOW"
    case isodow = "ISODOW"
    case doy = "DOY"
    case isoyear = "ISOYEAR"
    case epoch = "EPOCH"
    case decade = "DECADE"
    case century = "CENTURY"
    case millennium = "MILLENNIUM"

    var isClockField: Bool {
        switch self {
        case .hour, .minute, .second, .millisecond, .microsecond, .epoch: true
        default: false
        }
    }

    var isDateField: Bool { !isClockField || self == .epoch }

    /// Length in microseconds of a unit that always has the same.
    var fixedMicros: Int64? {
        switch self {
        case .week: 7 * Calendar.microsPerDay
        case .day: Calendar.microsPerDay
        case .hour: 3_600_000_000
        case .minute: 60_000_000
        case .second: 1_000_000
        case .millisecond: 1000
        case .microsecond: 1
        default: nil
        }
    }

    private var months: Int64? {
        switch self {
        case .month: 1
        case .quarter: 3
        case .year: 12
        case .decade: 120
        case .century: 1200
        case .millennium: 12_000
        default: nil
        }
    }

    /// The field of a value of DATE (days), TIME or TIMESTAMP (µs).
    func value(_ value: Int64, kind: DataType.Kind) -> Int64 {
        let isDate = kind == .date
        let days = isDate ? value : floorDivide(value, Calendar.microsPerDay)
        let clock = isDate ? 0 : floorModulo(value, Calendar.microsPerDay)
        let date = Calendar.date(days: days)
        switch self {
        case .year: return date.year
        case .quarter: return (date.month + 2) / 3
        case .month: return date.month
        case .week: return Calendar.isoWeek(days: days).week
        case .day: return date.day
        case .dow: return Calendar.isoDayOfWeek(days: days) % 7 + 1
        case .isodow: return Calendar.isoDayOfWeek(days: days)
        case .doy: return Calendar.dayOfYear(days: days)
        case .isoyear: return Calendar.isoWeek(days: days).year
        case .hour: return clock / 3_600_000_000
        case .minute: return clock / 60_000_000 % 60
        case .second: return clock / 1_000_000 % 60
        case .millisecond: return clock / 1000 % 1000
        case .microsecond: return clock % 1_000_000
        case .epoch: return isDate ? days &* 86_400 : floorDivide(value, 1_000_000)
        case .decade: return floorDivide(date.year, 10)
        case .century: return (date.year + 99) / 100
        case .millennium: return (date.year + 999) / 1000
        }
    }

    /// The start of the unit that a timestamp lies in.
    func floor(_ micros: Int64) -> Int64 {
        let days = floorDivide(micros, Calendar.microsPerDay)
        if self == .week {
            // Weeks begin on Sunday, as Calcite's FLOOR(… TO WEEK) has it.
            return (days &- Calendar.isoDayOfWeek(days: days) % 7) &* Calendar.microsPerDay
        }
        if let fixedMicros { return floorDivide(micros, fixedMicros) &* fixedMicros }
        guard let months else { return micros }
        let date = Calendar.date(days: days)
        let index = floorDivide(date.year &* 12 + date.month - 1, months) &* months
        let start = Calendar.days(
            year: floorDivide(index, 12), month: floorModulo(index, 12) + 1, day: 1)
        return start &* Calendar.microsPerDay
    }

    /// The start of the following unit, given the start of one.
    func next(_ start: Int64) -> Int64 { add(1, to: start) ?? start }

    /// A timestamp some units later; months keep the day as far as they can.
    ///
    /// - Returns: nil outside of the years 1 to 9999.
    func add(_ number: Int64, to micros: Int64) -> Int64? {
        if let fixedMicros {
            let (amount, overflow) = number.multipliedReportingOverflow(by: fixedMicros)
            return overflow ? nil : Calendar.shift(micros, by: amount)
        }
        guard let months, number.magnitude < 200_000 else { return months == nil ? micros : nil }
        return Calendar.shift(micros, months: number * months)
    }

    /// Whole units from one timestamp to another.
    func difference(from: Int64, to: Int64) -> Int64 {
        if let fixedMicros { return (to &- from) / fixedMicros }
        guard let months else { return 0 }
        let first = Calendar.date(days: floorDivide(from, Calendar.microsPerDay))
        let second = Calendar.date(days: floorDivide(to, Calendar.microsPerDay))
        var count = (second.year &- first.year) &* 12 &+ second.month - first.month
        let moved = TimeField.month.add(count, to: from) ?? to
        if count > 0, moved > to { count -= 1 }
        if count < 0, moved < to { count += 1 }
        return count / months
    }
}
