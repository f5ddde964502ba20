// CSV records to rows.

import CWeirInput
import WeirColumnar
import WeirPlanner
import WeirRuntime

/// Splits pieces with the scanner in `CWeirInput` and decodes column by column.
final class CsvDecoder: RecordDecoder {
    private let fields: [Field]
    private let options: CsvOptions
    private let table: FieldTable
    /// Columns that are fields of the file.
    private let inRecords: [Int]
    /// For each field of the file its column, or -1.
    private var columnOfField: [Int32]
    private let rules: FieldRules
    private let unread: Set<Int>
    /// Not a power of two: the tables of the columns must not lie in the same cache sets.
    private static let recordsPerPiece = 30_000

    init(_ plan: SourcePlan) {
        fields = plan.columns
        unread = plan.unread.union(plan.metadata.keys)
        options = CsvOptions(plan.options)
        table = FieldTable(columns: plan.columns.count, capacity: Self.recordsPerPiece)
        let metadata = Set(plan.metadata.keys)
        inRecords = plan.columns.indices.filter { !metadata.contains($0) }
        let unread = unread
        columnOfField = inRecords.map { unread.contains($0) ? -1 : Int32($0) }
        rules = FieldRules(nullLiteral: options.nullLiteral, nullMarks: nil, emptyIsNull: true)
    }

    func readPreamble(_ piece: RawPiece) throws -> (bytes: Int, lines: Int)? {
        guard options.hasHeader else { return (Self.byteOrderMark(piece), 0) }
        let start = Self.byteOrderMark(piece)
        if piece.isLast, start == piece.length {
            throw ConnectorError("\(piece.path) is empty, so it has no header")
        }
        var end = start
        while end < piece.length, piece.buffer.base[end] != 0x0A { end += 1 }
        if end == piece.length, !piece.isLast { return nil }
        try bindHeader(headerNames(piece, start, end), piece.path)
        return (min(end + 1, piece.length), 1)
    }

    /// A UTF-8 byte order mark at the start of a file is no data.
    private static func byteOrderMark(_ piece: RawPiece) -> Int {
        let base = piece.buffer.base
        return piece.length >= 3 && base[0] == 0xEF && base[1] == 0xBB && base[2] == 0xBF ? 3 : 0
    }

    private func headerNames(_ piece: RawPiece, _ start: Int, _ end: Int) -> [String] {
        var line = piece.buffer.copy(from: start, to: end)
        if line.last == 0x0D { line.removeLast() }
        return CsvHeader.names(line, delimiter: options.delimiter, quote: options.quote)
    }

    private func bindHeader(_ names: [String], _ path: String) throws {
        columnOfField = [Int32](repeating: -1, count: names.count)
        for column in inRecords {
            let field = fields[column]
            let index =
                names.firstIndex(of: field.name)
                ?? names.firstIndex { $0.lowercased() == field.name.lowercased() }
            guard let index else {
                throw ConnectorError(
                    "\(path) has no field '\(field.name)'; its header names"
                        + " \(names.prefix(40).joined(separator: ", "))")
            }
            columnOfField[index] = unread.contains(column) ? -1 : Int32(column)
        }
    }

    func wholeRecords(_ piece: RawPiece) -> (bytes: Int, lines: Int)? {
        piece.isLast ? nil : piece.wholeLines(most: table.capacity, quote: options.quote)
    }

    func decode(_ piece: RawPiece) -> DecodedPiece {
        let chunk = split(piece)
        let records = Int(chunk.records)
        var assembler = RowAssembler(
            fields: fields, table: table, piece: piece, records: records,
            isPlainText: chunk.text_flags == 0,
            rules: rules, unread: unread)
        if chunk.bad_records > 0 {
            for record in 0..<records where table.recordStatus[record] != 0 {
                refuse(record, &assembler)
            }
        }
        return assembler.assemble(
            consumedBytes: Int(chunk.consumed), consumedLines: Int(chunk.lines))
    }

    private func split(_ piece: RawPiece) -> weir_csv_chunk {
        columnOfField.withUnsafeBufferPointer { columnOfField in
            var chunk = weir_csv_chunk()
            chunk.bytes = piece.buffer.base
            chunk.length = piece.length
            chunk.arena = piece.length
            chunk.arena_end = piece.buffer.capacity
            chunk.delimiter = options.delimiter
            chunk.quote = options.quote
            chunk.is_last = piece.isLast ? 1 : 0
            chunk.fields = UInt32(columnOfField.count)
            chunk.column_of_field = columnOfField.baseAddress
            chunk.columns = UInt32(table.columns)
            chunk.capacity = UInt32(table.capacity)
            chunk.field_start = table.starts
            chunk.field_end = table.ends
            chunk.field_quoted = table.marks
            chunk.record_start = table.recordStarts
            chunk.record_end = table.recordEnds
            chunk.record_line = table.recordLines
            chunk.record_status = table.recordStatus
            chunk.record_fields = table.recordFields
            weir_csv_split(&chunk)
            return chunk
        }
    }

    private func refuse(_ record: Int, _ assembler: inout RowAssembler) {
        // Fields that were not found hold offsets of an earlier piece: empty them.
        for column in 0..<table.columns {
            table.starts[column * table.capacity + record] = 0
            table.ends[column * table.capacity + record] = 0
        }
        if UInt32(table.recordStatus[record]) == WEIR_RECORD_BAD_QUOTES.rawValue {
            assembler.reject(
                record, rule: "csv quotes", code: .badQuotes,
                message: "a quoted field is not closed, or is followed by other text")
        } else {
            let found = table.recordFields[record]
            assembler.reject(
                record, rule: "csv fields", code: .fieldCount,
                message: "\(columnOfField.count) fields are expected, \(found) are there")
        }
    }
}
