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
        var last: [[UInt8]: Int] = [:]
        for row in 0..<batch.count {
            last[RowKey.bytes(batch.columns, key: key, row: row)] = row
        }
        for row in last.values.sorted() {
            if batch.kind(row).isRetraction {
                removals.append(Int32(row))
            } else {
                writes.append(Int32(row))
            }
        }
    }
}
