// The order of kept rows by ORDER BY, then by arrival.

import WeirColumnar
import WeirPlanner

/// Compares rows of one `KeyedRows`.
struct RowOrder {
    private let columns: [SortColumn]
    /// Whether of equal rows the last to arrive is first.
    private let lastWins: Bool

    init(_ columns: [SortColumn], lastWins: Bool) {
        self.columns = columns
        self.lastWins = lastWins
    }

    /// Whether a row comes before another one.
    func isBefore(_ row: Int32, _ other: Int32, _ stored: [StoredColumn]) -> Bool {
        for (sort, column) in zip(columns, stored) {
            let order = Self.compare(
                column.isNull(Int(row)), column.isNull(Int(other)), sort
            ) { column.compare(Int(row), Int(other)) }
            if order != 0 { return order < 0 }
        }
        return lastWins ? row > other : row < other
    }

    /// Whether a kept row comes before a row of a batch that has not been kept yet.
    func isBefore(
        _ row: Int32, _ batch: [Column], _ other: Int, _ stored: [StoredColumn]
    ) -> Bool {
        for (index, sort) in columns.enumerated() {
            let column = stored[index]
            let values = batch[sort.column]
            let order = Self.compare(column.isNull(Int(row)), values.isNull(other), sort) {
                column.compare(Int(row), values, other)
            }
            if order != 0 { return order < 0 }
        }
        return !lastWins
    }

    /// Where NULL is first it is so in both directions.
    private static func compare(
        _ isNull: Bool, _ otherIsNull: Bool, _ sort: SortColumn, _ values: () -> Int
    ) -> Int {
        if isNull || otherIsNull {
            if isNull == otherIsNull { return 0 }
            return isNull == sort.nullsFirst ? -1 : 1
        }
        return sort.isDescending ? 0 - values() : values()
    }

    /// The columns to compare by, taken out once a batch.
    func stored(_ rows: KeyedRows) -> [StoredColumn] { columns.map { rows.column($0.column) } }

    /// Where a row belongs in a sorted list.
    func position(of row: Int32, in list: [Int32], _ stored: [StoredColumn]) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(list[middle], row, stored) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
