// JSON lines to rows.

import CWeirJSON
import WeirColumnar
import WeirPlanner
import WeirRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds lines, has simdjson take out the fields, and decodes column by column.
final class JsonDecoder: RecordDecoder {
    private let fields: [Field]
    private let table: FieldTable
    private let parser: OpaquePointer?
    private let failsOnMissing: Bool
    private let rules: FieldRules
    private let unread: Set<Int>
    private static let recordsPerPiece = 16_384

    init(_ plan: SourcePlan) {
        fields = plan.columns
        unread = plan.unread.union(plan.metadata.keys)
        failsOnMissing = plan.options["json.fail-on-missing-field"]?.lowercased() == "true"
        table = FieldTable(columns: plan.columns.count, capacity: Self.recordsPerPiece)
        rules = FieldRules(
            nullLiteral: nil,
            nullMarks: UInt8(WEIR_JSON_MISSING.rawValue)...UInt8(WEIR_JSON_NULL.rawValue),
            emptyIsNull: false)
        parser = weir_json_create()
        setFields()
    }

    deinit { if let parser { weir_json_destroy(parser) } }

    private func setFields() {
        let names = fields.map { strdup($0.name) }
        defer { for name in names { free(name) } }
        let lengths = fields.map { $0.name.utf8.count }
        let pointers = names.map { UnsafePointer<CChar>($0) }
        weir_json_set_fields(parser, pointers, lengths, fields.count)
    }

    /// A UTF-8 byte order mark at the start of a file is no data.
    func readPreamble(_ piece: RawPiece) throws -> (bytes: Int, lines: Int)? {
        let base = piece.buffer.base
        let hasMark =
            piece.length >= 3 && base[0] == 0xEF && base[1] == 0xBB && base[2] == 0xBF
        return (hasMark ? 3 : 0, 0)
    }

    func decode(_ piece: RawPiece) -> DecodedPiece {
        let (records, consumed, lines) = findLines(piece)
        var assembler = RowAssembler(
            fields: fields, table: table, piece: piece, records: records, isPlainText: false,
            rules: rules, unread: unread)
        var used = piece.length + 64
        for record in 0..<records { read(record, piece, &used, &assembler) }
        return assembler.assemble(consumedBytes: consumed, consumedLines: lines)
    }

    /// Places of the lines that are not blank.
    private func findLines(_ piece: RawPiece) -> (records: Int, consumed: Int, lines: Int) {
        let base = piece.buffer.base
        var records = 0
        var lines = 0
        var start = 0
        while start < piece.length, records < table.capacity {
            let found = memchr(base + start, 0x0A, piece.length - start)
            let end = found.map { base.distance(to: $0.assumingMemoryBound(to: UInt8.self)) }
            if end == nil, !piece.isLast { break }
            let stop = end ?? piece.length
            var trimmed = stop
            while trimmed > start, base[trimmed - 1] <= 0x20 { trimmed -= 1 }
            if trimmed > start {
                table.recordStarts[records] = UInt32(start)
                table.recordEnds[records] = UInt32(trimmed)
                table.recordLines[records] = UInt32(lines)
                records += 1
            }
            lines += 1
            start = min(stop + 1, piece.length)
        }
        return (records, start, lines)
    }

    private func read(
        _ record: Int, _ piece: RawPiece, _ used: inout Int, _ assembler: inout RowAssembler
    ) {
        let start = Int(table.recordStarts[record])
        let length = Int(table.recordEnds[record]) - start
        var kinds = [UInt8](repeating: 0, count: max(1, fields.count))
        var starts = [UInt32](repeating: 0, count: max(1, fields.count))
        var ends = starts
        let problem = UnsafeMutableRawPointer(piece.buffer.base).withMemoryRebound(
            to: CChar.self, capacity: piece.buffer.capacity
        ) { bytes in
            weir_json_read(
                parser, bytes + start, length, bytes, piece.buffer.capacity, &used, &kinds,
                &starts, &ends)
        }
        for column in fields.indices {
            let index = column * table.capacity + record
            table.marks[index] = problem == nil ? kinds[column] : 1
            table.starts[index] = problem == nil ? starts[column] : 0
            table.ends[index] = problem == nil ? ends[column] : 0
        }
        if let problem {
            assembler.reject(
                record, rule: "json record", code: .badRecord, message: String(cString: problem))
            return
        }
        checkKinds(record, kinds, &assembler)
    }

    /// A text column takes texts and scalars, a nested one nested values, the rest no nested ones.
    private func checkKinds(_ record: Int, _ kinds: [UInt8], _ assembler: inout RowAssembler) {
        for (column, field) in fields.enumerated() where !unread.contains(column) {
            let kind = UInt32(kinds[column])
            if kind == WEIR_JSON_MISSING.rawValue, failsOnMissing {
                assembler.reject(
                    record, column: field.name, rule: "\(field.name) missing",
                    code: .missingField, message: "the record has no field '\(field.name)'")
            }
            let isNested = kind == WEIR_JSON_NESTED.rawValue
            let hasValue = kind > WEIR_JSON_NULL.rawValue
            let mismatch =
                (isNested && !field.type.kind.isNested && !field.type.kind.isString)
                || (!isNested && hasValue && field.type.kind.isNested && field.type.kind != .json)
            if mismatch {
                assembler.reject(
                    record, column: field.name, rule: "\(field.name) → \(field.type.kind)",
                    code: .badValue,
                    message:
                        "\(field.name) is \(isNested ? "an object or array" : "a plain value"),"
                        + " not \(field.type.kind)")
            }
        }
    }
}
