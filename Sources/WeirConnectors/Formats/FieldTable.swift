// Where the fields of the records of a piece are: the common ground of all text formats.

import WeirColumnar

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

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

    /// Fields that a table has at most, but for very wide records: those of a piece are fewer then.
    private static let mostFields = 16 << 20
    private static let fewestRecords = 64

    /// - Parameter capacity: records that are wanted in a piece.
    init(columns: Int, capacity: Int) {
        let capacity = min(
            capacity, max(Self.fewestRecords, Self.mostFields / max(1, columns)))
        self.columns = columns
        self.capacity = capacity
        let fields = max(1, columns) * capacity
        starts = Self.zeros(fields)
        ends = Self.zeros(fields)
        marks = Self.zeros(fields)
        recordStarts = Self.zeros(capacity)
        recordEnds = Self.zeros(capacity)
        recordLines = Self.zeros(capacity)
        recordStatus = Self.zeros(capacity)
        recordFields = Self.zeros(capacity)
    }

    /// Zeros that take no memory until they are written: tables of columns that nobody reads and
    /// the ends of tables for small files never are.
    private static func zeros<Number: FixedWidthInteger>(
        _ count: Int
    ) -> UnsafeMutablePointer<Number> {
        guard let memory = calloc(count, MemoryLayout<Number>.stride) else {
            preconditionFailure("there is no memory, as allocate(capacity:) would say")
        }
        return memory.bindMemory(to: Number.self, capacity: count)
    }

    /// The column that stands for those that nobody reads.
    func nulls(_ physical: PhysicalType) -> Column {
        if let made = nulls[physical] { return made }
        let column = Column.nulls(physical, count: capacity)
        nulls[physical] = column
        return column
    }

    deinit {
        free(starts)
        free(ends)
        free(marks)
        free(recordStarts)
        free(recordEnds)
        free(recordLines)
        free(recordStatus)
        free(recordFields)
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
