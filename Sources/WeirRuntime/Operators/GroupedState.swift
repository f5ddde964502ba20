// Groups with their aggregates: what both kinds of aggregation share.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Keys, accumulators and the number of rows of each group, with what changed since the last
/// commit.
final class GroupedState {
    private let keys: KeyTable
    private let keyTypes: [DataType]
    private let accumulators: [any Accumulator]
    private let arguments: [Int?]
    private let rows = CountAccumulator()
    /// Groups changed since the last `takeDelta`, as flags by group.
    private var isDirty: [UInt8] = []
    private var dirty: [Int32] = []
    /// Whether a group is in the store.
    private var isStored: [UInt8] = []
    private var removed: [[UInt8]] = []

    init(keyTypes: [DataType], calls: [AggregateCall]) {
        self.keyTypes = keyTypes
        keys = KeyTable(columns: keyTypes)
        accumulators = calls.map { call in
            guard let function = FunctionRegistry.aggregate(named: call.function) else {
                preconditionFailure("the binder only names registered aggregates")
            }
            return function.makeAccumulator(call.argument?.type.kind, call.type.kind)
        }
        arguments = calls.map { call in
            guard let argument = call.argument else { return nil }
            guard case .column(let index) = argument.node else {
                preconditionFailure("aggregates read columns; the binder computes them before")
            }
            return index
        }
    }

    var count: Int { keys.count }

    /// Finds the groups of the rows, making new ones.
    func groups(_ keyColumns: [Column], count: Int) -> [Int32] {
        let groups = keys.groups(keyColumns, rows: count)
        grow()
        return groups
    }

    private func grow() {
        rows.grow(to: keys.count)
        for accumulator in accumulators { accumulator.grow(to: keys.count) }
        let missing = keys.count - isDirty.count
        if missing > 0 {
            isDirty.append(contentsOf: repeatElement(0, count: missing))
            isStored.append(contentsOf: repeatElement(0, count: missing))
        }
    }

    /// Marks groups as changed and returns those that were not.
    func markDirty(_ groups: [Int32]) -> [Int32] {
        var marked: [Int32] = []
        isDirty.withUnsafeMutableBufferPointer { flags in
            for group in groups where flags[Int(group)] == 0 {
                flags[Int(group)] = 1
                marked.append(group)
            }
        }
        dirty += marked
        return marked
    }

    func accumulate(_ batch: Batch, groups: [Int32]) {
        rows.accumulate(nil, groups: groups, kinds: batch.kinds)
        for (accumulator, argument) in zip(accumulators, arguments) {
            accumulator.accumulate(
                argument.map { batch.columns[$0] }, groups: groups, kinds: batch.kinds)
        }
    }

    /// Rows in a group, those taken back subtracted.
    func rowCount(_ group: Int32) -> Int64 { rows.counts[Int(group)] }

    var totalRows: Int64 { rows.counts.reduce(0, +) }

    func keyColumns(_ groups: [Int32]) -> [Column] { keys.keyColumns(groups) }

    /// The words of a key column that takes one word.
    func keyWords(column: Int) -> [Int64] { keys.words(column: column) }

    func results(_ groups: [Int32]) -> [Column] { accumulators.map { $0.results(groups) } }

    /// Forgets all groups but these.
    func compact(keeping kept: [Int32]) {
        let isKept = kept.reduce(into: [Bool](repeating: false, count: count)) {
            $0[Int($1)] = true
        }
        let gone = (0..<count).filter { !isKept[$0] && isStored[$0] != 0 }.map { Int32($0) }
        removed += encodedKeys(gone)
        keys.compact(keeping: kept)
        rows.compact(keeping: kept)
        for accumulator in accumulators { accumulator.compact(keeping: kept) }
        isDirty = kept.map { isDirty[Int($0)] }
        isStored = kept.map { isStored[Int($0)] }
        dirty = isDirty.indices.filter { isDirty[$0] != 0 }.map { Int32($0) }
    }

    // MARK: Checkpoints

    func takeDelta() -> StateDelta {
        var delta = StateDelta()
        delta.deletes = removed
        removed = []
        for (key, group) in zip(encodedKeys(dirty), dirty) {
            var state = StateBytes()
            rows.encode(Int(group), into: &state)
            for accumulator in accumulators { accumulator.encode(Int(group), into: &state) }
            delta.upserts.append((key, state.bytes))
            isDirty[Int(group)] = 0
            isStored[Int(group)] = 1
        }
        dirty = []
        return delta
    }

    private func encodedKeys(_ groups: [Int32]) -> [[UInt8]] {
        let columns = keys.keyColumns(groups)
        return groups.indices.map { row in
            var bytes = StateBytes()
            for column in columns { bytes.write(column.scalar(row)) }
            return bytes.bytes
        }
    }

    func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        var builders = keyTypes.map { ColumnBuilder($0.kind.physical) }
        for entry in entries {
            var bytes = StateBytes(entry.key)
            for index in builders.indices { builders[index].append(bytes.readScalar()) }
        }
        let groups = groups(builders.map { $0.build() }, count: entries.count)
        for (entry, group) in zip(entries, groups) {
            var bytes = StateBytes(entry.value)
            rows.decode(Int(group), from: &bytes)
            for accumulator in accumulators { accumulator.decode(Int(group), from: &bytes) }
            isStored[Int(group)] = 1
        }
    }
}
