// MIN and MAX over input that takes rows back (Flink: MinWithRetract, MaxWithRetract).

import WeirColumnar

/// Makes the state for a layout.
enum RetractingExtremes {
    static func make(_ physical: PhysicalType, isMaximum: Bool) -> any Accumulator {
        switch physical {
        case .float64: RetractingExtremeAccumulator<Double>(isMaximum: isMaximum)
        case .int128: RetractingExtremeAccumulator<Int128>(isMaximum: isMaximum)
        case .bytes: RetractingExtremeAccumulator<TextValue>(isMaximum: isMaximum)
        case .bool: RetractingExtremeAccumulator<UInt8>(isMaximum: isMaximum)
        case .int64: RetractingExtremeAccumulator<Int64>(isMaximum: isMaximum)
        }
    }
}

/// A text that is compared by its bytes.
struct TextValue: ExtremeValue {
    let bytes: [UInt8]

    static func < (left: TextValue, right: TextValue) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    static var initial: TextValue { TextValue(bytes: []) }

    static func values(of column: Column) -> [TextValue] {
        guard case .bytes(let texts) = column.values else { return [] }
        return (0..<texts.count).map { TextValue(bytes: Array(texts[$0])) }
    }

    static func column(_ values: [TextValue]) -> ColumnValues {
        var column = ByteColumn()
        for value in values { column.append(value.bytes) }
        return .bytes(column)
    }

    static func write(_ value: TextValue, _ bytes: inout StateBytes) { bytes.write(value.bytes) }

    static func read(_ bytes: inout StateBytes) -> TextValue {
        TextValue(bytes: bytes.readBytes())
    }
}

/// How often each value is there, with a heap of the values; those that are gone leave the heap
/// when they come to its top.
final class RetractingExtremeAccumulator<Value: ExtremeValue>: MergingAccumulator {
    private struct Values {
        var counts: [Value: Int64] = [:]
        var heap: [Value] = []
    }

    private var groups: [Values] = []
    private let isMaximum: Bool

    init(isMaximum: Bool) { self.isMaximum = isMaximum }

    func grow(to count: Int) { resize(&groups, to: count, with: Values()) }

    func accumulate(_ column: Column?, groups rows: [Int32], kinds: [UInt8]?) {
        guard let column else { return }
        let values = Value.values(of: column)
        for (row, group) in rows.enumerated() where !column.isNull(row) {
            add(values[row], direction(kinds, row), to: Int(group))
        }
    }

    private func add(_ value: Value, _ times: Int64, to group: Int) {
        let count = groups[group].counts[value] ?? 0
        groups[group].counts[value] = count + times == 0 ? nil : count + times
        if count == 0, times > 0 { push(value, &groups[group].heap) }
        settle(&groups[group])
    }

    /// Drops values from the top of the heap that are not there any more.
    private func settle(_ values: inout Values) {
        while let top = values.heap.first, (values.counts[top] ?? 0) <= 0 { pop(&values.heap) }
    }

    private func isBetter(_ one: Value, _ other: Value) -> Bool {
        isMaximum ? one > other : one < other
    }

    private func push(_ value: Value, _ heap: inout [Value]) {
        heap.append(value)
        var child = heap.count - 1
        while child > 0, isBetter(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func pop(_ heap: inout [Value]) {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var best = parent
            for child in [parent * 2 + 1, parent * 2 + 2]
            where child < heap.count && isBetter(heap[child], heap[best]) {
                best = child
            }
            if best == parent { return }
            heap.swapAt(parent, best)
            parent = best
        }
    }

    func merge(_ other: any Accumulator, from: [Int32], into: [Int32]) {
        guard let other = other as? RetractingExtremeAccumulator<Value> else { return }
        for (source, group) in zip(from, into) {
            for (value, count) in other.groups[Int(source)].counts {
                add(value, count, to: Int(group))
            }
        }
    }

    func results(_ wanted: [Int32]) -> Column {
        let best = wanted.map { groups[Int($0)].heap.first }
        let flags = best.map { $0 == nil ? UInt8(0) : 1 }
        return Column(
            Value.column(best.map { $0 ?? .initial }),
            validity: flags.contains(0) ? Bitmap(bytes: flags) : nil)
    }

    func compact(keeping kept: [Int32]) { groups = pick(groups, kept) }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Int64(groups[group].counts.count))
        for (value, count) in groups[group].counts {
            Value.write(value, &bytes)
            bytes.write(count)
        }
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        groups[group] = Values()
        for _ in 0..<max(0, bytes.readInt64()) {
            let value = Value.read(&bytes)
            add(value, bytes.readInt64(), to: group)
        }
    }
}
