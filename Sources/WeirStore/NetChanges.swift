// The last word on each key of a batch of changes.

import WeirColumnar

/// Splits a batch into keys to remove and rows to write.
struct NetChanges {
    private(set) var writes: [Int32] = []
    private(set) var removals: [Int32] = []

    init(_ batch: Batch, kinds: [UInt8], key: [Int]) {
        let hasRetractions = kinds.contains { RowKind(rawValue: $0)?.isRetraction ?? false }
        guard hasRetractions else {
            writes = (0..<batch.count).map(Int32.init)
            return
        }
        let encoded = RowKey.encode(batch.columns, key: key, count: batch.count)
        var keys = ByteDictionary()
        let numbers = keys.numbers(of: encoded, rows: (0..<batch.count).map(Int32.init))
        var last = [Int32](repeating: 0, count: keys.count)
        for (row, number) in numbers.enumerated() { last[Int(number)] = Int32(row) }
        for (row, number) in numbers.enumerated() where last[Int(number)] == Int32(row) {
            if batch.kind(row).isRetraction {
                removals.append(Int32(row))
            } else {
                writes.append(Int32(row))
            }
        }
    }
}
