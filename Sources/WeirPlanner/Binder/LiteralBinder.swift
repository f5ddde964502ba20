// Constants in the text to typed values.

import WeirColumnar
import WeirSQL

enum LiteralBinder {
    /// Type and value of a literal (Flink: the rules of Calcite's SqlLiteral); nil with a
    /// diagnostic when the text is no such value.
    static func bind(
        _ literal: Literal, at span: Span, _ diagnostics: inout [Diagnostic]
    ) -> BoundExpression? {
        func make(_ value: Scalar, _ kind: DataType.Kind) -> BoundExpression {
            BoundExpression(.literal(value), DataType(kind, nullable: value == .null), span)
        }
        func fail(_ what: String, _ hint: String) -> BoundExpression? {
            diagnostics.append(
                .error("bad-literal", "this is not a \(what)", at: span, hint: hint))
            return nil
        }
        switch literal {
        case .null: return make(.null, .null)
        case .boolean(let value): return make(.bool(value), .boolean)
        case .string(let text):
            return make(.string(text), .char(max(1, text.unicodeScalars.count)))
        case .binary(let digits):
            return make(.bytes(bytes(digits)), .varbinary(max(1, digits.utf8.count / 2)))
        case .integer(let digits):
            if let value = Int32(digits) { return make(.int64(Int64(value)), .int) }
            if let value = Int64(digits) { return make(.int64(value), .bigint) }
            return decimal(digits, span, &diagnostics)
        case .decimal(let digits): return decimal(digits, span, &diagnostics)
        case .approximate(let digits):
            guard let value = NumberText.parseDouble(digits.utf8), value.isFinite else {
                return fail("number", "write digits, a point and an exponent, e.g. 1.5E3")
            }
            return make(.float64(value), .double)
        case .date(let text):
            guard let days = TimeText.parseDate(text.utf8) else {
                return fail("date", "write DATE '2013-01-20'")
            }
            return make(.int64(days), .date)
        case .time(let text):
            guard let micros = TimeText.parseTime(text.utf8) else {
                return fail("time", "write TIME '17:30:15'")
            }
            return make(.int64(micros), .time(fractionDigits(text)))
        case .timestamp(let text):
            guard let micros = TimeText.parseTimestamp(text.utf8, allowsZone: false) else {
                return fail("timestamp", "write TIMESTAMP '2013-01-20 17:30:15'")
            }
            return make(.int64(micros), .timestamp(fractionDigits(text)))
        case .interval(let text, let start, let end):
            guard let (value, kind) = IntervalText.parse(text, start: start, end: end) else {
                return fail(
                    "interval of that unit",
                    "write INTERVAL '5' MINUTE or INTERVAL '1 02:30:00' DAY TO SECOND")
            }
            return make(.int64(value), kind)
        }
    }

    private static func bytes(_ digits: String) -> [UInt8] {
        let nibbles = digits.utf8.map { byte -> UInt8 in
            byte <= UInt8(ascii: "9") ? byte &- 0x30 : (byte | 0x20) &- 0x57
        }
        return stride(from: 0, to: nibbles.count - 1, by: 2).map {
            nibbles[$0] << 4 | nibbles[$0 + 1]
        }
    }

    private static func decimal(
        _ digits: String, _ span: Span, _ diagnostics: inout [Diagnostic]
    ) -> BoundExpression? {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let scale = parts.count > 1 ? parts[1].utf8.count : 0
        let significant = digits.utf8.filter { $0 != 0x2E }.drop { $0 == 0x30 }.count
        let precision = max(significant, scale, 1)
        guard precision <= 38, let value = NumberText.parseDecimal(digits.utf8, scale: scale) else {
            diagnostics.append(
                .error("bad-literal", "a DECIMAL literal has at most 38 digits", at: span))
            return nil
        }
        return BoundExpression(
            .literal(Cast.scalarDecimal(value, precision: precision)),
            DataType(.decimal(precision: precision, scale: scale), nullable: false), span)
    }

    private static func fractionDigits(_ text: String) -> Int {
        guard let point = text.utf8.firstIndex(of: 0x2E) else { return 0 }
        return min(6, text.utf8.distance(from: point, to: text.utf8.endIndex) - 1)
    }
}

/// Reads the text of interval literals.
enum IntervalText {
    /// The longest interval in months, in whichever unit it is written.
    private static let maximumMonths: Int64 = 12_000_000_000

    /// Months or microseconds and which of them.
    static func parse(
        _ text: String, start: TimeUnit, end: TimeUnit?
    ) -> (Int64, DataType.Kind)? {
        var body = text.trimmingSpaces()
        var sign: Int64 = 1
        if body.hasPrefix("-") {
            sign = -1
            body = body.dropFirst()
        } else if body.hasPrefix("+") {
            body = body.dropFirst()
        }
        if let end { return range(body, sign, start, end) }
        switch start {
        case .year, .quarter, .month:
            let months: Int64 = start == .year ? 12 : start == .quarter ? 3 : 1
            guard let value = digits(body), value <= maximumMonths / months else { return nil }
            return (sign * value * months, .intervalMonths)
        default:
            guard let unit = micros(start) else { return nil }
            let parts = body.split(separator: ".", omittingEmptySubsequences: false)
            guard let whole = digits(parts[0]) else { return nil }
            let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
            if overflow { return nil }
            var value = product
            if parts.count == 2, start == .second {
                guard let fraction = fraction(parts[1]) else { return nil }
                let (sum, overflow) = product.addingReportingOverflow(fraction)
                if overflow { return nil }
                value = sum
            } else if parts.count != 1 {
                return nil
            }
            return (sign * value, .intervalTime)
        }
    }

    /// A number without a sign.
    private static func digits(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int64(text) : nil
    }

    private static func micros(_ unit: TimeUnit) -> Int64? {
        switch unit {
        case .week: 7 * Calendar.microsPerDay
        case .day: Calendar.microsPerDay
        case .hour: 3_600_000_000
        case .minute: 60_000_000
        case .second: 1_000_000
        case .millisecond: 1000
        default: nil
        }
    }

    private static func fraction(_ digits: Substring) -> Int64? {
        guard (1...9).contains(digits.utf8.count), let value = Int64(digits), value >= 0 else {
            return nil
        }
        var micros = value
        for _ in 0..<max(0, 6 - digits.utf8.count) { micros *= 10 }
        for _ in 0..<max(0, digits.utf8.count - 6) { micros /= 10 }
        return micros
    }

    /// `1-2` YEAR TO MONTH, `1 02:30:00.5` DAY TO SECOND and the ranges between.
    private static func range(
        _ body: Substring, _ sign: Int64, _ start: TimeUnit, _ end: TimeUnit
    ) -> (Int64, DataType.Kind)? {
        if start == .year, end == .month {
            let parts = body.split(separator: "-").compactMap(digits)
            guard parts.count == 2, parts[1] < 12, parts[0] < 1_000_000 else { return nil }
            return (sign * (parts[0] * 12 + parts[1]), .intervalMonths)
        }
        let order: [TimeUnit] = [.day, .hour, .minute, .second]
        guard let first = order.firstIndex(of: start), let last = order.firstIndex(of: end),
            first < last
        else { return nil }
        let pieces = body.split { $0 == " " || $0 == ":" }
        guard pieces.count == last - first + 1 else { return nil }
        var total: Int64 = 0
        for (unit, piece) in zip(order[first...last], pieces) {
            guard let (value, _) = parse(String(piece), start: unit, end: nil) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(value)
            if overflow { return nil }
            total = sum
        }
        return (sign * total, .intervalTime)
    }
}

extension String {
    fileprivate func trimmingSpaces() -> Substring {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
