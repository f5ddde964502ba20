// OVER by columns that are no event time, over tables that may change: the partitions that have
// changed are computed anew before each commit.

package import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Keeps all rows of each partition with what they gave last.
package final class OverTable: Operator {
    private let plan: OverPlan
    private let types: [DataType]
    private let keyTypes: [DataType]
    private var keys: KeyTable
    private let rows: KeyedRows
    private let order: RowOrder
    /// By row: the results that have been emitted; nil while there are none.
    private var given: [[Scalar]?] = []
    private var touched: Set<Int32> = []
    /// Rows that have gone and were emitted.
    private var gone: [Int32] = []
    private var readAt: UInt64 = 0
    private var watermark = Int64.min
    private var sentWatermark = Int64.min

    private var writes: WriteTimes?

    init(_ plan: OverPlan, types: [DataType], isUpdating: Bool, ttl: StateTTL?) {
        self.plan = plan
        writes = ttl.map(WriteTimes.init)
        self.types = types
        keyTypes = plan.partitionBy.map { types[$0] }
        keys = KeyTable(columns: keyTypes)
        rows = KeyedRows(types, isUpdating ? [.removal, .search] : .removal)
        order = RowOrder(plan.orderBy, lastWins: false)
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        watermark = max(watermark, batch.watermark)
        guard batch.count > 0 else { return }
        output.count(.ranked, batch.count)
        readAt = batch.readAt
        if touched.isEmpty { expire() }
        let partitions = keys.groups(
            plan.partitionBy.map { batch.columns[$0] }, rows: batch.count)
        touched.formUnion(partitions)
        writes?.note(partitions, of: keys.count)
        let hashes = batch.kinds == nil ? nil : RowHash.hashes(batch.columns, count: batch.count)
        var added: [Int32] = []
        func flush() {
            rows.append(
                batch.columns, rows: added, groups: partitions, groupCount: keys.count,
                hashes: hashes)
            given.append(contentsOf: repeatElement(nil, count: added.count))
            added = []
        }
        for row in 0..<batch.count {
            guard batch.kind(row).isRetraction, let hashes else {
                added.append(Int32(row))
                continue
            }
            flush()
            if let found = rows.remove(batch.columns, row, hash: hashes[row]), given[found] != nil {
                gone.append(Int32(found))
            }
        }
        flush()
    }

    /// Forgets the partitions whose time is over; nothing is said of their rows.
    private func expire() {
        for partition in writes?.takeExpired() ?? [] {
            for row in rows.rows(of: partition) {
                rows.forget(Int(row))
                given[Int(row)] = nil
            }
        }
    }

    // MARK: Results

    package func flush(into output: inout OperatorOutput) {
        emitChanges(into: &output)
        if rows.isSparse { compact() }
        guard watermark > sentWatermark else { return }
        sentWatermark = watermark
        output.batches.append(Batch(count: 0, columns: [], watermark: watermark))
    }

    private func emitChanges(into output: inout OperatorOutput) {
        var shown: [Int32] = []
        var kinds: [UInt8] = []
        var results = plan.calls.map { ColumnBuilder($0.type.kind.physical) }
        func append(_ row: Int32, _ kind: RowKind, _ values: [Scalar]) {
            shown.append(row)
            kinds.append(kind.rawValue)
            for (index, value) in values.enumerated() { results[index].append(value) }
        }
        for row in gone {
            if let old = given[Int(row)] { append(row, .delete, old) }
            given[Int(row)] = nil
        }
        gone = []
        let stored = order.stored(rows)
        for partition in touched.sorted() {
            let list = rows.rows(of: partition).sorted { order.isBefore($0, $1, stored) }
            let computed = plan.calls.map { compute($0, list) }
            for (position, row) in list.enumerated() {
                let new = computed.map { $0.scalar(position) }
                let old = given[Int(row)]
                if old == new { continue }
                if let old { append(row, .updateBefore, old) }
                append(row, old == nil ? .insert : .updateAfter, new)
                given[Int(row)] = new
            }
        }
        touched = []
        guard !shown.isEmpty else { return }
        output.batches.append(
            Batch(
                count: shown.count,
                columns: rows.allValues(shown) + results.map { $0.build() }, kinds: kinds,
                readAt: readAt))
    }

    /// A call over the sorted rows of a partition.
    private func compute(_ call: OverColumn, _ list: [Int32]) -> Column {
        OverPartition(call, list, rows, order: plan.orderBy).compute()
    }

    private func compact() {
        keys = KeyTable(columns: keyTypes)
        let kept = rows.liveRows
        given = kept.map { given[Int($0)] }
        let before = kept.map { rows.group(Int($0)) }
        rows.compact { columns, count in
            (
                self.keys.groups(self.plan.partitionBy.map { columns[$0] }, rows: count),
                self.keys.count
            )
        }
        var partitions = [Int32](repeating: 0, count: keys.count)
        for (row, old) in before.enumerated() { partitions[Int(rows.group(row))] = old }
        writes?.renumber(partitions)
    }

    package func takeStateDelta() -> StateDelta { rows.takeDelta(part: 0) }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        rows.restore(entries, part: 0) { columns, count in
            (
                self.keys.groups(self.plan.partitionBy.map { columns[$0] }, rows: count),
                self.keys.count
            )
        }
        writes?.note((0..<Int32(keys.count)).map { $0 }, of: keys.count)
        // What was emitted follows from the rows.
        given = [[Scalar]?](repeating: nil, count: rows.count)
        let stored = order.stored(rows)
        for partition in 0..<Int32(keys.count) {
            let list = rows.rows(of: partition).sorted { order.isBefore($0, $1, stored) }
            let computed = plan.calls.map { compute($0, list) }
            for (position, row) in list.enumerated() {
                given[Int(row)] = computed.map { $0.scalar(position) }
            }
        }
    }

    package var stateBytes: Int {
        keys.stateBytes + rows.stateBytes + given.count * (16 + 24 * plan.calls.count)
            + (writes?.stateBytes ?? 0)
    }
}

/// One call over all rows of a partition.
private struct OverPartition {
    private let call: OverColumn
    private let list: [Int32]
    private let rows: KeyedRows
    /// Number of the peer group of each row.
    private let peers: [Int]
    /// The first row of each peer group, and behind the last one their number.
    private let peerStarts: [Int]
    private let times: [Int64]
    /// Whether times ascend: a NULL has none.
    private let isAscending: Bool

    init(_ call: OverColumn, _ list: [Int32], _ rows: KeyedRows, order: [SortColumn]) {
        self.call = call
        self.list = list
        self.rows = rows
        let columns = order.map { rows.values($0.column, list) }
        var starts: [Int] = []
        peers = list.indices.map { row in
            if row == 0 || columns.contains(where: { $0.scalar(row) != $0.scalar(row - 1) }) {
                starts.append(row)
            }
            return starts.count - 1
        }
        peerStarts = starts + [list.count]
        isAscending = columns.first?.validity == nil
        // Dates are days, times are microseconds.
        let isDate = order.first.map { rows.types[$0.column].kind == .date } ?? false
        times = (columns.first?.int64Values ?? []).map {
            let time = isDate ? $0 &* Calendar.microsPerDay : $0
            return order.first?.isDescending ?? false ? 0 &- time : time
        }
    }

    private var count: Int { list.count }

    func compute() -> Column {
        switch call.function {
        case "ROW_NUMBER": return integers { Int64($0 + 1) }
        case "RANK": return integers { Int64(first(ofPeers: $0) + 1) }
        case "DENSE_RANK": return integers { Int64(peers[$0] + 1) }
        case "NTILE": return integers(tile)
        case "PERCENT_RANK":
            return doubles { count > 1 ? Double(first(ofPeers: $0)) / Double(count - 1) : 0 }
        case "CUME_DIST": return doubles { Double(last(ofPeers: $0) + 1) / Double(count) }
        case "LAG": return shifted(by: -1)
        case "LEAD": return shifted(by: 1)
        default: return aggregate()
        }
    }

    private func integers(_ body: (Int) -> Int64) -> Column {
        Column(.int64((0..<count).map(body)))
    }

    private func doubles(_ body: (Int) -> Double) -> Column {
        Column(.float64((0..<count).map(body)))
    }

    private func first(ofPeers row: Int) -> Int { peerStarts[peers[row]] }

    private func last(ofPeers row: Int) -> Int { peerStarts[peers[row] + 1] - 1 }

    private func tile(_ row: Int) -> Int64 {
        guard case .int64(let wanted)? = call.constants.first ?? nil, wanted > 0 else { return 1 }
        let tiles = min(Int64(count), wanted)
        let small = Int64(count) / tiles
        let large = Int64(count) % tiles
        let row = Int64(row)
        let inLarge = large * (small + 1)
        return row < inLarge ? row / (small + 1) + 1 : large + (row - inLarge) / small + 1
    }

    private func shifted(by direction: Int) -> Column {
        guard let argument = call.arguments.first else {
            return .nulls(call.type.kind.physical, count: count)
        }
        var distance = 1
        if call.arguments.count > 1, case .int64(let rows)? = call.constants[1] {
            distance = Int(clamping: rows)
        }
        let sources = (0..<count).map { row -> Int32 in
            let place = row.addingReportingOverflow(direction * distance)
            return place.overflow || !list.indices.contains(place.partialValue)
                ? -1 : list[place.partialValue]
        }
        let values = rows.values(argument, sources, hasMissing: true)
        guard call.arguments.count > 2 else { return values }
        return Select.rows(
            sources.map { $0 < 0 ? 0 : 1 }, values, rows.values(call.arguments[2], list),
            count: count)
    }

    private func aggregate() -> Column {
        let isBounded = if case .unbounded = call.frame { false } else { true }
        guard
            let accumulator = FunctionRegistry.aggregate(named: call.function)?.accumulator(
                call.arguments.first.map { rows.types[$0].kind }, call.type.kind,
                retracts: isBounded, merges: false, isDistinct: call.isDistinct)
        else { return .nulls(call.type.kind.physical, count: count) }
        accumulator.grow(to: 1)
        let values = call.arguments.first.map { rows.values($0, list) }
        var parts: [Column] = []
        var left = 0
        var row = 0
        while row < count {
            let end = sharesPeers ? last(ofPeers: row) : row
            add(values, row...end, to: accumulator, isRetraction: false)
            let start = frameStart(row, from: left)
            if start > left {
                add(values, left...(start - 1), to: accumulator, isRetraction: true)
                left = start
            }
            parts.append(accumulator.results([Int32](repeating: 0, count: end - row + 1)))
            row = end + 1
        }
        return Column.joined(parts, counts: parts.map(\.count))
    }

    private var sharesPeers: Bool {
        switch call.frame {
        case .unbounded(let isRows): !isRows
        case .rows: false
        case .range: true
        }
    }

    /// - Parameter left: where the frame of the row before begins.
    private func frameStart(_ row: Int, from left: Int) -> Int {
        switch call.frame {
        case .unbounded: return 0
        case .rows(let before): return max(0, row - Int(clamping: before))
        case .range(let micros):
            // Without a distance the frame is the row's peers, whatever they are sorted by.
            guard micros > 0, times.count == count else { return first(ofPeers: row) }
            let bound = times[row].subtractingReportingOverflow(micros)
            if bound.overflow { return 0 }
            if isAscending {
                return (left..<row).first { times[$0] >= bound.partialValue } ?? row
            }
            var start = row
            while start > 0, times[start - 1] >= bound.partialValue { start -= 1 }
            return start
        }
    }

    private func add(
        _ values: Column?, _ range: ClosedRange<Int>, to accumulator: any Accumulator,
        isRetraction: Bool
    ) {
        let rows = range.map(Int32.init)
        accumulator.accumulate(
            values?.take(rows), groups: [Int32](repeating: 0, count: rows.count),
            kinds: isRetraction
                ? [UInt8](repeating: RowKind.delete.rawValue, count: rows.count) : nil)
    }
}
