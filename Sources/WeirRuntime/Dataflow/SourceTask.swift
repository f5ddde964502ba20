// The thread of a source: reads, decodes, checks, paces, and hands batches on.

import Foundation
import WeirColumnar
import WeirPlanner

/// What a source's thread sends to the operator thread.
package struct SourceBatch: Sendable {
    let source: Int
    /// Checked rows; empty at the end.
    let batch: Batch
    let rejects: [Reject]
    /// Records read, and those refused while decoding.
    let records: Int
    let undecodable: Int
    let end: SourcePosition
    let bytesRead: Int64
    let bytesTotal: Int64
    let isEnd: Bool
    /// Whether the source has no rows behind these.
    let isLast: Bool
    /// A failure that ends the run.
    let failure: String?
}

/// Everything a source needs to run.
package struct SourceSetup {
    /// Stage numbers of the source and of its check, if it has one.
    let stage: Int
    let check: Int?
    package let reader: any SourceReader
    package let start: SourcePosition
    /// Watermark (µs) of the last commit.
    package let watermark: Int64
    /// Whether its rows come when somebody sends them: others do not wait for it, and it is not
    /// replayed at a pace.
    package let isLive: Bool

    package init(
        stage: Int, check: Int?, reader: any SourceReader, start: SourcePosition, watermark: Int64,
        isLive: Bool = false
    ) {
        self.isLive = isLive
        self.stage = stage
        self.check = check
        self.reader = reader
        self.start = start
        self.watermark = watermark
    }
}

/// Runs one source until its input ends or the run stops.
final class SourceTask {
    private let index: Int
    private let setup: SourceSetup
    private let checker: SourceCheck?
    private let rowtime: Int?
    private let queue: BoundedQueue<SourceBatch>
    private let control: RunControl
    private let pace: PaceClock?
    private let probe: StageProbe
    private let checkProbe: StageProbe?
    private var position: SourcePosition
    private var hasRegistered = false

    init(
        index: Int, setup: SourceSetup, plan: StreamPlan, probes: [StageProbe],
        queue: BoundedQueue<SourceBatch>, control: RunControl, pace: PaceClock?
    ) {
        self.index = index
        self.setup = setup
        self.queue = queue
        self.control = control
        self.pace = pace
        probe = probes[setup.stage]
        checkProbe = setup.check.map { probes[$0] }
        position = setup.start
        if let check = setup.check, case .check(let checkPlan) = plan.stages[check].node {
            let stage = plan.stages[check]
            checker = SourceCheck(
                checkPlan, fields: stage.relation.columns, stage: stage.name,
                watermark: setup.watermark)
            rowtime = checkPlan.watermark?.column
        } else {
            checker = nil
            rowtime = nil
        }
    }

    func run() {
        var failure: String?
        do {
            while control.waitWhilePaused() {
                let start = MonotonicClock.now()
                guard let decoded = try setup.reader.next() else { break }
                // A live source looks now and then whether the run goes on.
                if decoded.records == 0, setup.isLive { continue }
                let decodedAt = MonotonicClock.now()
                var rejects = decoded.rejects
                let undecodable = rejects.count
                let checked = checker?.process(decoded.batch, rejects: &rejects) ?? decoded.batch
                let checkedAt = MonotonicClock.now()
                observe(decodedAt - start, checkedAt - decodedAt)
                let piece = SourceBatch(
                    source: index, batch: checked, rejects: rejects, records: decoded.records,
                    undecodable: undecodable, end: decoded.end,
                    bytesRead: setup.reader.progress.read,
                    bytesTotal: setup.reader.progress.total ?? 0, isEnd: false,
                    isLast: decoded.isLast, failure: nil)
                position = decoded.end
                guard try send(piece) else { return finish(nil) }
            }
        } catch {
            failure = "\(error)"
        }
        finish(failure)
    }

    private func observe(_ decoding: UInt64, _ checking: UInt64) {
        guard probe.isObserving else { return }
        probe.update { $0.busyNanos += decoding }
        checkProbe?.update { $0.busyNanos += checking }
    }

    private func finish(_ failure: String?) {
        if !hasRegistered { pace?.register(nil) }
        let empty = Batch(count: 0, columns: [], watermark: checker?.watermark ?? .min)
        let isEnd = failure == nil && !control.isStopping
        _ = queue.push(
            SourceBatch(
                source: index, batch: empty, rejects: [], records: 0, undecodable: 0,
                end: position, bytesRead: setup.reader.progress.read,
                bytesTotal: setup.reader.progress.total ?? 0, isEnd: isEnd, isLast: true,
                failure: failure),
            lane: index)
    }

    /// Hands a piece on, at once or row by row as its event times come due; false when the run
    /// stops.
    private func send(_ piece: SourceBatch) throws -> Bool {
        guard let pace, let rowtime, !setup.isLive else {
            if let pace, !hasRegistered {
                hasRegistered = true
                pace.register(nil)
            }
            return push(piece)
        }
        if !hasRegistered {
            hasRegistered = true
            pace.register(piece.batch.count > 0 ? piece.batch.columns[rowtime].int64Values[0] : nil)
        }
        return sendPaced(piece, pace, rowtime)
    }

    private func push(_ piece: SourceBatch) -> Bool {
        guard let waited = queue.push(piece, lane: index) else { return false }
        guard probe.isObserving else { return true }
        (checkProbe ?? probe).update { $0.blockedNanos += waited }
        return true
    }

    /// Longest time between two slices of a paced source, so that the screen moves evenly.
    private static let sliceSeconds = 0.1

    private func sendPaced(_ piece: SourceBatch, _ pace: PaceClock, _ rowtime: Int) -> Bool {
        let times = piece.batch.columns[rowtime].int64Values
        var slicer = PieceSlicer(piece)
        var row = 0
        while row < piece.batch.count {
            while pace.due(times[row]) == nil {
                guard control.wait(until: Date(timeIntervalSinceNow: 0.01)) else { return false }
            }
            guard waitUntilDue(times[row], pace) else { return false }
            let now = pace.eventNow()
            var end = row + 1
            while end < piece.batch.count, times[end] <= now { end += 1 }
            guard push(slicer.slice(row..<end, isLast: end == piece.batch.count)) else {
                return false
            }
            row = end
            guard control.wait(until: Date(timeIntervalSinceNow: Self.sliceSeconds)) else {
                return false
            }
        }
        return piece.batch.count > 0 || push(piece)
    }

    private func waitUntilDue(_ time: Int64, _ pace: PaceClock) -> Bool {
        while let due = pace.due(time) {
            let pauseStart = MonotonicClock.now()
            guard control.waitWhilePaused() else { return false }
            let paused = MonotonicClock.now() - pauseStart
            if paused > 1_000_000 {
                pace.addPause(paused)
                continue
            }
            let now = MonotonicClock.now()
            if due <= now { return true }
            let seconds = min(Double(due - now) / 1e9, 0.25)
            guard control.wait(until: Date(timeIntervalSinceNow: seconds)) else { return false }
        }
        return true
    }
}

/// Cuts a piece into slices with their own rejects and end positions.
private struct PieceSlicer {
    private let piece: SourceBatch
    private var rejects: ArraySlice<Reject>
    private var nextRecord = 0

    init(_ piece: SourceBatch) {
        self.piece = piece
        rejects =
            piece.rejects.enumerated().sorted {
                $0.element.record == $1.element.record
                    ? $0.offset < $1.offset : $0.element.record < $1.element.record
            }.map(\.element)[...]
    }

    mutating func slice(_ rows: Range<Int>, isLast: Bool) -> SourceBatch {
        guard let origin = piece.batch.origin else { return piece }
        let chunk = origin.chunk
        let endRecord =
            isLast ? piece.records : Int(origin.records[rows.upperBound])
        let taken = rejects.prefix { Int($0.record) < endRecord }
        rejects = rejects.dropFirst(taken.count)
        let records = endRecord - nextRecord
        nextRecord = endRecord
        let undecodable = records - rows.count - taken.filter { $0.stage != piece.sourceName }.count
        let end =
            isLast
            ? piece.end
            : SourcePosition(
                file: piece.end.file, byteOffset: chunk.offset(endRecord),
                line: chunk.lines[endRecord])
        // The watermark after a slice is the one before the row that follows.
        let watermark =
            isLast
            ? piece.batch.watermark : piece.batch.watermarks?[rows.upperBound] ?? .min
        return SourceBatch(
            source: piece.source,
            batch: piece.batch.slice(rows, watermark: watermark).read(at: MonotonicClock.now()),
            rejects: Array(taken), records: records, undecodable: max(0, undecodable), end: end,
            bytesRead: piece.bytesRead - piece.end.byteOffset + end.byteOffset,
            bytesTotal: piece.bytesTotal, isEnd: false, isLast: isLast && piece.isLast,
            failure: nil)
    }
}

extension SourceBatch {
    /// The name of the source stage, which decoding rejects carry.
    fileprivate var sourceName: String { batch.origin?.chunk.source ?? "" }
}
