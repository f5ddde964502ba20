// A stream joined with the version of a table at the stream's time (Flink: queries/joins.md,
// event-time temporal joins), or with the rows that the table has now.

package import WeirColumnar
import WeirPlanner

/// Rows of the stream wait until both watermarks have passed their time; versions that no row can
/// ask for any more are forgotten. Without times the stream waits until the table has been read.
package final class TemporalJoin: Operator {
    private let plan: TemporalJoinPlan
    private let stage: RejectSource
    private let keys: KeyTable
    private let stream: KeyedRows
    private let versions: KeyedRows
    /// Rows of the stream by their time.
    private var waiting = TimeHeap()
    private let residual: JoinResidual?
    private var watermarks = WatermarkMerge(inputs: 2)
    private var passed = Int64.min
    private static let stride = 8192

    /// When rows of each key last came, from either side.
    private var writes: WriteTimes?

    init(_ plan: TemporalJoinPlan, types: [[DataType]], stage: RejectSource, ttl: StateTTL?) {
        self.plan = plan
        writes = ttl.map(WriteTimes.init)
        self.stage = stage
        keys = KeyTable(columns: plan.keys.types)
        stream = KeyedRows(types[0], .removal)
        // A tag of 1 is a version in which the row has gone.
        versions = KeyedRows(types[1], [.removal, .tags])
        residual = plan.residual.map { JoinResidual($0, leftWidth: types[0].count) }
    }

    package func setIdle(_ input: Int, _ value: Bool) { watermarks.setIdle(input, value) }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 {
            if input == 0 { wait(batch, into: &output) } else { learn(batch, into: &output) }
        }
        let isTableRead = watermarks.watermark(of: 1) == .max
        let hasMoved = watermarks.advance(input, to: batch.watermark)
        let isReadNow = !isTableRead && watermarks.watermark(of: 1) == .max
        if plan.times == nil {
            if isReadNow || (input == 0 && isTableRead) {
                probe(upTo: .max, readAt: batch.readAt, into: &output)
            }
        } else if hasMoved {
            probe(upTo: watermarks.current, readAt: batch.readAt, into: &output)
            forget(watermarks.current)
        }
        let reached =
            plan.times == nil
            ? (watermarks.watermark(of: 1) == .max ? watermarks.watermark(of: 0) : .min)
            : watermarks.current
        guard reached > passed else { return }
        passed = reached
        output.batches.append(
            Batch(count: 0, columns: [], watermark: reached, readAt: batch.readAt))
    }

    // MARK: Rows

    private func groups(
        _ columns: [Column], _ positions: [Int], _ count: Int
    ) -> (groups: [Int32], skipped: [UInt8]?) {
        let columns = positions.map { columns[$0] }
        let skipped = RegularJoin.withoutKey(columns, plan.keys.matchesNull, count)
        var groups = keys.groups(columns, rows: count)
        for row in 0..<count { groups[row] = skipped?[row] ?? 0 != 0 ? 0 : groups[row] + 1 }
        return (groups, skipped)
    }

    private func wait(_ batch: Batch, into output: inout OperatorOutput) {
        let found = groups(batch.columns, plan.keys.left, batch.count)
        writes?.note(found.groups, of: keys.count + 1)
        var kept: [Int32] = []
        var late = 0
        var timeless = 0
        let time = plan.times.map { batch.columns[$0.left] }
        for row in 0..<batch.count {
            if let time, time.isNull(row) {
                timeless += 1
            } else if let time, time.int64Values[row] <= watermarks.current {
                late += 1
            } else {
                kept.append(Int32(row))
            }
        }
        output.count(.late, late)
        output.count(.timeless, timeless)
        output.count(.joined, kept.count)
        let first = stream.count
        stream.append(
            batch.columns, rows: kept, groups: found.groups, groupCount: keys.count + 1)
        for (offset, row) in kept.enumerated() {
            waiting.push(time?.int64Values[Int(row)] ?? 0, Int32(first + offset))
        }
    }

    private func learn(_ batch: Batch, into output: inout OperatorOutput) {
        let found = groups(batch.columns, plan.keys.right, batch.count)
        writes?.note(found.groups, of: keys.count + 1)
        output.count(.joined, batch.count)
        guard plan.times == nil else {
            let rows = (0..<batch.count).filter {
                found.skipped?[$0] ?? 0 == 0 && batch.kind($0) != .updateBefore
            }.map(Int32.init)
            let tags = (0..<batch.count).map { Int32(batch.kind($0) == .delete ? 1 : 0) }
            versions.append(
                batch.columns, rows: rows, groups: found.groups, groupCount: keys.count + 1,
                tags: tags)
            return
        }
        // The current row of each key: a later one takes its place.
        for row in 0..<batch.count where found.skipped?[row] ?? 0 == 0 {
            if batch.kind(row).isRetraction {
                removeEqual(batch, row, found.groups[row])
            } else {
                versions.append(
                    batch.columns, rows: [Int32(row)], groups: found.groups,
                    groupCount: keys.count + 1)
            }
        }
    }

    private func removeEqual(_ batch: Batch, _ row: Int, _ group: Int32) {
        let columns = versions.types.indices.map { versions.column($0) }
        let match = versions.rows(of: group).first { kept in
            columns.indices.allSatisfy { columns[$0].equals(Int(kept), batch.columns[$0], row) }
        }
        if let match { versions.remove(Int(match)) }
    }

    // MARK: Results

    private func probe(upTo limit: Int64, readAt: UInt64, into output: inout OperatorOutput) {
        while true {
            var rows: [Int32] = []
            while rows.count < Self.stride, let item = waiting.pop(upTo: limit) {
                rows.append(item.item)
            }
            guard !rows.isEmpty else { return }
            emit(rows, readAt, into: &output)
            for row in rows { stream.remove(Int(row)) }
        }
    }

    private func emit(_ rows: [Int32], _ readAt: UInt64, into output: inout OperatorOutput) {
        let batch = Batch(count: rows.count, columns: stream.allValues(rows), readAt: readAt)
        let found = groups(batch.columns, plan.keys.left, rows.count)
        let times = plan.times.map { batch.columns[$0.left].int64Values }
        var own: [Int32] = []
        var matches: [Int32] = []
        for row in rows.indices where found.skipped?[row] ?? 0 == 0 {
            if let times {
                guard let version = version(found.groups[row], at: times[row]) else { continue }
                own.append(Int32(row))
                matches.append(version)
            } else {
                for match in versions.rows(of: found.groups[row]) {
                    own.append(Int32(row))
                    matches.append(match)
                }
            }
        }
        if let residual {
            stage.reject(
                residual.filter(&own, &matches, batch, versions, isLeft: true), in: "join", &output)
        }
        var pairs = JoinPairs()
        pairs.rows = own
        pairs.matches = matches
        if plan.kind == .left {
            pairs = JoinPairs()
            var next = 0
            for row in 0..<Int32(rows.count) {
                if next >= own.count || own[next] != row { pairs.append(row, -1, 0) }
                while next < own.count, own[next] == row {
                    pairs.append(row, matches[next], 0)
                    next += 1
                }
            }
        }
        guard pairs.count > 0 else { return }
        output.batches.append(
            Batch(
                count: pairs.count,
                columns: pairs.columns(
                    batch, versions, isLeft: true, hasPadding: plan.kind == .left),
                readAt: readAt))
    }

    /// The last version of a key up to a time; nil when there is none or the row had gone. Of
    /// versions with one time the last to arrive counts.
    private func version(_ group: Int32, at time: Int64) -> Int32? {
        guard let column = plan.times?.right else { return nil }
        var best: Int32?
        var bestTime = Int64.min
        for row in versions.rows(of: group) {
            let start = versions.int64(column, Int(row))
            guard start <= time else { continue }
            let isLater = best.map { start > bestTime || (start == bestTime && row > $0) } ?? true
            if isLater {
                best = row
                bestTime = start
            }
        }
        guard let best, versions.tag(Int(best)) == 0 else { return nil }
        return best
    }

    /// Forgets versions that were replaced before a watermark, once there are many.
    private func forget(_ watermark: Int64) {
        guard let column = plan.times?.right, versions.liveCount > forgetAt else { return }
        for group in 0...Int32(keys.count) {
            var newest: (row: Int32, time: Int64)?
            var old: [Int32] = []
            for row in versions.rows(of: group) {
                let time = versions.int64(column, Int(row))
                guard time <= watermark else { continue }
                if let known = newest, known.time > time || (known.time == time && known.row > row)
                {
                    old.append(row)
                } else {
                    if let known = newest { old.append(known.row) }
                    newest = (row, time)
                }
            }
            for row in old { versions.remove(Int(row)) }
        }
        forgetAt = max(1024, versions.liveCount * 2)
    }

    private var forgetAt = 1024

    /// Forgets the versions of keys whose time is over and that no row waits for.
    private func expire() {
        var wanted: [Int32] = []
        for group in writes?.takeExpired() ?? [] {
            if stream.rows(of: group).isEmpty {
                for row in versions.rows(of: group) { versions.remove(Int(row)) }
            } else {
                wanted.append(group)
            }
        }
        writes?.note(wanted, of: keys.count + 1)
    }

    // MARK: State

    package func flush(into output: inout OperatorOutput) {
        expire()
        if dropUnusedKeys() { return }
        if versions.isSparse { compact(versions, plan.keys.right) }
        if stream.isSparse {
            compact(stream, plan.keys.left)
            schedule()
        }
    }

    /// Forgets the keys that no kept row has, once they are the larger part.
    private func dropUnusedKeys() -> Bool {
        let most = versions.liveCount + stream.liveCount
        guard keys.count > 1024, keys.count > most * 2 else { return false }
        var isUsed = [Bool](repeating: false, count: keys.count + 1)
        for rows in [versions, stream] {
            for row in rows.liveRows { isUsed[Int(rows.group(Int(row)))] = true }
        }
        // Group 0 is that of rows without a key.
        let kept = (1...Int32(keys.count)).filter { isUsed[Int($0)] }
        keys.compact(keeping: kept.map { $0 - 1 })
        writes?.renumber([0] + kept)
        compact(versions, plan.keys.right)
        compact(stream, plan.keys.left)
        schedule()
        return true
    }

    private func compact(_ rows: KeyedRows, _ positions: [Int]) {
        rows.compact { columns, count in
            (self.groups(columns, positions, count).groups, self.keys.count + 1)
        }
    }

    private func schedule() {
        waiting.removeAll()
        let rows = stream.liveRows
        let times = plan.times.map { stream.values($0.left, rows).int64Values }
        for (index, row) in rows.enumerated() { waiting.push(times?[index] ?? 0, row) }
    }

    package func takeStateDelta() -> StateDelta {
        var delta = stream.takeDelta(part: 0)
        delta.add(versions.takeDelta(part: 1))
        return delta
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        for (part, rows, positions) in [
            (UInt8(0), stream, plan.keys.left), (1, versions, plan.keys.right),
        ] {
            rows.restore(entries, part: part) { columns, count in
                (self.groups(columns, positions, count).groups, self.keys.count + 1)
            }
        }
        writes?.note((0...Int32(keys.count)).map { $0 }, of: keys.count + 1)
        schedule()
    }

    package var stateBytes: Int {
        keys.stateBytes + stream.stateBytes + versions.stateBytes + waiting.stateBytes
            + (writes?.stateBytes ?? 0)
    }
}
