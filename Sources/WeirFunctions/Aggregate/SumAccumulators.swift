// State of SUM and AVG.

import WeirColumnar

/// Sum of integers or decimals and the number of values; AVG divides one by the other.
final class ExactSumAccumulator: MergingAccumulator {
    private var sums: [Int128] = []
    private var counts: [Int64] = []
    private let argument: DataType.Kind
    private let result: DataType.Kind
    private let isAverage: Bool

    init(argument: DataType.Kind, result: DataType.Kind, isAverage: Bool) {
        self.argument = argument
        self.result = result
        self.isAverage = isAverage
    }

    func grow(to count: Int) {
        resize(&sums, to: count, with: 0)
        resize(&counts, to: count, with: 0)
    }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column else { return }
        switch column.values {
        case .int64(let values): add(values, column.validity, groups, kinds)
        case .int128(let values): add(values, column.validity, groups, kinds)
        default: break
        }
    }

    @inline(__always)
    private func add<Value: BinaryInteger>(
        _ values: [Value], _ validity: Bitmap?, _ groups: [Int32], _ kinds: [UInt8]?
    ) {
        sums.withUnsafeMutableBufferPointer { sums in
            counts.withUnsafeMutableBufferPointer { counts in
                if validity == nil, kinds == nil {
                    for row in groups.indices {
                        let group = Int(groups[row])
                        sums[group] &+= Int128(truncatingIfNeeded: values[row])
                        counts[group] &+= 1
                    }
                    return
                }
                for row in groups.indices where validity.map({ $0[row] }) ?? true {
                    let group = Int(groups[row])
                    let sign = direction(kinds, row)
                    sums[group] &+= Int128(truncatingIfNeeded: values[row]) &* Int128(sign)
                    counts[group] &+= sign
                }
            }
        }
    }

    func merge(_ other: any Accumulator, from: [Int32], into: [Int32]) {
        guard let other = other as? ExactSumAccumulator else { return }
        for (source, group) in zip(from, into) {
            sums[Int(group)] &+= other.sums[Int(source)]
            counts[Int(group)] &+= other.counts[Int(source)]
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(result.physical, capacity: groups.count)
        for group in groups { builder.append(value(Int(group))) }
        return builder.build()
    }

    private func value(_ group: Int) -> Scalar {
        guard counts[group] != 0 else { return .null }
        guard case .decimal(let precision, let scale) = result else {
            // Flink sums in BIGINT, which wraps.
            let sum = Int128(Int64(truncatingIfNeeded: sums[group]))
            let whole = isAverage ? sum / Int128(counts[group]) : sum
            let wrapped = Arithmetic.wrapped([Int64(truncatingIfNeeded: whole)], to: result, 1)
            return .int64(wrapped[0])
        }
        let exact =
            isAverage
            ? DecimalMath.divide(
                sums[group], Int128(counts[group]), shift: scale - argument.scale)
            : sums[group]
        guard let exact, DecimalMath.fits(exact, precision: precision) else { return .null }
        return Cast.scalarDecimal(exact, precision: precision)
    }

    func compact(keeping groups: [Int32]) {
        sums = pick(sums, groups)
        counts = pick(counts, groups)
    }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(sums[group])
        bytes.write(counts[group])
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        sums[group] = bytes.readInt128()
        counts[group] = bytes.readInt64()
    }
}

/// Sum of floating-point numbers; a FLOAT sum is kept in 32 bits, as in Flink.
final class FloatingSumAccumulator: MergingAccumulator {
    private var sums: [Double] = []
    private var counts: [Int64] = []
    private let isFloat: Bool
    private let isAverage: Bool

    init(result: DataType.Kind, isAverage: Bool) {
        isFloat = result == .float
        self.isAverage = isAverage
    }

    func grow(to count: Int) {
        resize(&sums, to: count, with: 0)
        resize(&counts, to: count, with: 0)
    }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column, case .float64(let values) = column.values else { return }
        let validity = column.validity
        // Flink's AVG(FLOAT) sums in DOUBLE, its SUM(FLOAT) in FLOAT.
        let rounds = isFloat && !isAverage
        sums.withUnsafeMutableBufferPointer { sums in
            counts.withUnsafeMutableBufferPointer { counts in
                for row in groups.indices where validity.map({ $0[row] }) ?? true {
                    let group = Int(groups[row])
                    let sign = direction(kinds, row)
                    let sum = sums[group] + (sign < 0 ? -values[row] : values[row])
                    counts[group] &+= sign
                    // What is left when all values have been taken back is rounding.
                    sums[group] = counts[group] == 0 ? 0 : rounds ? Double(Float(sum)) : sum
                }
            }
        }
    }

    func merge(_ other: any Accumulator, from: [Int32], into: [Int32]) {
        guard let other = other as? FloatingSumAccumulator else { return }
        let rounds = isFloat && !isAverage
        for (source, group) in zip(from, into) {
            let sum = sums[Int(group)] + other.sums[Int(source)]
            sums[Int(group)] = rounds ? Double(Float(sum)) : sum
            counts[Int(group)] &+= other.counts[Int(source)]
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(.float64, capacity: groups.count)
        for group in groups {
            let count = counts[Int(group)]
            let sum = sums[Int(group)]
            let value = isAverage ? sum / Double(count) : sum
            builder.append(count == 0 ? .null : .float64(isFloat ? Double(Float(value)) : value))
        }
        return builder.build()
    }

    func compact(keeping groups: [Int32]) {
        sums = pick(sums, groups)
        counts = pick(counts, groups)
    }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Int64(bitPattern: sums[group].bitPattern))
        bytes.write(counts[group])
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        sums[group] = Double(bitPattern: UInt64(bitPattern: bytes.readInt64()))
        counts[group] = bytes.readInt64()
    }
}
