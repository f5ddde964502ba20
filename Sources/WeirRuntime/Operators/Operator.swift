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
    /// All keys that begin with one of these go, before the upserts.
    package var deletedPrefixes: [[UInt8]] = []

    package init() {}

    package var isEmpty: Bool { upserts.isEmpty && deletes.isEmpty && deletedPrefixes.isEmpty }

    /// Adds what changed in another part of the same operator.
    package mutating func add(_ other: StateDelta) {
        upserts += other.upserts
        deletes += other.deletes
        deletedPrefixes += other.deletedPrefixes
    }
}

/// One stage of the dataflow that the operator thread runs.
///
/// Thread-confined. Batches of an input come in order; the end of an input is an empty batch with
/// the largest watermark. `flush` is called before each commit, in the order of the stages, so that
/// all operators have seen the same input by then.
package protocol Operator: AnyObject {
    /// The run begins; for stages without inputs.
    func start(into output: inout OperatorOutput)

    /// Takes a batch.
    ///
    /// - Parameter input: which of the stage's inputs it comes from.
    func process(_ batch: Batch, input: Int, into output: inout OperatorOutput)

    /// An input gives no rows for the time being, or gives rows again. An empty batch of that input
    /// follows.
    func setIdle(_ input: Int, _ value: Bool)

    /// The clock has gone on; called from time to time while no rows come.
    func tick(into output: inout OperatorOutput)

    /// Emits what was held back since the last commit.
    func flush(into output: inout OperatorOutput)

    /// What changed since the last call, to be stored with the commit.
    func takeStateDelta() -> StateDelta

    /// Takes back what an earlier run stored.
    func restore(_ entries: [(key: [UInt8], value: [UInt8])])

    /// Bytes of memory that the state takes.
    var stateBytes: Int { get }
}

extension Operator {
    package func flush(into output: inout OperatorOutput) {}
    package func start(into output: inout OperatorOutput) {}
    package func tick(into output: inout OperatorOutput) {}
    package func setIdle(_ input: Int, _ value: Bool) {}
    package func takeStateDelta() -> StateDelta { StateDelta() }
    package func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {}
    package var stateBytes: Int { 0 }
}
