// The first rows of each partition (Flink: queries/topn.md, queries/deduplication.md).

package import WeirColumnar
import WeirPlanner

/// Keeps the rows that are in the result, or all of them where the input takes rows back, and emits
/// before each commit what has changed since the last one.
package final class Rank: Operator {
    private let plan: RankPlan
    private let keyTypes: [DataType]
    private var keys: KeyTable
    private let rows: KeyedRows
    private let order: RowOrder
    /// Sorted rows by partition.
    private var sorted: [[Int32]] = []
    /// Partitions changed since the last flush, and what they gave then.
    private var touched: [Int32] = []
    private var before: [[Int32]] = []
    private var isTouched: [UInt8] = []
    private var readAt: UInt64 = 0
    private var watermark = Int64.min
    private var sentWatermark = Int64.min
    /// Most rows of a partition that matter.
    private let limit: Int
    private var writes: WriteTimes?

    init(_ plan: RankPlan, types: [DataType], ttl: StateTTL?) {
        self.plan = plan
        writes = plan.windowEnd == nil ? ttl.map(WriteTimes.init) : nil
        keyTypes = plan.partitionBy.map { types[$0] }
        keys = KeyTable(columns: keyTypes)
        rows = KeyedRows(types, plan.isAppend ? .removal : [.removal, .search])
        order = RowOrder(plan.orderBy, lastWins: plan.lastWins)
        limit = plan.isAppend ? Int(clamping: plan.ranks.upperBound) : .max
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if let end = plan.windowEnd {
            window(batch, end: end, into: &output)
            return
        }
        watermark = max(watermark, batch.watermark)
        guard batch.count > 0 else { return }
        output.count(.ranked, batch.count)
        if touched.isEmpty {
            readAt = batch.readAt
            expire()
        }
        let partitions = partitions(batch.columns, batch.count)
        if plan.isAppend || batch.kinds == nil {
            add(batch, partitions)
        } else {
            change(batch, partitions)
        }
    }

    private func partitions(_ columns: [Column], _ count: Int) -> [Int32] {
        let found = keys.groups(plan.partitionBy.map { columns[$0] }, rows: count)
        while sorted.count < keys.count {
            sorted.append([])
            isTouched.append(0)
        }
        return found
    }

    /// Forgets the partitions whose time is over; nothing is said of their rows.
    private func expire() {
        for partition in writes?.takeExpired() ?? [] {
            for row in rows.rows(of: partition) { rows.forget(Int(row)) }
            sorted[Int(partition)] = []
        }
    }

    private func touch(_ partition: Int32) {
        guard isTouched[Int(partition)] == 0 else { return }
        isTouched[Int(partition)] = 1
        touched.append(partition)
        if plan.windowEnd == nil { before.append(shown(partition)) }
    }

    /// The rows of a partition that are in the result, in order.
    private func shown(_ partition: Int32) -> [Int32] {
        let list = sorted[Int(partition)]
        let first = Int(clamping: plan.ranks.lowerBound - 1)
        guard first < list.count else { return [] }
        return Array(list[first..<min(list.count, Int(clamping: plan.ranks.upperBound))])
    }

    // MARK: Rows that come

    private func add(_ batch: Batch, _ partitions: [Int32]) {
        // Rows behind the last one that counts need not be kept at all.
        let stored = order.stored(rows)
        var candidates: [Int32] = []
        for row in 0..<batch.count {
            let list = sorted[Int(partitions[row])]
            if list.count >= limit, let last = list.last,
                order.isBefore(last, batch.columns, row, stored)
            {
                continue
            }
            candidates.append(Int32(row))
        }
        let first = Int32(rows.count)
        rows.append(
            batch.columns, rows: candidates, groups: partitions, groupCount: keys.count)
        let grown = order.stored(rows)
        for (offset, row) in candidates.enumerated() {
            insert(first + Int32(offset), partitions[Int(row)], grown)
        }
    }

    private func insert(_ row: Int32, _ partition: Int32, _ stored: [StoredColumn]) {
        let number = Int(partition)
        let place = order.position(of: row, in: sorted[number], stored)
        guard place < limit else {
            rows.remove(Int(row))
            return
        }
        touch(partition)
        sorted[number].insert(row, at: place)
        if sorted[number].count > limit {
            // Its values can still be read until the next compaction.
            rows.remove(Int(sorted[number].removeLast()))
        }
    }

    /// Rows come and go in the order of the batch.
    private func change(_ batch: Batch, _ partitions: [Int32]) {
        let hashes = RowHash.hashes(batch.columns, count: batch.count)
        for row in 0..<batch.count {
            let partition = partitions[row]
            if batch.kind(row).isRetraction {
                guard let gone = rows.remove(batch.columns, row, hash: hashes[row]) else {
                    continue
                }
                touch(partition)
                let stored = order.stored(rows)
                let place = order.position(
                    of: Int32(gone), in: sorted[Int(partition)], stored)
                if place < sorted[Int(partition)].count,
                    sorted[Int(partition)][place] == Int32(gone)
                {
                    sorted[Int(partition)].remove(at: place)
                }
            } else {
                let number = Int32(rows.count)
                rows.append(
                    batch.columns, rows: [Int32(row)], groups: partitions, groupCount: keys.count,
                    hashes: hashes)
                insert(number, partition, order.stored(rows))
            }
        }
    }

    // MARK: Windows

    /// Ranks of windows come out once, when the watermark has passed the window's end.
    private func window(_ batch: Batch, end: Int, into output: inout OperatorOutput) {
        if batch.count > 0 {
            let ends = batch.columns[end].int64Values
            let kept = (0..<batch.count).filter { row in
                max(watermark, batch.watermarks?[row] ?? .min) < ends[row] &- WindowBounds.step
            }.map(Int32.init)
            output.count(.late, batch.count - kept.count)
            output.count(.ranked, kept.count)
            let rows = kept.count == batch.count ? batch : batch.take(kept)
            if rows.count > 0 {
                readAt = batch.readAt
                add(rows, partitions(rows.columns, rows.count))
            }
        }
        guard batch.watermark > watermark else { return }
        watermark = batch.watermark
        close(end: end, into: &output)
        output.batches.append(
            Batch(count: 0, columns: [], watermark: watermark, readAt: batch.readAt))
    }

    private func close(end: Int, into output: inout OperatorOutput) {
        var due: [Int32] = []
        for partition in touched {
            guard let row = sorted[Int(partition)].first else { continue }
            if rows.int64(end, Int(row)) &- WindowBounds.step <= watermark { due.append(partition) }
        }
        guard !due.isEmpty else { return }
        var changes = RankChanges()
        for partition in due {
            if plan.emitsRank {
                changes.byRank([], shown(partition), first: plan.ranks.lowerBound)
            } else {
                changes.bySet([], shown(partition))
            }
            for row in sorted[Int(partition)] { rows.remove(Int(row)) }
            sorted[Int(partition)] = []
            isTouched[Int(partition)] = 0
        }
        let closed = Set(due)
        touched.removeAll { closed.contains($0) }
        guard !changes.rows.isEmpty else { return }
        var columns = rows.allValues(changes.rows)
        if plan.emitsRank { columns.append(Column(.int64(changes.ranks))) }
        output.batches.append(Batch(count: changes.rows.count, columns: columns, readAt: readAt))
    }

    // MARK: Changes

    package func flush(into output: inout OperatorOutput) {
        if plan.windowEnd != nil {
            if rows.isSparse { compact() }
            return
        }
        emitChanges(into: &output)
        if rows.isSparse { compact() }
        guard watermark > sentWatermark else { return }
        sentWatermark = watermark
        output.batches.append(Batch(count: 0, columns: [], watermark: watermark))
    }

    private func emitChanges(into output: inout OperatorOutput) {
        var changes = RankChanges()
        writes?.note(touched, of: keys.count)
        for (partition, old) in zip(touched, before) {
            isTouched[Int(partition)] = 0
            let new = shown(partition)
            if plan.emitsRank {
                changes.byRank(old, new, first: plan.ranks.lowerBound)
            } else {
                changes.bySet(old, new)
            }
        }
        touched = []
        before = []
        guard !changes.rows.isEmpty else { return }
        var columns = rows.allValues(changes.rows)
        if plan.emitsRank { columns.append(Column(.int64(changes.ranks))) }
        output.batches.append(
            Batch(
                count: changes.rows.count, columns: columns, kinds: changes.kinds, readAt: readAt))
    }

    // MARK: State

    /// Numbers rows and partitions anew; the order of arrival stays.
    private func compact() {
        // Partitions get their numbers in the order of their first rows.
        var seen: Set<Int32> = []
        let kept =
            writes == nil
            ? []
            : rows.liveRows.map { rows.group(Int($0)) }.filter { seen.insert($0).inserted }
        keys = KeyTable(columns: keyTypes)
        sorted = []
        isTouched = []
        rows.compact { columns, count in
            (self.partitions(columns, count), self.keys.count)
        }
        writes?.renumber(kept)
        sortAll()
    }

    private func sortAll() {
        let stored = order.stored(rows)
        for partition in sorted.indices {
            sorted[partition] = rows.rows(of: Int32(partition)).sorted {
                order.isBefore($0, $1, stored)
            }
        }
        guard plan.windowEnd != nil else { return }
        touched = sorted.indices.filter { !sorted[$0].isEmpty }.map(Int32.init)
        for partition in touched { isTouched[Int(partition)] = 1 }
    }

    package func takeStateDelta() -> StateDelta { rows.takeDelta(part: 0) }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        rows.restore(entries, part: 0) { columns, count in
            (self.partitions(columns, count), self.keys.count)
        }
        writes?.note((0..<Int32(keys.count)).map { $0 }, of: keys.count)
        sortAll()
    }

    package var stateBytes: Int {
        keys.stateBytes + rows.stateBytes + sorted.reduce(0) { $0 + 40 + $1.capacity * 4 }
            + (writes?.stateBytes ?? 0)
    }
}

/// Rows with their kinds and ranks.
private struct RankChanges {
    private(set) var rows: [Int32] = []
    private(set) var kinds: [UInt8] = []
    private(set) var ranks: [Int64] = []

    private mutating func append(_ row: Int32, _ kind: RowKind, _ rank: Int64) {
        rows.append(row)
        kinds.append(kind.rawValue)
        ranks.append(rank)
    }

    /// What has another row at its rank.
    mutating func byRank(_ old: [Int32], _ new: [Int32], first: Int64) {
        for place in 0..<max(old.count, new.count) {
            let gone = place < old.count ? old[place] : nil
            let come = place < new.count ? new[place] : nil
            if gone == come { continue }
            let rank = first + Int64(place)
            if let gone { append(gone, come == nil ? .delete : .updateBefore, rank) }
            if let come { append(come, gone == nil ? .insert : .updateAfter, rank) }
        }
    }

    /// What is not there any more, then what is new.
    mutating func bySet(_ old: [Int32], _ new: [Int32]) {
        if old.count == 1, new.count == 1 {
            if old[0] == new[0] { return }
            append(old[0], .updateBefore, 0)
            append(new[0], .updateAfter, 0)
            return
        }
        let there = Set(new)
        let was = Set(old)
        for row in old where !there.contains(row) { append(row, .delete, 0) }
        for row in new where !was.contains(row) { append(row, .insert, 0) }
    }
}
