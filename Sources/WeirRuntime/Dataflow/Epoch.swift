// What one commit writes besides the rows.

package import WeirColumnar

/// How far a source has come at a commit.
package struct SourceProgress: Sendable {
    package let name: String
    package var position: SourcePosition
    package var recordsRead: Int64
    package var recordsAccepted: Int64
    package var recordsRejected: Int64
    /// µs; `Int64.min` without event time.
    package var watermark: Int64
    package var isDone: Bool

    package init(
        name: String, position: SourcePosition = SourcePosition(), recordsRead: Int64 = 0,
        recordsAccepted: Int64 = 0, recordsRejected: Int64 = 0, watermark: Int64 = .min,
        isDone: Bool = false
    ) {
        self.name = name
        self.position = position
        self.recordsRead = recordsRead
        self.recordsAccepted = recordsAccepted
        self.recordsRejected = recordsRejected
        self.watermark = watermark
        self.isDone = isDone
    }
}

/// Everything that becomes durable together: with the rows written since the last epoch, the
/// store shows exactly the input up to these positions.
package struct Epoch: Sendable {
    package let number: Int64
    package let sources: [SourceProgress]
    package let rejects: [Reject]
    /// State changes by stage number.
    package let state: [(stage: Int, delta: StateDelta)]
    /// Counters of all stages but those of the writer thread.
    package let counters: [StageCounters]
    /// Whether all input has ended and the watermark is at its maximum.
    package let isFinal: Bool
    /// Whether all sources have ended but those that wait for writes.
    package let hasReadInput: Bool
}

/// What became of rows that were written.
package struct WriteCounts: Sendable {
    package var stored: Int64 = 0
    package var duplicates: Int64 = 0
    package var superseded: Int64 = 0

    package init() {}
}

/// Where rows and epochs go; belongs to the writer thread.
package protocol EpochWriter: AnyObject {
    /// Writes rows of a store or sink stage.
    func write(stage: Int, _ batch: Batch) throws -> WriteCounts

    /// Makes everything since the last commit durable at once.
    ///
    /// - Parameter counters: of all stages, those of the writer included.
    func commit(_ epoch: Epoch, counters: [StageCounters]) throws

    /// Undoes what has not been committed and lets everything go.
    func close() throws
}
