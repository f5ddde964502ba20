// The thread that writes: one writer, one transaction an epoch.

import Histogram
import WeirColumnar
import WeirPlanner

/// What the operator thread sends to the writer.
enum WriterMessage: Sendable {
    /// - Parameter superseded: rows that cancelled each other before they came here.
    case rows(stage: Int, Batch, superseded: Int)
    case commit(Epoch)
}

/// Runs until its queue is closed or writing fails.
final class WriterTask {
    private let queue: BoundedQueue<WriterMessage>
    private let writer: any EpochWriter
    private let probes: [StageProbe]
    private let status: RunStatus

    init(
        queue: BoundedQueue<WriterMessage>, writer: any EpochWriter, probes: [StageProbe],
        status: RunStatus
    ) {
        self.queue = queue
        self.writer = writer
        self.probes = probes
        self.status = status
    }

    func run() {
        do {
            while let message = queue.pop(until: nil) {
                switch message {
                case .rows(let stage, let batch, let superseded):
                    try write(stage, batch, superseded)
                case .commit(let epoch): try commit(epoch)
                }
            }
        } catch {
            status.fail("writing failed: \(error)")
            queue.close()
        }
        do {
            try writer.close()
        } catch {
            status.fail("closing failed: \(error)")
        }
    }

    private func write(_ stage: Int, _ batch: Batch, _ superseded: Int) throws {
        let start = MonotonicClock.now()
        var counts = batch.count == 0 ? WriteCounts() : try writer.write(stage: stage, batch)
        counts.superseded += Int64(superseded)
        let end = MonotonicClock.now()
        let probe = probes[stage]
        probe.update { counters in
            counters.batches += 1
            counters.rowsIn += Int64(batch.count + superseded)
            counters.rowsOut += counts.stored
            counters.ledger[.stored, default: 0] += counts.stored
            if counts.duplicates > 0 {
                counters.ledger[.duplicate, default: 0] += counts.duplicates
            }
            if counts.superseded > 0 {
                counters.ledger[.superseded, default: 0] += counts.superseded
            }
            guard probe.isObserving else { return }
            counters.busyNanos += end - start
            counters.queued = queue.count()
            counters.queueCapacity = queue.capacity
            if batch.readAt > 0, end > batch.readAt {
                counters.latency.record(
                    end - batch.readAt, count: UInt64(max(1, batch.count)))
            }
        }
        probe.push(batch)
    }

    private func commit(_ epoch: Epoch) throws {
        let start = MonotonicClock.now()
        let counters = epoch.counters.enumerated().map { index, taken in
            taken.isOfWriter ? probes[index].snapshot : taken
        }
        try writer.commit(epoch, counters: counters)
        let waiting = queue.count()
        for (probe, taken) in zip(probes, epoch.counters) where taken.isOfWriter {
            probe.update { $0.queued = waiting }
        }
        status.committed(epoch, nanos: MonotonicClock.now() - start)
    }
}

extension StageCounters {
    /// Placeholder of a stage whose counters the writer keeps itself.
    static var ofWriter: StageCounters {
        var counters = StageCounters()
        counters.batches = -1
        return counters
    }

    var isOfWriter: Bool { batches == -1 }
}
