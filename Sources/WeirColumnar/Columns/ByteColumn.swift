// Variable-length values: one buffer of bytes and where each value ends.

/// Values as UTF-8 (or raw) bytes; value `i` is `bytes[offsets[i]..<offsets[i + 1]]`.
package struct ByteColumn: Sendable, Equatable {
    /// `count + 1` offsets, ascending, beginning with 0.
    package var offsets: [Int32]
    package var bytes: [UInt8]

    package init() {
        offsets = [0]
        bytes = []
    }

    package init(offsets: [Int32], bytes: [UInt8]) {
        self.offsets = offsets
        self.bytes = bytes
    }

    package init(_ values: some Sequence<String>) {
        self.init()
        for value in values { append(value.utf8) }
    }

    package var count: Int { offsets.count - 1 }

    /// Appends a value; what would pass 2 GiB in one column is cut off there.
    package mutating func append(_ value: some Collection<UInt8>) {
        bytes.append(contentsOf: value.prefix(max(0, Int(Int32.max) - bytes.count)))
        offsets.append(Int32(clamping: bytes.count))
    }

    package func range(_ index: Int) -> Range<Int> {
        Int(offsets[index])..<Int(offsets[index + 1])
    }

    package subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

    /// Whether all bytes are ASCII.
    package var isASCII: Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var all: UInt8 = 0
            for byte in bytes { all |= byte }
            return all < 0x80
        }
    }

    /// Whether the first `count` values are equal.
    package func isConstant(count: Int) -> Bool {
        guard count > 1 else { return true }
        let length = Int(offsets[1])
        guard offsets.prefix(count + 1).enumerated().allSatisfy({ Int($1) == $0 * length }) else {
            return false
        }
        // Values of one length are equal when each byte is that of the value before.
        return bytes.withUnsafeBufferPointer { bytes in
            var difference: UInt8 = 0
            for index in stride(from: length, to: length * count, by: 1) {
                difference |= bytes[index] ^ bytes[index - length]
            }
            return difference == 0
        }
    }

    /// A value as text; broken UTF-8 is repaired.
    package func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }
}
