// Aggregation in two steps (Flink: local-global aggregation): each worker aggregates its rows of a
// batch, before a commit the groups of all workers are put together.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// The groups that workers have made of the rows since they were last taken.
///
/// Only for aggregates whose result does not depend on the order of rows, so that it is the same
/// for any number of workers.
final class LocalAggregates {
    /// The groups of one worker.
    private final class Table {
        let keys: KeyTable
        let aggregates: AggregateState

        init(_ keyTypes: [DataType], _ calls: [AggregateCall]) {
            keys = KeyTable(columns: keyTypes)
            aggregates = AggregateState(calls, merges: false)
        }

        func add(_ batch: Batch, _ columns: [Int]) {
            let groups = keys.groups(columns.map { batch.columns[$0] }, rows: batch.count)
            aggregates.grow(to: keys.count)
            aggregates.accumulate(batch, groups: groups)
        }

        func reset() {
            aggregates.compact(keeping: [])
            keys.compact(keeping: [])
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
        rows += batch.count
        let share = (batch.count + tables.count - 1) / tables.count
        workers.each(tables.count) { index in
            let first = min(index * share, batch.count)
            let last = min(first + share, batch.count)
            if first == last { return }
            let share = Batch(
                count: last - first, columns: batch.columns.map { $0.slice(first..<last) },
                kinds: batch.kinds.map { Array($0[first..<last]) })
            tables[index].add(share, columns)
        }
        return true
    }

    /// Whether the groups should be taken soon.
    var isFull: Bool { tables.contains { $0.keys.count >= Self.mostGroups } }

    /// Hands over the groups of each worker and forgets them.
    ///
    /// - Parameter body: gets key columns and aggregates of the groups 0..<count.
    func take(_ body: (_ keys: [Column], _ count: Int, AggregateState) -> Void) {
        if rows == 0 { return }
        var groups = 0
        for table in tables where table.keys.count > 0 {
            let count = table.keys.count
            groups += count
            body(table.keys.keyColumns((0..<Int32(count)).map { $0 }), count, table.aggregates)
            table.reset()
        }
        if groups * 2 > rows { batchesToSkip = Self.pause }
        rows = 0
    }

    var stateBytes: Int {
        tables.reduce(0) { $0 + $1.keys.stateBytes + $1.aggregates.stateBytes }
    }
}
