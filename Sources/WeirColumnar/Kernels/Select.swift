// Choosing rows from one of two columns.

package enum Select {
    /// Row by row from `first` where the mask is not 0, else from `second`.
    package static func rows(
        _ mask: [UInt8], _ first: Column, _ second: Column, count: Int
    ) -> Column {
        var validity: Bitmap?
        if first.validity != nil || second.validity != nil {
            var bitmap = Bitmap(count: count, filledWith: true)
            for row in 0..<count where mask[row] != 0 ? first.isNull(row) : second.isNull(row) {
                bitmap.clear(row)
            }
            validity = bitmap
        }
        switch (first.values, second.values) {
        case (.bool(let left), .bool(let right)):
            return Column(.bool(pick(mask, left, right, count)), validity: validity)
        case (.int64(let left), .int64(let right)):
            return Column(.int64(pick(mask, left, right, count)), validity: validity)
        case (.int128(let left), .int128(let right)):
            return Column(.int128(pick(mask, left, right, count)), validity: validity)
        case (.float64(let left), .float64(let right)):
            return Column(.float64(pick(mask, left, right, count)), validity: validity)
        case (.bytes(let left), .bytes(let right)):
            var output = ByteColumn()
            output.offsets.reserveCapacity(count + 1)
            for row in 0..<count { output.append(mask[row] != 0 ? left[row] : right[row]) }
            return Column(.bytes(output), validity: validity)
        default:
            preconditionFailure("the binder gives both sides the same layout")
        }
    }

    @inline(__always)
    private static func pick<Value>(
        _ mask: [UInt8], _ left: [Value], _ right: [Value], _ count: Int
    ) -> [Value] {
        [Value](unsafeUninitializedCapacity: count) { output, written in
            for row in 0..<count {
                output.initializeElement(at: row, to: mask[row] != 0 ? left[row] : right[row])
            }
            written = count
        }
    }
}
