// State of FIRST_VALUE, LAST_VALUE and LISTAGG.

import WeirColumnar

/// The first or the last value that is not NULL, in the order in which rows come.
final class EdgeAccumulator: Accumulator {
    private var values: [Scalar] = []
    private let isLast: Bool
    private let physical: PhysicalType

    init(isLast: Bool, physical: PhysicalType) {
        self.isLast = isLast
        self.physical = physical
    }

    func grow(to count: Int) { resize(&values, to: count, with: .null) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column else { return }
        for (row, group) in groups.enumerated() where !column.isNull(row) {
            if isLast || values[Int(group)] == .null { values[Int(group)] = column.scalar(row) }
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(physical, capacity: groups.count)
        for group in groups { builder.append(values[Int(group)]) }
        return builder.build()
    }

    func compact(keeping groups: [Int32]) { values = pick(values, groups) }

    func encode(_ group: Int, into bytes: inout StateBytes) { bytes.write(values[group]) }

    func decode(_ group: Int, from bytes: inout StateBytes) { values[group] = bytes.readScalar() }
}

/// The texts that are not NULL with a separator between them, in the order in which rows come.
final class ListAccumulator: Accumulator {
    private var texts: [[UInt8]?] = []
    private let separator: [UInt8]

    init(separator: String) { self.separator = Array(separator.utf8) }

    func grow(to count: Int) { resize(&texts, to: count, with: nil) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column, case .bytes(let values) = column.values else { return }
        for (row, group) in groups.enumerated() where !column.isNull(row) {
            if texts[Int(group)] != nil {
                texts[Int(group)]? += separator
                texts[Int(group)]? += values[row]
            } else {
                texts[Int(group)] = Array(values[row])
            }
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(.bytes, capacity: groups.count)
        for group in groups { builder.append(texts[Int(group)].map { .bytes($0) } ?? .null) }
        return builder.build()
    }

    func compact(keeping groups: [Int32]) { texts = pick(texts, groups) }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(texts[group].map { Scalar.bytes($0) } ?? .null)
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        texts[group] = if case .bytes(let text) = bytes.readScalar() { text } else { nil }
    }
}
