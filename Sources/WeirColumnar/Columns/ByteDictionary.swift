// Byte strings as numbers.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Numbers distinct byte strings 0, 1, … in the order in which they are first seen.
///
/// Open addressing with linear probing, at most half full.
package struct ByteDictionary: Sendable {
    /// The strings, by number.
    package private(set) var texts = ByteColumn()
    private var hashes: [UInt64] = []
    /// Number plus one; 0 is free.
    private var slots = [Int32](repeating: 0, count: 64)

    package init() {}

    package var count: Int { texts.count }

    /// Bytes of memory.
    package var stateBytes: Int {
        texts.bytes.capacity + texts.offsets.capacity * 4 + hashes.capacity * 8
            + slots.capacity * 4
    }

    /// The numbers of the strings at some rows; new strings get the next ones.
    package mutating func numbers(of column: ByteColumn, rows: [Int32]) -> [Int32] {
        var numbers = [Int32](repeating: 0, count: rows.count)
        column.bytes.withUnsafeBytes { bytes in
            for (index, row) in rows.enumerated() {
                let text = UnsafeRawBufferPointer(rebasing: bytes[column.range(Int(row))])
                numbers[index] = number(text)
            }
        }
        return numbers
    }

    private mutating func number(_ text: UnsafeRawBufferPointer) -> Int32 {
        let hash = ByteHash.hash(text)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, isEqual(number, text) { return Int32(number) }
            slot = (slot + 1) & mask
        }
        let number = Int32(texts.count)
        texts.append(text)
        hashes.append(hash)
        slots[slot] = number + 1
        if texts.count * 2 > slots.count { grow() }
        return number
    }

    private func isEqual(_ number: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        let range = texts.range(number)
        guard range.count == text.count else { return false }
        guard let other = text.baseAddress else { return true }
        return texts.bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memcmp($0 + range.lowerBound, other, range.count) == 0 } ?? true
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(number + 1)
        }
    }
}
