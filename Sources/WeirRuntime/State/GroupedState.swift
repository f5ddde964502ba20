// Groups by key with their aggregates, and what of them is in the last checkpoint.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Keys and aggregates of groups, with what changed since the last commit.
final class GroupedState {
    private var keys: KeyTable
    private let keyTypes: [DataType]
    let aggregates: AggregateState
    /// Groups changed since the last `takeDelta`, as flags by group.
    private var isDirty: [UInt8] = []
    private var dirty: [Int32] = []
    /// Whether a group is in the store.
    private var isStored: [UInt8] = []
    private var removed: [[UInt8]] = []
    private let ttl: StateTTL?
    /// When each group was last written, where groups expire (µs).
    private var writtenAt: [Int64] = []
    private var nextLook = Int64.min

    init(
        keyTypes: [DataType], calls: [AggregateCall], merges: Bool = false, ttl: StateTTL? = nil
    ) {
        self.keyTypes = keyTypes
        self.ttl = ttl
        keys = KeyTable(columns: keyTypes)
        aggregates = AggregateState(calls, merges: merges)
    }

    var count: Int { keys.count }

    var stateBytes: Int { keys.stateBytes + aggregates.stateBytes + isDirty.capacity * 6 }

    /// Finds the groups of the rows, making new ones.
    func groups(_ keyColumns: [Column], count: Int) -> [Int32] {
        let groups = keys.groups(keyColumns, rows: count)
        aggregates.grow(to: keys.count)
        let missing = keys.count - isDirty.count
        if missing > 0 {
            if let ttl {
                writtenAt.append(contentsOf: repeatElement(ttl.clock.now(), count: missing))
            }
            isDirty.append(contentsOf: repeatElement(0, count: missing))
            isStored.append(contentsOf: repeatElement(0, count: missing))
        }
        return groups
    }

    /// Marks groups as changed and returns those that were not.
    @discardableResult
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

    /// Rows in a group, those taken back subtracted.
    func rowCount(_ group: Int32) -> Int64 { aggregates.rowCount(group) }

    func keyColumns(_ groups: [Int32]) -> [Column] { keys.keyColumns(groups) }

    func results(_ groups: [Int32]) -> [Column] { aggregates.results(groups) }

    /// The first key of groups, where that is a number or time.
    func firstKeys(_ groups: [Int32]) -> [Int64] { keys.firstWords(groups) }

    /// Drops groups whose entries in the store somebody else removes.
    func forget(_ groups: [Int32]) {
        for group in groups {
            isDirty[Int(group)] = 0
            isStored[Int(group)] = 0
        }
    }

    /// Forgets all groups but these.
    func compact(keeping kept: [Int32]) {
        var isKept = [Bool](repeating: false, count: count)
        for group in kept { isKept[Int(group)] = true }
        let gone = (0..<count).filter { !isKept[$0] && isStored[$0] != 0 }.map { Int32($0) }
        removed += encodedKeys(gone)
        aggregates.compact(keeping: kept)
        keys.compact(keeping: kept)
        isDirty = kept.map { isDirty[Int($0)] }
        if ttl != nil { writtenAt = kept.map { writtenAt[Int($0)] } }
        isStored = kept.map { isStored[Int($0)] }
        dirty = isDirty.indices.filter { isDirty[$0] != 0 }.map { Int32($0) }
    }

    /// Notes that groups have been written by now.
    func noteWritten(_ groups: [Int32]) {
        guard let ttl else { return }
        let now = ttl.clock.now()
        for group in groups { writtenAt[Int(group)] = now }
    }

    /// Forgets the groups whose time is over.
    func expire() {
        guard let limit = ttl?.look(&nextLook) else { return }
        guard writtenAt.contains(where: { $0 <= limit }) else { return }
        compact(keeping: (0..<Int32(count)).filter { writtenAt[Int($0)] > limit })
    }

    /// Forgets everything, to be used again.
    func reset() {
        aggregates.compact(keeping: [])
        keys.compact(keeping: [])
        isDirty.removeAll(keepingCapacity: true)
        writtenAt = []
        isStored.removeAll(keepingCapacity: true)
        dirty.removeAll(keepingCapacity: true)
        removed = []
    }

    /// Forgets groups without rows once they are the larger part.
    func compactIfSparse() {
        guard count > 1024 else { return }
        let kept = (0..<Int32(count)).filter { aggregates.rowCount($0) != 0 }
        if kept.count * 2 < count { compact(keeping: kept) }
    }

    // MARK: Checkpoints

    /// Entries of groups begin with this, those of distinct values with one more than the number
    /// of their set.
    private static let groupTag: UInt8 = 0

    func takeDelta() -> StateDelta {
        var delta = StateDelta()
        delta.deletes = removed
        removed = []
        dirty.removeAll { isDirty[Int($0)] == 0 }
        for (key, group) in zip(encodedKeys(dirty), dirty) {
            var state = StateBytes()
            aggregates.encode(Int(group), into: &state)
            delta.upserts.append((key, state.bytes))
            isDirty[Int(group)] = 0
            isStored[Int(group)] = 1
        }
        dirty = []
        takeDistinct(&delta)
        return delta
    }

    private func takeDistinct(_ delta: inout StateDelta) {
        for set in 0..<aggregates.distinctSets {
            guard let segment = aggregates.distinctSet(set).takeSegment(keys.keyColumns) else {
                continue
            }
            if segment.stale > 0 { delta.deletedPrefixes.append([Self.tag(set)]) }
            delta.upserts.append(
                (Self.segmentKey(set, segment.number), segment.bytes))
        }
    }

    private static func tag(_ set: Int) -> UInt8 { UInt8(clamping: set + 1) }

    private static func segmentKey(_ set: Int, _ number: Int) -> [UInt8] {
        var bytes = StateBytes([tag(set)])
        bytes.write(Int64(number))
        return bytes.bytes
    }

    private func encodedKeys(_ groups: [Int32]) -> [[UInt8]] {
        let columns = keys.keyColumns(groups)
        return groups.indices.map { row in
            var bytes = StateBytes([Self.groupTag])
            for column in columns { bytes.write(column.scalar(row)) }
            return bytes.bytes
        }
    }

    /// What the keys of entries of groups with this first key begin with.
    static func prefix(ofFirstKey key: Scalar) -> [UInt8] {
        var bytes = StateBytes([groupTag])
        bytes.write(key)
        return bytes.bytes
    }

    func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        let own = entries.filter { $0.key.first == Self.groupTag }
        let found = restoredGroups(own.map(\.key))
        for (entry, group) in zip(own, found) {
            var bytes = StateBytes(entry.value)
            aggregates.decode(Int(group), from: &bytes)
            isStored[Int(group)] = 1
        }
        for set in 0..<aggregates.distinctSets {
            let segments = entries.filter { $0.key.first == Self.tag(set) }.map {
                entry -> (number: Int64, value: [UInt8]) in
                var key = StateBytes(Array(entry.key.dropFirst()))
                return (key.readInt64(), entry.value)
            }.sorted { $0.number < $1.number }
            aggregates.distinctSet(set).restore(segments.map(\.value), keyTypes: keyTypes) {
                self.groups($0, count: $1)
            }
        }
    }

    private func restoredGroups(_ encoded: [[UInt8]]) -> [Int32] {
        var builders = keyTypes.map { ColumnBuilder($0.kind.physical) }
        for key in encoded {
            var bytes = StateBytes(Array(key.dropFirst()))
            for index in builders.indices { builders[index].append(bytes.readScalar()) }
        }
        return groups(builders.map { $0.build() }, count: encoded.count)
    }
}
