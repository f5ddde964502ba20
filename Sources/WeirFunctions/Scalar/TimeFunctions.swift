// Date and time functions (Flink: temporal functions). The session zone is UTC.

import WeirColumnar

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The list of the date and time functions.
enum TimeFunctions {
    static let all: [ScalarFunction] =
        [
            extract, floorTo, ceilTo, timestampAdd, timestampDiff, dateFormat, toDate,
            toTimestamp, toTimestampLTZ, fromUnixTime, unixTimestamp, currentTimestamp,
            rowTimestamp, processingTime, currentTime,
            localTimestamp, currentDate, convertZone,
        ] + fieldFunctions

    /// YEAR(x) and its relatives: EXTRACT with the unit in the name.
    private static let fieldFunctions: [ScalarFunction] = [
        ("YEAR", TimeField.year, "2013"), ("QUARTER", .quarter, "1"), ("MONTH", .month, "1"),
        ("WEEK", .week, "3"), ("DAYOFYEAR", .doy, "20"), ("DAYOFMONTH", .day, "20"),
        ("DAYOFWEEK", .dow, "1"), ("HOUR", .hour, "17"), ("MINUTE", .minute, "30"),
        ("SECOND", .second, "15"),
    ].map { name, field, result in
        ScalarFunction(
            name, family: .time, usage: "\(name)(time)",
            documentation: "The same as EXTRACT(\(field.rawValue) FROM time).",
            examples: [FunctionExample("\(name)(TIMESTAMP '2013-01-20 17:30:15')", result)],
            resolve: { types in
                guard types.count == 1, let kind = timeKind(types[0].kind, field: field) else {
                    return nil
                }
                return Resolution([kind], DataType(.bigint, nullable: types[0].isNullable))
            }
        ) { call in
            call.mapToInt64 { row in field.value(call.integer(0, row), kind: call.types[0]) }
        }
    }

    private static func timeKind(_ kind: DataType.Kind, field: TimeField) -> DataType.Kind? {
        switch kind {
        case .timestamp, .timestampLTZ: kind
        case .date: field.isDateField ? .date : nil
        case .time: field.isClockField ? kind : nil
        case .null: .timestamp(3)
        default: nil
        }
    }

    static let extract = ScalarFunction(
        "EXTRACT", family: .time, usage: "EXTRACT(unit FROM time)",
        documentation:
            "One field of a date or time: YEAR, QUARTER, MONTH, WEEK (ISO), DAY, DOY, DOW (Sunday is"
            + " 1), ISODOW, ISOYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, EPOCH, DECADE,"
            + " CENTURY, MILLENNIUM.",
        examples: [
            FunctionExample("EXTRACT(DAY FROM DATE '2013-01-20')", "20"),
            FunctionExample("EXTRACT(HOUR FROM TIMESTAMP '2013-01-20 17:30:15')", "17"),
        ],
        resolve: { types in
            guard types.count == 2, types[0].kind.isString else { return nil }
            let isTime = if case .time = types[1].kind { true } else { false }
            guard types[1].kind.isTimestamp || types[1].kind == .date || isTime else { return nil }
            return Resolution(
                [.varchar(.max), types[1].kind], DataType(.bigint, nullable: types[1].isNullable))
        }
    ) { call in
        let field = TimeField(rawValue: call.constantText(0)) ?? .epoch
        return call.mapToInt64 { row in field.value(call.integer(1, row), kind: call.types[1]) }
    }

    static let floorTo = truncating(
        "FLOOR_TO", "FLOOR(time TO unit)", "start", "2013-01-20 17:00:00.000")

    static let ceilTo = truncating(
        "CEIL_TO", "CEIL(time TO unit)", "next start", "2013-01-20 18:00:00.000")

    private static func truncating(
        _ name: String, _ usage: String, _ what: String, _ result: String
    ) -> ScalarFunction {
        let isUp = name == "CEIL_TO"
        return ScalarFunction(
            name, family: .time, usage: usage,
            documentation: "The \(what) of a unit (YEAR … SECOND) of a date or timestamp.",
            examples: [
                FunctionExample(
                    "\(isUp ? "CEIL" : "FLOOR")(CAST('2013-01-20 17:30:15' AS TIMESTAMP(3)) TO HOUR)",
                    result)
            ],
            resolve: { types in
                guard types.count == 2, types[1].kind.isTimestamp || types[1].kind == .date else {
                    return nil
                }
                return Resolution([.varchar(.max), types[1].kind], types[1])
            }
        ) { call in
            let unit = TimeField(rawValue: call.constantText(0)) ?? .second
            let isDate = call.types[1] == .date
            return call.mapToInt64 { row in
                let value = call.integer(1, row)
                let micros = isDate ? value &* Calendar.microsPerDay : value
                let floor = unit.floor(micros)
                let result = isUp && floor != micros ? unit.next(floor) : floor
                return isDate ? floorDivide(result, Calendar.microsPerDay) : result
            }
        }
    }

    static let timestampAdd = ScalarFunction(
        "TIMESTAMPADD", family: .time, usage: "TIMESTAMPADD(unit, number, time)",
        documentation: "The time some units later.",
        examples: [FunctionExample("TIMESTAMPADD(WEEK, 1, DATE '2003-01-02')", "2003-01-09")],
        resolve: { types in
            guard types.count == 3, types[0].kind.isString, types[1].kind.isInteger else {
                return nil
            }
            guard types[2].kind.isTimestamp || types[2].kind == .date else { return nil }
            return Resolution(
                [.varchar(.max), .bigint, types[2].kind],
                DataType(types[2].kind, nullable: Typing.nullable(types)))
        }
    ) { call in
        let unit = TimeField(rawValue: call.constantText(0)) ?? .second
        let isDate = call.types[2] == .date
        return call.mapToInt64 { row in
            let value = call.integer(2, row)
            let micros = isDate ? value &* Calendar.microsPerDay : value
            guard let result = unit.add(call.integer(1, row), to: micros) else {
                call.errors.add(row, .outOfRange, "TIMESTAMPADD leaves the years 1 to 9999")
                return nil
            }
            return isDate ? floorDivide(result, Calendar.microsPerDay) : result
        }
    }

    static let timestampDiff = ScalarFunction(
        "TIMESTAMPDIFF", family: .time, usage: "TIMESTAMPDIFF(unit, from, to)",
        documentation: "The number of whole units between two times.",
        examples: [
            FunctionExample(
                "TIMESTAMPDIFF(DAY, TIMESTAMP '2003-01-02 10:00:00', TIMESTAMP '2003-01-03 10:00:00')",
                "1")
        ],
        resolve: { types in
            guard types.count == 3, types[0].kind.isString else { return nil }
            let kinds = types.dropFirst().map(\.kind)
            // A time of a clock and an instant have no difference, as in Flink.
            guard kinds.allSatisfy({ $0.isTimestamp || $0 == .date }),
                kinds[0].isInstant == kinds[1].isInstant
            else { return nil }
            return Resolution(
                [.varchar(.max)] + kinds.map { $0 == .date ? .timestamp(3) : $0 },
                DataType(.int, nullable: Typing.nullable(types)))
        }
    ) { call in
        let unit = TimeField(rawValue: call.constantText(0)) ?? .second
        return call.mapToInt64 { row in
            let difference = unit.difference(from: call.integer(1, row), to: call.integer(2, row))
            return Int64(Int32(truncatingIfNeeded: difference))
        }
    }

    static let currentTimestamp = clock(
        ["CURRENT_TIMESTAMP", "NOW"], "The time now, as an instant.", .timestampLTZ(3))

    static let rowTimestamp = clock(
        ["CURRENT_ROW_TIMESTAMP"], "The time at which the row is computed.", .timestampLTZ(3),
        usage: "CURRENT_ROW_TIMESTAMP()")

    static let processingTime = clock(
        ["PROCTIME"],
        "The time at which the row is computed; windows of processing time are not supported.",
        .timestampLTZ(3), usage: "PROCTIME()")

    static let currentTime = clock(
        ["CURRENT_TIME", "LOCALTIME"], "The time of day now in the session zone.", .time(0))

    static let localTimestamp = clock(
        ["LOCALTIMESTAMP"], "The time now in the session zone.", .timestamp(3))

    static let currentDate = clock(["CURRENT_DATE"], "The date now in the session zone.", .date)

    /// An instant as a value of a type, in whole milliseconds or seconds.
    private static func current(_ micros: Int64, _ kind: DataType.Kind) -> Int64 {
        switch kind {
        case .date: floorDivide(micros, Calendar.microsPerDay)
        case .time:
            (micros - floorDivide(micros, Calendar.microsPerDay) * Calendar.microsPerDay)
                / 1_000_000 * 1_000_000
        default: micros
        }
    }

    private static func clock(
        _ names: [String], _ documentation: String, _ kind: DataType.Kind, usage: String? = nil
    ) -> ScalarFunction {
        let kernel: @Sendable (FunctionCall) -> Column = { call in
            let value = current(FunctionClock.now(), kind)
            return .constant(.int64(value), physical: .int64, count: call.count)
        }
        let resolve: @Sendable ([DataType]) -> Resolution? = {
            $0.isEmpty ? Resolution([], DataType(kind, nullable: false)) : nil
        }
        if names.count > 1 {
            return ScalarFunction(
                names[0], names[1], family: .time, usage: usage ?? names[0],
                documentation: documentation,
                examples: [], isDeterministic: false, resolve: resolve, kernel: kernel)
        }
        return ScalarFunction(
            names[0], family: .time, usage: usage ?? names[0], documentation: documentation,
            examples: [],
            isDeterministic: false, resolve: resolve, kernel: kernel)
    }
}
