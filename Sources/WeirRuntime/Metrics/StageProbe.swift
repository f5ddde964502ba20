// What is measured of each stage: rows, time, latency, and a ring of the last batches.

import Histogram
import Synchronization
package import WeirColumnar

/// Why a row did not come out of a stage as a row; every row that does not is counted under one.
package enum LedgerReason: String, Sendable, CaseIterable {
    /// Came out as a row.
    case passed
    /// A WHERE or HAVING was not TRUE.
    case filtered
    /// Behind the watermark when its window had closed.
    case late
    /// Went to `weir_rejects`.
    case rejected
    /// Is part of a group's result.
    case grouped
    /// Is part of a window that has been emitted.
    case windowed
    /// Is part of a window that is still open, or waits for the watermark.
    case held
    /// Its time is NULL where a window or a join by time needs one.
    case timeless
    /// Was matched with the rows of the other side; it is kept for those to come.
    case joined
    /// Was compared with the first rows of its partition.
    case ranked
    /// Was tried in the matches of its partition.
    case matched
    /// Written to a table or a sink.
    case stored
    /// Its key was there already and the first row wins.
    case duplicate
    /// Replaced or removed by a later row of the same key before it was written.
    case superseded
}

/// Counters of one stage since the store was made.
package struct StageCounters: Sendable {
    package var rowsIn: Int64 = 0
    package var rowsOut: Int64 = 0
    package var batches: Int64 = 0
    package var ledger: [LedgerReason: Int64] = [:]
    /// Nanoseconds working, and waiting for room downstream. The rest is idle.
    package var busyNanos: UInt64 = 0
    /// Memory that the stage's state took at the last commit.
    package var stateBytes = 0
    package var blockedNanos: UInt64 = 0
    /// Event-time watermark (µs).
    package var watermark: Int64 = .min
    /// Batches waiting in front of the stage, of `queueCapacity`.
    package var queued = 0
    package var queueCapacity = 0
    /// Of sources: bytes of the input read, and in all.
    package var bytesRead: Int64 = 0
    package var bytesTotal: Int64 = 0
    /// Of sources: whether the input has ended.
    package var isAtEnd = false
    /// Nanoseconds from reading a batch to leaving this stage.
    var latency = Histogram<UInt64>(numberOfSignificantValueDigits: .two)

    package init() {}

    /// A percentile of the latency in milliseconds; 0 when nothing was measured.
    package func latencyMillis(_ percentile: Double) -> Double {
        latency.totalCount == 0 ? 0 : Double(latency.valueAtPercentile(percentile)) / 1e6
    }
}

/// Rows that left a stage, and their place in all that left it since the run began.
package struct TappedBatch: Sendable {
    /// Rows that left the stage before these.
    package let firstRow: Int64
    package let batch: Batch

    package var endRow: Int64 { firstRow + Int64(batch.count) }
}

/// The measuring point of a stage; one thread writes, anyone reads.
package final class StageProbe: Sendable {
    private struct Ring {
        var batches: [TappedBatch] = []
        var rows = 0
        var total: Int64 = 0
        /// When rows of a large batch were copied last (monotonic, ns).
        var sampledAt: UInt64 = 0
    }

    private let counters: Mutex<StageCounters>
    private let ring = Mutex(Ring())
    /// Whether clocks, histograms and rings run; plain counts always do.
    package let isObserving: Bool
    /// At most this many rows stay in the ring, but always the last batch.
    private static let ringRows = 4096
    /// Of a batch with more rows than this only its last rows are kept, as a copy: the batch itself
    /// would keep its memory from being used for the next one. The raw records are always copied:
    /// a single row would keep all that was read with it.
    private static let wholeRows = 512
    private static let sampleRows = 128
    /// Large batches follow each other within a millisecond or two: most of them go by uncopied.
    private static let sampleInterval: UInt64 = 10_000_000

    package init(isObserving: Bool) {
        self.isObserving = isObserving
        var initial = StageCounters()
        initial.latency.autoResize = true
        counters = Mutex(initial)
    }

    package func update(_ body: (inout StageCounters) -> Void) {
        counters.withLock { body(&$0) }
    }

    package var snapshot: StageCounters { counters.withLock { $0 } }

    /// Notes a batch that leaves the stage.
    ///
    /// - Parameter isLast: whether its source ends with it; the last rows are always kept.
    package func push(_ batch: Batch, isLast: Bool = false) {
        guard isObserving, batch.count > 0 else { return }
        let isLarge = batch.count > Self.wholeRows
        let now = isLarge ? MonotonicClock.now() : 0
        ring.withLock { ring in
            ring.total += Int64(batch.count)
            if isLarge {
                guard isLast || now - ring.sampledAt >= Self.sampleInterval else { return }
                ring.sampledAt = now
            }
            let kept = isLarge ? batch.tail(Self.sampleRows) : batch.detached()
            ring.rows += kept.count
            ring.batches.append(
                TappedBatch(firstRow: ring.total - Int64(kept.count), batch: kept))
            while ring.batches.count > 1, ring.rows > Self.ringRows {
                ring.rows -= ring.batches.removeFirst().batch.count
            }
        }
    }

    /// Batches of the ring with rows from a running number on.
    package func batches(since row: Int64) -> [TappedBatch] {
        ring.withLock { ring in ring.batches.filter { $0.endRow > row } }
    }
}
