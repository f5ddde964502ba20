// The proleptic Gregorian calendar on integers.

/// Days and fields of dates; all of it is arithmetic, no time zones.
///
/// The algorithms are Howard Hinnant's `days_from_civil` and `civil_from_days`.
package enum Calendar {
    package static let microsPerSecond: Int64 = 1_000_000
    package static let microsPerDay: Int64 = 86_400_000_000

    /// Days since 1970-01-01 of a date.
    @inlinable
    package static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era &* 146_097 &+ dayOfEra - 719_468
    }

    /// Year, month and day of a day number.
    package static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days &+ 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra &+ era &* 400 + (month <= 2 ? 1 : 0), month, day)
    }

    package static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    package static func daysInMonth(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The same day some months later, clipped to the length of that month.
    package static func addMonths(_ months: Int64, toDays days: Int64) -> Int64 {
        let (year, month, day) = date(days: days)
        let index = year &* 12 &+ (month - 1) &+ months
        let newYear = floorDivide(index, 12)
        let newMonth = index &- newYear &* 12 + 1
        return Calendar.days(
            year: newYear, month: newMonth,
            day: min(day, daysInMonth(year: newYear, month: newMonth)))
    }

    /// Microseconds of the first and last moment that a timestamp may be (SQL: years 1 to 9999).
    package static let timestampRange =
        days(year: 1, month: 1, day: 1) * microsPerDay...days(year: 10_000, month: 1, day: 1)
        * microsPerDay - 1

    /// A timestamp moved by microseconds; nil outside of the years 1 to 9999.
    package static func shift(_ micros: Int64, by amount: Int64) -> Int64? {
        let (sum, overflow) = micros.addingReportingOverflow(amount)
        return overflow || !timestampRange.contains(sum) ? nil : sum
    }

    /// A timestamp moved by months; nil outside of the years 1 to 9999.
    package static func shift(_ micros: Int64, months: Int64) -> Int64? {
        guard timestampRange.contains(micros), months.magnitude < 200_000 else { return nil }
        let days = floorDivide(micros, microsPerDay)
        let clock = micros - days * microsPerDay
        let moved = addMonths(months, toDays: days) * microsPerDay + clock
        return timestampRange.contains(moved) ? moved : nil
    }

    /// ISO day of the week: Monday is 1, Sunday 7.
    package static func isoDayOfWeek(days: Int64) -> Int64 { floorModulo(days &+ 3, 7) + 1 }

    package static func dayOfYear(days: Int64) -> Int64 {
        days - Calendar.days(year: date(days: days).year, month: 1, day: 1) + 1
    }

    /// ISO 8601 week and the year it belongs to.
    package static func isoWeek(days: Int64) -> (year: Int64, week: Int64) {
        let thursday = days &- isoDayOfWeek(days: days) + 4
        let year = date(days: thursday).year
        return (year, (thursday - Calendar.days(year: year, month: 1, day: 1)) / 7 + 1)
    }
}

/// Division that rounds toward negative infinity.
@inlinable
package func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor != 0 && (value < 0) != (divisor < 0) ? quotient - 1 : quotient
}

/// The remainder of `floorDivide`; has the divisor's sign.
@inlinable
package func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder + divisor : remainder
}
