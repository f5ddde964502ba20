// A row that was refused, with its cause.

package import WeirColumnar

/// Everything known about a refused row.
package struct Reject: Sendable {
    package let stage: String
    package let source: String?
    package let path: String?
    /// From 1.
    package let line: Int64?
    package let byteOffset: Int64?
    package let column: String?
    package let value: String?
    /// The constraint or conversion that failed, as shown when rejects are grouped.
    package let rule: String
    package let code: ErrorCode
    package let message: String
    /// The record as read; the row as JSON where it is no record any more.
    package let raw: [UInt8]
    /// The record's index in its chunk.
    package let record: Int32

    package init(
        stage: String, source: String?, path: String?, line: Int64?, byteOffset: Int64?,
        column: String?, value: String?, rule: String, code: ErrorCode, message: String,
        raw: [UInt8], record: Int32
    ) {
        self.stage = stage
        self.source = source
        self.path = path
        self.line = line
        self.byteOffset = byteOffset
        self.column = column
        self.value = value
        self.rule = rule
        self.code = code
        self.message = message
        self.raw = raw
        self.record = record
    }

    /// A reject of a record of a chunk.
    package static func record(
        _ record: Int, of chunk: RecordChunk, stage: String, column: String?, value: String?,
        rule: String, code: ErrorCode, message: String
    ) -> Reject {
        Reject(
            stage: stage, source: chunk.source, path: chunk.path, line: chunk.lines[record],
            byteOffset: chunk.offset(record), column: column, value: value, rule: rule,
            code: code, message: message, raw: chunk.record(record), record: Int32(record))
    }

    /// A reject of a row of a batch, with its record if it still has one.
    static func row(
        _ row: Int, of batch: Batch, fields: [Field], stage: String, column: String?,
        value: String?, rule: String, code: ErrorCode, message: String
    ) -> Reject {
        if let origin = batch.origin {
            return .record(
                Int(origin.records[row]), of: origin.chunk, stage: stage, column: column,
                value: value, rule: rule, code: code, message: message)
        }
        let raw = Array(RowText.json(batch, row, fields).utf8)
        return Reject(
            stage: stage, source: nil, path: nil, line: nil, byteOffset: nil, column: column,
            value: value, rule: rule, code: code, message: message, raw: raw, record: 0)
    }
}
