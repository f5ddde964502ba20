// The search for partners that all joins of kept rows share.

import WeirColumnar
import WeirPlanner

/// Finds the partners of the rows of a batch among the kept rows of the other side.
struct JoinProbe {
    private let residual: JoinResidual?
    private let stage: RejectSource
    /// Pairs that are put into one batch.
    private static let pairLimit = 16_384

    /// - Parameters:
    ///   - stage: what rejects of the condition name.
    ///   - leftWidth: columns of the left side.
    init(_ plan: JoinPlan, stage: RejectSource, leftWidth: Int) {
        self.stage = stage
        residual = plan.residual.map { JoinResidual($0, leftWidth: leftWidth) }
    }

    /// Calls `body` for one stretch of rows after the other with their pairs: rows of the batch in
    /// order, and for each a kept row.
    ///
    /// - Parameters:
    ///   - groups: the key of each row of the batch.
    ///   - skipped: rows without a partner, marked by 1.
    /// - Returns: how many partners each row has.
    func pairs(
        _ batch: Batch, _ groups: [Int32], skipped: [UInt8]?, among kept: KeyedRows, isLeft: Bool,
        into output: inout OperatorOutput,
        _ body: (Range<Int>, [Int32], [Int32], inout OperatorOutput) -> Void
    ) -> [Int32] {
        var counts = [Int32](repeating: 0, count: batch.count)
        var start = 0
        while start < batch.count {
            var rows: [Int32] = []
            var matches: [Int32] = []
            let end = kept.pairs(
                groups, from: start, skipped: skipped, limit: Self.pairLimit, rows: &rows,
                matches: &matches)
            if let residual {
                stage.reject(
                    residual.filter(&rows, &matches, batch, kept, isLeft: isLeft), in: "join",
                    &output)
            }
            for row in rows { counts[Int(row)] += 1 }
            body(start..<end, rows, matches, &output)
            start = end
        }
        return counts
    }
}
