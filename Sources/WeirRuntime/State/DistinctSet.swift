// Values that count once: DISTINCT, shared by the calls with the same argument.

import WeirColumnar
import WeirFunctions

/// How often each value is in each group, for each FILTER of the calls that share the argument
/// (Flink: distinct views shared by filters).
final class DistinctSet {
    private let type: DataType
    private var keys: KeyTable
    /// How many variants (calls with filters of their own) there are.
    private let variants: Int
    /// `counts[id * variants + variant]`; a value that has come `Int32.max` times never goes.
    private var counts: [Int32] = []
    private var isDirty: [UInt8] = []
    private var dirty: [Int32] = []

    init(type: DataType, variants: Int) {
        self.type = type.nullable(false)
        self.variants = variants
        keys = Self.makeKeys(self.type)
    }

    private static func makeKeys(_ type: DataType) -> KeyTable {
        KeyTable(columns: [DataType(.bigint, nullable: false), type])
    }

    var stateBytes: Int {
        keys.stateBytes + counts.capacity * 4 + isDirty.capacity + dirty.capacity * 4
    }

    /// Adds rows and says which of them change the set of a variant.
    ///
    /// - Parameters:
    ///   - values: none of them NULL.
    ///   - masks: by variant, which rows count; nil for all.
    /// - Returns: by variant the rows that bring a value or take the last one of it away.
    func changes(
        _ values: Column, groups: [Int32], kinds: [UInt8]?, masks: [[UInt8]?]
    ) -> [[Int32]] {
        let rows = groups.count
        let ids = keys.groups([Column(.int64(groups.map(Int64.init))), values], rows: rows)
        let missing = keys.count * variants - counts.count
        if missing > 0 {
            counts.append(contentsOf: repeatElement(0, count: missing))
            isDirty.append(contentsOf: repeatElement(0, count: keys.count - isDirty.count))
        }
        var changed = [[Int32]](repeating: [], count: variants)
        for variant in 0..<variants {
            let mask = masks[variant]
            for row in 0..<rows where mask.map({ $0[row] != 0 }) ?? true {
                let place = Int(ids[row]) * variants + variant
                let isRetraction =
                    kinds.map { RowKind(rawValue: $0[row])?.isRetraction ?? false } ?? false
                let before = counts[place]
                if before != .max { counts[place] = before &+ (isRetraction ? -1 : 1) }
                if isRetraction ? before == 1 : before == 0 { changed[variant].append(Int32(row)) }
            }
        }
        for id in ids where isDirty[Int(id)] == 0 {
            isDirty[Int(id)] = 1
            dirty.append(id)
        }
        return changed
    }

    /// Keeps the values of these groups, which get the numbers 0, 1, … in this order.
    func compact(keeping groups: [Int32], of count: Int) {
        var numbers = [Int32](repeating: -1, count: count)
        for (number, group) in groups.enumerated() { numbers[Int(group)] = Int32(number) }
        let old = keys.firstWords((0..<Int32(keys.count)).map { $0 })
        let kept = old.indices.filter { numbers[Int(old[$0])] >= 0 && isUsed($0) }.map(Int32.init)
        let values = keys.keyColumns(kept)[1]
        let moved = kept.map { Int64(numbers[Int(old[Int($0)])]) }
        let fresh = Self.makeKeys(type)
        _ = fresh.groups([Column(.int64(moved)), values], rows: kept.count)
        keys = fresh
        counts = kept.flatMap { counts[Int($0) * variants..<(Int($0) + 1) * variants] }
        isDirty = kept.map { isDirty[Int($0)] }
        dirty = isDirty.indices.filter { isDirty[$0] != 0 }.map(Int32.init)
        // Groups that have gone may come again: they must not find their old values.
        isStale = logged > 0
    }

    private func isUsed(_ id: Int) -> Bool {
        counts[id * variants..<(id + 1) * variants].contains { $0 != 0 } || isDirty[id] != 0
    }

    // MARK: Checkpoints

    /// Entries that the log has, and whether it has to be written anew because groups were
    /// numbered anew.
    private var logged = 0
    private(set) var segments = 0
    private var isStale = false

    /// Whether the next log begins anew: what is in the store is of no use any more.
    private var restarts: Bool { isStale || logged > keys.count * 2 + 100_000 }

    /// The values that changed since the last call as one segment; nil when none has.
    ///
    /// - Parameter groupKeys: the key columns of groups.
    func takeSegment(
        _ groupKeys: ([Int32]) -> [Column]
    ) -> (number: Int, bytes: [UInt8], stale: Int)? {
        var stale = 0
        if restarts {
            stale = segments
            segments = 0
            logged = 0
            isStale = false
            dirty = (0..<Int32(keys.count)).filter { isUsed(Int($0)) }
        }
        guard !dirty.isEmpty || stale > 0 else { return nil }
        let columns = keys.keyColumns(dirty)
        let groups = columns[0].int64Values.map { Int32(truncatingIfNeeded: $0) }
        var bytes = StateBytes()
        bytes.write(Int64(dirty.count))
        for column in groupKeys(groups) + [columns[1]] {
            ColumnCodec.write(column, count: dirty.count, to: &bytes)
        }
        ColumnCodec.write(
            dirty.flatMap { counts[Int($0) * variants..<(Int($0) + 1) * variants] }, to: &bytes)
        for id in dirty { isDirty[Int(id)] = 0 }
        logged += dirty.count
        dirty = []
        segments += 1
        return (segments - 1, bytes.bytes, stale)
    }

    /// Reads the segments of an earlier run, the oldest first.
    ///
    /// - Parameter groups: the groups of key columns.
    func restore(
        _ stored: [[UInt8]], keyTypes: [DataType], groups: ([Column], Int) -> [Int32]
    ) {
        for entry in stored {
            var bytes = StateBytes(entry)
            let count = Int(clamping: bytes.readInt64())
            let columns = (keyTypes + [type]).map {
                ColumnCodec.read($0.kind.physical, count: count, from: &bytes)
            }
            let numbers = ColumnCodec.readNumbers(from: &bytes)
            guard numbers.count == count * variants else { continue }
            let found = groups(Array(columns.dropLast()), count)
            let ids = keys.groups(
                [Column(.int64(found.map(Int64.init))), columns[columns.count - 1]], rows: count)
            counts += [Int32](repeating: 0, count: keys.count * variants - counts.count)
            for (row, id) in ids.enumerated() {
                for variant in 0..<variants {
                    counts[Int(id) * variants + variant] = numbers[row * variants + variant]
                }
            }
            logged += count
        }
        isDirty = [UInt8](repeating: 0, count: keys.count)
        segments = stored.count
    }
}
