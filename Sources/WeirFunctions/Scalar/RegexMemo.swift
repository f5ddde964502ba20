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
        var results = ByteColumn()
        /// Whether a text has a result.
        var isFound: [Bool] = []
        /// Bytes of texts and results.
        private(set) var bytes = 0

        mutating func add(_ result: [UInt8]?, textBytes: Int) {
            results.append(result ?? [])
            isFound.append(result != nil)
            bytes += textBytes + (result?.count ?? 0)
        }

        func column(_ numbers: [Int32], _ validity: Bitmap?) -> Column {
            var validity = validity
            for (row, number) in numbers.enumerated() where !isFound[Int(number)] {
                if validity == nil { validity = Bitmap(count: numbers.count, filledWith: true) }
                validity?.clear(row)
            }
            return Column(.bytes(results.take(numbers)), validity: validity)
        }
    }

    static let shared = RegexMemo()
    private static let mostTexts = 32_768
    private static let mostBytes = 4 << 20
    private static let tables = 16
    private let state = Mutex<[Key: Table]>([:])

    /// The results for the texts of a batch, each computed once.
    ///
    /// - Parameters:
    ///   - validity: which rows have a text.
    ///   - compute: the result for a row.
    func results(
        _ pattern: [UInt8], _ group: Int64, _ texts: ByteColumn, count: Int, validity: Bitmap?,
        compute: (Int) -> [UInt8]?
    ) -> Column {
        let key = Key(pattern: pattern, group: group)
        // Taken out while it is used: another thread begins with an empty one.
        var table = state.withLock { $0.removeValue(forKey: key) } ?? Table()
        if table.texts.count + count > Self.mostTexts || table.bytes > Self.mostBytes {
            table = Table()
        }
        let numbers = table.texts.numbers(of: texts, rows: (0..<Int32(count)).map { $0 })
        for (row, number) in numbers.enumerated() where Int(number) >= table.isFound.count {
            // New texts are numbered in the order of their rows.
            let length = texts.offsets[row + 1] &- texts.offsets[row]
            table.add(compute(row), textBytes: Int(length))
        }
        let column = table.column(numbers, validity)
        state.withLock { tables in
            if tables.count >= Self.tables { tables.removeAll() }
            tables[key] = table
        }
        return column
    }
}
