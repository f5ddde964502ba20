// Fields as bytes to typed columns; the loops under every text format.

import CWeirInput
import CWeirJSON
import WeirColumnar

/// Decodes one column at a time. Rows whose record is broken hold empty slices and are dropped
/// later.
enum FieldDecoder {
    static func decode(
        _ slices: FieldSlices, type: DataType, rules: FieldRules, skips: [UInt8]?
    ) -> DecodedColumn {
        var scan = ColumnScan(slices: slices, type: type, rules: rules, skips: skips)
        switch type.kind {
        case .tinyint, .smallint, .int, .bigint:
            return scan.int64(IntegerField(range: type.kind.integerRange ?? .min ... .max))
        case .decimal(let precision, let scale):
            guard precision <= 18 else { return scan.scalars { Cast.parse($0, to: type.kind) } }
            return scan.int64(DecimalField(precision: precision, scale: scale))
        case .double: return scan.double(DoubleField(roundsToFloat: false))
        case .float: return scan.double(DoubleField(roundsToFloat: true))
        case .timestamp(let precision):
            return scan.int64(TimestampField(precision: precision, allowsZone: false))
        case .timestampLTZ(let precision):
            return scan.int64(TimestampField(precision: precision, allowsZone: true))
        case .date: return scan.scalars { Cast.parse($0, to: .date) }
        case .time, .boolean, .intervalMonths, .intervalTime:
            return scan.scalars { Cast.parse($0, to: type.kind) }
        case .json: return scan.jsonTexts()
        case .vector, .array, .map, .multiset, .row:
            return scan.scalars { bytes in
                guard let value = JsonValue.parse(bytes), value != .null,
                    NestedValue.fits(value, type.kind)
                else { return nil }
                return .bytes(bytes)
            }
        case .char, .varchar, .varbinary, .null: return scan.texts()
        }
    }
}

/// One pass over a column's fields; notes NULLs and failures apart from the values.
struct ColumnScan {
    let slices: FieldSlices
    let type: DataType
    let rules: FieldRules
    /// 1 where the record is broken already.
    let skips: [UInt8]?
    private var nulls: [Int32] = []
    private var failures: [FieldFailure] = []

    init(slices: FieldSlices, type: DataType, rules: FieldRules, skips: [UInt8]?) {
        self.slices = slices
        self.type = type
        self.rules = rules
        self.skips = skips
    }

    private func isNull(_ row: Int, _ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if let range = rules.nullMarks, range.contains(slices.marks[row]) { return true }
        if let literal = rules.nullLiteral, literal.count == count {
            for index in 0..<count where start[index] != literal[index] { return false }
            return count > 0 || !type.kind.isString || slices.marks[row] == 0
        }
        let isText = type.kind.physical == .bytes && type.kind != .json && type.kind != .vector
        return count == 0 && rules.emptyIsNull && !isText
    }

    private func isSkipped(_ row: Int) -> Bool { skips.map { $0[row] != 0 } ?? false }

    /// Notes a row without a value: broken before, NULL, or not readable.
    @inline(never)
    private mutating func miss(_ row: Int, _ start: UnsafePointer<UInt8>, _ count: Int) {
        nulls.append(Int32(row))
        if isSkipped(row) { return }
        if isNull(row, start, count) {
            if !type.isNullable { failures.append(FieldFailure(row: row, code: .notNull)) }
        } else {
            failures.append(FieldFailure(row: row, code: .badValue))
        }
    }

    private func finish(_ values: ColumnValues) -> DecodedColumn {
        var validity: Bitmap?
        if !nulls.isEmpty {
            var bitmap = Bitmap(count: slices.count, filledWith: true)
            for row in nulls { bitmap.clear(Int(row)) }
            validity = bitmap
        }
        return DecodedColumn(column: Column(values, validity: validity), failures: failures)
    }

    @inline(__always)
    mutating func int64(_ parser: some FieldParser<Int64>) -> DecodedColumn {
        let values = values(parser, missing: 0)
        return finish(.int64(values))
    }

    @inline(__always)
    mutating func double(_ parser: some FieldParser<Double>) -> DecodedColumn {
        let values = values(parser, missing: 0)
        return finish(.float64(values))
    }

    @inline(__always)
    private mutating func values<Parser: FieldParser>(
        _ parser: Parser, missing: Parser.Value
    ) -> [Parser.Value] {
        var parser = parser
        let (base, starts, ends, count) = (slices.base, slices.starts, slices.ends, slices.count)
        let literalIsValue = Self.isValue(rules.nullLiteral, parser)
        return [Parser.Value](unsafeUninitializedCapacity: count) { output, written in
            for row in 0..<count {
                let start = base + Int(starts[row])
                let length = Int(ends[row] &- starts[row])
                if let value = parser.parse(start, length),
                    !literalIsValue || !isNull(row, start, length)
                {
                    output.initializeElement(at: row, to: value)
                } else {
                    output.initializeElement(at: row, to: missing)
                    miss(row, start, length)
                }
            }
            written = count
        }
    }

    /// Whether the text that stands for NULL could be read as a value, as in `-999`.
    private static func isValue(_ literal: [UInt8]?, _ parser: some FieldParser) -> Bool {
        guard let literal else { return false }
        var parser = parser
        let padded = literal + [UInt8](repeating: 0, count: 32)
        return padded.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { parser.parse($0, literal.count) != nil } ?? false
        }
    }

    /// Types that are not hot, one value at a time.
    mutating func scalars(_ parse: ([UInt8]) -> Scalar?) -> DecodedColumn {
        var builder = ColumnBuilder(type.kind.physical, capacity: slices.count)
        for row in 0..<slices.count {
            let bytes = slices.bytes(row)
            let start = slices.base + Int(slices.starts[row])
            if !isSkipped(row), !isNull(row, start, bytes.count), let value = parse(Array(bytes)) {
                builder.append(value)
            } else {
                builder.appendNull()
                miss(row, start, bytes.count)
            }
        }
        return DecodedColumn(column: builder.build(), failures: failures)
    }

    /// JSON values; a format of JSON has taken the quotes off its texts.
    mutating func jsonTexts() -> DecodedColumn {
        var builder = ColumnBuilder(.bytes, capacity: slices.count)
        let marks = rules.nullMarks == nil ? nil : slices.marks
        for row in 0..<slices.count {
            let bytes = slices.bytes(row)
            let start = slices.base + Int(slices.starts[row])
            let isText = marks.map { UInt32($0[row]) == WEIR_JSON_STRING.rawValue } ?? false
            let value =
                isText
                ? JsonValue.string(String(decoding: bytes, as: UTF8.self)) : JsonValue.parse(bytes)
            if !isSkipped(row), !isNull(row, start, bytes.count), let value {
                builder.append(.string(value.text))
            } else {
                builder.appendNull()
                miss(row, start, bytes.count)
            }
        }
        return DecodedColumn(column: builder.build(), failures: failures)
    }

    /// Texts: checked to be UTF-8 without NUL unless the whole piece is known to be plain.
    mutating func texts() -> DecodedColumn {
        let slices = slices
        var total = 0
        for row in 0..<slices.count { total += Int(slices.ends[row] &- slices.starts[row]) }
        let isBinary = if case .varbinary = type.kind { true } else { false }
        let checksText = !slices.isPlainText && !isBinary
        let mayMiss = skips != nil || rules.nullLiteral != nil || rules.nullMarks != nil
        var offsets = [Int32](repeating: 0, count: slices.count + 1)
        let bytes = [UInt8](unsafeUninitializedCapacity: total + TextCopy.slack) { output, end in
            for row in 0..<slices.count {
                let start = slices.base + Int(slices.starts[row])
                let count = Int(slices.ends[row]) - Int(slices.starts[row])
                if mayMiss, isSkipped(row) || isNull(row, start, count) {
                    miss(row, start, count)
                } else if checksText, let code = problem(start, count) {
                    nulls.append(Int32(row))
                    failures.append(FieldFailure(row: row, code: code))
                } else {
                    TextCopy.copy(start, count, to: output, at: end)
                    end += count
                }
                offsets[row + 1] = Int32(truncatingIfNeeded: end)
            }
        }
        return finish(.bytes(ByteColumn(offsets: offsets, bytes: bytes)))
    }

    private func problem(_ start: UnsafePointer<UInt8>, _ count: Int) -> ErrorCode? {
        let flags = weir_text_flags(start, count)
        if flags & Int32(WEIR_TEXT_NUL) != 0 { return .nulByte }
        if flags & Int32(WEIR_TEXT_NON_ASCII) != 0, weir_is_utf8(start, count) == 0 {
            return .badEncoding
        }
        return nil
    }
}

/// Copies of short texts, sixteen bytes at a time.
private enum TextCopy {
    /// Bytes that the output needs behind its end.
    static let slack = 16

    /// Reads and writes up to 16 bytes past the text: inputs are padded, the output has `slack`.
    @inline(__always)
    static func copy(
        _ start: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutableBufferPointer<UInt8>,
        at offset: Int
    ) {
        guard let base = output.baseAddress else { return }
        let target = UnsafeMutableRawPointer(base + offset)
        if count <= 16 {
            let block = UnsafeRawPointer(start).loadUnaligned(as: SIMD16<UInt8>.self)
            target.storeBytes(of: block, as: SIMD16<UInt8>.self)
        } else {
            target.copyMemory(from: start, byteCount: count)
        }
    }
}
