// Keys as bytes: equal rows have equal bytes, NULL included.

import WeirColumnar

enum RowKey {
    /// The encoded keys of a batch's rows as one column.
    static func column(_ columns: [Column], key: [Int], count: Int) -> Column {
        var output = ByteColumn()
        output.offsets.reserveCapacity(count + 1)
        for row in 0..<count { output.append(bytes(columns, key: key, row: row)) }
        return Column(.bytes(output))
    }

    /// One row's key: for each column a tag and the value, texts with their length in front.
    static func bytes(_ columns: [Column], key: [Int], row: Int) -> [UInt8] {
        var result: [UInt8] = []
        for index in key {
            switch columns[index].scalar(row) {
            case .null: result.append(0)
            case .bool(let value): result += [1, value ? 1 : 0]
            case .int64(let value):
                result.append(2)
                append(value, &result)
            case .int128(let value):
                result.append(3)
                withUnsafeBytes(of: value.bigEndian) { result += $0 }
            case .float64(let value):
                result.append(4)
                append(Int64(bitPattern: value.bitPattern), &result)
            case .bytes(let value):
                result.append(5)
                append(Int64(value.count), &result)
                result += value
            }
        }
        return result
    }

    private static func append(_ value: Int64, _ bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }
}
