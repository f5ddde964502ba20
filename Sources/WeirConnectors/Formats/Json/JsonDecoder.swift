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
    /// Columns that somebody reads.
    private let checked: [Int]
    /// By column and kind of value (8 places a column): whether the column takes it.
    private var isTaken: [Bool] = []
    /// Of the record at hand, by column.
    private var kinds: [UInt8]
    private var starts: [UInt32]
    private var ends: [UInt32]
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
        let unread = unread
        checked = plan.columns.indices.filter { !unread.contains($0) }
        kinds = [UInt8](repeating: 0, count: max(1, plan.columns.count))
        starts = [UInt32](repeating: 0, count: kinds.count)
        ends = starts
        parser = weir_json_create()
        isTaken = plan.columns.flatMap { field in
            (0..<8).map { takes(UInt32($0), field.type.kind) }
        }
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

    func wholeRecords(_ piece: RawPiece) -> (bytes: Int, lines: Int)? {
        piece.isLast ? nil : piece.wholeLines(most: table.capacity)
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
        let problem = UnsafeMutableRawPointer(piece.buffer.base).withMemoryRebound(
            to: CChar.self, capacity: piece.buffer.capacity
        ) { bytes in
            weir_json_read(
                parser, bytes + start, length, bytes, piece.buffer.capacity, &used, &kinds,
                &starts, &ends)
        }
        for column in checked {
            let index = column * table.capacity + record
            // A field that is missing or NULL is empty, so that nothing is read for it.
            let hasValue = problem == nil && UInt32(kinds[column]) > WEIR_JSON_NULL.rawValue
            table.marks[index] = problem == nil ? kinds[column] : UInt8(WEIR_JSON_NULL.rawValue)
            table.starts[index] = hasValue ? starts[column] : 0
            table.ends[index] = hasValue ? ends[column] : 0
        }
        if let problem {
            assembler.reject(
                record, rule: "json record", code: .badRecord, message: String(cString: problem))
            return
        }
        for column in checked where !isTaken[column * 8 + Int(kinds[column])] {
            refuse(record, column, &assembler)
        }
    }

    private func refuse(_ record: Int, _ column: Int, _ assembler: inout RowAssembler) {
        let field = fields[column]
        let kind = UInt32(kinds[column])
        if kind == WEIR_JSON_MISSING.rawValue {
            assembler.reject(
                record, column: field.name, rule: "\(field.name) missing", code: .missingField,
                message: "the record has no field '\(field.name)'")
            return
        }
        let isNested = kind == WEIR_JSON_NESTED.rawValue
        assembler.reject(
            record, column: field.name, rule: "\(field.name) → \(field.type.kind)", code: .badValue,
            message: "\(field.name) is \(isNested ? "an object or array" : "a plain value"),"
                + " not \(field.type.kind)")
    }

    /// A text column takes texts and scalars, a nested one nested values, the rest no nested ones.
    private func takes(_ kind: UInt32, _ type: DataType.Kind) -> Bool {
        switch kind {
        case WEIR_JSON_MISSING.rawValue: !failsOnMissing
        case WEIR_JSON_NULL.rawValue: true
        case WEIR_JSON_NESTED.rawValue: type.isNested || type.isString
        default: !type.isNested || type == .json
        }
    }
}
