// Joins of streams whose rows can be matched for a limited time: interval and window joins
// (Flink: queries/joins.md, queries/window-join.md).

package import WeirColumnar
package import WeirPlanner

/// Gives matches as they come, rows that stay alone when nothing can match them any more, and
/// forgets both by then.
package final class TimedJoin: Operator {
    private let plan: TimedJoinPlan
    private var keys: KeyTable
    private let sides: [KeyedRows]
    /// When kept rows can go, by side.
    private var due: [TimeHeap]
    private let probe: JoinProbe
    private var watermarks = WatermarkMerge(inputs: 2)

    package init(_ plan: TimedJoinPlan, types: [[DataType]], stage: RejectSource) {
        self.plan = plan
        keys = KeyTable(columns: plan.join.keys.types)
        sides = types.map { KeyedRows($0, [.removal, .tags]) }
        due = [TimeHeap(), TimeHeap()]
        probe = JoinProbe(plan.join, stage: stage, leftWidth: types[0].count)
    }

    private func keyColumns(_ columns: [Column], _ input: Int) -> [Column] {
        (input == 0 ? plan.join.keys.left : plan.join.keys.right).map { columns[$0] }
    }

    /// The groups of rows; those whose key is NULL are in group 0, which no row looks for.
    private func groups(
        _ columns: [Column], _ input: Int, _ count: Int, in keys: KeyTable
    ) -> (groups: [Int32], skipped: [UInt8]?) {
        let columns = keyColumns(columns, input)
        let skipped = RegularJoin.withoutKey(columns, plan.join.keys.matchesNull, count)
        var groups = keys.groups(columns, rows: count)
        for row in 0..<count { groups[row] = skipped?[row] ?? 0 != 0 ? 0 : groups[row] + 1 }
        return (groups, skipped)
    }

    private func timeColumn(_ input: Int) -> Int { input == 0 ? plan.leftTime : plan.rightTime }

    /// The watermark at which a row has had all its matches.
    private func end(_ time: Int64, _ input: Int) -> Int64 {
        if plan.dropsLate { return time &- WindowBounds.step }
        let retention = input == 0 ? plan.leftRetention : plan.rightRetention
        let sum = time.addingReportingOverflow(retention)
        return sum.overflow ? .max - 1 : min(sum.partialValue, .max - 1)
    }

    /// Whether a row without a partner comes out.
    private func comesAlone(_ input: Int) -> Bool {
        switch plan.join.kind {
        case .left, .anti: input == 0
        case .full: true
        default: false
        }
    }

    package func setIdle(_ input: Int, _ value: Bool) { watermarks.setIdle(input, value) }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 { join(batch, input, into: &output) }
        guard watermarks.advance(input, to: batch.watermark) else { return }
        expire(readAt: batch.readAt, into: &output)
        let reached = watermarks.current
        let passed = reached == .max ? reached : reached &- plan.delay
        output.batches.append(
            Batch(count: 0, columns: [], watermark: passed, readAt: batch.readAt))
    }

    // MARK: Matching

    private func join(_ batch: Batch, _ input: Int, into output: inout OperatorOutput) {
        var (groups, skipped) = groups(batch.columns, input, batch.count, in: keys)
        let time = batch.columns[timeColumn(input)]
        let times = time.int64Values
        let dropped = drop(times, time.validity, batch.count, input, &skipped, &output)
        output.count(.joined, batch.count - dropped.reduce(0) { $0 + Int($1) })
        for row in 0..<batch.count where dropped[row] != 0 { groups[row] = 0 }
        let counts = probe.pairs(
            batch, groups, skipped: skipped, among: sides[1 - input], isLeft: input == 0,
            into: &output
        ) { _, rows, matches, output in
            emit(batch, rows, matches, input, into: &output)
        }
        keep(batch, groups, skipped, dropped, counts, times, input, into: &output)
    }

    /// Marks rows that a window join drops and rows without a time; they match nothing.
    private func drop(
        _ times: [Int64], _ validity: Bitmap?, _ count: Int, _ input: Int,
        _ skipped: inout [UInt8]?, _ output: inout OperatorOutput
    ) -> [UInt8] {
        var dropped = [UInt8](repeating: 0, count: count)
        var late = 0
        var timeless = 0
        for row in 0..<count {
            if let validity, !validity[row] {
                timeless += 1
            } else if plan.dropsLate, end(times[row], input) <= watermarks.current {
                late += 1
            } else {
                continue
            }
            dropped[row] = 1
            if skipped == nil { skipped = [UInt8](repeating: 0, count: count) }
            skipped?[row] = 1
        }
        output.count(.late, late)
        output.count(.timeless, timeless)
        return dropped
    }

    private func emit(
        _ batch: Batch, _ rows: [Int32], _ matches: [Int32], _ input: Int,
        into output: inout OperatorOutput
    ) {
        let other = sides[1 - input]
        var pairs = JoinPairs()
        switch plan.join.kind {
        case .semi:
            // The left row comes once, with its first match.
            if input == 0 {
                var last: Int32 = -1
                for row in rows where row != last {
                    last = row
                    pairs.append(row, -1, 0)
                }
            } else {
                for match in matches where other.tag(Int(match)) == 0 {
                    other.setTag(Int(match), 1)
                    pairs.append(-1, match, 0)
                }
            }
        case .anti:
            if input == 1 { for match in matches { other.setTag(Int(match), 1) } }
        default:
            pairs.rows = rows
            pairs.matches = matches
            if comesAlone(1 - input) {
                for match in matches where other.tag(Int(match)) == 0 {
                    other.setTag(Int(match), 1)
                }
            }
        }
        guard pairs.count > 0 else { return }
        let isHalf = plan.join.kind == .semi
        output.batches.append(
            Batch(
                count: pairs.count,
                columns: pairs.columns(
                    batch, other, isLeft: input == 0, hasPadding: isHalf, keepsRight: !isHalf),
                readAt: batch.readAt))
    }

    /// Keeps the rows that may still be matched; those that may not come out alone at once.
    private func keep(
        _ batch: Batch, _ groups: [Int32], _ skipped: [UInt8]?, _ dropped: [UInt8],
        _ counts: [Int32], _ times: [Int64], _ input: Int, into output: inout OperatorOutput
    ) {
        var kept: [Int32] = []
        var alone: [Int32] = []
        for row in 0..<batch.count where dropped[row] == 0 {
            let isOver = end(times[row], input) < watermarks.current
            if skipped?[row] ?? 0 == 0, !isOver {
                kept.append(Int32(row))
            } else if counts[row] == 0, comesAlone(input) {
                // Its time has not come yet: as a row that waits, but that nothing can match.
                if isOver { alone.append(Int32(row)) } else { kept.append(Int32(row)) }
            }
        }
        let first = sides[input].count
        sides[input].append(
            batch.columns, rows: kept, groups: groups, groupCount: keys.count + 1,
            tags: counts.map { min($0, 1) })
        for (offset, row) in kept.enumerated() {
            due[input].push(end(times[Int(row)], input), Int32(first + offset))
        }
        guard !alone.isEmpty else { return }
        var pairs = JoinPairs()
        for row in alone { pairs.append(row, -1, 0) }
        output.batches.append(
            Batch(
                count: pairs.count,
                columns: pairs.columns(
                    batch, sides[1 - input], isLeft: input == 0, hasPadding: true,
                    keepsRight: plan.join.kind != .anti), readAt: batch.readAt))
    }

    // MARK: Time

    /// Lets go the rows whose time is over; those without a partner come out alone.
    private func expire(readAt: UInt64, into output: inout OperatorOutput) {
        let limit = watermarks.current
        for input in 0...1 {
            let side = sides[input]
            var alone: [Int32] = []
            let last = plan.dropsLate || limit == .max ? limit : limit &- 1
            while let item = due[input].pop(upTo: last) {
                if comesAlone(input), side.tag(Int(item.item)) == 0 { alone.append(item.item) }
                side.remove(Int(item.item))
            }
            guard !alone.isEmpty else { continue }
            let own = side.allValues(alone)
            let other = sides[1 - input].types.map {
                Column.nulls($0.kind.physical, count: alone.count)
            }
            let columns =
                plan.join.kind == .anti ? own : input == 0 ? own + other : other + own
            output.batches.append(Batch(count: alone.count, columns: columns, readAt: readAt))
        }
    }

    package func flush(into output: inout OperatorOutput) {
        guard sides.contains(where: { $0.isSparse }) else { return }
        let fresh = KeyTable(columns: plan.join.keys.types)
        for (input, side) in sides.enumerated() {
            side.compact { columns, count in
                let found = self.groups(columns, input, count, in: fresh)
                return (found.groups, fresh.count + 1)
            }
            schedule(input)
        }
        keys = fresh
    }

    /// Notes anew when the rows of a side can go.
    private func schedule(_ input: Int) {
        due[input].removeAll()
        let rows = sides[input].liveRows
        let times = sides[input].values(timeColumn(input), rows).int64Values
        for (row, time) in zip(rows, times) { due[input].push(end(time, input), row) }
    }

    package func takeStateDelta() -> StateDelta {
        var delta = sides[0].takeDelta(part: 0)
        delta.add(sides[1].takeDelta(part: 1))
        return delta
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        for (input, side) in sides.enumerated() {
            side.restore(entries, part: UInt8(input)) { columns, count in
                let found = self.groups(columns, input, count, in: self.keys)
                return (found.groups, self.keys.count + 1)
            }
            schedule(input)
        }
    }

    package var stateBytes: Int {
        keys.stateBytes + sides.reduce(0) { $0 + $1.stateBytes }
            + due.reduce(0) { $0 + $1.stateBytes }
    }
}
