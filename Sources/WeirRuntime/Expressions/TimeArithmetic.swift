// Times plus intervals, and the bounds of tumbling windows.

import WeirColumnar
import WeirPlanner

enum TimeShift {
    /// Adds or subtracts an interval; months keep the day as far as they can. A result outside of
    /// the years 1 to 9999 is an error of its row.
    static func apply(
        _ time: Column, _ interval: Column, kind: DataType.Kind, isMonths: Bool, isBack: Bool,
        count: Int, errors: RowErrors
    ) -> Column {
        let times = time.int64Values
        let intervals = interval.int64Values
        let validity = strictValidity([time, interval], count: count)
        var results = [Int64](repeating: 0, count: count)
        for row in 0..<count where validity.map({ $0[row] }) ?? true {
            let amount = isBack ? 0 &- intervals[row] : intervals[row]
            if let moved = shift(times[row], amount, kind, isMonths) {
                results[row] = moved
            } else {
                errors.addOutOfYears(row)
            }
        }
        return Column(.int64(results), validity: validity)
    }

    /// Adds a fixed number of microseconds to timestamps.
    static func constant(
        _ time: Column, by amount: Int64, count: Int, errors: RowErrors
    ) -> Column {
        let range = Calendar.timestampRange
        let times = time.int64Values
        var isOutside = false
        let moved = [Int64](unsafeUninitializedCapacity: count) { output, written in
            times.withUnsafeBufferPointer { times in
                for row in 0..<count {
                    let (sum, overflow) = times[row].addingReportingOverflow(amount)
                    isOutside =
                        isOutside || overflow || sum < range.lowerBound || sum > range.upperBound
                    output.initializeElement(at: row, to: sum)
                }
            }
            written = count
        }
        if isOutside {
            for row in 0..<count where !time.isNull(row) {
                if Calendar.shift(times[row], by: amount) == nil { errors.addOutOfYears(row) }
            }
        }
        return Column(.int64(moved), validity: strictValidity([time], count: count))
    }

    private static func shift(
        _ time: Int64, _ amount: Int64, _ kind: DataType.Kind, _ isMonths: Bool
    ) -> Int64? {
        if case .time = kind {
            return isMonths ? time : floorModulo(time &+ amount, Calendar.microsPerDay)
        }
        let isDate = kind == .date
        let micros = isDate ? time &* Calendar.microsPerDay : time
        let moved =
            isMonths
            ? Calendar.shift(micros, months: amount) : Calendar.shift(micros, by: amount)
        return isDate ? moved.map { floorDivide($0, Calendar.microsPerDay) } : moved
    }
}

extension RowErrors {
    fileprivate func addOutOfYears(_ row: Int) {
        add(row, .outOfRange, "a time leaves the years 1 to 9999")
    }
}

enum WindowBounds {
    /// Start of the window that a time falls in, aligned to the epoch plus an offset (Flink:
    /// TimeWindow.getWindowStartWithOffset).
    static func start(_ time: Int64, size: Int64, offset: Int64) -> Int64 {
        floorDivide(time &- offset, size) &* size &+ offset
    }

    /// How far `window_time` lies before the end: a millisecond, in µs.
    static let step: Int64 = 1000

    static func column(
        _ part: WindowPart, _ time: Column, size: Int64, offset: Int64, count: Int
    ) -> Column {
        let times = time.int64Values
        var results = [Int64](repeating: 0, count: count)
        for row in 0..<count {
            let start = start(times[row], size: size, offset: offset)
            switch part {
            case .start: results[row] = start
            case .end: results[row] = start &+ size
            case .time: results[row] = start &+ size &- step
            }
        }
        return Column(.int64(results), validity: strictValidity([time], count: count))
    }
}
