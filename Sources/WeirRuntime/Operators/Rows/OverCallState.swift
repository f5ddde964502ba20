// One call with OVER over rows that come in order: what it keeps of each partition.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Rows that have come due, partition by partition, and the rows before them that are still kept.
struct OverRows {
    /// Number of the partition, its rows in order (numbers of due rows).
    let partitions: [(partition: Int32, rows: [Int32])]
    /// By due row: its number among the kept rows, its time (µs).
    let kept: [Int32]
    let times: [Int64]
}

/// Computes one call.
final class OverCallState {
    private let call: OverColumn
    private let rows: KeyedRows
    /// The column of the event time; nil in the order of arrival.
    private let time: Int?
    private let accumulator: (any Accumulator)?
    /// By partition: rows so far, rank of the last peers, number of peer groups.
    private var counts: [Int64] = []
    private var ranks: [Int64] = []
    private var denseRanks: [Int64] = []
    /// By partition: how many rows have left the frame.
    private var left: [Int64] = []
    private let argument: Int?
    /// The state of a partition without rows.
    private let freshState: [UInt8]
    /// Peers share the result: RANGE frames.
    private let sharesPeers: Bool

    init(_ call: OverColumn, rows: KeyedRows, types: [DataType], time: Int?) {
        self.call = call
        self.rows = rows
        self.time = time
        argument = call.arguments.first
        let isBounded = if case .unbounded = call.frame { false } else { true }
        func makeAccumulator() -> (any Accumulator)? {
            Self.ranking.contains(call.function) || call.function == "LAG"
                ? nil
                : FunctionRegistry.aggregate(named: call.function)?.accumulator(
                    call.arguments.first.map { types[$0].kind }, call.type.kind,
                    retracts: isBounded, merges: false, isDistinct: call.isDistinct)
        }
        accumulator = makeAccumulator()
        var bytes = StateBytes()
        let fresh = makeAccumulator()
        fresh?.grow(to: 1)
        fresh?.encode(0, into: &bytes)
        freshState = bytes.bytes
        switch call.frame {
        case .unbounded(let isRows): sharesPeers = !isRows && time != nil
        case .rows: sharesPeers = false
        case .range: sharesPeers = time != nil
        }
    }

    private static let ranking: Set<String> = ["ROW_NUMBER", "RANK", "DENSE_RANK"]

    func grow(to partitions: Int) {
        let missing = partitions - counts.count
        guard missing > 0 else { return }
        for _ in 0..<missing {
            counts.append(0)
            ranks.append(0)
            denseRanks.append(0)
            left.append(0)
        }
        accumulator?.grow(to: partitions)
    }

    /// How many rows before the next one have to be kept, or for how long (µs, 0 for those of the
    /// same time).
    var keeps: (rows: Int64, micros: Int64?) {
        if call.function == "LAG" { return (lag, nil) }
        switch call.frame {
        case .unbounded: return (0, nil)
        // The row that leaves the frame next is needed too.
        case .rows(let count): return (count == .max ? count : count + 1, nil)
        case .range(let micros): return (0, micros)
        }
    }

    private var lag: Int64 {
        guard call.arguments.count > 1, case .int64(let rows)? = call.constants[1] else { return 1 }
        return max(0, rows)
    }

    // MARK: Computing

    /// The results by due row.
    ///
    /// - Parameter history: the kept rows of a partition before the due ones, and how many rows of
    ///   it were forgotten before those.
    func compute(
        _ due: OverRows, history: (Int32) -> (rows: [Int32], forgotten: Int64)
    ) -> Column {
        if Self.ranking.contains(call.function) { return rank(due) }
        if call.function == "LAG" { return lagged(due, history) }
        return aggregate(due, history)
    }

    private func rank(_ due: OverRows) -> Column {
        var results = [Int64](repeating: 0, count: due.kept.count)
        for (partition, rows) in due.partitions {
            let number = Int(partition)
            var last: Int64?
            for row in rows {
                counts[number] += 1
                if last != due.times[Int(row)] {
                    ranks[number] = counts[number]
                    denseRanks[number] += 1
                }
                last = due.times[Int(row)]
                results[Int(row)] =
                    switch call.function {
                    case "ROW_NUMBER": counts[number]
                    case "RANK": ranks[number]
                    default: denseRanks[number]
                    }
            }
        }
        return Column(.int64(results))
    }

    private func lagged(
        _ due: OverRows, _ history: (Int32) -> (rows: [Int32], forgotten: Int64)
    ) -> Column {
        guard let argument else { return .nulls(call.type.kind.physical, count: due.kept.count) }
        var sources = [Int32](repeating: -1, count: due.kept.count)
        for (partition, rows) in due.partitions {
            let before = history(partition).rows
            for (first, row) in rows.enumerated() {
                // Peers are taken together: all of them look back from the last one.
                var position = first
                while sharesPeers, position + 1 < rows.count,
                    due.times[Int(rows[position + 1])] == due.times[Int(row)]
                {
                    position += 1
                }
                let place = before.count + position - Int(clamping: lag)
                if place >= before.count {
                    sources[Int(row)] = due.kept[Int(rows[place - before.count])]
                } else if place >= 0 {
                    sources[Int(row)] = before[place]
                }
            }
        }
        let values = rows.values(argument, sources, hasMissing: true)
        guard call.arguments.count > 2 else { return values }
        // A NULL there gives the default as well, as in Flink.
        let otherwise = rows.values(call.arguments[2], due.kept)
        let isThere = sources.indices.map { values.isNull($0) ? UInt8(0) : 1 }
        return Select.rows(isThere, values, otherwise, count: due.kept.count)
    }

    /// Step by step: the next row of each partition, or its next peers, are taken together.
    private func aggregate(
        _ due: OverRows, _ history: (Int32) -> (rows: [Int32], forgotten: Int64)
    ) -> Column {
        guard let accumulator else { return .nulls(call.type.kind.physical, count: due.kept.count) }
        let steps = due.partitions.map { split($0.rows, due.times) }
        let before = due.partitions.map { history($0.partition) }
        var order: [Int32] = []
        var parts: [Column] = []
        for step in 0..<(steps.map(\.count).max() ?? 0) {
            var added: [Int32] = []
            var groups: [Int32] = []
            var removed: [Int32] = []
            var removedGroups: [Int32] = []
            for (index, own) in steps.enumerated() where step < own.count {
                let partition = due.partitions[index].partition
                for row in own[step] {
                    added.append(due.kept[Int(row)])
                    groups.append(partition)
                    order.append(row)
                }
                counts[Int(partition)] += Int64(own[step].count)
                let gone = leaving(
                    partition, at: due.times[Int(own[step][0])], before[index],
                    due.partitions[index].rows, due)
                removed += gone
                removedGroups += gone.map { _ in partition }
            }
            // What leaves the frame goes first, as in Flink: of doubles the order shows.
            if !removed.isEmpty {
                accumulator.accumulate(
                    argument.map { rows.values($0, removed) }, groups: removedGroups,
                    kinds: [UInt8](repeating: RowKind.delete.rawValue, count: removed.count))
            }
            accumulator.accumulate(
                argument.map { rows.values($0, added) }, groups: groups, kinds: nil)
            parts.append(accumulator.results(groups))
        }
        var places = [Int32](repeating: 0, count: order.count)
        for (place, row) in order.enumerated() { places[Int(row)] = Int32(place) }
        return Column.joined(parts, counts: parts.map(\.count)).take(places)
    }

    private func split(_ rows: [Int32], _ times: [Int64]) -> [[Int32]] {
        guard sharesPeers else { return rows.map { [$0] } }
        var result: [[Int32]] = []
        for row in rows {
            if let last = result.last?.last, times[Int(last)] == times[Int(row)] {
                result[result.count - 1].append(row)
            } else {
                result.append([row])
            }
        }
        return result
    }

    /// Rows that leave the frame when the partition has come to a row at this time.
    private func leaving(
        _ partition: Int32, at time: Int64,
        _ before: (rows: [Int32], forgotten: Int64), _ own: [Int32], _ due: OverRows
    ) -> [Int32] {
        let number = Int(partition)
        var gone: [Int32] = []
        func row(_ position: Int64) -> Int32? {
            let place = Int(position - before.forgotten)
            guard place >= 0 else { return nil }
            if place < before.rows.count { return before.rows[place] }
            let next = place - before.rows.count
            return next < own.count ? due.kept[Int(own[next])] : nil
        }
        while left[number] < counts[number], let first = row(left[number]) {
            switch call.frame {
            case .unbounded: return gone
            case .rows(let count): if counts[number] - left[number] - 1 <= count { return gone }
            case .range(let micros):
                let bound = time.subtractingReportingOverflow(micros)
                let start = self.time.map { rows.int64($0, Int(first)) } ?? 0
                if bound.overflow || start >= bound.partialValue { return gone }
            }
            gone.append(first)
            left[number] += 1
        }
        return gone
    }

    /// Forgets the rows of a partition.
    func reset(_ partition: Int) {
        counts[partition] = 0
        ranks[partition] = 0
        denseRanks[partition] = 0
        left[partition] = 0
        var bytes = StateBytes(freshState)
        accumulator?.decode(partition, from: &bytes)
    }

    /// Keeps only these partitions and numbers them 0, 1, … in this order.
    func compact(keeping partitions: [Int32]) {
        counts = partitions.map { counts[Int($0)] }
        ranks = partitions.map { ranks[Int($0)] }
        denseRanks = partitions.map { denseRanks[Int($0)] }
        left = partitions.map { left[Int($0)] }
        accumulator?.compact(keeping: partitions)
    }

    // MARK: Checkpoints

    func encode(_ partition: Int, into bytes: inout StateBytes) {
        for value in [counts, ranks, denseRanks, left] { bytes.write(value[partition]) }
        accumulator?.encode(partition, into: &bytes)
    }

    func decode(_ partition: Int, from bytes: inout StateBytes) {
        counts[partition] = bytes.readInt64()
        ranks[partition] = bytes.readInt64()
        denseRanks[partition] = bytes.readInt64()
        left[partition] = bytes.readInt64()
        accumulator?.decode(partition, from: &bytes)
    }
}
