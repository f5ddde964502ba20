// Texts of kept rows: blocks that never move, so that growing copies nothing.

import WeirColumnar

/// Byte strings by number, in blocks of memory.
///
/// Belongs to one `StoredColumn`; thread-confined like its operator.
final class ByteHeap {
    private static let blockBytes = 1 << 20
    private var blocks: [UnsafeMutableRawPointer] = []
    /// The block that is being filled, and how far.
    private var current: UnsafeMutableRawPointer?
    private var used = 0
    private(set) var allocatedBytes = 0
    private var starts: [UnsafeMutableRawPointer] = []
    private var lengths: [Int32] = []

    deinit { for block in blocks { block.deallocate() } }

    var count: Int { starts.count }

    var stateBytes: Int { allocatedBytes + starts.capacity * 8 + lengths.capacity * 4 }

    /// Appends the texts of some rows.
    func append(_ column: ByteColumn, rows: [Int32]) {
        let first = starts.count
        lengths.append(
            contentsOf: rows.lazy.map { column.offsets[Int($0) + 1] - column.offsets[Int($0)] })
        for length in lengths[first...] { starts.append(room(Int(length))) }
        column.bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            starts.withUnsafeBufferPointer { starts in
                for (index, row) in rows.enumerated() {
                    let range = column.range(Int(row))
                    starts[first + index].copyMemory(
                        from: base + range.lowerBound, byteCount: range.count)
                }
            }
        }
    }

    private func room(_ length: Int) -> UnsafeMutableRawPointer {
        if length > Self.blockBytes / 4 {
            let own = UnsafeMutableRawPointer.allocate(byteCount: length, alignment: 8)
            allocatedBytes += length
            blocks.append(own)
            return own
        }
        if let current, used + length <= Self.blockBytes {
            defer { used += length }
            return current + used
        }
        let block = UnsafeMutableRawPointer.allocate(byteCount: Self.blockBytes, alignment: 8)
        blocks.append(block)
        allocatedBytes += Self.blockBytes
        current = block
        used = length
        return block
    }

    /// A text as bytes; valid until the heap goes.
    subscript(row: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: starts[row], count: Int(lengths[row]))
    }

    /// The texts of some rows; a row below 0 gives an empty one.
    func texts(_ rows: [Int32]) -> ByteColumn {
        var offsets = [Int32](repeating: 0, count: rows.count + 1)
        var total = 0
        for (index, row) in rows.enumerated() {
            if row >= 0 { total += Int(lengths[Int(row)]) }
            offsets[index + 1] = Int32(clamping: total)
        }
        let size = Int(offsets[rows.count])
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { output, written in
            if let base = output.baseAddress.map(UnsafeMutableRawPointer.init) {
                for (index, row) in rows.enumerated() where row >= 0 {
                    let start = Int(offsets[index])
                    let length = Int(offsets[index + 1]) - start
                    (base + start).copyMemory(from: starts[Int(row)], byteCount: length)
                }
            }
            written = size
        }
        return ByteColumn(offsets: offsets, bytes: bytes)
    }
}
