// A batch: up to a few thousand rows in columns, with where they came from.

/// What a row does to the table it belongs to (Flink's RowKind).
package enum RowKind: UInt8, Sendable {
    case insert = 0
    case updateBefore = 1
    case updateAfter = 2
    case delete = 3

    /// `+I`, `-U`, `+U`, `-D`.
    package var symbol: String {
        switch self {
        case .insert: "+I"
        case .updateBefore: "-U"
        case .updateAfter: "+U"
        case .delete: "-D"
        }
    }

    /// Whether it takes a row away.
    package var isRetraction: Bool { self == .updateBefore || self == .delete }
}

/// Rows in columns.
package struct Batch: Sendable {
    package let count: Int
    package let columns: [Column]
    /// One `RowKind` a row; nil when all are inserts.
    package let kinds: [UInt8]?
    /// The event-time watermark (µs) that held before each row; nil without a watermark.
    package let watermarks: [Int64]?
    /// The watermark (µs) after the last row.
    package let watermark: Int64
    /// Where the rows came from, while they are still rows of one source.
    package let origin: Origin?
    /// Monotonic time (ns) when the first byte of the batch was read.
    package let readAt: UInt64

    package init(
        count: Int, columns: [Column], kinds: [UInt8]? = nil, watermarks: [Int64]? = nil,
        watermark: Int64 = .min, origin: Origin? = nil, readAt: UInt64 = 0
    ) {
        self.count = count
        self.columns = columns
        self.kinds = kinds
        self.watermarks = watermarks
        self.watermark = watermark
        self.origin = origin
        self.readAt = readAt
    }

    package func kind(_ row: Int) -> RowKind {
        kinds.flatMap { RowKind(rawValue: $0[row]) } ?? .insert
    }

    /// The same rows as if read at another time (monotonic, ns).
    package func read(at time: UInt64) -> Batch {
        Batch(
            count: count, columns: columns, kinds: kinds, watermarks: watermarks,
            watermark: watermark, origin: origin, readAt: time)
    }

    /// The same rows with other columns.
    package func replacing(columns: [Column]) -> Batch {
        Batch(
            count: count, columns: columns, kinds: kinds, watermarks: watermarks,
            watermark: watermark, origin: origin, readAt: readAt)
    }

    /// The rows at the given indices; their origin goes with them.
    package func take(_ indices: [Int32]) -> Batch {
        Batch(
            count: indices.count, columns: columns.map { $0.take(indices) },
            kinds: kinds.map { gather($0, indices) },
            watermarks: watermarks.map { gather($0, indices) }, watermark: watermark,
            origin: origin?.take(indices), readAt: readAt)
    }

    /// A copy of the rows of a range; their origin goes with them.
    ///
    /// - Parameter watermark: the one after its last row (µs).
    package func slice(_ range: Range<Int>, watermark: Int64) -> Batch {
        Batch(
            count: range.count, columns: columns.map { $0.slice(range) },
            kinds: kinds.map { Array($0[range]) }, watermarks: watermarks.map { Array($0[range]) },
            watermark: watermark, origin: origin?.slice(range), readAt: readAt)
    }

    /// A copy of the last rows that shares no memory with the batch.
    package func tail(_ rows: Int) -> Batch {
        slice(max(0, count - rows)..<count, watermark: watermark).detached()
    }

    /// The same rows with a copy of their records.
    package func detached() -> Batch {
        guard let origin else { return self }
        return Batch(
            count: count, columns: columns, kinds: kinds, watermarks: watermarks,
            watermark: watermark, origin: origin.detached(), readAt: readAt)
    }
}
