// MATCH_RECOGNIZE (Flink: queries/match_recognize.md).

package import WeirColumnar
import WeirFunctions
package import WeirPlanner

/// Rows wait until the watermark has passed their time; then each partition takes them in order.
///
/// Partitions go on side by side, one row each at a time, so that conditions that depend on earlier
/// rows are computed of many matches at once.
package final class PatternMatch: Operator {
    private let plan: MatchPlan
    private let stage: RejectSource
    private let keyTypes: [DataType]
    private let keys: KeyTable
    /// Rows that wait (tag 0) and rows that matches still need (tag 1).
    private let rows: KeyedRows
    private let states: PatternStates
    private let values: MatchValues
    private let conditions: MatchConditions
    private let measures: [CompiledExpression]
    private let measured: Set<Int>
    private let order: RowOrder
    private var waiting = TimeHeap()
    private var partitions: [MatchPartition] = []
    private var bounds: MatchBounds
    /// When matches become too old, by partition.
    private var deadlines = TimeHeap()
    /// Partitions that changed since the last watermark, and since the last commit.
    private var touched: [Int32] = []
    private var dirty: Set<Int32> = []
    private var watermark = Int64.min
    /// With more partitions than that it is time to look for idle ones.
    private var dropAt = fewPartitions
    private static let fewPartitions = 1024

    package init(_ plan: MatchPlan, types: [DataType], stage: RejectSource) {
        self.plan = plan
        self.stage = stage
        keyTypes = plan.partitionBy.map { types[$0] }
        keys = KeyTable(columns: keyTypes)
        rows = KeyedRows(types, [.removal, .tags])
        states = PatternStates(plan.pattern)
        values = MatchValues(references: plan.references, rows: rows, time: plan.time)
        conditions = MatchConditions(plan, values)
        measures = plan.measures.map { CompiledExpression($0) }
        measured = plan.measures.reduce(into: []) { $0.formUnion($1.columns) }
        order = RowOrder(plan.orderBy, lastWins: false)
        bounds = MatchBounds(variables: plan.conditions.count)
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        if batch.count > 0 { take(batch, into: &output) }
        guard batch.watermark > watermark else { return }
        watermark = batch.watermark
        advance(readAt: batch.readAt, into: &output)
        output.batches.append(
            Batch(count: 0, columns: [], watermark: watermark, readAt: batch.readAt))
    }

    private func groups(_ columns: [Column], _ count: Int) -> [Int32] {
        let found = keys.groups(plan.partitionBy.map { columns[$0] }, rows: count)
        while partitions.count < keys.count { partitions.append(MatchPartition()) }
        return found
    }

    private func take(_ batch: Batch, into output: inout OperatorOutput) {
        let found = groups(batch.columns, batch.count)
        let time = batch.columns[plan.time]
        var kept: [Int32] = []
        var late = 0
        var timeless = 0
        for row in 0..<batch.count {
            if time.isNull(row) {
                timeless += 1
            } else if time.int64Values[row] <= max(watermark, batch.watermarks?[row] ?? .min) {
                late += 1
            } else {
                kept.append(Int32(row))
            }
        }
        let first = rows.count
        rows.append(batch.columns, rows: kept, groups: found, groupCount: keys.count)
        for (offset, row) in kept.enumerated() {
            waiting.push(time.int64Values[Int(row)], Int32(first + offset))
        }
        output.count(.held, kept.count)
        output.count(.late, late)
        output.count(.timeless, timeless)
    }

    // MARK: Matching

    /// A match that comes out, and the time at which it became certain.
    private struct Result {
        let partition: Int32
        let found: MatchPartition.Found
        let time: Int64
    }

    private func advance(readAt: UInt64, into output: inout OperatorOutput) {
        var results: [Result] = []
        let due = takeDue()
        if !due.isEmpty {
            output.count(.held, -due.count)
            output.count(.matched, due.count)
            match(due, &results, &output)
        }
        while let item = deadlines.pop(upTo: watermark) {
            giveUp(item.item, at: watermark, &results)
        }
        emit(results, readAt: readAt, into: &output)
        for partition in touched { forget(partition) }
        dirty.formUnion(touched)
        touched = []
    }

    /// Rows whose time has passed, in the order in which partitions take them.
    private func takeDue() -> [Int32] {
        var due: [Int32] = []
        var times: [Int64] = []
        while let item = waiting.pop(upTo: watermark) {
            due.append(item.item)
            times.append(item.time)
        }
        guard !plan.orderBy.isEmpty else { return due }
        let stored = order.stored(rows)
        var start = 0
        while start < due.count {
            let end = times[start...].firstIndex { $0 != times[start] } ?? due.count
            due[start..<end].sort { order.isBefore($0, $1, stored) }
            start = end
        }
        return due
    }

    private func match(
        _ due: [Int32], _ results: inout [Result], _ output: inout OperatorOutput
    ) {
        let own = plan.conditions.indices.map { variable -> OwnAnswers in
            let errors = RowErrors()
            return OwnAnswers(answers: conditions.own(variable, due, errors: errors), errors)
        }
        for row in due {
            partitions[Int(rows.group(Int(row)))].rows.append(row)
            rows.setTag(Int(row), 1)
            touched.append(rows.group(Int(row)))
        }
        if conditions.areAllOwn {
            for index in due.indices { step([index], due, own, &results, &output) }
            return
        }
        for round in rounds(due) { step(round, due, own, &results, &output) }
    }

    /// Numbers of due rows: first the first row of each partition, then the second, and so on.
    private func rounds(_ due: [Int32]) -> [[Int]] {
        var seen: [Int32: Int] = [:]
        var rounds: [[Int]] = []
        for (index, row) in due.enumerated() {
            let round = seen[rows.group(Int(row)), default: 0]
            seen[rows.group(Int(row))] = round + 1
            if round == rounds.count { rounds.append([]) }
            rounds[round].append(index)
        }
        return rounds
    }

    /// Lets the partitions of some due rows take them.
    private func step(
        _ round: [Int], _ due: [Int32], _ own: [OwnAnswers], _ results: inout [Result],
        _ output: inout OperatorOutput
    ) {
        var fits: [Bool] = []
        var starts: [Int] = []
        var asked = AskedConditions(variables: plan.conditions.count)
        for index in round {
            let partition = rows.group(Int(due[index]))
            giveUp(partition, at: rows.int64(plan.time, Int(due[index])), &results)
            starts.append(fits.count)
            let state = partitions[Int(partition)]
            for match in state.open + [state.beginning(states)] {
                for variable in states.tried[match.state] {
                    let answer = own[variable][index]
                    fits.append(answer == .yes)
                    if answer == .failed { report(own[variable].errors, index, &output) }
                    if answer == .yes, conditions.isDependent(variable) {
                        asked.add(
                            variable, MatchView(match, trying: variable, partition: partition),
                            fits.count - 1)
                    }
                }
            }
        }
        for (variable, views) in asked.views.enumerated() where !views.isEmpty {
            let errors = RowErrors()
            let answers = conditions.dependent(
                variable, views, partitions, bounds, errors: errors)
            for (place, answer) in zip(asked.places[variable], answers) {
                fits[place] = answer == .yes
            }
            stage.reject(errors, in: "pattern", &output)
        }
        starts.append(fits.count)
        for (position, index) in round.enumerated() {
            let partition = rows.group(Int(due[index]))
            let time = rows.int64(plan.time, Int(due[index]))
            var found: [MatchPartition.Found] = []
            let hadOpen = partitions[Int(partition)].open.last?.start
            partitions[Int(partition)].take(
                fits: fits[starts[position]..<starts[position + 1]], states, plan.skip, &bounds,
                into: &found)
            results += found.map { Result(partition: partition, found: $0, time: time) }
            if let within = plan.within, partitions[Int(partition)].open.last?.start != hadOpen {
                let deadline = time.addingReportingOverflow(within)
                if !deadline.overflow { deadlines.push(deadline.partialValue, partition) }
            }
        }
    }

    private func report(_ errors: RowErrors, _ row: Int, _ output: inout OperatorOutput) {
        let own = RowErrors()
        own.merge(errors) { $0 == row }
        stage.reject(own, in: "pattern", &output)
    }

    private func giveUp(_ partition: Int32, at time: Int64, _ results: inout [Result]) {
        guard let within = plan.within else { return }
        let limit = time.subtractingReportingOverflow(within)
        guard !limit.overflow else { return }
        var found: [MatchPartition.Found] = []
        let state = partitions[Int(partition)]
        partitions[Int(partition)].giveUp(
            { rows.int64(plan.time, Int(state.row($0))) <= limit.partialValue }, plan.skip,
            &bounds, into: &found)
        touched.append(partition)
        results += found.map { Result(partition: partition, found: $0, time: time) }
    }

    // MARK: Results

    private func emit(_ all: [Result], readAt: UInt64, into output: inout OperatorOutput) {
        guard !all.isEmpty else { return }
        let ordered = all.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }.map(\.element)
        let results = ordered.filter(\.found.hasTarget)
        if results.count < all.count { rejectSkips(all.count - results.count, &output) }
        let views = results.map { MatchView($0.found.match, partition: $0.partition) }
        let columns = values.columns(measured, views, partitions, bounds)
        let errors = RowErrors()
        let input = Batch(count: views.count, columns: columns)
        var batch = Batch(
            count: views.count,
            columns: keys.keyColumns(views.map(\.partition))
                + measures.map { $0.evaluate(input, errors: errors) }, readAt: readAt)
        if !errors.isEmpty {
            let failed = Set(errors.items.map(\.row))
            batch = batch.take((0..<Int32(views.count)).filter { !failed.contains($0) })
            stage.reject(errors, in: "pattern", &output)
        }
        for result in all { bounds.release(result.found.match.slot) }
        if batch.count > 0 { output.batches.append(batch) }
    }

    private func rejectSkips(_ count: Int, _ output: inout OperatorOutput) {
        let errors = RowErrors()
        for row in 0..<count {
            errors.add(
                row, .skipTarget,
                "AFTER MATCH SKIP leads to no row behind the first row of the match")
        }
        stage.reject(errors, in: "pattern", &output)
    }

    /// Lets go of rows that no match needs.
    private func forget(_ number: Int32) {
        let partition = partitions[Int(number)]
        let count = partition.needed - partition.first
        guard count > 0 else { return }
        for row in partition.rows[..<count] { rows.remove(Int(row)) }
        partitions[Int(number)].rows.removeFirst(count)
        partitions[Int(number)].first += count
    }

    // MARK: State

    package func flush(into output: inout OperatorOutput) {
        let dropsKeys = partitions.count > dropAt && dropIdlePartitions()
        guard dropsKeys || rows.isSparse else { return }
        rows.compact { columns, count in (self.groups(columns, count), self.keys.count) }
        index()
        if dropsKeys { for partition in partitions.indices { restoreDeadlines(Int32(partition)) } }
    }

    /// Forgets the keys of partitions without rows and matches, if they are the larger part.
    private func dropIdlePartitions() -> Bool {
        var isUsed = partitions.map { !$0.isIdle }
        for row in rows.liveRows { isUsed[Int(rows.group(Int(row)))] = true }
        // What the store has of them is taken out with the next commit.
        for partition in dirty { isUsed[Int(partition)] = true }
        let kept = (0..<Int32(partitions.count)).filter { isUsed[Int($0)] }
        dropAt = max(Self.fewPartitions, kept.count * 2)
        guard kept.count * 2 < partitions.count else { return false }
        keys.compact(keeping: kept)
        partitions = kept.map { partitions[Int($0)] }
        var numbers = [Int32: Int32](minimumCapacity: dirty.count)
        for (number, partition) in kept.enumerated() { numbers[partition] = Int32(number) }
        dirty = Set(dirty.compactMap { numbers[$0] })
        deadlines.removeAll()
        return true
    }

    /// Finds the rows of each partition anew.
    private func index() {
        waiting.removeAll()
        for partition in partitions.indices { partitions[partition].rows = [] }
        for row in rows.liveRows {
            if rows.tag(Int(row)) == 0 {
                waiting.push(rows.int64(plan.time, Int(row)), row)
            } else {
                partitions[Int(rows.group(Int(row)))].rows.append(row)
            }
        }
        let stored = order.stored(rows)
        for partition in partitions.indices {
            partitions[partition].rows.sort { one, other in
                let times = (rows.int64(plan.time, Int(one)), rows.int64(plan.time, Int(other)))
                return times.0 == times.1
                    ? order.isBefore(one, other, stored) : times.0 < times.1
            }
        }
    }

    package func takeStateDelta() -> StateDelta {
        var delta = rows.takeDelta(part: 0)
        let changed = Array(dirty)
        let columns = keys.keyColumns(changed)
        for (row, partition) in changed.enumerated() {
            var key = StateBytes([1])
            for column in columns { key.write(column.scalar(row)) }
            let state = partitions[Int(partition)]
            if state.isIdle {
                if state.isStored { delta.deletes.append(key.bytes) }
                partitions[Int(partition)].isStored = false
                continue
            }
            partitions[Int(partition)].isStored = true
            var value = StateBytes()
            for matches in [state.open, state.complete.items] {
                value.write(Int64(matches.count))
                for match in matches { write(match, state.first, &value) }
            }
            delta.upserts.append((key.bytes, value.bytes))
        }
        dirty = []
        return delta
    }

    private func write(_ match: PartialMatch, _ first: Int, _ bytes: inout StateBytes) {
        for number in [match.state, match.start - first, match.end - first, match.variable] {
            bytes.write(Int64(number))
        }
        for variable in 0..<match.variable {
            bytes.write(Int64(bounds[match.slot, variable] - first))
        }
    }

    private func read(_ bytes: inout StateBytes) -> [PartialMatch] {
        (0..<Int(clamping: bytes.readInt64())).map { _ in
            let numbers = (0..<4).map { _ in Int(clamping: bytes.readInt64()) }
            let match = PartialMatch(
                state: numbers[0], start: numbers[1], end: numbers[2], variable: numbers[3],
                slot: bounds.take())
            for variable in 0..<match.variable {
                bounds[match.slot, variable] = Int(clamping: bytes.readInt64())
            }
            return match
        }
    }

    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        rows.restore(entries, part: 0) { columns, count in
            (self.groups(columns, count), self.keys.count)
        }
        let stored = entries.filter { $0.key.first == 1 }
        var builders = keyTypes.map { ColumnBuilder($0.kind.physical) }
        for entry in stored {
            var key = StateBytes(Array(entry.key.dropFirst()))
            for index in builders.indices { builders[index].append(key.readScalar()) }
        }
        let found = keys.groups(builders.map { $0.build() }, rows: stored.count)
        while partitions.count < keys.count { partitions.append(MatchPartition()) }
        index()
        for (entry, partition) in zip(stored, found) {
            var value = StateBytes(entry.value)
            let open = read(&value)
            partitions[Int(partition)].restore(open: open, complete: read(&value))
            partitions[Int(partition)].isStored = true
        }
        for partition in partitions.indices {
            partitions[partition].next = partitions[partition].rows.count
            restoreDeadlines(Int32(partition))
        }
    }

    private func restoreDeadlines(_ partition: Int32) {
        guard let within = plan.within else { return }
        let state = partitions[Int(partition)]
        for match in state.open {
            let time = rows.int64(plan.time, Int(state.row(match.start)))
            let deadline = time.addingReportingOverflow(within)
            if !deadline.overflow { deadlines.push(deadline.partialValue, partition) }
        }
    }

    package var stateBytes: Int {
        keys.stateBytes + rows.stateBytes + waiting.stateBytes + deadlines.stateBytes
            + bounds.stateBytes
            + partitions.reduce(0) {
                $0 + 96 + $1.rows.capacity * 4 + ($1.open.capacity + $1.complete.items.capacity)
                    * 40
            }
    }
}
