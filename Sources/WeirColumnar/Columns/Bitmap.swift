// One bit a row: which rows have a value, which rows passed a filter.

/// A fixed-size set of row numbers; bit `i` of word `i / 64` is row `i`.
package struct Bitmap: Sendable, Equatable {
    package private(set) var words: [UInt64]
    package let count: Int

    /// All rows set, or none.
    package init(count: Int, filledWith value: Bool) {
        self.count = count
        words = [UInt64](repeating: value ? .max : 0, count: (count + 63) / 64)
    }

    /// One bit per element of a byte array, set where the byte is not 0.
    package init(bytes: [UInt8]) {
        self.init(count: bytes.count, filledWith: false)
        for index in bytes.indices where bytes[index] != 0 {
            words[index >> 6] |= 1 << UInt64(index & 63)
        }
    }

    @inlinable package subscript(index: Int) -> Bool {
        words[index >> 6] & (1 << UInt64(index & 63)) != 0
    }

    package mutating func set(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

    package mutating func clear(_ index: Int) { words[index >> 6] &= ~(1 << UInt64(index & 63)) }

    /// How many of the first `count` rows are set.
    package var population: Int {
        var total = 0
        for (index, word) in words.enumerated() {
            let isLast = index == words.count - 1
            let mask: UInt64 = isLast && count & 63 != 0 ? (1 << UInt64(count & 63)) - 1 : .max
            total += (word & mask).nonzeroBitCount
        }
        return total
    }

    /// Rows set in both; nil stands for all rows.
    package static func intersection(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
        guard let left else { return right }
        guard let right else { return left }
        var result = left.count <= right.count ? left : right
        for index in result.words.indices {
            result.words[index] = left.words[index] & right.words[index]
        }
        return result
    }
}
