// Pairs of rows of both sides, and the columns they make.

import WeirColumnar
import WeirPlanner

/// Rows that a join gives: of each a row of the batch at hand, a kept row of the other side, or
/// one of both with NULLs beside it.
struct JoinPairs {
    /// Row of the batch, below 0 for NULLs.
    var rows: [Int32] = []
    /// Kept row of the other side, below 0 for NULLs.
    var matches: [Int32] = []
    var kinds: [UInt8] = []

    var count: Int { rows.count }

    mutating func append(_ row: Int32, _ match: Int32, _ kind: UInt8) {
        rows.append(row)
        matches.append(match)
        kinds.append(kind)
    }

    /// The columns of the left side, then those of the right one.
    ///
    /// - Parameter isLeft: whether the batch is of the left side.
    func columns(
        _ batch: Batch, _ kept: KeyedRows, isLeft: Bool, hasPadding: Bool, keepsRight: Bool = true
    ) -> [Column] {
        let own = { batch.columns.map { hasPadding ? $0.take(padding: rows) : $0.take(rows) } }
        let other = {
            kept.types.indices.map { kept.values($0, matches, hasMissing: hasPadding) }
        }
        if isLeft { return own() + (keepsRight ? other() : []) }
        return other() + (keepsRight ? own() : [])
    }
}

/// The part of a join's condition that is no equality.
struct JoinResidual {
    private let condition: CompiledExpression
    private let reads: Set<Int>
    private let leftWidth: Int

    init(_ condition: BoundExpression, leftWidth: Int) {
        self.condition = CompiledExpression(condition)
        reads = condition.columns
        self.leftWidth = leftWidth
    }

    /// Keeps the pairs for which the condition is TRUE; one that cannot be computed is not.
    ///
    /// - Returns: pairs that could not be computed, with their errors.
    func filter(
        _ rows: inout [Int32], _ matches: inout [Int32], _ batch: Batch, _ kept: KeyedRows,
        isLeft: Bool
    ) -> RowErrors {
        let errors = RowErrors()
        guard !rows.isEmpty else { return errors }
        let none = Column(.bool([]))
        let width = leftWidth + (isLeft ? kept.types.count : batch.columns.count)
        let columns = (0..<width).map { index -> Column in
            guard reads.contains(index) else { return none }
            let isOwn = (index < leftWidth) == isLeft
            let column = index < leftWidth ? index : index - leftWidth
            return isOwn ? batch.columns[column].take(rows) : kept.values(column, matches)
        }
        let result = condition.evaluate(
            Batch(count: rows.count, columns: columns), errors: errors)
        var flags = Logic.isTrue(result, count: rows.count)
        for error in errors.items { flags[Int(error.row)] = 0 }
        let selected = Logic.indices(of: flags)
        guard selected.count < rows.count else { return errors }
        rows = selected.map { rows[Int($0)] }
        matches = selected.map { matches[Int($0)] }
        return errors
    }
}
