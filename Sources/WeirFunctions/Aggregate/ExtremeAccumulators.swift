// State of MIN and MAX over input that only grows.

import WeirColumnar

/// A value that MIN and MAX keep in a plain array.
protocol ExtremeValue: Comparable, Hashable {
    static var initial: Self { get }
    static func values(of column: Column) -> [Self]
    static func column(_ values: [Self]) -> ColumnValues
    static func write(_ value: Self, _ bytes: inout StateBytes)
    static func read(_ bytes: inout StateBytes) -> Self
}

extension Int64: ExtremeValue {
    static var initial: Int64 { 0 }
    static func values(of column: Column) -> [Int64] { column.int64Values }
    static func column(_ values: [Int64]) -> ColumnValues { .int64(values) }
    static func write(_ value: Int64, _ bytes: inout StateBytes) { bytes.write(value) }
    static func read(_ bytes: inout StateBytes) -> Int64 { bytes.readInt64() }
}

extension Int128: ExtremeValue {
    static var initial: Int128 { 0 }
    static func values(of column: Column) -> [Int128] { column.wide(column.count) }
    static func column(_ values: [Int128]) -> ColumnValues { .int128(values) }
    static func write(_ value: Int128, _ bytes: inout StateBytes) { bytes.write(value) }
    static func read(_ bytes: inout StateBytes) -> Int128 { bytes.readInt128() }
}

extension Double: ExtremeValue {
    static var initial: Double { 0 }
    static func values(of column: Column) -> [Double] { column.float64Values }
    static func column(_ values: [Double]) -> ColumnValues { .float64(values) }
    static func write(_ value: Double, _ bytes: inout StateBytes) {
        bytes.write(Int64(bitPattern: value.bitPattern))
    }
    static func read(_ bytes: inout StateBytes) -> Double {
        Double(bitPattern: UInt64(bitPattern: bytes.readInt64()))
    }
}

extension UInt8: ExtremeValue {
    static var initial: UInt8 { 0 }
    static func values(of column: Column) -> [UInt8] { column.boolValues }
    static func column(_ values: [UInt8]) -> ColumnValues { .bool(values) }
    static func write(_ value: UInt8, _ bytes: inout StateBytes) { bytes.write(Int64(value)) }
    static func read(_ bytes: inout StateBytes) -> UInt8 {
        UInt8(truncatingIfNeeded: bytes.readInt64())
    }
}

/// The smallest or largest value of each group.
final class ExtremeAccumulator<Value: ExtremeValue>: MergingAccumulator {
    private var best: [Value] = []
    private var isSet: [UInt8] = []
    private let isMaximum: Bool

    init(isMaximum: Bool) { self.isMaximum = isMaximum }

    func grow(to count: Int) {
        resize(&best, to: count, with: .initial)
        resize(&isSet, to: count, with: 0)
    }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column else { return }
        let values = Value.values(of: column)
        let validity = column.validity
        let isMaximum = isMaximum
        best.withUnsafeMutableBufferPointer { best in
            isSet.withUnsafeMutableBufferPointer { isSet in
                for row in groups.indices where validity.map({ $0[row] }) ?? true {
                    let group = Int(groups[row])
                    let value = values[row]
                    let isBetter = isMaximum ? value > best[group] : value < best[group]
                    if isSet[group] == 0 || isBetter {
                        best[group] = value
                        isSet[group] = 1
                    }
                }
            }
        }
    }

    func merge(_ other: any Accumulator, from: [Int32], into: [Int32]) {
        guard let other = other as? ExtremeAccumulator<Value> else { return }
        for (source, group) in zip(from, into) where other.isSet[Int(source)] != 0 {
            let value = other.best[Int(source)]
            let current = best[Int(group)]
            if isSet[Int(group)] == 0 || (isMaximum ? value > current : value < current) {
                best[Int(group)] = value
                isSet[Int(group)] = 1
            }
        }
    }

    func results(_ groups: [Int32]) -> Column {
        let flags = pick(isSet, groups)
        return Column(
            Value.column(pick(best, groups)),
            validity: flags.contains(0) ? Bitmap(bytes: flags) : nil)
    }

    func compact(keeping groups: [Int32]) {
        best = pick(best, groups)
        isSet = pick(isSet, groups)
    }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Int64(isSet[group]))
        Value.write(best[group], &bytes)
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        isSet[group] = UInt8(truncatingIfNeeded: bytes.readInt64())
        best[group] = Value.read(&bytes)
    }
}

/// The smallest or largest text of each group, by bytes.
final class TextExtremeAccumulator: MergingAccumulator {
    private var best: [[UInt8]?] = []
    private let isMaximum: Bool

    init(isMaximum: Bool) { self.isMaximum = isMaximum }

    func grow(to count: Int) { resize(&best, to: count, with: nil) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column, case .bytes(let values) = column.values else { return }
        for row in groups.indices where !column.isNull(row) {
            let group = Int(groups[row])
            let value = values[row]
            guard let current = best[group] else {
                best[group] = Array(value)
                continue
            }
            let isBetter =
                isMaximum
                ? current.lexicographicallyPrecedes(value)
                : value.lexicographicallyPrecedes(current)
            if isBetter { best[group] = Array(value) }
        }
    }

    func merge(_ other: any Accumulator, from: [Int32], into: [Int32]) {
        guard let other = other as? TextExtremeAccumulator else { return }
        for (source, group) in zip(from, into) {
            guard let value = other.best[Int(source)] else { continue }
            guard let current = best[Int(group)] else {
                best[Int(group)] = value
                continue
            }
            let isBetter =
                isMaximum
                ? current.lexicographicallyPrecedes(value)
                : value.lexicographicallyPrecedes(current)
            if isBetter { best[Int(group)] = value }
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(.bytes, capacity: groups.count)
        for group in groups { builder.append(best[Int(group)].map { .bytes($0) } ?? .null) }
        return builder.build()
    }

    func compact(keeping groups: [Int32]) { best = pick(best, groups) }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Int64(best[group] == nil ? 0 : 1))
        bytes.write(best[group] ?? [])
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        let isSet = bytes.readInt64() != 0
        let value = bytes.readBytes()
        best[group] = isSet ? value : nil
    }
}
