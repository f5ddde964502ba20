// Columns as bytes, for checkpoints.

import WeirColumnar
import WeirFunctions

/// Writes and reads whole columns; numbers are little-endian words.
enum ColumnCodec {
    static func write(_ column: Column, count: Int, to bytes: inout StateBytes) {
        writeValidity(column.validity, count, &bytes)
        switch column.values {
        case .bool(let values): bytes.write(Array(values.prefix(count)))
        case .int64(let values): bytes.write(raw(values, count))
        case .int128(let values): bytes.write(raw(values, count))
        case .float64(let values): bytes.write(raw(values, count))
        case .bytes(let values):
            bytes.write(raw(values.offsets, count + 1))
            bytes.write(Array(values.bytes.prefix(Int(values.offsets[count]))))
        }
    }

    static func read(
        _ physical: PhysicalType, count: Int, from bytes: inout StateBytes
    ) -> Column {
        let validity = readValidity(count, &bytes)
        let values: ColumnValues =
            switch physical {
            case .bool: .bool(padded(bytes.readBytes(), count, 0))
            case .int64: .int64(padded(values(bytes.readBytes()), count, 0))
            case .int128: .int128(padded(values(bytes.readBytes()), count, 0))
            case .float64: .float64(padded(values(bytes.readBytes()), count, 0))
            case .bytes: .bytes(texts(count, &bytes))
            }
        return Column(values, validity: validity)
    }

    static func write(_ numbers: [Int32], to bytes: inout StateBytes) {
        bytes.write(raw(numbers, numbers.count))
    }

    static func readNumbers(from bytes: inout StateBytes) -> [Int32] { values(bytes.readBytes()) }

    private static func writeValidity(_ validity: Bitmap?, _ count: Int, _ bytes: inout StateBytes)
    {
        bytes.write(Int64(validity == nil ? 0 : 1))
        guard let validity else { return }
        bytes.write((0..<count).map { validity[$0] ? 1 : 0 })
    }

    private static func readValidity(_ count: Int, _ bytes: inout StateBytes) -> Bitmap? {
        guard bytes.readInt64() != 0 else { return nil }
        return Bitmap(bytes: padded(bytes.readBytes(), count, 0))
    }

    private static func texts(_ count: Int, _ bytes: inout StateBytes) -> ByteColumn {
        let offsets: [Int32] = values(bytes.readBytes())
        let content = bytes.readBytes()
        // What has been cut short is no text at all.
        guard offsets.count == count + 1, Int(offsets[count]) == content.count else {
            return ByteColumn(offsets: [Int32](repeating: 0, count: count + 1), bytes: [])
        }
        return ByteColumn(offsets: offsets, bytes: content)
    }

    private static func raw<Value>(_ values: [Value], _ count: Int) -> [UInt8] {
        values.withUnsafeBytes { Array($0.prefix(count * MemoryLayout<Value>.stride)) }
    }

    private static func values<Value: FixedWidthInteger>(_ bytes: [UInt8]) -> [Value] {
        let width = MemoryLayout<Value>.stride
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / width).map {
                bytes.loadUnaligned(fromByteOffset: $0 * width, as: Value.self)
            }
        }
    }

    private static func values(_ bytes: [UInt8]) -> [Double] {
        let words: [UInt64] = values(bytes)
        return words.map { Double(bitPattern: $0) }
    }

    private static func padded<Value>(_ values: [Value], _ count: Int, _ value: Value) -> [Value] {
        values.count >= count
            ? values : values + repeatElement(value, count: count - values.count)
    }
}
