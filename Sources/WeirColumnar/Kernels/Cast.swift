// CAST and TRY_CAST between all types that Flink can convert.

/// Converts columns from one type to another.
package enum Cast {
    /// Whether a value of one type can be cast to another at all.
    package static func isSupported(from: DataType.Kind, to: DataType.Kind) -> Bool {
        if from == to || from == .null { return true }
        if from.isNested || to.isNested { return to.isString }
        if from.isString || to.isString {
            if case .varbinary = to { return true }
            return !to.isInterval
        }
        if from.isNumeric { return to.isNumeric || to == .boolean }
        switch (from, to) {
        case (.boolean, _): return to.isNumeric
        case (.date, .timestamp), (.date, .timestampLTZ): return true
        case (.timestamp, _), (.timestampLTZ, _):
            if case .time = to { return true }
            return to.isTimestamp || to == .date
        case (.time, .time): return true
        case (.varbinary, .varbinary): return true
        default: return from.isInterval && from == to
        }
    }

    /// Casts the first `count` rows. What cannot be cast is NULL; without `isTry` it is also an
    /// error of its row (Flink: CAST fails, TRY_CAST gives NULL).
    package static func apply(
        _ column: Column, from: DataType.Kind, to: DataType.Kind, isTry: Bool, count: Int,
        errors: RowErrors
    ) -> Column {
        if from == to { return column }
        if from == .null { return .nulls(to.physical, count: count) }
        // The same bytes under a wider type.
        if from.isString, to == .varchar(.max) { return column }
        if let fast = numeric(column, from: from, to: to, count: count) { return fast }
        var builder = ColumnBuilder(to.physical, capacity: count)
        for row in 0..<count {
            let scalar = column.scalar(row)
            if scalar == .null {
                builder.appendNull()
                continue
            }
            let value = convert(scalar, from: from, to: to)
            builder.append(value ?? .null)
            if value == nil, !isTry {
                errors.add(
                    row, .castFailed,
                    "cannot cast \(ValueText.quoted(scalar, kind: from)) to \(to)")
            }
        }
        return builder.build()
    }

    /// Conversions between numbers that cannot fail, as one loop.
    private static func numeric(
        _ column: Column, from: DataType.Kind, to: DataType.Kind, count: Int
    ) -> Column? {
        let validity = strictValidity([column], count: count)
        if from.isInteger, to.isInteger {
            return Column(
                .int64(Arithmetic.wrapped(column.int64Values, to: to, count)), validity: validity)
        }
        if from.isInteger, to.isFloating {
            let isFloat = to == .float
            return Column(
                .float64(
                    map(column.int64Values, count) { isFloat ? Double(Float($0)) : Double($0) }),
                validity: validity)
        }
        if from == .float, to == .double { return column }
        if case .decimal(let fromPrecision, let fromScale) = from,
            case .decimal(let toPrecision, let toScale) = to, fromScale == toScale,
            toPrecision >= fromPrecision
        {
            return Arithmetic.narrowed(column.wide(count), to: to.physical, validity: validity)
        }
        return nil
    }

    /// Converts one value; nil when it has no counterpart.
    package static func convert(
        _ scalar: Scalar, from: DataType.Kind, to: DataType.Kind
    ) -> Scalar? {
        switch to {
        case .char(let length) where from.isNested, .varchar(let length) where from.isNested:
            guard case .bytes(let bytes) = scalar, let value = JsonValue.parse(bytes) else {
                return nil
            }
            let shown = NestedValue.text(value, DataType(from))
            return text(Array(shown.utf8), length: length, to: to)
        case .char(let length) where from.isBinary, .varchar(let length) where from.isBinary:
            // The bytes are read as UTF-8, as in Flink.
            guard case .bytes(let bytes) = scalar else { return nil }
            return text(Array(String(decoding: bytes, as: UTF8.self).utf8), length: length, to: to)
        case .char(let length), .varchar(let length):
            return text(ValueText.bytes(scalar, kind: from), length: length, to: to)
        case .varbinary(let length):
            guard case .bytes(let bytes) = scalar else { return nil }
            return .bytes(Array(bytes.prefix(length)))
        default: break
        }
        if from.isString, case .bytes(let bytes) = scalar { return parse(bytes, to: to) }
        switch to {
        case .boolean: return boolean(scalar)
        case .tinyint, .smallint, .int, .bigint: return integer(scalar, from: from, to: to)
        case .float, .double: return floating(scalar, from: from, to: to)
        case .decimal(let precision, let scale):
            return decimal(scalar, from: from, precision: precision, scale: scale)
        case .date, .time, .timestamp, .timestampLTZ: return time(scalar, from: from, to: to)
        default: return nil
        }
    }

    /// Reads a value from text by the rules of CAST.
    package static func parse(_ bytes: [UInt8], to: DataType.Kind) -> Scalar? {
        switch to {
        case .boolean: return parseBoolean(bytes).map { .bool($0) }
        case .tinyint, .smallint, .int, .bigint:
            guard let value = NumberText.parseInteger(bytes, cutsFraction: true),
                to.integerRange?.contains(value) ?? false
            else { return nil }
            return .int64(value)
        case .float, .double:
            guard let value = NumberText.parseDouble(bytes) else { return nil }
            return .float64(to == .float ? Double(Float(value)) : value)
        case .decimal(let precision, let scale):
            guard let value = NumberText.parseDecimal(bytes, scale: scale),
                DecimalMath.fits(value, precision: precision)
            else { return nil }
            return scalarDecimal(value, precision: precision)
        case .date:
            return TimeText.parseTimestamp(bytes, allowsZone: false).map {
                .int64(floorDivide($0, Calendar.microsPerDay))
            }
        case .time(let precision):
            return TimeText.parseTime(bytes).map {
                .int64(TimeText.truncate($0, precision: precision))
            }
        case .timestamp(let precision):
            return TimeText.parseTimestamp(bytes, allowsZone: false).map {
                .int64(TimeText.truncate($0, precision: precision))
            }
        case .timestampLTZ(let precision):
            return TimeText.parseTimestamp(bytes, allowsZone: true).map {
                .int64(TimeText.truncate($0, precision: precision))
            }
        default: return nil
        }
    }

    /// The words that Flink's cast to BOOLEAN knows, without regard to case.
    package static func parseBoolean(_ bytes: [UInt8]) -> Bool? {
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "t", "true", "y", "yes", "1": true
        case "f", "false", "n", "no", "0": false
        default: nil
        }
    }

    private static func text(_ bytes: [UInt8], length: Int, to: DataType.Kind) -> Scalar {
        guard length != .max else { return .bytes(bytes) }
        var result = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix(length))
        if case .char = to {
            while result.count < length { result.append(" ") }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: result)
        return .string(String(view))
    }

    package static func scalarDecimal(_ value: Int128, precision: Int) -> Scalar {
        precision <= 18 ? .int64(Int64(truncatingIfNeeded: value)) : .int128(value)
    }

    private static func boolean(_ scalar: Scalar) -> Scalar? {
        switch scalar {
        case .bool: scalar
        case .int64(let value): .bool(value != 0)
        case .int128(let value): .bool(value != 0)
        case .float64(let value): .bool(value != 0)
        default: nil
        }
    }

    private static func integer(
        _ scalar: Scalar, from: DataType.Kind, to: DataType.Kind
    ) -> Scalar? {
        var value: Int64
        switch scalar {
        case .bool(let flag): value = flag ? 1 : 0
        case .float64(let number):
            if number.isNaN { return .int64(0) }
            // Java's narrowing saturates at int (long for BIGINT) and then cuts.
            let limit: (Int64, Int64) =
                to == .bigint ? (.min, .max) : (Int64(Int32.min), Int64(Int32.max))
            value =
                number >= Double(limit.1)
                ? limit.1 : number <= Double(limit.0) ? limit.0 : Int64(number)
        case .int64(let unscaled):
            value = Int64(truncatingIfNeeded: Int128(unscaled) / DecimalMath.power(from.scale))
        case .int128(let unscaled):
            value = Int64(truncatingIfNeeded: unscaled / DecimalMath.power(from.scale))
        default: return nil
        }
        value = Arithmetic.wrapped([value], to: to, 1)[0]
        return .int64(value)
    }

    private static func floating(
        _ scalar: Scalar, from: DataType.Kind, to: DataType.Kind
    ) -> Scalar? {
        var value: Double
        switch scalar {
        case .bool(let flag): value = flag ? 1 : 0
        case .float64(let number): value = number
        case .int64, .int128:
            let bytes = ValueText.bytes(scalar, kind: from)
            guard let parsed = NumberText.parseDouble(bytes) else { return nil }
            value = parsed
        default: return nil
        }
        if to == .float { value = Double(Float(value)) }
        return .float64(value)
    }

    private static func decimal(
        _ scalar: Scalar, from: DataType.Kind, precision: Int, scale: Int
    ) -> Scalar? {
        let value: Int128?
        switch scalar {
        case .bool(let flag): value = DecimalMath.rescale(flag ? 1 : 0, from: 0, to: scale)
        case .int64(let unscaled):
            value = DecimalMath.rescale(Int128(unscaled), from: from.scale, to: scale)
        case .int128(let unscaled):
            value = DecimalMath.rescale(unscaled, from: from.scale, to: scale)
        case .float64(let number):
            value = NumberText.parseDecimal(NumberText.double(number).utf8, scale: scale)
        default: value = nil
        }
        // A number that is too large is NULL (Flink: DecimalDataUtils.castToDecimal).
        guard let value, DecimalMath.fits(value, precision: precision) else { return .null }
        return scalarDecimal(value, precision: precision)
    }

    private static func time(
        _ scalar: Scalar, from: DataType.Kind, to: DataType.Kind
    ) -> Scalar? {
        guard case .int64(let value) = scalar else { return nil }
        switch (from, to) {
        case (.date, .timestamp), (.date, .timestampLTZ):
            return .int64(value &* Calendar.microsPerDay)
        case (.time, .time(let precision)), (.timestamp, .timestamp(let precision)),
            (.timestamp, .timestampLTZ(let precision)), (.timestampLTZ, .timestamp(let precision)),
            (.timestampLTZ, .timestampLTZ(let precision)):
            return .int64(TimeText.truncate(value, precision: precision))
        case (_, .date): return .int64(floorDivide(value, Calendar.microsPerDay))
        case (_, .time(let precision)):
            let time = floorModulo(value, Calendar.microsPerDay)
            return .int64(TimeText.truncate(time, precision: precision))
        default: return nil
        }
    }
}
