// What changed in kept rows since the last checkpoint, as segments of a log.

import WeirColumnar
import WeirFunctions

/// Notes what a checkpoint has to write. Rows are written once, in columns; what is removed later
/// is written as a list of numbers. When rows have been numbered anew all of it is written again.
struct RowLog {
    static let segmentRows = 8192
    private var segments = 0
    private var loggedRows = 0
    private var removedRows: [Int32] = []
    private var taggedRows: Set<Int32> = []
    /// Segments of before the rows were numbered anew.
    private var stale = 0

    mutating func removed(_ row: Int) { if row < loggedRows { removedRows.append(Int32(row)) } }

    mutating func tagged(_ row: Int) { if row < loggedRows { taggedRows.insert(Int32(row)) } }

    mutating func restart() {
        stale = max(stale, segments)
        segments = 0
        loggedRows = 0
        removedRows = []
        taggedRows = []
    }

    mutating func restored(segments count: Int, rows: Int) {
        segments = count
        loggedRows = rows
        removedRows = []
        taggedRows = []
    }

    mutating func takeDelta(
        part: UInt8, count: Int, columns: ([Int32]) -> [Column], tags: [Int32]?,
        isLive: (Int) -> Bool
    ) -> StateDelta {
        var delta = StateDelta()
        guard loggedRows < count || !removedRows.isEmpty || !taggedRows.isEmpty || stale > 0 else {
            return delta
        }
        var start = loggedRows
        // At least one segment, for what was removed.
        repeat {
            let end = min(start + Self.segmentRows, count)
            let rows = (start..<max(start, end)).map(Int32.init)
            var bytes = StateBytes()
            bytes.write(Int64(rows.count))
            for column in columns(rows) {
                ColumnCodec.write(column, count: rows.count, to: &bytes)
            }
            ColumnCodec.write(tags.map { tags in rows.map { tags[Int($0)] } } ?? [], to: &bytes)
            let changed = Array(taggedRows)
            ColumnCodec.write(changed, to: &bytes)
            ColumnCodec.write(tags.map { tags in changed.map { tags[Int($0)] } } ?? [], to: &bytes)
            let gone = removedRows + rows.filter { !isLive(Int($0)) }
            ColumnCodec.write(gone, to: &bytes)
            delta.upserts.append((Self.key(part, segments), bytes.bytes))
            segments += 1
            removedRows = []
            taggedRows = []
            start = end
        } while start < count
        loggedRows = count
        if stale > segments {
            delta.deletes = (segments..<stale).map { Self.key(part, $0) }
        }
        stale = 0
        return delta
    }

    private static func key(_ part: UInt8, _ segment: Int) -> [UInt8] {
        var bytes = StateBytes()
        bytes.write(Int64(segment))
        return [part] + bytes.bytes
    }

    /// One segment as read back.
    struct Segment {
        let number: Int64
        let count: Int
        let columns: [Column]
        let tags: [Int32]
        let taggedRows: [Int32]
        let newTags: [Int32]
        let removed: [Int32]
    }

    static func segments(
        _ entries: [(key: [UInt8], value: [UInt8])], part: UInt8, types: [DataType]
    ) -> [Segment] {
        var result: [Segment] = []
        for entry in entries where entry.key.first == part {
            var key = StateBytes(Array(entry.key.dropFirst()))
            var bytes = StateBytes(entry.value)
            let count = Int(clamping: bytes.readInt64())
            let columns = types.map {
                ColumnCodec.read($0.kind.physical, count: count, from: &bytes)
            }
            result.append(
                Segment(
                    number: key.readInt64(), count: count, columns: columns,
                    tags: ColumnCodec.readNumbers(from: &bytes),
                    taggedRows: ColumnCodec.readNumbers(from: &bytes),
                    newTags: ColumnCodec.readNumbers(from: &bytes),
                    removed: ColumnCodec.readNumbers(from: &bytes)))
        }
        return result.sorted { $0.number < $1.number }
    }
}
