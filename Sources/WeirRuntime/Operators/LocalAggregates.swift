// Aggregation in two steps (Flink: local-global aggregation): each worker aggregates its rows of a
// batch, before a commit the groups of all workers are put together.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// The groups that workers have made of the rows since they were last taken.
///
/// Only for aggregates whose result does not depend on the order of rows; groups are handed over in
/// the order of their first rows. So all is the same for any number of workers.
final class LocalAggregates {
    /// The groups of one worker.
    private final class Table {
        let keys: KeyTable
        let aggregates: AggregateState
        /// The number of the first row of each group, ascending.
        private(set) var firstRows: [Int] = []

        init(_ keyTypes: [DataType], _ calls: [AggregateCall]) {
            keys = KeyTable(columns: keyTypes)
            aggregates = AggregateState(calls, merges: false)
        }

        /// - Parameter number: of the first row.
        func add(_ batch: Batch, _ columns: [Int], number: Int) {
            let groups = keys.groups(columns.map { batch.columns[$0] }, rows: batch.count)
            if keys.count > firstRows.count {
                // New groups have the next numbers in the order of their first rows.
                for (row, group) in groups.enumerated() where Int(group) == firstRows.count {
                    firstRows.append(number + row)
                }
            }
            aggregates.grow(to: keys.count)
            aggregates.accumulate(batch, groups: groups)
        }

        func reset() {
            aggregates.compact(keeping: [])
            keys.compact(keeping: [])
            firstRows = []
        }
    }

    /// Groups are taken when a worker has this many, so that they need not wait for a commit.
    private static let mostGroups = 16_384
    /// So many batches go by until it is tried again whether workers make fewer groups than rows.
    private static let pause = 64

    private let tables: [Table]
    private let columns: [Int]
    private let workers: Workers
    private var rows = 0
    private var batchesToSkip = 0

    /// Nil when one thread does all, or when the order of rows matters.
    init?(_ plan: AggregatePlan, columns: [Int], workers: Workers) {
        guard workers.count > 1, plan.calls.allSatisfy(Self.isFreeOfOrder) else { return nil }
        self.columns = columns
        self.workers = workers
        let types = plan.keys.map(\.type)
        tables = (0..<workers.count).map { _ in Table(types, plan.calls) }
    }

    private static func isFreeOfOrder(_ call: AggregateCall) -> Bool {
        if call.isDistinct { return false }
        let argument = call.argument?.type.kind.physical
        return switch call.function {
        case "COUNT": true
        case "SUM", "AVG": argument == .int64 || argument == .int128
        // Of equal floating-point numbers, 0.0 and -0.0, the first one stays.
        case "MIN", "MAX": argument != .float64 && !call.retracts
        default: false
        }
    }

    /// Takes the rows of a batch; false when they are better added to the groups at once.
    func add(_ batch: Batch) -> Bool {
        guard batch.count >= workers.fewRows else { return false }
        guard batchesToSkip == 0 else {
            batchesToSkip -= 1
            return false
        }
        let number = rows
        rows += batch.count
        let share = (batch.count + tables.count - 1) / tables.count
        workers.each(tables.count) { index in
            let first = min(index * share, batch.count)
            let last = min(first + share, batch.count)
            if first == last { return }
            let share = Batch(
                count: last - first, columns: batch.columns.map { $0.slice(first..<last) },
                kinds: batch.kinds.map { Array($0[first..<last]) })
            tables[index].add(share, columns, number: number + first)
        }
        return true
    }

    /// Whether the groups should be taken soon.
    var isFull: Bool { tables.contains { $0.keys.count >= Self.mostGroups } }

    /// Hands over the groups of all workers and forgets them.
    ///
    /// - Parameters:
    ///   - find: gives the groups of key columns, which come in the order of their first rows; a key
    ///     may come several times.
    ///   - merge: adds groups of a worker (`from`) to those that were found (`into`).
    func take(
        find: ([Column], Int) -> [Int32],
        merge: (AggregateState, _ from: [Int32], _ into: [Int32]) -> Void
    ) {
        if rows == 0 { return }
        let used = tables.filter { $0.keys.count > 0 }
        let counts = used.map(\.keys.count)
        let total = counts.reduce(0, +)
        let places = Self.order(used.map(\.firstRows))
        let parts = used.map { $0.keys.keyColumns((0..<Int32($0.keys.count)).map { $0 }) }
        let columns = (parts.first ?? []).indices.map { column in
            Column.joined(parts.map { $0[column] }, counts: counts).take(places)
        }
        let found = find(columns, total)
        // Back to the order of the workers.
        var groups = [Int32](repeating: 0, count: total)
        for (position, place) in places.enumerated() { groups[Int(place)] = found[position] }
        var start = 0
        for table in used {
            let end = start + table.keys.count
            merge(
                table.aggregates, (0..<Int32(table.keys.count)).map { $0 },
                Array(groups[start..<end]))
            table.reset()
            start = end
        }
        if total * 2 > rows { batchesToSkip = Self.pause }
        rows = 0
    }

    /// Places in some ascending lists, one list behind the other, in the order of their numbers.
    private static func order(_ lists: [[Int]]) -> [Int32] {
        var next = lists.map { _ in 0 }
        var starts: [Int] = []
        var total = 0
        for list in lists {
            starts.append(total)
            total += list.count
        }
        var result: [Int32] = []
        result.reserveCapacity(total)
        while result.count < total {
            var best = -1
            for list in lists.indices where next[list] < lists[list].count {
                if best < 0 || lists[list][next[list]] < lists[best][next[best]] { best = list }
            }
            result.append(Int32(starts[best] + next[best]))
            next[best] += 1
        }
        return result
    }

    var stateBytes: Int {
        tables.reduce(0) { $0 + $1.keys.stateBytes + $1.aggregates.stateBytes }
    }
}
