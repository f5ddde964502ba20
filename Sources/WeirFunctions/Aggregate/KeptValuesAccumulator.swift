// Any aggregate over values that are kept: for functions whose state cannot take rows back, be
// merged, or leave equal values out.

import WeirColumnar

/// All values of each group in the order in which they came; the result is computed anew from them.
final class KeptValuesAccumulator: MergingAccumulator {
    private var values: [[Scalar]] = []
    private let physical: PhysicalType
    private let isDistinct: Bool
    private let inner: () -> any Accumulator

    init(physical: PhysicalType, isDistinct: Bool, inner: @escaping () -> any Accumulator) {
        self.physical = physical
        self.isDistinct = isDistinct
        self.inner = inner
    }

    var skipsNull: Bool { false }

    func grow(to count: Int) { resize(&values, to: count, with: []) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        for (row, group) in groups.enumerated() {
            let value = column?.scalar(row) ?? .bool(true)
            if direction(kinds, row) > 0 {
                values[Int(group)].append(value)
            } else if let place = values[Int(group)].firstIndex(of: value) {
                values[Int(group)].remove(at: place)
            }
        }
    }

    func merge(_ other: any Accumulator, from: [Int32], into: [Int32]) {
        guard let other = other as? KeptValuesAccumulator else { return }
        for (source, group) in zip(from, into) {
            values[Int(group)] += other.values[Int(source)]
        }
    }

    func results(_ groups: [Int32]) -> Column {
        let fresh = inner()
        fresh.grow(to: groups.count)
        var builder = ColumnBuilder(physical)
        var numbers: [Int32] = []
        for (number, group) in groups.enumerated() {
            var seen: Set<Scalar> = []
            for value in values[Int(group)] {
                if isDistinct, value == .null || !seen.insert(value).inserted { continue }
                builder.append(value)
                numbers.append(Int32(number))
            }
        }
        fresh.accumulate(builder.build(), groups: numbers, kinds: nil)
        return fresh.results(groups.indices.map(Int32.init))
    }

    func compact(keeping groups: [Int32]) { values = pick(values, groups) }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Int64(values[group].count))
        for value in values[group] { bytes.write(value) }
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        let count = max(0, bytes.readInt64())
        values[group] = (0..<count).map { _ in bytes.readScalar() }
    }
}
