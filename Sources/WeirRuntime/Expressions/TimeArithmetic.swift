// Times plus intervals, and the bounds of tumbling windows.

import WeirColumnar
import WeirPlanner

enum TimeShift {
    /// Adds or subtracts an interval; months keep the day as far as they can.
    static func apply(
        _ time: Column, _ interval: Column, kind: DataType.Kind, isMonths: Bool, isBack: Bool,
        count: Int
    ) -> Column {
        let times = time.int64Values
        let intervals = interval.int64Values
        let isDate = kind == .date
        let isClock = if case .time = kind { true } else { false }
        var results = [Int64](repeating: 0, count: count)
        for row in 0..<count {
            let amount = isBack ? 0 &- intervals[row] : intervals[row]
            if isMonths {
                let days = isDate ? times[row] : floorDivide(times[row], Calendar.microsPerDay)
                let moved = Calendar.addMonths(amount, toDays: days)
                results[row] =
                    isDate ? moved : times[row] &+ (moved &- days) &* Calendar.microsPerDay
            } else if isDate {
                results[row] = times[row] &+ floorDivide(amount, Calendar.microsPerDay)
            } else {
                let sum = times[row] &+ amount
                results[row] = isClock ? floorModulo(sum, Calendar.microsPerDay) : sum
            }
        }
        return Column(.int64(results), validity: strictValidity([time, interval], count: count))
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
