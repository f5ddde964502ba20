// Three-valued logic.

package enum Logic {
    /// Kleene's AND: FALSE wins over NULL.
    package static func and(_ left: Column, _ right: Column, count: Int) -> Column {
        combine(left, right, count, decisive: 0)
    }

    /// Kleene's OR: TRUE wins over NULL.
    package static func or(_ left: Column, _ right: Column, count: Int) -> Column {
        combine(left, right, count, decisive: 1)
    }

    private static func combine(
        _ left: Column, _ right: Column, _ count: Int, decisive: UInt8
    ) -> Column {
        let leftValues = left.boolValues
        let rightValues = right.boolValues
        let values: [UInt8] = zipMap(leftValues, rightValues, count) {
            decisive == 0 ? $0 & $1 : $0 | $1
        }
        if left.validity == nil, right.validity == nil { return Column(.bool(values)) }
        var results = values
        var validity = Bitmap(count: count, filledWith: true)
        for row in 0..<count {
            let leftNull = left.isNull(row)
            let rightNull = right.isNull(row)
            guard leftNull || rightNull else { continue }
            let isDecided =
                (!leftNull && leftValues[row] == decisive)
                || (!rightNull && rightValues[row] == decisive)
            results[row] = decisive
            if !isDecided { validity.clear(row) }
        }
        return Column(.bool(results), validity: validity)
    }

    package static func not(_ column: Column, count: Int) -> Column {
        Column(
            .bool(map(column.boolValues, count) { $0 ^ 1 }),
            validity: strictValidity([column], count: count))
    }

    /// 1 where the value is TRUE; FALSE and NULL give 0.
    package static func isTrue(_ column: Column, count: Int) -> [UInt8] {
        let values = column.boolValues
        guard let validity = column.validity else { return Array(values.prefix(count)) }
        var results = [UInt8](repeating: 0, count: count)
        for row in 0..<count where validity[row] { results[row] = values[row] }
        return results
    }

    /// The rows whose byte is not 0.
    package static func indices(of selected: [UInt8]) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: selected.count) { output, written in
            var next = 0
            for row in selected.indices {
                output.initializeElement(at: next, to: Int32(row))
                next += selected[row] != 0 ? 1 : 0
            }
            written = next
        }
    }
}
