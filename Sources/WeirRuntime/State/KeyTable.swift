// Keys of groups as fixed words, groups as dense numbers.

package import WeirColumnar

/// Finds the group of each row of a batch; new keys get the next number.
///
/// A key is `width` 64-bit words: one per column (two for 128-bit integers) and words of NULL
/// flags if a column may be NULL. Texts of up to seven bytes are packed into their word, longer
/// ones are numbered by an `Interner`.
///
/// Thread-confined: it belongs to one operator.
package final class KeyTable {
    private let columns: [DataType]
    /// Words of NULL flags, one bit a column; 0 when no column may be NULL.
    private let flagWords: Int
    private let width: Int
    private var groups = GroupSlots()
    private var interner = Interner()
    /// Words of the batch at hand, word after word; kept to be used again.
    private var words: [Int64] = []
    private var hashes: [UInt64] = []

    package init(columns: [DataType]) {
        self.columns = columns
        flagWords = columns.contains { $0.isNullable } ? (columns.count + 63) / 64 : 0
        let words = columns.reduce(0) { $0 + ($1.kind.physical == .int128 ? 2 : 1) }
        width = max(1, words + flagWords)
    }

    package var count: Int { groups.count }

    /// Bytes of memory.
    package var stateBytes: Int { groups.stateBytes + interner.stateBytes }

    /// The group of each of the first `rows` rows.
    package func groups(_ keyColumns: [Column], rows: Int) -> [Int32] {
        words.removeAll(keepingCapacity: true)
        encode(keyColumns, rows)
        hash(words, rows, into: &hashes)
        return groups.find(words, hashes, rows: rows, width: width)
    }

    // MARK: Words

    private func encode(_ keyColumns: [Column], _ rows: Int) {
        var flags = [Int64](repeating: 0, count: flagWords * rows)
        for (index, column) in keyColumns.enumerated() {
            let start = words.count
            appendWords(column, rows)
            guard flagWords > 0, let validity = column.validity else { continue }
            for row in 0..<rows where !validity[row] {
                flags[index / 64 * rows + row] |= 1 << Int64(index & 63)
                for word in stride(from: start + row, to: words.count, by: rows) { words[word] = 0 }
            }
        }
        words += flags
        if words.isEmpty { words.append(contentsOf: repeatElement(0, count: rows)) }
    }

    private func appendWords(_ column: Column, _ rows: Int) {
        switch column.values {
        case .int64(let values): words += values.prefix(rows)
        case .bool(let values): words += values.prefix(rows).lazy.map { Int64($0) }
        case .float64(let values):
            words += values.prefix(rows).lazy.map { Int64(bitPattern: $0.keyBits) }
        case .int128(let values):
            words += values.prefix(rows).lazy.map { Int64(truncatingIfNeeded: $0) }
            words += values.prefix(rows).lazy.map { Int64(truncatingIfNeeded: $0 >> 64) }
        case .bytes(let values): interner.appendWords(values, rows: rows, to: &words)
        }
    }

    // MARK: Keys

    /// The key columns of some groups.
    package func keyColumns(_ groups: [Int32]) -> [Column] {
        var offset = 0
        return columns.enumerated().map { index, type in
            defer { offset += type.kind.physical == .int128 ? 2 : 1 }
            return Column(
                values(type.kind.physical, groups, offset), validity: validity(groups, index))
        }
    }

    private func validity(_ groups: [Int32], _ column: Int) -> Bitmap? {
        guard columns[column].isNullable else { return nil }
        let flag: Int64 = 1 << Int64(column & 63)
        let word = width - flagWords + column / 64
        var bitmap: Bitmap?
        for (row, flags) in self.groups.words(groups, word, width: width).enumerated()
        where flags & flag != 0 {
            if bitmap == nil { bitmap = Bitmap(count: groups.count, filledWith: true) }
            bitmap?.clear(row)
        }
        return bitmap
    }

    private func values(
        _ physical: PhysicalType, _ groups: [Int32], _ offset: Int
    ) -> ColumnValues {
        let words = self.groups.words(groups, offset, width: width)
        switch physical {
        case .bool: return .bool(words.map { $0 != 0 ? 1 : 0 })
        case .int64: return .int64(words)
        case .float64: return .float64(words.map { Double(bitPattern: UInt64(bitPattern: $0)) })
        case .int128:
            let high = self.groups.words(groups, offset + 1, width: width)
            return .int128(
                zip(words, high).map { Int128($1) << 64 | Int128(UInt64(bitPattern: $0)) })
        case .bytes: return .bytes(interner.texts(words))
        }
    }

    /// The first word of the keys of some groups: the first column, if that is a number or time.
    package func firstWords(_ groups: [Int32]) -> [Int64] {
        self.groups.words(groups, 0, width: width)
    }

    /// Keeps only these groups, numbered 0, 1, … in this order.
    package func compact(keeping kept: [Int32]) {
        let columns = keyColumns(kept)
        groups.removeAll()
        interner = Interner()
        _ = groups(columns, rows: kept.count)
    }
}

/// Mixes the words of each row (`words[word * rows + row]`) to one hash a row.
private func hash(_ words: [Int64], _ rows: Int, into hashes: inout [UInt64]) {
    hashes.removeAll(keepingCapacity: true)
    hashes.append(contentsOf: repeatElement(0x9E37_79B9_7F4A_7C15, count: rows))
    hashes.withUnsafeMutableBufferPointer { hashes in
        words.withUnsafeBufferPointer { words in
            for start in stride(from: 0, to: words.count, by: max(1, rows)) {
                for row in 0..<rows {
                    // Both halves of the product, so that no byte of a word is lost.
                    let mixed = (hashes[row] ^ UInt64(bitPattern: words[start + row]))
                        .multipliedFullWidth(by: 0xFF51_AFD7_ED55_8CCD)
                    hashes[row] = mixed.high ^ mixed.low
                }
            }
        }
    }
}
