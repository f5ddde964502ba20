// Where the rows of a batch stand in their source, so that a reject can show its raw record.

/// The bytes of a piece of input and the place of each record in it.
package final class RecordChunk: Sendable {
    /// The name of the source.
    package let source: String
    /// The file the records are from.
    package let path: String
    /// Byte offset of the piece in the (decompressed) file.
    package let baseOffset: Int64
    /// Line number of each record, from 1.
    package let lines: [Int64]
    /// Start of each record in the piece, and in `bytes` unless they are a copy.
    private let offsets: [UInt32]
    /// Start of each record in `bytes`.
    package let starts: [UInt32]
    /// End of each record in `bytes`, without the line break.
    package let ends: [UInt32]
    package let bytes: RecordBuffer

    package init(
        source: String, path: String, baseOffset: Int64, lines: [Int64], starts: [UInt32],
        ends: [UInt32], bytes: RecordBuffer, offsets: [UInt32]? = nil
    ) {
        self.source = source
        self.path = path
        self.baseOffset = baseOffset
        self.lines = lines
        self.starts = starts
        self.ends = ends
        self.bytes = bytes
        self.offsets = offsets ?? starts
    }

    /// The raw bytes of a record.
    package func record(_ index: Int) -> [UInt8] {
        bytes.copy(from: Int(starts[index]), to: Int(ends[index]))
    }

    /// A copy of some records, in their order.
    func copy(_ records: [Int32]) -> RecordChunk {
        let length = records.reduce(0) { $0 + Int(ends[Int($1)]) - Int(starts[Int($1)]) }
        let copied = RecordBuffer(capacity: length)
        var places: [UInt32] = []
        var limits: [UInt32] = []
        places.reserveCapacity(records.count)
        limits.reserveCapacity(records.count)
        var end = 0
        for record in records {
            let start = Int(starts[Int(record)])
            let count = Int(ends[Int(record)]) - start
            (copied.base + end).update(from: bytes.base + start, count: count)
            places.append(UInt32(end))
            end += count
            limits.append(UInt32(end))
        }
        return RecordChunk(
            source: source, path: path, baseOffset: baseOffset,
            lines: records.map { lines[Int($0)] }, starts: places, ends: limits,
            bytes: copied, offsets: records.map { offsets[Int($0)] })
    }

    /// Byte offset of a record in the file.
    package func offset(_ index: Int) -> Int64 { baseOffset + Int64(offsets[index]) }
}

/// The records behind the rows of a batch.
package struct Origin: Sendable {
    package let chunk: RecordChunk
    /// Index of each row's record in the chunk.
    package let records: [Int32]

    package init(chunk: RecordChunk, records: [Int32]) {
        self.chunk = chunk
        self.records = records
    }

    package func take(_ indices: [Int32]) -> Origin {
        Origin(chunk: chunk, records: gather(records, indices))
    }

    func slice(_ range: Range<Int>) -> Origin {
        Origin(chunk: chunk, records: Array(records[range]))
    }

    /// The same records in a chunk that holds no others.
    func detached() -> Origin {
        Origin(chunk: chunk.copy(records), records: records.indices.map(Int32.init))
    }
}
