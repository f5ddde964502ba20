// Loops that most kernels share: one value at a time out of columns, without allocation for text.

import WeirColumnar

extension FunctionCall {
    /// NULL where any argument is.
    var strictValidity: Bitmap? { WeirColumnar.strictValidity(arguments, count: count) }

    /// The bytes of argument `index` at a row.
    func bytes(_ index: Int, _ row: Int) -> ArraySlice<UInt8> {
        guard case .bytes(let column) = arguments[index].values else { return [] }
        return column[row]
    }

    func integer(_ index: Int, _ row: Int) -> Int64 {
        guard case .int64(let values) = arguments[index].values else { return 0 }
        return values[row]
    }

    /// The text of an argument that is the same for all rows, such as a unit.
    func constantText(_ index: Int) -> String {
        count > 0 ? String(decoding: bytes(index, 0), as: UTF8.self) : ""
    }

    /// A text result computed row by row into one buffer; `body` appends the row's bytes.
    /// It returns false for NULL.
    func mapToBytes(_ body: (Int, inout [UInt8]) -> Bool) -> Column {
        var output = ByteColumn()
        output.offsets.reserveCapacity(count + 1)
        var validity = strictValidity
        for row in 0..<count {
            if validity.map({ $0[row] }) ?? true, !body(row, &output.bytes) {
                var changed = validity ?? Bitmap(count: count, filledWith: true)
                changed.clear(row)
                validity = changed
            }
            output.offsets.append(Int32(clamping: output.bytes.count))
        }
        return Column(.bytes(output), validity: validity)
    }

    /// An integer or time result computed row by row; nil is NULL.
    func mapToInt64(_ body: (Int) -> Int64?) -> Column {
        var results = [Int64](repeating: 0, count: count)
        var validity = strictValidity
        for row in 0..<count where validity.map({ $0[row] }) ?? true {
            if let value = body(row) {
                results[row] = value
            } else {
                var changed = validity ?? Bitmap(count: count, filledWith: true)
                changed.clear(row)
                validity = changed
            }
        }
        return Column(.int64(results), validity: validity)
    }

    func mapToBool(_ body: (Int) -> Bool) -> Column {
        let validity = strictValidity
        var results = [UInt8](repeating: 0, count: count)
        for row in 0..<count where validity.map({ $0[row] }) ?? true {
            results[row] = body(row) ? 1 : 0
        }
        return Column(.bool(results), validity: validity)
    }

    func mapDoubles(_ body: (Double) -> Double) -> Column {
        let values = arguments[0].float64Values
        var results = [Double](repeating: 0, count: count)
        for row in 0..<count { results[row] = body(values[row]) }
        return Column(.float64(results), validity: strictValidity)
    }
}

/// The code points of a text.
func scalars(_ bytes: ArraySlice<UInt8>) -> [Unicode.Scalar] {
    Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
}

extension [UInt8] {
    /// Appends code points as UTF-8.
    mutating func append(scalars: some Sequence<Unicode.Scalar>) {
        for scalar in scalars { append(contentsOf: Unicode.UTF8.encode(scalar) ?? .init()) }
    }

    mutating func append(text: String) { append(contentsOf: text.utf8) }
}

/// Whether a text has only ASCII bytes.
func isASCII(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

/// Number of code points.
func codePointCount(_ bytes: ArraySlice<UInt8>) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
    return count
}

/// Where a text begins in another, in bytes from its start; nil when it does not.
func find(_ needle: ArraySlice<UInt8>, in text: ArraySlice<UInt8>, from: Int = 0) -> Int? {
    let pattern = Array(needle)
    let bytes = Array(text)
    guard pattern.count <= bytes.count else { return nil }
    if pattern.isEmpty { return from <= bytes.count ? from : nil }
    var start = from
    while start + pattern.count <= bytes.count {
        if bytes[start] == pattern[0], bytes[start..<start + pattern.count].elementsEqual(pattern) {
            return start
        }
        start += 1
    }
    return nil
}
