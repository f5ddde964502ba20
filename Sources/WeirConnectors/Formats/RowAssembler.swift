// Decoded columns to rows and rejects.

import WeirColumnar
import WeirRuntime

/// Puts the columns of a piece together and turns failures into rejects.
struct RowAssembler {
    let fields: [Field]
    let table: FieldTable
    let piece: RawPiece
    let records: Int
    let isPlainText: Bool
    let rules: FieldRules
    /// Columns that nobody reads.
    let unread: Set<Int>
    /// 1 where the record was broken before its fields were read.
    private(set) var failed: [UInt8]
    private(set) var rejects: [Reject] = []
    private var hasFailures = false
    let chunk: RecordChunk

    init(
        fields: [Field], table: FieldTable, piece: RawPiece, records: Int, isPlainText: Bool,
        rules: FieldRules, unread: Set<Int>
    ) {
        self.unread = unread
        self.fields = fields
        self.table = table
        self.piece = piece
        self.records = records
        self.isPlainText = isPlainText
        self.rules = rules
        failed = [UInt8](repeating: 0, count: records)
        let firstLine = piece.start.line
        let lines = table.recordLines
        chunk = RecordChunk(
            source: piece.source, path: piece.path, baseOffset: piece.start.byteOffset,
            lines: (0..<records).map { firstLine + Int64(lines[$0]) },
            starts: Array(UnsafeBufferPointer(start: table.recordStarts, count: records)),
            ends: Array(UnsafeBufferPointer(start: table.recordEnds, count: records)),
            bytes: piece.buffer)
    }

    /// Refuses a whole record; the first reason stays.
    mutating func reject(
        _ record: Int, column: String? = nil, value: String? = nil, rule: String, code: ErrorCode,
        message: String
    ) {
        guard failed[record] == 0 else { return }
        failed[record] = 1
        hasFailures = true
        rejects.append(
            .record(
                record, of: chunk, stage: piece.source, column: column, value: value, rule: rule,
                code: code, message: message))
    }

    /// Decodes all columns and drops the records that failed.
    mutating func assemble(consumedBytes: Int, consumedLines: Int) -> DecodedPiece {
        var columns = fields.map { table.nulls($0.type.kind.physical) }
        for index in fields.indices where !unread.contains(index) {
            let slices = slices(index)
            let decoded = FieldDecoder.decode(
                slices, type: fields[index].type, rules: rules, skips: hasFailures ? failed : nil)
            columns[index] = decoded.column
            for failure in decoded.failures { note(failure, fields[index], slices) }
        }
        var rows = [Int32](unsafeUninitializedCapacity: records) { output, written in
            for row in 0..<records { output.initializeElement(at: row, to: Int32(row)) }
            written = records
        }
        if hasFailures {
            rows = Logic.indices(of: failed.map { $0 ^ 1 })
            columns = columns.map { $0.take(rows) }
        }
        return DecodedPiece(
            columns: columns, rows: rows, rejects: rejects, chunk: chunk, records: records,
            consumedBytes: consumedBytes, consumedLines: consumedLines)
    }

    private func slices(_ column: Int) -> FieldSlices {
        let offset = column * table.capacity
        return FieldSlices(
            base: UnsafePointer(piece.buffer.base), starts: UnsafePointer(table.starts + offset),
            ends: UnsafePointer(table.ends + offset), marks: UnsafePointer(table.marks + offset),
            count: records, isPlainText: isPlainText)
    }

    private mutating func note(_ failure: FieldFailure, _ field: Field, _ slices: FieldSlices) {
        let bytes = slices.bytes(failure.row)
        let shown = Self.shown(bytes)
        switch failure.code {
        case .notNull:
            reject(
                failure.row, column: field.name, value: shown, rule: "\(field.name) NOT NULL",
                code: .notNull,
                message: bytes.isEmpty
                    ? "\(field.name) is missing" : "\(field.name) is NULL ('\(shown)')")
        case .badEncoding:
            reject(
                failure.row, column: field.name, value: shown, rule: "\(field.name) UTF-8",
                code: .badEncoding, message: "\(field.name) is not valid UTF-8")
        case .nulByte:
            reject(
                failure.row, column: field.name, value: shown, rule: "\(field.name) NUL",
                code: .nulByte, message: "\(field.name) contains a NUL byte")
        default:
            // A first line with the columns' names is a mistake that newcomers make.
            let isHeader =
                chunk.lines[failure.row] == 1 && shown.lowercased() == field.name.lowercased()
            reject(
                failure.row, column: field.name, value: shown,
                rule: "\(field.name) → \(field.type.kind)", code: .badValue,
                message: "'\(shown)' is not \(Self.article(field.type.kind))"
                    + (isHeader
                        ? "; if the first line names the columns, say 'csv.header' = 'true'" : ""))
        }
    }

    private static func article(_ kind: DataType.Kind) -> String {
        switch kind {
        case .int: "an INT (a whole number from -2147483648 to 2147483647)"
        case .tinyint, .smallint, .bigint:
            "a \(kind) (a whole number from \(kind.integerRange?.lowerBound ?? 0) to"
                + " \(kind.integerRange?.upperBound ?? 0))"
        case .date: "a DATE (yyyy-MM-dd)"
        case .timestamp, .timestampLTZ: "a \(kind) (yyyy-MM-dd HH:mm:ss)"
        default: "a \(kind)"
        }
    }

    /// A value for a message: at most 80 bytes of it.
    private static func shown(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        // A NUL would end the text for SQLite's shell.
        let cut = String(decoding: bytes.prefix(80), as: UTF8.self)
        return cut.replacing("\0", with: "␀") + (bytes.count > 80 ? "…" : "")
    }
}
