// Rows that an operator keeps, in lists by group.

import WeirColumnar

/// Rows in columns; each belongs to a group, whose rows are linked from the last to the first.
///
/// Row numbers stay until `compact`. Thread-confined like its operator.
final class KeyedRows {
    /// What is kept besides the rows.
    struct Features: OptionSet {
        let rawValue: Int
        /// Rows can be removed by number.
        static let removal = Features(rawValue: 1)
        /// Rows can be found by their values.
        static let search = Features(rawValue: 2)
        /// A number a row, for the operator.
        static let tags = Features(rawValue: 4)
    }

    let types: [DataType]
    private let features: Features
    private var columns: [StoredColumn]
    /// Last row of a group plus one; 0 for none.
    private var heads: [Int32] = []
    /// The row before in the group plus one.
    private var next: [Int32] = []
    /// The row behind in the group plus one, and the group, where rows can be removed.
    private var previous: [Int32] = []
    private var groupOf: [Int32] = []
    private var isLive: [UInt8] = []
    private var tags: [Int32] = []
    private var index = RowIndex()
    private(set) var liveCount = 0
    /// What the last checkpoint has.
    private var log = RowLog()

    init(_ types: [DataType], _ features: Features) {
        self.types = types
        self.features = features
        columns = types.map { StoredColumn($0.kind.physical) }
    }

    /// Rows in all, removed ones included.
    var count: Int { next.count }

    /// Bytes of memory.
    var stateBytes: Int {
        columns.reduce(0) { $0 + $1.stateBytes }
            + (heads.capacity + next.capacity + previous.capacity + groupOf.capacity
                + tags.capacity) * 4 + isLive.capacity
            + (features.contains(.search) ? index.stateBytes : 0)
    }

    // MARK: Adding and removing

    /// Adds rows of a batch to their groups; the first one gets the number `count` had.
    ///
    /// - Parameters:
    ///   - rows: which rows of the columns, in order.
    ///   - groups: by row of the columns.
    ///   - tags: by row of the columns.
    ///   - hashes: of all rows of the columns, where they are known already.
    func append(
        _ added: [Column], rows: [Int32], groups: [Int32], groupCount: Int,
        tags newTags: [Int32]? = nil, hashes: [UInt64]? = nil
    ) {
        let first = next.count
        for position in columns.indices { columns[position].append(added[position], rows: rows) }
        if heads.count < groupCount {
            heads.reserveCapacity(max(groupCount, heads.count * 2))
            heads.append(contentsOf: repeatElement(0, count: groupCount - heads.count))
        }
        link(rows, groups)
        if features.contains(.removal) {
            isLive.append(contentsOf: repeatElement(1, count: rows.count))
            for row in rows { groupOf.append(groups[Int(row)]) }
            linkBack(from: first)
        }
        if features.contains(.tags) {
            for row in rows { tags.append(newTags?[Int(row)] ?? 0) }
        }
        if features.contains(.search) {
            let hashes = hashes ?? RowHash.hashes(added, count: groups.count)
            for row in rows { index.append(hashes[Int(row)]) }
        }
        liveCount += rows.count
    }

    private func link(_ rows: [Int32], _ groups: [Int32]) {
        var number = Int32(next.count)
        next.reserveCapacity(next.count + rows.count)
        heads.withUnsafeMutableBufferPointer { heads in
            for row in rows {
                let group = Int(groups[Int(row)])
                next.append(heads[group])
                number += 1
                heads[group] = number
            }
        }
    }

    private func linkBack(from first: Int) {
        previous.append(contentsOf: repeatElement(0, count: next.count - first))
        for row in first..<next.count where next[row] != 0 {
            previous[Int(next[row]) - 1] = Int32(row + 1)
        }
    }

    /// Takes a row out of its group.
    func remove(_ row: Int) {
        guard isLive[row] != 0 else { return }
        isLive[row] = 0
        liveCount -= 1
        let before = next[row]
        let behind = previous[row]
        if before != 0 { previous[Int(before) - 1] = behind }
        if behind != 0 {
            next[Int(behind) - 1] = before
        } else {
            heads[Int(groupOf[row])] = before
        }
        log.removed(row)
    }

    /// Takes a row out by its number, so that it cannot be found by its values either.
    func forget(_ row: Int) {
        guard isLive[row] != 0 else { return }
        if features.contains(.search) {
            let values = allValues([Int32(row)])
            let hash = RowHash.hashes(values, count: 1)[0]
            _ = index.remove(hash) { $0 == row }
        }
        remove(row)
    }

    /// Finds a row with these values and takes it out; nil when there is none.
    func remove(_ values: [Column], _ other: Int, hash: UInt64) -> Int? {
        let columns = columns
        let found = index.remove(hash) { row in
            for position in columns.indices
            where !columns[position].equals(row, values[position], other) {
                return false
            }
            return true
        }
        if let found { remove(found) }
        return found
    }

    // MARK: Reading

    func isAlive(_ row: Int) -> Bool { isLive.isEmpty || isLive[row] != 0 }

    /// The values of a column for some rows; a row below 0 gives NULL.
    func values(_ column: Int, _ rows: [Int32], hasMissing: Bool = false) -> Column {
        columns[column].values(rows, hasMissing: hasMissing)
    }

    func allValues(_ rows: [Int32]) -> [Column] {
        columns.map { $0.values(rows, hasMissing: false) }
    }

    func int64(_ column: Int, _ row: Int) -> Int64 { columns[column].int64(row) }

    /// A column for comparisons of single rows.
    func column(_ index: Int) -> StoredColumn { columns[index] }

    func group(_ row: Int) -> Int32 { groupOf[row] }

    /// The rows of a group, from the last to the first.
    func rows(of group: Int32) -> [Int32] {
        guard Int(group) < heads.count else { return [] }
        var result: [Int32] = []
        var row = heads[Int(group)]
        while row != 0 {
            result.append(row - 1)
            row = next[Int(row) - 1]
        }
        return result
    }

    /// Pairs rows of a batch with the rows of their groups, beginning at a row of the batch, until
    /// there are so many pairs; returns the row to go on with.
    ///
    /// - Parameter skipped: rows of the batch without a partner, marked by 1.
    func pairs(
        _ groups: [Int32], from start: Int, skipped: [UInt8]?, limit: Int,
        rows: inout [Int32], matches: inout [Int32]
    ) -> Int {
        heads.withUnsafeBufferPointer { heads in
            next.withUnsafeBufferPointer { next in
                var position = start
                while position < groups.count, rows.count < limit {
                    let group = Int(groups[position])
                    if group < heads.count, skipped?[position] ?? 0 == 0 {
                        var row = heads[group]
                        while row != 0 {
                            rows.append(Int32(position))
                            matches.append(row - 1)
                            row = next[Int(row) - 1]
                        }
                    }
                    position += 1
                }
                return position
            }
        }
    }

    // MARK: Tags

    func tag(_ row: Int) -> Int32 { tags[row] }

    func setTag(_ row: Int, _ value: Int32) {
        tags[row] = value
        log.tagged(row)
    }

    // MARK: Compaction and checkpoints

    /// Whether more than half of the rows have been removed.
    var isSparse: Bool { next.count > 1024 && liveCount * 2 < next.count }

    /// The rows that are there, in the order of arrival.
    var liveRows: [Int32] {
        isLive.isEmpty
            ? (0..<Int32(next.count)).map { $0 }
            : isLive.indices.filter { isLive[$0] != 0 }.map(Int32.init)
    }

    /// Numbers the rows anew without the removed ones.
    ///
    /// - Parameter groups: finds the groups of rows anew.
    func compact(groups: ([Column], Int) -> (groups: [Int32], count: Int)) {
        let fresh = KeyedRows(types, features)
        let kept = liveRows
        for start in stride(from: 0, to: kept.count, by: RowLog.segmentRows) {
            let rows = Array(kept[start..<min(start + RowLog.segmentRows, kept.count)])
            let values = allValues(rows)
            let found = groups(values, rows.count)
            fresh.append(
                values, rows: rows.indices.map(Int32.init), groups: found.groups,
                groupCount: found.count,
                tags: features.contains(.tags) ? rows.map { tags[Int($0)] } : nil)
        }
        take(fresh)
        log.restart()
    }

    private func take(_ fresh: KeyedRows) {
        columns = fresh.columns
        heads = fresh.heads
        next = fresh.next
        previous = fresh.previous
        groupOf = fresh.groupOf
        isLive = fresh.isLive
        tags = fresh.tags
        index = fresh.index
        liveCount = fresh.liveCount
    }

    /// What has changed since the last call.
    ///
    /// - Parameter part: tells the rows of this object from others of the operator.
    func takeDelta(part: UInt8) -> StateDelta {
        log.takeDelta(
            part: part, count: next.count,
            columns: { rows in self.allValues(rows) },
            tags: features.contains(.tags) ? tags : nil,
            isLive: { self.isAlive($0) })
    }

    /// Takes back what an earlier run stored for this part.
    func restore(
        _ entries: [(key: [UInt8], value: [UInt8])], part: UInt8,
        groups: ([Column], Int) -> (groups: [Int32], count: Int)
    ) {
        let segments = RowLog.segments(entries, part: part, types: types)
        for segment in segments {
            let found = groups(segment.columns, segment.count)
            append(
                segment.columns, rows: (0..<Int32(segment.count)).map { $0 },
                groups: found.groups, groupCount: found.count,
                tags: features.contains(.tags) ? segment.tags : nil)
        }
        // Removals and tags may be of rows of any earlier segment.
        for segment in segments {
            for (row, tag) in zip(segment.taggedRows, segment.newTags)
            where Int(row) < tags.count {
                tags[Int(row)] = tag
            }
            for row in segment.removed where Int(row) < next.count { forget(Int(row)) }
        }
        log.restored(segments: segments.count, rows: next.count)
    }

}
