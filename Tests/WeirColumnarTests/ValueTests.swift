// Dates, numbers and text conversions.

import TestSupport
import Testing
import WeirColumnar

@Suite struct ValueTests {
    @Test func calendarAgreesWithCounting() {
        var days = Calendar.days(year: 1890, month: 1, day: 1)
        for year in Int64(1890)...2110 {
            for month in Int64(1)...12 {
                for day in 1...Calendar.daysInMonth(year: year, month: month) {
                    #expect(Calendar.days(year: year, month: month, day: day) == days)
                    let back = Calendar.date(days: days)
                    #expect(back == (year, month, day))
                    days += 1
                }
            }
        }
    }

    @Test func isoWeeks() {
        // ISO 8601: 2021-01-03 is in week 53 of 2020, 2019-12-30 in week 1 of 2020.
        #expect(Calendar.isoWeek(days: Calendar.days(year: 2021, month: 1, day: 3)) == (2020, 53))
        #expect(Calendar.isoWeek(days: Calendar.days(year: 2019, month: 12, day: 30)) == (2020, 1))
        #expect(Calendar.isoDayOfWeek(days: 0) == 4)
    }

    @Test func monthArithmeticClipsToTheMonth() {
        let january = Calendar.days(year: 2024, month: 1, day: 31)
        #expect(Calendar.date(days: Calendar.addMonths(1, toDays: january)) == (2024, 2, 29))
        #expect(Calendar.date(days: Calendar.addMonths(-11, toDays: january)) == (2023, 2, 28))
    }

    @Test func timestamps() {
        let cases: [(String, Bool, String?)] = [
            ("2013-01-20 17:30:15", false, "2013-01-20 17:30:15.000000"),
            ("2013-01-20T17:30:15.5", false, "2013-01-20 17:30:15.500000"),
            ("1969-12-31 23:59:59.999999", false, "1969-12-31 23:59:59.999999"),
            ("2013-01-20 17:30:15Z", true, "2013-01-20 17:30:15.000000"),
            ("2013-01-20 17:30:15+02:00", true, "2013-01-20 15:30:15.000000"),
            ("2013-01-20", false, "2013-01-20 00:00:00.000000"),
            ("2013-01-20 17:30:15Z", false, nil), ("2013-02-30", false, nil),
            ("2013-1-20 24:00:00", false, nil), ("", false, nil), ("x", true, nil),
        ]
        for (text, allowsZone, expected) in cases {
            let micros = TimeText.parseTimestamp(Array(text.utf8), allowsZone: allowsZone)
            #expect(micros.map { TimeText.timestamp($0, precision: 6) } == expected, "\(text)")
        }
    }

    @Test func doublesAreWrittenAsJavaDoes() {
        let cases: [(Double, String)] = [
            (1, "1.0"), (0.1, "0.1"), (1e7, "1.0E7"), (9_999_999, "9999999.0"), (1e-3, "0.001"),
            (1e-4, "1.0E-4"), (123456789.125, "1.23456789125E8"), (-0.0, "-0.0"), (100, "100.0"),
            (.infinity, "Infinity"), (1.5e300, "1.5E300"),
        ]
        for (value, text) in cases { #expect(NumberText.double(value) == text) }
        #expect(NumberText.double(.nan) == "NaN")
    }

    @Test func decimals() {
        let cases: [(String, Int, String?)] = [
            ("1.5", 2, "1.50"), ("-0.005", 2, "-0.01"), ("0.004", 2, "0.00"), ("12e2", 0, "1200"),
            (".5", 1, "0.5"), ("5.", 1, "5.0"), ("", 1, nil), ("1.2.3", 1, nil), ("abc", 1, nil),
            ("99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999"),
            ("999999999999999999999999999999999999999", 0, nil),
        ]
        for (text, scale, expected) in cases {
            let value = NumberText.parseDecimal(Array(text.utf8), scale: scale)
            #expect(value.map { NumberText.decimal($0, scale: scale) } == expected, "\(text)")
        }
    }

    @Test("decimal division rounds half away from zero", arguments: 0..<200)
    func division(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let left = Int128(Int64(truncatingIfNeeded: random.next()) >> Int64(random.below(60)))
        let right = Int128(Int64(truncatingIfNeeded: random.next()) >> Int64(random.below(60)))
        guard right != 0 else { return }
        let shift = random.below(12)
        let exact = try #require(DecimalMath.divide(left, right, shift: shift), "seed \(seed)")
        // |exact · right − left · 10^shift| is at most half of |right|.
        let distance = (exact * right - left * DecimalMath.power(shift)).magnitude
        #expect(distance * 2 <= right.magnitude, "seed \(seed): \(left) / \(right)")
    }

    @Test func takeKeepsValuesAndNulls() {
        var builder = ColumnBuilder(.bytes)
        for text in ["a", "", "ccc"] { builder.append(.string(text)) }
        builder.appendNull()
        let column = builder.build().take([3, 2, 0, 2])
        #expect(column.isNull(0))
        #expect((1..<4).map { column.byteValues.string($0) } == ["ccc", "a", "ccc"])
    }
}
