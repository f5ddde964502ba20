// What OVER knows of each partition apart from its calls.

import WeirColumnar
import WeirFunctions

/// By the number of the partition: its rows, its last time, and when it is forgotten.
struct OverPartitions {
    /// The rows before the next ones, in order.
    var history: [[Int32]] = []
    /// How many rows before those are not kept any more.
    var forgotten: [Int64] = []
    /// The time of the last row that came out.
    var lastTime: [Int64] = []
    /// Where frames are bounded by time: the watermark (µs) that makes the partition forget all,
    /// `.min` when there is none.
    private var forgetAt: [Int64] = []
    /// The watermark that held when that was noted.
    private var notedAt: [Int64] = []
    /// The length of the frames (µs) when all are bounded by the same time.
    let range: Int64?

    init(range: Int64?) { self.range = range }

    mutating func grow(to count: Int) {
        while history.count < count {
            history.append([])
            forgotten.append(0)
            lastTime.append(.min)
            forgetAt.append(.min)
            notedAt.append(.min)
        }
    }

    func isForgotten(_ partition: Int, at watermark: Int64) -> Bool {
        forgetAt[partition] != .min && forgetAt[partition] <= watermark
            && notedAt[partition] < watermark
    }

    /// Flink forgets a partition when event time has gone on by one to one and a half frames
    /// (RowTimeRangeBoundedPrecedingFunction.registerCleanupTimer), and then takes what is late.
    ///
    /// - Returns: whether that time has changed.
    mutating func scheduleForgetting(
        _ partition: Int, after time: Int64, _ watermark: Int64
    ) -> Bool {
        guard let range else { return false }
        let step = WindowBounds.step
        if forgetAt[partition] != .min, forgetAt[partition] >= time &+ range &+ step {
            return false
        }
        // Flink computes in milliseconds.
        let longer = Int64(Double(range / step) * 1.5) &* step
        forgetAt[partition] = time &+ longer &+ step
        notedAt[partition] = watermark
        return true
    }

    /// When a partition is forgotten; `.min` for never.
    func forgetTime(_ partition: Int) -> Int64 { forgetAt[partition] }

    mutating func forget(_ partition: Int) {
        history[partition] = []
        forgotten[partition] = 0
        lastTime[partition] = .min
        forgetAt[partition] = .min
    }

    /// Keeps only these, numbered 0, 1, … in this order; their rows come with the index of rows.
    mutating func compact(keeping kept: [Int32]) {
        forgotten = kept.map { forgotten[Int($0)] }
        lastTime = kept.map { lastTime[Int($0)] }
        forgetAt = kept.map { forgetAt[Int($0)] }
        notedAt = kept.map { notedAt[Int($0)] }
        history = kept.map { _ in [] }
    }

    // MARK: State

    func encodeTimes(_ partition: Int, into value: inout StateBytes) {
        value.write(forgotten[partition])
        value.write(lastTime[partition])
    }

    mutating func decodeTimes(_ partition: Int, from value: inout StateBytes) {
        forgotten[partition] = value.readInt64()
        lastTime[partition] = value.readInt64()
    }

    func encodeForgetting(_ partition: Int, into value: inout StateBytes) {
        value.write(Int64(forgetAt[partition] == .min ? 0 : 1))
        value.write(forgetAt[partition])
        value.write(notedAt[partition])
    }

    /// Older states end in front of it.
    mutating func decodeForgetting(_ partition: Int, from value: inout StateBytes) {
        guard value.readInt64() == 1 else { return }
        forgetAt[partition] = value.readInt64()
        notedAt[partition] = value.readInt64()
    }

    var stateBytes: Int { history.reduce(0) { $0 + 56 + $1.capacity * 4 } }
}
