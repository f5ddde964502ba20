// Times from and to text and epoch seconds.

import WeirColumnar

extension TimeFunctions {
    static let dateFormat = ScalarFunction(
        "DATE_FORMAT", family: .time, usage: "DATE_FORMAT(timestamp, pattern)",
        documentation:
            "The timestamp as text by a Java pattern with y, M, d, H, h, m, s, S, E, a and quoted"
            + " text.",
        examples: [
            FunctionExample(
                "DATE_FORMAT(TIMESTAMP '2013-01-20 17:30:15', 'yyyy-MM-dd HH:mm')",
                "2013-01-20 17:30")
        ],
        resolve: Typing.parameters(.timestamp, .string, to: .varchar(.max))
    ) { call in
        // Rows in a stream have one pattern, and often one time as far as the pattern shows it.
        var written: [UInt8]?
        var pattern: TimePattern?
        var shownUnit = Int64.min
        var shown: [UInt8] = []
        return call.mapToBytes { row, output in
            let text = call.bytes(1, row)
            if written.map({ !$0.elementsEqual(text) }) ?? true {
                written = Array(text)
                pattern = TimePattern(String(decoding: text, as: UTF8.self))
                shown = []
            }
            guard let pattern else {
                call.errors.add(row, .badArgument, "DATE_FORMAT does not know this pattern")
                return false
            }
            let time = call.integer(0, row)
            let unit = floorDivide(time, pattern.unit)
            if unit != shownUnit || shown.isEmpty {
                shownUnit = unit
                shown = Array(pattern.format(time).utf8)
            }
            output.append(contentsOf: shown)
            return true
        }
    }

    static let toDate = ScalarFunction(
        "TO_DATE", family: .time, usage: "TO_DATE(text[, pattern])",
        documentation: "A date read from text, by default yyyy-MM-dd; NULL when it is none.",
        examples: [
            FunctionExample("TO_DATE('2013-01-20')", "2013-01-20"),
            FunctionExample("TO_DATE('20/01/2013', 'dd/MM/yyyy')", "2013-01-20"),
        ],
        resolve: { types in nullable(Typing.strings(1...2, to: .date)(types)) }
    ) { call in
        call.mapToInt64 { row in
            parse(call, row, fallback: "yyyy-MM-dd").map { floorDivide($0, Calendar.microsPerDay) }
        }
    }

    static let toTimestamp = ScalarFunction(
        "TO_TIMESTAMP", family: .time, usage: "TO_TIMESTAMP(text[, pattern])",
        documentation:
            "A timestamp read from text, by default yyyy-MM-dd HH:mm:ss; NULL when it is none.",
        examples: [
            FunctionExample("TO_TIMESTAMP('2013-01-20 17:30:15')", "2013-01-20 17:30:15.000")
        ],
        resolve: { types in nullable(Typing.strings(1...2, to: .timestamp(3))(types)) }
    ) { call in
        call.mapToInt64 { row in
            parse(call, row, fallback: nil).map { TimeText.truncate($0, precision: 3) }
        }
    }

    private static func nullable(_ resolution: Resolution?) -> Resolution? {
        resolution.map { Resolution($0.arguments, $0.result.nullable(true)) }
    }

    private static func parse(_ call: FunctionCall, _ row: Int, fallback: String?) -> Int64? {
        let text = call.bytes(0, row)
        if call.arguments.count > 1 {
            let pattern = TimePattern(String(decoding: call.bytes(1, row), as: UTF8.self))
            return pattern?.parse(text)
        }
        if fallback != nil { return TimeText.parseDate(text).map { $0 * Calendar.microsPerDay } }
        return TimeText.parseTimestamp(text, allowsZone: false)
    }

    static let toTimestampLTZ = ScalarFunction(
        "TO_TIMESTAMP_LTZ", family: .time,
        usage: "TO_TIMESTAMP_LTZ(number[, precision]), TO_TIMESTAMP_LTZ(text[, pattern[, zone]])",
        documentation:
            "An instant from seconds (precision 0) or milliseconds (3) since 1970, or from a text in"
            + " a zone (UTC if none is given); NULL when the text is no time.",
        examples: [
            FunctionExample("TO_TIMESTAMP_LTZ(1358703015, 0)", "2013-01-20 17:30:15.000"),
            FunctionExample(
                "TO_TIMESTAMP_LTZ('2023-11-14 17:13:20', 'yyyy-MM-dd HH:mm:ss', 'Asia/Tokyo')",
                "2023-11-14 08:13:20.000"),
        ],
        resolve: { types in
            let instant = DataType(.timestampLTZ(3), nullable: true)
            if let first = types.first, first.kind.isString {
                guard types.count <= 3, types.allSatisfy({ $0.kind.isString }) else { return nil }
                return Resolution(types.map { _ in .varchar(.max) }, instant)
            }
            guard (1...2).contains(types.count),
                types.allSatisfy({ $0.kind.isInteger || $0.kind == .null })
            else { return nil }
            return Resolution(types.map { _ in .bigint }, instant)
        }
    ) { call in
        if case .varchar? = call.types.first { return instants(call) }
        return call.mapToInt64 { row in
            let precision = call.arguments.count > 1 ? call.integer(1, row) : 3
            guard precision == 0 || precision == 3 else {
                call.errors.add(row, .badArgument, "TO_TIMESTAMP_LTZ takes precision 0 or 3")
                return nil
            }
            let (micros, overflow) = call.integer(0, row).multipliedReportingOverflow(
                by: precision == 0 ? 1_000_000 : 1000)
            return overflow ? nil : micros
        }
    }

    private static func instants(_ call: FunctionCall) -> Column {
        var zones: [String: SessionZone?] = [:]
        return call.mapToInt64 { row in
            guard let local = parse(call, row, fallback: nil) else { return nil }
            let millis = floorDivide(local, 1000) * 1000
            guard call.arguments.count == 3 else { return millis }
            let name = String(decoding: call.bytes(2, row), as: UTF8.self)
            let zone = zones[name] ?? SessionZone(name)
            zones[name] = zone
            return zone.map { $0.instant(millis) }
        }
    }

    static let fromUnixTime = ScalarFunction(
        "FROM_UNIXTIME", family: .time, usage: "FROM_UNIXTIME(seconds[, pattern])",
        documentation: "Seconds since 1970 as text, by default yyyy-MM-dd HH:mm:ss.",
        examples: [FunctionExample("FROM_UNIXTIME(1358703015)", "2013-01-20 17:30:15")],
        resolve: Typing.parameters(.integer, .string, optional: 1, to: .varchar(.max)),
        refine: { _, _ in .string }
    ) { call in
        call.mapToBytes { row, output in
            let (micros, overflow) = call.integer(0, row).multipliedReportingOverflow(by: 1_000_000)
            guard !overflow else { return false }
            guard call.arguments.count > 1 else {
                output.append(text: TimeText.timestamp(micros, precision: 0))
                return true
            }
            let pattern = TimePattern(String(decoding: call.bytes(1, row), as: UTF8.self))
            guard let text = pattern?.format(micros) else { return false }
            output.append(text: text)
            return true
        }
    }

    static let unixTimestamp = ScalarFunction(
        "UNIX_TIMESTAMP", family: .time, usage: "UNIX_TIMESTAMP(text[, pattern])",
        documentation: "The seconds since 1970 of a timestamp in text.",
        examples: [FunctionExample("UNIX_TIMESTAMP('2013-01-20 17:30:15')", "1358703015")],
        resolve: Typing.strings(1...2, to: .bigint)
    ) { call in
        call.mapToInt64 { row in
            // Flink gives Long.MIN_VALUE / 1000 seconds for text that is no timestamp.
            parse(call, row, fallback: nil).map { floorDivide($0, 1_000_000) }
                ?? Int64.min / 1000
        }
    }
}
