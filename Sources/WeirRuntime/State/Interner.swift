// Texts as 64-bit words: short ones packed, long ones numbered.

import WeirColumnar

/// Turns texts into words such that equal texts have equal words.
///
/// A text of up to seven bytes is its bytes with the length in the top byte. A longer one is its
/// number with 0xFF in the top byte.
struct Interner {
    private var texts = ByteColumn()
    /// Text number plus one; 0 is free.
    private var slots = [Int32](repeating: 0, count: 64)
    private static let numbered: UInt64 = 0xFF << 56

    mutating func words(_ column: ByteColumn, rows: Int) -> [Int64] {
        var words = [Int64](repeating: 0, count: rows)
        var long: [Int] = []
        column.bytes.withUnsafeBytes { bytes in
            column.offsets.withUnsafeBufferPointer { offsets in
                for row in 0..<rows {
                    let start = Int(offsets[row])
                    let length = Int(offsets[row + 1]) - start
                    if length > 7 {
                        long.append(row)
                    } else if start + 8 <= bytes.count {
                        let loaded = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                        let mask: UInt64 = (1 << UInt64(length * 8)) - 1
                        words[row] = Int64(
                            bitPattern: loaded.littleEndian & mask | UInt64(length) << 56)
                    } else {
                        words[row] = Self.pack(bytes[start..<start + length])
                    }
                }
            }
        }
        for row in long { words[row] = number(column[row]) }
        return words
    }

    private static func pack(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int64 {
        var word = UInt64(bytes.count) << 56
        for (index, byte) in bytes.enumerated() { word |= UInt64(byte) << UInt64(index * 8) }
        return Int64(bitPattern: word)
    }

    private mutating func number(_ text: ArraySlice<UInt8>) -> Int64 {
        if (texts.count + 1) * 2 > slots.count { grow() }
        var slot = Self.hash(text) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if texts[index].elementsEqual(text) { break }
            slot = (slot + 1) & (slots.count - 1)
        }
        if slots[slot] == 0 {
            texts.append(text)
            slots[slot] = Int32(texts.count)
        }
        return Int64(bitPattern: Self.numbered | UInt64(slots[slot] - 1))
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        for index in 0..<texts.count {
            var slot = Self.hash(texts[index]) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index + 1)
        }
    }

    private static func hash(_ text: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ (hash >> 29))
    }

    /// The text of a word.
    func bytes(_ word: Int64) -> [UInt8] {
        let bits = UInt64(bitPattern: word)
        if bits >> 56 == 0xFF {
            let index = Int(bits & 0xFFFF_FFFF)
            return index < texts.count ? Array(texts[index]) : []
        }
        return (0..<Int(bits >> 56)).map { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
    }
}
