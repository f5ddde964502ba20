// Keys as bytes: equal rows have equal bytes, NULL included.

import WeirColumnar

/// A key is, for each of its columns, a tag and the value; texts have their length in front.
enum RowKey {
    /// The encoded keys of a batch's rows.
    static func encode(_ columns: [Column], key: [Int], count: Int) -> ByteColumn {
        var ends = [Int](repeating: 0, count: count)
        for index in key { KeyPart(columns[index]).measure(&ends) }
        var offsets: [Int32] = [0]
        offsets.reserveCapacity(count + 1)
        var total = 0
        for row in 0..<count {
            let length = ends[row]
            // From here on where the next part of the row's key goes.
            ends[row] = total
            total += length
            offsets.append(Int32(clamping: total))
        }
        var bytes = [UInt8](repeating: 0, count: total)
        bytes.withUnsafeMutableBytes { output in
            for index in key { KeyPart(columns[index]).write(&ends, output) }
        }
        return ByteColumn(offsets: offsets, bytes: bytes)
    }
}

/// One column of a key.
private struct KeyPart {
    private let column: Column

    init(_ column: Column) { self.column = column }

    /// Bytes of a value besides the tag; of a text those of its length.
    private var width: Int {
        switch column.values {
        case .bool: 1
        case .int64, .float64, .bytes: 8
        case .int128: 16
        }
    }

    /// Adds the length of each row's part.
    func measure(_ lengths: inout [Int]) {
        let fixed = width + 1
        for row in lengths.indices { lengths[row] += column.isNull(row) ? 1 : fixed }
        guard case .bytes(let texts) = column.values else { return }
        for row in lengths.indices where !column.isNull(row) {
            lengths[row] += Int(texts.offsets[row + 1] - texts.offsets[row])
        }
    }

    /// Writes each row's part at its place and moves the place on.
    func write(_ places: inout [Int], _ output: UnsafeMutableRawBufferPointer) {
        switch column.values {
        case .bool(let values): store(&places, output, tag: 1) { values[$0] }
        case .int64(let values): store(&places, output, tag: 2) { values[$0].bigEndian }
        case .int128(let values): store(&places, output, tag: 3) { values[$0].bigEndian }
        case .float64(let values):
            store(&places, output, tag: 4) { values[$0].keyBits.bigEndian }
        case .bytes(let texts):
            store(&places, output, tag: 5) {
                Int64(texts.offsets[$0 + 1] - texts.offsets[$0]).bigEndian
            }
            texts.bytes.withUnsafeBytes { bytes in
                for row in places.indices where !column.isNull(row) {
                    let text = UnsafeRawBufferPointer(rebasing: bytes[texts.range(row)])
                    UnsafeMutableRawBufferPointer(rebasing: output[places[row]...])
                        .copyMemory(from: text)
                    places[row] += text.count
                }
            }
        }
    }

    @inline(__always)
    private func store<Value>(
        _ places: inout [Int], _ output: UnsafeMutableRawBufferPointer, tag: UInt8,
        _ value: (Int) -> Value
    ) {
        for row in places.indices {
            if column.isNull(row) {
                output[places[row]] = 0
                places[row] += 1
            } else {
                output[places[row]] = tag
                output.storeBytes(
                    of: value(row), toByteOffset: places[row] + 1, as: Value.self)
                places[row] += 1 + MemoryLayout<Value>.size
            }
        }
    }
}
