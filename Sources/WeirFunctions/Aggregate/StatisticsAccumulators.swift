// State of STDDEV and VARIANCE: counts, means and sums of squared distances from the mean.

import WeirColumnar

/// A variance or its root over all values (`_POP`) or over a sample (`_SAMP`).
///
/// Computed by Welford's method ("Note on a method for calculating corrected sums of squares",
/// 1962), as in Flink since 2.0: the last digits agree.
final class VarianceAccumulator: MergingAccumulator {
    private var counts: [Int64] = []
    private var means: [Double] = []
    private var squares: [Double] = []
    private let isSample: Bool
    private let isRoot: Bool
    /// What the numbers of a DECIMAL are divided by.
    private let unit: Double
    private let result: DataType.Kind

    init(isSample: Bool, isRoot: Bool, scale: Int, result: DataType.Kind) {
        self.isSample = isSample
        self.isRoot = isRoot
        unit = Double(DecimalMath.power(scale))
        self.result = result
    }

    func grow(to count: Int) {
        resize(&counts, to: count, with: 0)
        resize(&means, to: count, with: 0)
        resize(&squares, to: count, with: 0)
    }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column else { return }
        let values = doubles(column)
        for (row, group) in groups.enumerated() where !column.isNull(row) {
            if direction(kinds, row) > 0 {
                add(values[row], Int(group))
            } else {
                takeBack(values[row], Int(group))
            }
        }
    }

    private func add(_ value: Double, _ group: Int) {
        counts[group] += 1
        let distance = value - means[group]
        means[group] += distance / Double(counts[group])
        squares[group] += distance * (value - means[group])
    }

    private func takeBack(_ value: Double, _ group: Int) {
        counts[group] -= 1
        guard counts[group] != 0 else {
            means[group] = 0
            squares[group] = 0
            return
        }
        let distance = value - means[group]
        means[group] -= distance / Double(counts[group])
        squares[group] -= distance * (value - means[group])
    }

    func merge(_ other: any Accumulator, from: [Int32], into: [Int32]) {
        guard let other = other as? VarianceAccumulator else { return }
        for (source, group) in zip(from, into) {
            // Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm" (1979).
            let (first, second) = (counts[Int(group)], other.counts[Int(source)])
            guard second != 0 else { continue }
            let count = Double(first + second)
            let distance = other.means[Int(source)] - means[Int(group)]
            squares[Int(group)] +=
                other.squares[Int(source)]
                + distance * distance * Double(first) * Double(second) / count
            means[Int(group)] += distance * Double(second) / count
            counts[Int(group)] = first + second
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(result.physical, capacity: groups.count)
        for group in groups {
            let count = Double(counts[Int(group)])
            let divisor = isSample ? count - 1 : count
            guard divisor > 0 else {
                builder.appendNull()
                continue
            }
            let variance = max(0, squares[Int(group)] / divisor)
            builder.append(shown(isRoot ? variance.squareRoot() : variance))
        }
        return builder.build()
    }

    private func doubles(_ column: Column) -> [Double] {
        switch column.values {
        case .int64(let values): values.map { Double($0) / unit }
        case .int128(let values): values.map { Double($0) / unit }
        default: column.float64Values
        }
    }

    /// The result in its type: integers are cut, DECIMALs rounded.
    private func shown(_ value: Double) -> Scalar {
        switch result {
        case .decimal(_, let scale):
            let scaled = (value * Double(DecimalMath.power(scale))).rounded(
                .toNearestOrAwayFromZero)
            guard scaled.magnitude < 1e38 else { return .null }
            return .int128(Int128(scaled))
        case let kind where kind.isInteger:
            guard value.magnitude < 9.2e18 else { return .null }
            return .int64(Int64(value))
        default: return .float64(value)
        }
    }

    func compact(keeping groups: [Int32]) {
        counts = pick(counts, groups)
        means = pick(means, groups)
        squares = pick(squares, groups)
    }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(counts[group])
        bytes.write(Int64(bitPattern: means[group].bitPattern))
        bytes.write(Int64(bitPattern: squares[group].bitPattern))
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        counts[group] = bytes.readInt64()
        means[group] = Double(bitPattern: UInt64(bitPattern: bytes.readInt64()))
        squares[group] = Double(bitPattern: UInt64(bitPattern: bytes.readInt64()))
    }
}

/// All values as one array, in the order in which rows come.
final class CollectAccumulator: Accumulator {
    private var items: [[JsonValue]] = []
    private let kind: DataType.Kind
    private let keepsNulls: Bool
    /// Whether no values give NULL instead of an empty array.
    private let emptyIsNull: Bool

    init(kind: DataType.Kind, keepsNulls: Bool, emptyIsNull: Bool) {
        self.kind = kind
        self.keepsNulls = keepsNulls
        self.emptyIsNull = emptyIsNull
    }

    func grow(to count: Int) { resize(&items, to: count, with: []) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column else { return }
        for (row, group) in groups.enumerated() where keepsNulls || !column.isNull(row) {
            items[Int(group)].append(NestedValue.json(column.scalar(row), kind))
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(.bytes, capacity: groups.count)
        for group in groups {
            let values = items[Int(group)]
            builder.append(
                values.isEmpty && emptyIsNull ? .null : .string(JsonValue.array(values).text))
        }
        return builder.build()
    }

    func compact(keeping groups: [Int32]) { items = pick(items, groups) }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Array(JsonValue.array(items[group]).text.utf8))
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        items[group] = NestedValue.elements(bytes.readBytes()) ?? []
    }
}
