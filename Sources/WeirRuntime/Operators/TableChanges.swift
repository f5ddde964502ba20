// What a stored table has to be told before a commit: the net of all changes since the last one.

import WeirColumnar

/// Adds up the changes of each row; what came and went again is not written at all. The order in
/// which a row's changes came from different sides of the graph does not matter.
final class TableChanges {
    private var keys: KeyTable
    private let types: [DataType]
    private var weights: [Int64] = []
    private var rowsIn = 0
    private var readAt: UInt64 = 0

    init(types: [DataType]) {
        // What nobody reads is NULL, whatever the type says.
        self.types = types.map { $0.nullable(true) }
        keys = KeyTable(columns: self.types)
    }

    func add(_ batch: Batch) {
        guard batch.count > 0 else { return }
        if rowsIn == 0 { readAt = batch.readAt }
        rowsIn += batch.count
        let groups = keys.groups(batch.columns, rows: batch.count)
        if keys.count > weights.count {
            weights.append(contentsOf: repeatElement(0, count: keys.count - weights.count))
        }
        guard let kinds = batch.kinds else {
            for group in groups { weights[Int(group)] += 1 }
            return
        }
        for (row, group) in groups.enumerated() {
            let isRetraction = RowKind(rawValue: kinds[row])?.isRetraction ?? false
            weights[Int(group)] += isRetraction ? -1 : 1
        }
    }

    /// The changes that are left, removals first, and how many rows cancelled each other.
    func take() -> (batch: Batch, superseded: Int)? {
        guard rowsIn > 0 else { return nil }
        let gone = weights.indices.filter { weights[$0] < 0 }.map(Int32.init)
        let come = weights.indices.filter { weights[$0] > 0 }.map(Int32.init)
        let rows = gone + come
        let kinds =
            [UInt8](repeating: RowKind.delete.rawValue, count: gone.count)
            + [UInt8](repeating: RowKind.insert.rawValue, count: come.count)
        let batch = Batch(
            count: rows.count, columns: keys.keyColumns(rows), kinds: kinds, readAt: readAt)
        let superseded = rowsIn - rows.count
        keys.compact(keeping: [])
        weights.removeAll(keepingCapacity: true)
        rowsIn = 0
        return (batch, superseded)
    }
}
