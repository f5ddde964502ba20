// One stage as several operators, each with a part of the keys.

import WeirColumnar
import WeirPlanner

/// Routes rows to parts by a hash of their keys and lets workers run the parts.
///
/// The number of parts is fixed, so results and stored state are the same for any number of
/// workers. Rows of one key keep their order; rows of different keys come out by part.
final class PartitionedOperator: Operator {
    static let partCount = 8
    /// Smaller batches of the parts are put together up to this many rows.
    private static let batchRows = 2048

    private let parts: [any Operator]
    /// Key columns of each input.
    private let keys: [[Int]]
    private let workers: Workers
    private var watermarks = WatermarkMerge(inputs: partCount)
    private var sentWatermark = Int64.min

    init(keys: [[Int]], workers: Workers, make: () -> (any Operator)?) {
        self.keys = keys
        self.workers = workers
        parts = (0..<Self.partCount).compactMap { _ in make() }
    }

    func setIdle(_ input: Int, _ value: Bool) {
        for part in parts { part.setIdle(input, value) }
    }

    func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        guard batch.count > 0 else {
            return run(workers, into: &output) { part, output in
                parts[part].process(batch, input: input, into: &output)
            }
        }
        let rows = split(batch, by: keys[input])
        let few = batch.count < workers.fewRows
        run(few ? Workers(1) : workers, into: &output) { part, output in
            let own = rows[part]
            if own.isEmpty, batch.watermark == .min { return }
            let routed =
                own.count == batch.count
                ? batch
                : own.isEmpty
                    ? Batch(
                        count: 0, columns: [], watermark: batch.watermark, readAt: batch.readAt)
                    : batch.take(own)
            parts[part].process(routed, input: input, into: &output)
        }
    }

    func flush(into output: inout OperatorOutput) {
        run(workers, into: &output) { parts[$0].flush(into: &$1) }
    }

    /// The rows of each part.
    private func split(_ batch: Batch, by columns: [Int]) -> [[Int32]] {
        let hashes = RowHash.hashes(columns.map { batch.columns[$0] }, count: batch.count)
        var rows = [[Int32]](repeating: [], count: Self.partCount)
        for part in rows.indices { rows[part].reserveCapacity(batch.count / Self.partCount + 16) }
        // The lower bits choose places in the tables of the parts.
        let shift = UInt64(64 - Self.partCount.trailingZeroBitCount)
        for (row, hash) in hashes.enumerated() { rows[Int(hash >> shift)].append(Int32(row)) }
        return rows
    }

    private func run(
        _ workers: Workers, into output: inout OperatorOutput,
        _ body: (Int, inout OperatorOutput) -> Void
    ) {
        let results = workers.map(parts.count) { part in
            var result = OperatorOutput()
            body(part, &result)
            return result
        }
        var pending: [Batch] = []
        var rows = 0
        for (part, result) in results.enumerated() {
            output.rejects += result.rejects
            for (reason, count) in result.ledger { output.ledger[reason, default: 0] += count }
            for batch in result.batches {
                _ = watermarks.advance(part, to: batch.watermark)
                if batch.count == 0 { continue }
                if pending.isEmpty, batch.count >= Self.batchRows {
                    output.batches.append(batch.untimed())
                    continue
                }
                pending.append(batch)
                rows += batch.count
                if rows < Self.batchRows { continue }
                output.batches.append(.joined(pending))
                pending = []
                rows = 0
            }
        }
        if !pending.isEmpty { output.batches.append(.joined(pending)) }
        if watermarks.current > sentWatermark {
            sentWatermark = watermarks.current
            output.batches.append(
                Batch(
                    count: 0, columns: [], watermark: sentWatermark,
                    readAt: output.batches.last?.readAt ?? 0))
        }
    }

    // MARK: Checkpoints

    /// Keys of entries begin with the number of their part.
    func takeStateDelta() -> StateDelta {
        let deltas = workers.map(parts.count) { parts[$0].takeStateDelta() }
        var all = StateDelta()
        for (part, delta) in deltas.enumerated() {
            let prefix = [UInt8(part)]
            all.upserts += delta.upserts.map { (prefix + $0.key, $0.value) }
            all.deletes += delta.deletes.map { prefix + $0 }
            all.deletedPrefixes += delta.deletedPrefixes.map { prefix + $0 }
        }
        return all
    }

    func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        var own = [[(key: [UInt8], value: [UInt8])]](repeating: [], count: parts.count)
        for entry in entries {
            guard let part = entry.key.first, Int(part) < parts.count else { continue }
            own[Int(part)].append((Array(entry.key.dropFirst()), entry.value))
        }
        workers.each(parts.count) { parts[$0].restore(own[$0]) }
    }

    var stateBytes: Int { parts.reduce(0) { $0 + $1.stateBytes } }
}
