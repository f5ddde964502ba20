// Where the fields of the records of a piece are: the common ground of all text formats.

import WeirColumnar

/// Offsets of fields in a buffer, column after column; reused from piece to piece.
///
/// Owned by one decoder. Field `c` of record `r` is at index `c * capacity + r`.
final class FieldTable {
    let columns: Int
    let capacity: Int
    let starts: UnsafeMutablePointer<UInt32>
    let ends: UnsafeMutablePointer<UInt32>
    /// What the format knows about a field: quoted for CSV, the kind for JSON.
    let marks: UnsafeMutablePointer<UInt8>
    let recordStarts: UnsafeMutablePointer<UInt32>
    let recordEnds: UnsafeMutablePointer<UInt32>
    let recordLines: UnsafeMutablePointer<UInt32>
    let recordStatus: UnsafeMutablePointer<UInt8>
    let recordFields: UnsafeMutablePointer<UInt32>
    private var nulls: [PhysicalType: Column] = [:]

    init(columns: Int, capacity: Int) {
        self.columns = columns
        self.capacity = capacity
        let fields = max(1, columns) * capacity
        starts = .allocate(capacity: fields)
        ends = .allocate(capacity: fields)
        marks = .allocate(capacity: fields)
        starts.initialize(repeating: 0, count: fields)
        ends.initialize(repeating: 0, count: fields)
        marks.initialize(repeating: 0, count: fields)
        recordStarts = .allocate(capacity: capacity)
        recordEnds = .allocate(capacity: capacity)
        recordLines = .allocate(capacity: capacity)
        recordStatus = .allocate(capacity: capacity)
        recordFields = .allocate(capacity: capacity)
        recordStarts.initialize(repeating: 0, count: capacity)
        recordEnds.initialize(repeating: 0, count: capacity)
        recordLines.initialize(repeating: 0, count: capacity)
        recordStatus.initialize(repeating: 0, count: capacity)
        recordFields.initialize(repeating: 0, count: capacity)
    }

    /// The column that stands for those that nobody reads.
    func nulls(_ physical: PhysicalType) -> Column {
        if let made = nulls[physical] { return made }
        let column = Column.nulls(physical, count: capacity)
        nulls[physical] = column
        return column
    }

    deinit {
        starts.deallocate()
        ends.deallocate()
        marks.deallocate()
        recordStarts.deallocate()
        recordEnds.deallocate()
        recordLines.deallocate()
        recordStatus.deallocate()
        recordFields.deallocate()
    }
}

/// The fields of one column of a piece.
struct FieldSlices {
    let base: UnsafePointer<UInt8>
    let starts: UnsafePointer<UInt32>
    let ends: UnsafePointer<UInt32>
    let marks: UnsafePointer<UInt8>
    let count: Int
    /// Whether all bytes of the piece are ASCII without NUL.
    let isPlainText: Bool

    func bytes(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: base + Int(starts[row]), count: Int(ends[row]) - Int(starts[row]))
    }
}

/// What a format says about single fields.
struct FieldRules {
    /// Whether a field is NULL, given its mark and bytes.
    let nullLiteral: [UInt8]?
    /// Marks of at least this value may be NULL by `isNullMark`; nil when marks mean nothing.
    let nullMarks: ClosedRange<UInt8>?
    /// Whether an empty field of a type other than text is NULL.
    let emptyIsNull: Bool
}

/// What became of a column: its values, and the records that could not be read.
struct DecodedColumn {
    let column: Column
    let failures: [FieldFailure]
}

/// A field that could not be read.
struct FieldFailure {
    let row: Int
    let code: ErrorCode
}
