// The groups of all open slices of a windowed aggregation.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Groups by slice in one table, whose first key column is the slice's end (µs).
final class WindowGroups {
    /// What is known of a slice besides its groups' aggregates.
    private struct Slice {
        var groups: [Int32] = []
        /// Rows that came in.
        var rows = 0
    }

    let state: GroupedState
    /// Ends of the open slices, ascending.
    private(set) var ends: [Int64] = []
    private var slices: [Int64: Slice] = [:]
    /// Groups of slices that are gone but still have their place in the table.
    private var deadGroups = 0
    private var closed: [Int64] = []

    /// - Parameter keyTypes: of the keys behind the slice's end.
    init(keyTypes: [DataType], calls: [AggregateCall], merges: Bool) {
        state = GroupedState(
            keyTypes: [DataType(.timestamp(3), nullable: false)] + keyTypes,
            calls: calls, merges: merges)
    }

    var stateBytes: Int { state.stateBytes + slices.count * 64 }

    /// Adds rows to their groups.
    ///
    /// - Returns: ends of slices that are new.
    func add(_ batch: Batch, ends rowEnds: [Int64], keys: [Int]) -> [Int64] {
        let known = Int32(state.count)
        let groups = state.groups(
            [Column(.int64(rowEnds))] + keys.map { batch.columns[$0] }, count: batch.count)
        state.markDirty(groups)
        state.aggregates.accumulate(batch, groups: groups)
        let opened = file(Array(known..<Int32(state.count)))
        count(rowEnds)
        return opened
    }

    /// Files new groups under their slices.
    private func file(_ groups: [Int32]) -> [Int64] {
        var opened: [Int64] = []
        for (group, end) in zip(groups, state.firstKeys(groups)) {
            if slices[end] == nil { opened.append(end) }
            slices[end, default: Slice()].groups.append(group)
        }
        for end in opened { ends.insert(end, at: place(of: end)) }
        return opened
    }

    private func count(_ rowEnds: [Int64]) {
        var start = 0
        rowEnds.withUnsafeBufferPointer { rowEnds in
            for row in 1..<rowEnds.count + 1
            where row == rowEnds.count || rowEnds[row] != rowEnds[start] {
                slices[rowEnds[start]]?.rows += row - start
                start = row
            }
        }
    }

    /// The first slice that does not end before a time.
    private func place(of end: Int64) -> Int {
        var low = 0
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] < end { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The groups of one slice that have rows.
    func groups(ofSlice end: Int64) -> [Int32] {
        slices[end]?.groups.filter { state.rowCount($0) > 0 } ?? []
    }

    /// Ends of the open slices after one time and up to another.
    func slices(after start: Int64, upTo end: Int64) -> ArraySlice<Int64> {
        ends[place(of: start &+ 1)..<max(place(of: start &+ 1), place(of: end &+ 1))]
    }

    /// Lets the first slices go.
    ///
    /// - Returns: how many rows they had taken.
    func removeFirst(_ count: Int) -> Int {
        var rows = 0
        for end in ends.prefix(count) {
            guard let slice = slices.removeValue(forKey: end) else { continue }
            rows += slice.rows
            deadGroups += slice.groups.count
            state.forget(slice.groups)
            closed.append(end)
        }
        ends.removeFirst(count)
        compactIfSparse()
        return rows
    }

    private func compactIfSparse() {
        // No least number: a group may hold any number of distinct values.
        guard deadGroups * 2 > state.count else { return }
        let kept = slices.values.flatMap(\.groups).sorted()
        state.compact(keeping: kept)
        deadGroups = 0
        for end in ends { slices[end]?.groups = [] }
        _ = file((0..<Int32(state.count)).map { $0 })
    }

    // MARK: Checkpoints

    func takeStateDelta() -> StateDelta {
        var delta = state.takeDelta()
        delta.deletedPrefixes += closed.map { GroupedState.prefix(ofFirstKey: .int64($0)) }
        closed = []
        return delta
    }

    func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        state.restore(entries)
        let live = (0..<Int32(state.count)).filter { state.rowCount($0) > 0 }
        deadGroups = state.count - live.count
        _ = file(live)
        for end in ends {
            let rows = groups(ofSlice: end).reduce(0) { $0 + state.rowCount($1) }
            slices[end]?.rows = Int(rows)
        }
    }
}
