// Results of REGEXP_EXTRACT for texts that come again and again.

import Synchronization
import WeirColumnar

/// Groups of the first match by text, for one pattern and group.
///
/// Streams repeat their texts (channels, pages, agents), and a match costs a hundred times a look
/// into a table. The table is emptied when it is full.
final class RegexMemo: Sendable {
    private struct Key: Hashable {
        let pattern: [UInt8]
        let group: Int64
    }

    private struct Table {
        var texts = ByteDictionary()
        var results: [[UInt8]?] = []
    }

    static let shared = RegexMemo()
    private static let largest = 32_768
    private static let tables = 16
    private let state = Mutex<[Key: Table]>([:])

    /// The results for the texts of a batch, each computed once.
    func results(
        _ pattern: ArraySlice<UInt8>, _ group: Int64, _ texts: ByteColumn, count: Int,
        compute: (Int) -> [UInt8]?
    ) -> [[UInt8]?] {
        let key = Key(pattern: Array(pattern), group: group)
        // Taken out while it is used: another thread begins with an empty one.
        var table = state.withLock { $0.removeValue(forKey: key) } ?? Table()
        if table.texts.count + count > Self.largest { table = Table() }
        let numbers = table.texts.numbers(of: texts, rows: (0..<Int32(count)).map { $0 })
        for (row, number) in numbers.enumerated() where Int(number) >= table.results.count {
            // New texts are numbered in the order of their rows.
            table.results.append(compute(row))
        }
        let results = numbers.map { table.results[Int($0)] }
        state.withLock { tables in
            if tables.count >= Self.tables { tables.removeAll() }
            tables[key] = table
        }
        return results
    }
}
