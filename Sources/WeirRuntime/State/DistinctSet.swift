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
    /// `counts[id * variants + variant]`.
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
                counts[place] = isRetraction ? before - 1 : before + 1
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
        let old = keys.words(column: 0)
        let kept = old.indices.filter { numbers[Int(old[$0])] >= 0 && isUsed($0) }.map(Int32.init)
        let values = keys.keyColumns(kept)[1]
        let moved = kept.map { Int64(numbers[Int(old[Int($0)])]) }
        let fresh = Self.makeKeys(type)
        _ = fresh.groups([Column(.int64(moved)), values], rows: kept.count)
        keys = fresh
        counts = kept.flatMap { counts[Int($0) * variants..<(Int($0) + 1) * variants] }
        isDirty = kept.map { isDirty[Int($0)] }
        dirty = isDirty.indices.filter { isDirty[$0] != 0 }.map(Int32.init)
    }

    private func isUsed(_ id: Int) -> Bool {
        counts[id * variants..<(id + 1) * variants].contains { $0 != 0 } || isDirty[id] != 0
    }

    // MARK: Checkpoints

    /// The values that changed since the last call: group, value as bytes, state (nil for gone).
    func takeChanges() -> [(group: Int32, value: [UInt8], state: [UInt8]?)] {
        let columns = keys.keyColumns(dirty)
        var result: [(group: Int32, value: [UInt8], state: [UInt8]?)] = []
        result.reserveCapacity(dirty.count)
        for (row, id) in dirty.enumerated() {
            isDirty[Int(id)] = 0
            var value = StateBytes()
            value.write(columns[1].scalar(row))
            let own = counts[Int(id) * variants..<(Int(id) + 1) * variants]
            var state = StateBytes()
            for count in own { state.write(Int64(count)) }
            result.append(
                (
                    Int32(columns[0].int64Values[row]), value.bytes,
                    own.contains { $0 != 0 } ? state.bytes : nil
                ))
        }
        dirty = []
        return result
    }

    func restore(_ entries: [(group: Int32, value: [UInt8], state: [UInt8])]) {
        var builder = ColumnBuilder(type.kind.physical)
        for entry in entries {
            var bytes = StateBytes(entry.value)
            builder.append(bytes.readScalar())
        }
        let groups = entries.map { Int64($0.group) }
        _ = keys.groups([Column(.int64(groups)), builder.build()], rows: entries.count)
        isDirty = [UInt8](repeating: 0, count: keys.count)
        counts = entries.flatMap { entry -> [Int32] in
            var bytes = StateBytes(entry.state)
            return (0..<variants).map { _ in Int32(truncatingIfNeeded: bytes.readInt64()) }
        }
    }
}
