// Joins of changing tables (Flink: StreamingJoinOperator, StreamingSemiAntiJoinOperator).

package import WeirColumnar
import WeirPlanner

/// Keeps the rows of both sides and gives what each change of one side means for the result.
///
/// Rows of a side that may come out without a partner carry the number of their partners.
package final class RegularJoin: Operator {
    private let plan: JoinPlan
    private let isUpdating: [Bool]
    private var keys: KeyTable
    private let sides: [KeyedRows]
    private let probe: JoinProbe
    private var watermarks = WatermarkMerge(inputs: 2)
    private let ttl: StateTTL?
    private var arrivals = [ArrivalMarks(), ArrivalMarks()]

    /// - Parameters:
    ///   - types: of the columns of both inputs.
    ///   - isUpdating: whether rows of the inputs may be taken back.
    init(
        _ plan: JoinPlan, types: [[DataType]], isUpdating: [Bool], stage: RejectSource,
        ttl: StateTTL?
    ) {
        self.plan = plan
        self.ttl = ttl
        self.isUpdating = isUpdating
        keys = KeyTable(columns: plan.keys.types)
        let keepsLeft = plan.kind != .inner
        let keepsRight = plan.kind == .full
        sides = zip(zip(types, isUpdating), [keepsLeft, keepsRight]).map { side, isKept in
            var features: KeyedRows.Features = side.1 ? [.removal, .search] : []
            if ttl != nil { features.insert(.removal) }
            if isKept { features.insert(.tags) }
            return KeyedRows(side.0, features)
        }
        probe = JoinProbe(plan, stage: stage, leftWidth: types[0].count)
    }

    private func keyColumns(_ columns: [Column], _ input: Int) -> [Column] {
        (input == 0 ? plan.keys.left : plan.keys.right).map { columns[$0] }
    }

    package func setIdle(_ input: Int, _ value: Bool) { watermarks.setIdle(input, value) }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 {
            expire()
            join(batch, input, into: &output)
            if let ttl { arrivals[input].note(sides[input].count, ttl) }
            output.count(.joined, batch.count)
        }
        if watermarks.advance(input, to: batch.watermark) {
            output.batches.append(
                Batch(count: 0, columns: [], watermark: watermarks.current, readAt: batch.readAt))
        }
    }

    /// Forgets the rows whose time is over; nothing is said of them.
    private func expire() {
        guard let ttl else { return }
        for (side, rows) in sides.enumerated() {
            for row in arrivals[side].takeExpired(ttl) { rows.forget(row) }
        }
    }

    private func join(_ batch: Batch, _ input: Int, into output: inout OperatorOutput) {
        let columns = keyColumns(batch.columns, input)
        let skipped = Self.withoutKey(columns, plan.keys.matchesNull, batch.count)
        let groups = keys.groups(columns, rows: batch.count)
        let counts = probe.pairs(
            batch, groups, skipped: skipped, among: sides[1 - input], isLeft: input == 0,
            into: &output
        ) { range, rows, matches, output in
            emit(batch, rows, matches, range, input, into: &output)
        }
        keep(batch, groups, skipped, counts, input)
    }

    /// Rows whose key is NULL where NULL equals nothing, as flags; nil when there are none.
    static func withoutKey(
        _ columns: [Column], _ matchesNull: [Bool], _ count: Int
    ) -> [UInt8]? {
        var skipped: [UInt8]?
        for (column, takesNull) in zip(columns, matchesNull) where !takesNull {
            guard let validity = column.validity else { continue }
            for row in 0..<count where !validity[row] {
                if skipped == nil { skipped = [UInt8](repeating: 0, count: count) }
                skipped?[row] = 1
            }
        }
        return skipped
    }

    // MARK: Results

    /// Emits what the rows of a range and their partners give.
    private func emit(
        _ batch: Batch, _ rows: [Int32], _ matches: [Int32], _ range: Range<Int>, _ input: Int,
        into output: inout OperatorOutput
    ) {
        if plan.kind == .inner {
            guard !rows.isEmpty else { return }
            var pairs = JoinPairs()
            pairs.rows = rows
            pairs.matches = matches
            send(
                pairs, batch, input, hasPadding: false,
                kinds: batch.kinds.map { kinds in rows.map { Self.plain(kinds[Int($0)]) } },
                into: &output)
            return
        }
        var pairs = JoinPairs()
        var next = 0
        for row in range {
            let kind = Self.plain(batch.kinds?[row] ?? 0)
            let first = next
            while next < rows.count, rows[next] == Int32(row) { next += 1 }
            if input == 0 {
                left(Int32(row), matches[first..<next], kind, &pairs)
            } else {
                right(Int32(row), matches[first..<next], kind, &pairs)
            }
        }
        guard pairs.count > 0 else { return }
        send(pairs, batch, input, hasPadding: true, kinds: pairs.kinds, into: &output)
    }

    /// Rows of a join have no before and after: they come or go.
    @inline(__always)
    private static func plain(_ kind: UInt8) -> UInt8 {
        kind == RowKind.delete.rawValue || kind == RowKind.updateBefore.rawValue
            ? RowKind.delete.rawValue : RowKind.insert.rawValue
    }

    private func left(
        _ row: Int32, _ matches: ArraySlice<Int32>, _ kind: UInt8, _ pairs: inout JoinPairs
    ) {
        switch plan.kind {
        case .semi: if !matches.isEmpty { pairs.append(row, -1, kind) }
        case .anti: if matches.isEmpty { pairs.append(row, -1, kind) }
        default:
            if matches.isEmpty { pairs.append(row, -1, kind) }
            let isRetraction = kind == RowKind.delete.rawValue
            for match in matches {
                if plan.kind == .full {
                    partner(match, isRetraction, sides[1], kind, &pairs) {
                        $0.append(row, match, kind)
                    }
                } else {
                    pairs.append(row, match, kind)
                }
            }
        }
    }

    private func right(
        _ row: Int32, _ matches: ArraySlice<Int32>, _ kind: UInt8, _ pairs: inout JoinPairs
    ) {
        let isRetraction = kind == RowKind.delete.rawValue
        if plan.kind == .full, matches.isEmpty { pairs.append(row, -1, kind) }
        for match in matches {
            partner(match, isRetraction, sides[0], kind, &pairs) { pairs in
                if plan.kind == .left || plan.kind == .full { pairs.append(row, match, kind) }
            }
        }
    }

    /// Counts a partner of a kept row up or down; the row comes or goes alone when it has none.
    private func partner(
        _ match: Int32, _ isRetraction: Bool, _ side: KeyedRows, _ kind: UInt8,
        _ pairs: inout JoinPairs, both: (inout JoinPairs) -> Void
    ) {
        let count = side.tag(Int(match))
        side.setTag(Int(match), isRetraction ? count - 1 : count + 1)
        let isFirst = !isRetraction && count == 0
        let isLast = isRetraction && count == 1
        // What a row without partners is: NULLs beside it, itself (anti) or nothing (semi).
        let alone: UInt8? =
            switch plan.kind {
            case .semi:
                isFirst ? RowKind.insert.rawValue : isLast ? RowKind.delete.rawValue : nil
            default:
                isFirst ? RowKind.delete.rawValue : isLast ? RowKind.insert.rawValue : nil
            }
        if isFirst, let alone { pairs.append(-1, match, alone) }
        both(&pairs)
        if isLast, let alone { pairs.append(-1, match, alone) }
    }

    private func send(
        _ pairs: JoinPairs, _ batch: Batch, _ input: Int, hasPadding: Bool, kinds: [UInt8]?,
        into output: inout OperatorOutput
    ) {
        let isHalf = plan.kind == .semi || plan.kind == .anti
        output.batches.append(
            Batch(
                count: pairs.count,
                columns: pairs.columns(
                    batch, sides[1 - input], isLeft: input == 0, hasPadding: hasPadding,
                    keepsRight: !isHalf),
                kinds: kinds, readAt: batch.readAt))
    }

    // MARK: State

    private func keep(
        _ batch: Batch, _ groups: [Int32], _ skipped: [UInt8]?, _ counts: [Int32], _ input: Int
    ) {
        let side = sides[input]
        guard let kinds = batch.kinds, isUpdating[input] else {
            let rows = (0..<Int32(batch.count)).filter { skipped?[Int($0)] ?? 0 == 0 }
            side.append(
                batch.columns, rows: rows, groups: groups, groupCount: keys.count, tags: counts)
            return
        }
        // In order: a row may be taken back in the batch that brought it.
        let hashes = RowHash.hashes(batch.columns, count: batch.count)
        var added: [Int32] = []
        func flush() {
            if added.isEmpty { return }
            side.append(
                batch.columns, rows: added, groups: groups, groupCount: keys.count, tags: counts,
                hashes: hashes)
            added = []
        }
        for row in 0..<batch.count where skipped?[row] ?? 0 == 0 {
            if RowKind(rawValue: kinds[row])?.isRetraction ?? false {
                flush()
                _ = side.remove(batch.columns, row, hash: hashes[row])
            } else {
                added.append(Int32(row))
            }
        }
        flush()
    }

    package func flush(into output: inout OperatorOutput) {
        guard sides.contains(where: { $0.isSparse }) else { return }
        let fresh = KeyTable(columns: plan.keys.types)
        for (input, side) in sides.enumerated() {
            if ttl != nil { arrivals[input].renumber(side.liveRows) }
            side.compact { columns, count in
                (fresh.groups(self.keyColumns(columns, input), rows: count), fresh.count)
            }
        }
        keys = fresh
    }

    package func takeStateDelta() -> StateDelta {
        var delta = sides[0].takeDelta(part: 0)
        delta.add(sides[1].takeDelta(part: 1))
        return delta
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        for (input, side) in sides.enumerated() {
            side.restore(entries, part: UInt8(input)) { columns, count in
                (self.keys.groups(self.keyColumns(columns, input), rows: count), self.keys.count)
            }
            if let ttl { arrivals[input].note(side.count, ttl) }
        }
    }

    package var stateBytes: Int { keys.stateBytes + sides.reduce(0) { $0 + $1.stateBytes } }
}
