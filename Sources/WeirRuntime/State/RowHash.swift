// Whole rows as 64-bit hashes.

import WeirColumnar

enum RowHash {
    private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let null: UInt64 = 0xD6E8_FEB8_6659_FD93

    /// One hash a row over some columns; equal rows have equal hashes, NULL included.
    static func hashes(_ columns: [Column], count: Int) -> [UInt64] {
        var hashes = [UInt64](repeating: seed, count: count)
        for column in columns {
            hashes.withUnsafeMutableBufferPointer { hashes in
                mix(column, count, hashes)
            }
        }
        return hashes
    }

    private static func mix(
        _ column: Column, _ count: Int, _ hashes: UnsafeMutableBufferPointer<UInt64>
    ) {
        let validity = column.validity
        @inline(__always) func each(_ word: (Int) -> UInt64) {
            for row in 0..<count {
                let isNull = validity.map { !$0[row] } ?? false
                hashes[row] = ByteHash.fold(hashes[row] ^ (isNull ? null : word(row)))
            }
        }
        switch column.values {
        case .bool(let values): each { UInt64(values[$0]) }
        case .int64(let values): each { UInt64(bitPattern: values[$0]) }
        case .int128(let values):
            each { row in
                UInt64(truncatingIfNeeded: values[row])
                    ^ ByteHash.fold(UInt64(truncatingIfNeeded: values[row] >> 64))
            }
        case .float64(let values): each { values[$0].keyBits }
        case .bytes(let values):
            values.bytes.withUnsafeBytes { bytes in
                each { ByteHash.hash(UnsafeRawBufferPointer(rebasing: bytes[values.range($0)])) }
            }
        }
    }
}
