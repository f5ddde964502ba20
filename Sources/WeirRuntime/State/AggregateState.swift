// The aggregates of groups that somebody else numbers.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Accumulators, distinct values and the number of rows of groups 0, 1, …
final class AggregateState {
    /// A call whose values are all taken.
    private struct Plain {
        let accumulator: any Accumulator
        let argument: Int?
        let filter: Int?
    }

    /// Calls with DISTINCT and the same argument.
    private struct Shared {
        let set: DistinctSet
        let argument: Int
        /// By variant.
        let filters: [Int?]
        let accumulators: [any Accumulator]
    }

    private var plain: [Plain] = []
    private var shared: [Shared] = []
    /// In the order of the calls.
    private let accumulators: [any Accumulator]
    private let rows = CountAccumulator()
    private(set) var count = 0

    /// - Parameter merges: whether groups become one; DISTINCT then keeps its values in order.
    init(_ calls: [AggregateCall], merges: Bool) {
        var accumulators: [any Accumulator] = []
        var distinct: [(argument: Int, type: DataType, calls: [Int])] = []
        for (number, call) in calls.enumerated() {
            guard let function = FunctionRegistry.aggregate(named: call.function) else {
                preconditionFailure("the binder only names registered aggregates")
            }
            let argument = call.argument.map(Self.column)
            let isShared = call.isDistinct && !merges && argument != nil
            accumulators.append(
                function.accumulator(
                    call.argument?.type.kind, call.type.kind, retracts: call.retracts,
                    merges: merges, isDistinct: call.isDistinct && !isShared))
            if isShared, let argument, let type = call.argument?.type {
                if let known = distinct.firstIndex(where: { $0.argument == argument }) {
                    distinct[known].calls.append(number)
                } else {
                    distinct.append((argument, type, [number]))
                }
            } else {
                plain.append(
                    Plain(
                        accumulator: accumulators[number], argument: argument,
                        filter: call.filter.map(Self.column)))
            }
        }
        shared = distinct.map { item in
            Shared(
                set: DistinctSet(type: item.type, variants: item.calls.count),
                argument: item.argument,
                filters: item.calls.map { calls[$0].filter.map(Self.column) },
                accumulators: item.calls.map { accumulators[$0] })
        }
        self.accumulators = accumulators
    }

    private static func column(_ expression: BoundExpression) -> Int {
        guard case .column(let index) = expression.node else {
            preconditionFailure("aggregates read columns; the planner computes them before")
        }
        return index
    }

    func grow(to count: Int) {
        guard count > self.count else { return }
        self.count = count
        rows.grow(to: count)
        for accumulator in accumulators { accumulator.grow(to: count) }
    }

    func accumulate(_ batch: Batch, groups: [Int32]) {
        rows.accumulate(nil, groups: groups, kinds: batch.kinds)
        for call in plain { accumulate(call, batch, groups) }
        for call in shared { accumulate(call, batch, groups) }
    }

    private func accumulate(_ call: Plain, _ batch: Batch, _ groups: [Int32]) {
        let column = call.argument.map { batch.columns[$0] }
        guard let filter = call.filter else {
            call.accumulator.accumulate(column, groups: groups, kinds: batch.kinds)
            return
        }
        let mask = Logic.isTrue(batch.columns[filter], count: batch.count)
        if let merging = call.accumulator as? any MergingAccumulator, merging.skipsNull {
            // What the filter leaves out becomes NULL.
            let kept = Bitmap(bytes: mask)
            let filtered =
                column.map { $0.with(validity: Self.both($0.validity, kept, batch.count)) }
                ?? Column(.bool(mask), validity: kept)
            call.accumulator.accumulate(filtered, groups: groups, kinds: batch.kinds)
            return
        }
        let kept = Logic.indices(of: mask)
        call.accumulator.accumulate(
            column?.take(kept), groups: kept.map { groups[Int($0)] },
            kinds: batch.kinds.map { kinds in kept.map { kinds[Int($0)] } })
    }

    private static func both(_ validity: Bitmap?, _ mask: Bitmap, _ count: Int) -> Bitmap {
        guard let validity else { return mask }
        var result = mask
        for row in 0..<count where !validity[row] { result.clear(row) }
        return result
    }

    private func accumulate(_ call: Shared, _ batch: Batch, _ groups: [Int32]) {
        var column = batch.columns[call.argument]
        var groups = groups
        var kinds = batch.kinds
        var masks = call.filters.map { filter in
            filter.map { Logic.isTrue(batch.columns[$0], count: batch.count) }
        }
        if let validity = column.validity {
            let kept = (0..<batch.count).filter { validity[$0] }.map(Int32.init)
            column = column.take(kept)
            groups = kept.map { groups[Int($0)] }
            kinds = kinds.map { kinds in kept.map { kinds[Int($0)] } }
            masks = masks.map { mask in mask.map { mask in kept.map { mask[Int($0)] } } }
        }
        let changed = call.set.changes(column, groups: groups, kinds: kinds, masks: masks)
        for (accumulator, rows) in zip(call.accumulators, changed) where !rows.isEmpty {
            accumulator.accumulate(
                column.take(rows), groups: rows.map { groups[Int($0)] },
                kinds: kinds.map { kinds in rows.map { kinds[Int($0)] } })
        }
    }

    /// Adds groups of another state of the same calls.
    func merge(_ other: AggregateState, from: [Int32], into: [Int32]) {
        rows.merge(other.rows, from: from, into: into)
        for (own, accumulator) in zip(accumulators, other.accumulators) {
            (own as? any MergingAccumulator)?.merge(accumulator, from: from, into: into)
        }
    }

    /// Rows in a group, those taken back subtracted.
    func rowCount(_ group: Int32) -> Int64 { rows.counts[Int(group)] }

    var totalRows: Int64 { rows.counts.reduce(0, +) }

    func results(_ groups: [Int32]) -> [Column] { accumulators.map { $0.results(groups) } }

    /// Keeps only these groups and numbers them 0, 1, … in this order.
    func compact(keeping groups: [Int32]) {
        rows.compact(keeping: groups)
        for accumulator in accumulators { accumulator.compact(keeping: groups) }
        for call in shared { call.set.compact(keeping: groups, of: count) }
        count = groups.count
    }

    /// About how many bytes the groups take.
    var stateBytes: Int {
        count * (8 + 24 * accumulators.count) + shared.reduce(0) { $0 + $1.set.stateBytes }
    }

    // MARK: Checkpoints

    func encode(_ group: Int, into bytes: inout StateBytes) {
        rows.encode(group, into: &bytes)
        for accumulator in accumulators { accumulator.encode(group, into: &bytes) }
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        rows.decode(group, from: &bytes)
        for accumulator in accumulators { accumulator.decode(group, from: &bytes) }
    }

    /// How many sets of distinct values there are.
    var distinctSets: Int { shared.count }

    func distinctSet(_ number: Int) -> DistinctSet { shared[number].set }
}
