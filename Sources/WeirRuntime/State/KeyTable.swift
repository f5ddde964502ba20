// The hash table under every grouping: keys as fixed words, groups as dense numbers.

package import WeirColumnar

/// Finds the group of each row of a batch; new keys get the next number.
///
/// A key is `width` 64-bit words: one per column (two for 128-bit integers) and a word of NULL
/// flags if a column may be NULL. Texts of up to seven bytes are packed into their word, longer
/// ones are numbered by an `Interner`. Open addressing, linear probing, at most half full.
///
/// Thread-confined: it belongs to one operator.
package final class KeyTable {
    private let columns: [DataType]
    private let hasFlags: Bool
    private let width: Int
    /// Words of all groups, group after group.
    private var keys: [Int64] = []
    private var hashes: [UInt64] = []
    /// Group number plus one; 0 is free.
    private var slots: [Int32]
    private var interner = Interner()
    package private(set) var count = 0

    package init(columns: [DataType]) {
        self.columns = columns
        hasFlags = columns.contains { $0.isNullable }
        let words = columns.reduce(0) { $0 + ($1.kind.physical == .int128 ? 2 : 1) }
        width = max(1, words + (hasFlags ? 1 : 0))
        slots = [Int32](repeating: 0, count: 64)
    }

    /// The group of each of the first `rows` rows.
    package func groups(_ keyColumns: [Column], rows: Int) -> [Int32] {
        let words = encode(keyColumns, rows)
        ensureRoom(for: rows)
        let hashed = hash(words, rows)
        return probe(words, hashed, rows)
    }

    private func hash(_ words: [[Int64]], _ rows: Int) -> [UInt64] {
        var hashes = [UInt64](repeating: 0x9E37_79B9_7F4A_7C15, count: rows)
        for word in words {
            hashes.withUnsafeMutableBufferPointer { hashes in
                word.withUnsafeBufferPointer { word in
                    for row in 0..<rows {
                        let mixed =
                            (hashes[row] ^ UInt64(bitPattern: word[row]))
                            &* 0xFF51_AFD7_ED55_8CCD
                        hashes[row] = mixed ^ (mixed >> 32)
                    }
                }
            }
        }
        return hashes
    }

    private func probe(_ words: [[Int64]], _ hashed: [UInt64], _ rows: Int) -> [Int32] {
        let mask = slots.count - 1
        let width = width
        var count = count
        let result = [Int32](unsafeUninitializedCapacity: rows) { output, written in
            slots.withUnsafeMutableBufferPointer { slots in
                for row in 0..<rows {
                    var slot = Int(truncatingIfNeeded: hashed[row]) & mask
                    while true {
                        let entry = slots[slot]
                        if entry == 0 {
                            slots[slot] = Int32(count + 1)
                            for word in words { keys.append(word[row]) }
                            hashes.append(hashed[row])
                            output.initializeElement(at: row, to: Int32(count))
                            count += 1
                            break
                        }
                        let group = Int(entry) - 1
                        if hashes[group] == hashed[row] {
                            var isEqual = true
                            let base = group * width
                            for (index, word) in words.enumerated()
                            where keys[base + index] != word[row] {
                                isEqual = false
                                break
                            }
                            if isEqual {
                                output.initializeElement(at: row, to: Int32(group))
                                break
                            }
                        }
                        slot = (slot + 1) & mask
                    }
                }
            }
            written = rows
        }
        self.count = count
        return result
    }

    private func ensureRoom(for rows: Int) {
        let needed = (count + rows) * 2
        guard needed > slots.count else { return }
        var size = slots.count
        while size < needed { size *= 2 }
        rebuild(size: size)
    }

    private func rebuild(size: Int) {
        slots = [Int32](repeating: 0, count: size)
        let mask = size - 1
        for group in 0..<count {
            var slot = Int(truncatingIfNeeded: hashes[group]) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(group + 1)
        }
    }

    // MARK: Words

    private func encode(_ keyColumns: [Column], _ rows: Int) -> [[Int64]] {
        var words: [[Int64]] = []
        var flags = [Int64](repeating: 0, count: hasFlags ? rows : 0)
        for (index, column) in keyColumns.enumerated() {
            var columnWords = plainWords(column, rows)
            if let validity = column.validity {
                for row in 0..<rows where !validity[row] {
                    flags[row] |= 1 << Int64(index & 63)
                    for word in columnWords.indices { columnWords[word][row] = 0 }
                }
            }
            words += columnWords
        }
        if hasFlags { words.append(flags) }
        if words.isEmpty { words.append([Int64](repeating: 0, count: rows)) }
        return words
    }

    private func plainWords(_ column: Column, _ rows: Int) -> [[Int64]] {
        switch column.values {
        case .int64(let values): return [values.count == rows ? values : Array(values.prefix(rows))]
        case .bool(let values): return [values.prefix(rows).map { Int64($0) }]
        case .float64(let values):
            return [
                values.prefix(rows).map {
                    Int64(bitPattern: ($0.isNaN ? Double.nan : $0).bitPattern)
                }
            ]
        case .int128(let values):
            return [
                values.prefix(rows).map { Int64(truncatingIfNeeded: $0) },
                values.prefix(rows).map { Int64(truncatingIfNeeded: $0 >> 64) },
            ]
        case .bytes(let values): return [interner.words(values, rows: rows)]
        }
    }

    /// The key columns of some groups.
    package func keyColumns(_ groups: [Int32]) -> [Column] {
        var offset = 0
        return columns.enumerated().map { index, type in
            let isWide = type.kind.physical == .int128
            defer { offset += isWide ? 2 : 1 }
            var builder = ColumnBuilder(type.kind.physical, capacity: groups.count)
            for group in groups {
                let base = Int(group) * width
                let isNull = hasFlags && keys[base + width - 1] & (1 << Int64(index & 63)) != 0
                builder.append(isNull ? .null : scalar(type.kind.physical, base + offset))
            }
            return builder.build()
        }
    }

    private func scalar(_ physical: PhysicalType, _ index: Int) -> Scalar {
        let word = keys[index]
        switch physical {
        case .bool: return .bool(word != 0)
        case .int64: return .int64(word)
        case .float64: return .float64(Double(bitPattern: UInt64(bitPattern: word)))
        case .int128:
            return .int128(Int128(keys[index + 1]) << 64 | Int128(UInt64(bitPattern: word)))
        case .bytes: return .bytes(interner.bytes(word))
        }
    }

    /// One word of each group's key, for columns of one word.
    package func words(column: Int) -> [Int64] {
        (0..<count).map { keys[$0 * width + column] }
    }

    /// Keeps only these groups, numbered 0, 1, … in this order.
    package func compact(keeping groups: [Int32]) {
        let kept = keyColumns(groups)
        keys.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
        count = 0
        if groups.count * 8 < slots.count, slots.count > 4096 {
            slots = [Int32](repeating: 0, count: 4096)
        } else {
            for index in slots.indices { slots[index] = 0 }
        }
        interner = Interner()
        _ = self.groups(kept, rows: groups.count)
    }
}
