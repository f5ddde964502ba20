// The contract of an operator.

package import WeirColumnar

/// What an operator hands on.
package struct OperatorOutput {
    package var batches: [Batch] = []
    package var rejects: [Reject] = []
    /// Where input rows went; what a batch brought in must be accounted for here.
    package var ledger: [LedgerReason: Int64] = [:]

    package init() {}

    package mutating func count(_ reason: LedgerReason, _ rows: Int) {
        if rows != 0 { ledger[reason, default: 0] += Int64(rows) }
    }
}

/// Changes of an operator's state since the last commit.
package struct StateDelta: Sendable {
    package var upserts: [(key: [UInt8], value: [UInt8])] = []
    package var deletes: [[UInt8]] = []

    package init() {}

    package var isEmpty: Bool { upserts.isEmpty && deletes.isEmpty }
}

/// One stage of the dataflow that the operator thread runs.
///
/// Thread-confined. Batches come in order; `flush` is called before each commit, `finish` once at
/// the end of all input.
package protocol Operator: AnyObject {
    /// Takes a batch.
    func process(_ batch: Batch, into output: inout OperatorOutput)

    /// Emits what was held back since the last commit.
    func flush(into output: inout OperatorOutput)

    /// The watermark has reached its maximum: emits everything that waits for it.
    func finish(into output: inout OperatorOutput)

    /// What changed since the last call, to be stored with the commit.
    func takeStateDelta() -> StateDelta

    /// Takes back what an earlier run stored.
    func restore(_ entries: [(key: [UInt8], value: [UInt8])])
}

extension Operator {
    package func flush(into output: inout OperatorOutput) {}
    package func finish(into output: inout OperatorOutput) {}
    package func takeStateDelta() -> StateDelta { StateDelta() }
    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {}
}
