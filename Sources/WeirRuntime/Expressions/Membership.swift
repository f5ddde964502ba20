// IN with constants.

import WeirColumnar

enum Membership {
    /// NULL where the value is NULL, or not found while the list has a NULL.
    static func test(
        _ column: Column, _ values: Set<Scalar>, hasNull: Bool, negated: Bool, count: Int
    ) -> Column {
        var flags = [UInt8](repeating: 0, count: count)
        switch column.values {
        case .int64(let rows):
            let wanted = values.compactMap { if case .int64(let value) = $0 { value } else { nil } }
            for row in 0..<count where wanted.contains(rows[row]) { flags[row] = 1 }
        case .bytes(let rows):
            let wanted = values.compactMap { if case .bytes(let value) = $0 { value } else { nil } }
            for row in 0..<count {
                let value = rows[row]
                if wanted.contains(where: { $0.elementsEqual(value) }) { flags[row] = 1 }
            }
        default:
            for row in 0..<count where values.contains(column.scalar(row)) { flags[row] = 1 }
        }
        var validity = strictValidity([column], count: count)
        if hasNull {
            var bitmap = validity ?? Bitmap(count: count, filledWith: true)
            for row in 0..<count where flags[row] == 0 { bitmap.clear(row) }
            validity = bitmap
        }
        if negated { for row in 0..<count { flags[row] ^= 1 } }
        return Column(.bool(flags), validity: validity)
    }
}
