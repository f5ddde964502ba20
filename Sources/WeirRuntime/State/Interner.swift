// Texts as 64-bit words: short ones packed, long ones numbered.

import WeirColumnar

/// Turns texts into words such that equal texts have equal words.
///
/// A text of up to seven bytes is its bytes with the length in the top byte. A longer one is its
/// number with 0xFF in the top byte.
struct Interner {
    private var long = ByteDictionary()

    var stateBytes: Int { long.stateBytes }
    private static let numbered: UInt64 = 0xFF << 56

    /// Appends one word for each of the first `rows` texts.
    mutating func appendWords(_ column: ByteColumn, rows: Int, to words: inout [Int64]) {
        let first = words.count
        words.append(contentsOf: repeatElement(0, count: rows))
        var rows: [Int32] = []
        words.withUnsafeMutableBufferPointer { words in
            Self.pack(column, UnsafeMutableBufferPointer(rebasing: words[first...]), &rows)
        }
        for (row, number) in zip(rows, long.numbers(of: column, rows: rows)) {
            words[first + Int(row)] = Int64(bitPattern: Self.numbered | UInt64(number))
        }
    }

    /// Packs the short texts and notes the rows of the long ones.
    private static func pack(
        _ column: ByteColumn, _ words: UnsafeMutableBufferPointer<Int64>, _ long: inout [Int32]
    ) {
        column.bytes.withUnsafeBytes { bytes in
            column.offsets.withUnsafeBufferPointer { offsets in
                for row in words.indices {
                    let start = Int(offsets[row])
                    let length = Int(offsets[row + 1]) - start
                    if length > 7 {
                        long.append(Int32(row))
                    } else if start + 8 <= bytes.count {
                        let loaded = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                        let mask: UInt64 = (1 << UInt64(length * 8)) - 1
                        words[row] = Int64(
                            bitPattern: loaded.littleEndian & mask | UInt64(length) << 56)
                    } else {
                        words[row] = pack(bytes[start..<start + length])
                    }
                }
            }
        }
    }

    private static func pack(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int64 {
        var word = UInt64(bytes.count) << 56
        for (index, byte) in bytes.enumerated() { word |= UInt64(byte) << UInt64(index * 8) }
        return Int64(bitPattern: word)
    }

    /// The texts of words.
    func texts(_ words: [Int64]) -> ByteColumn {
        var output = ByteColumn()
        output.offsets.reserveCapacity(words.count + 1)
        output.bytes.reserveCapacity(words.count * 8)
        for word in words {
            let bits = UInt64(bitPattern: word)
            if bits >> 56 == 0xFF {
                let index = Int(bits & 0xFFFF_FFFF)
                if index < long.count { output.bytes += long.texts[index] }
            } else {
                withUnsafeBytes(of: bits.littleEndian) { bytes in
                    output.bytes.append(contentsOf: bytes.prefix(Int(bits >> 56)))
                }
            }
            output.offsets.append(Int32(clamping: output.bytes.count))
        }
        return output
    }
}
