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
    /// Nil when it comes with each text, in a ROW of both.
    private let separator: [UInt8]?

    init(separator: String?) { self.separator = separator.map { Array($0.utf8) } }

    func grow(to count: Int) { resize(&texts, to: count, with: nil) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column, case .bytes(let values) = column.values else { return }
        for (row, group) in groups.enumerated() where !column.isNull(row) {
            if let separator {
                append(values[row], separator, Int(group))
            } else if let fields = NestedValue.members(values[row]), fields.count == 2,
                case .string(let text) = fields[0].value
            {
                let between = if case .string(let written) = fields[1].value { written } else { "" }
                append(Array(text.utf8)[...], Array(between.utf8), Int(group))
            }
        }
    }

    private func append(_ text: ArraySlice<UInt8>, _ separator: [UInt8], _ group: Int) {
        guard texts[group] != nil else {
            texts[group] = Array(text)
            return
        }
        // In place: a copy for each row would be quadratic.
        texts[group]? += separator
        texts[group]? += text
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
