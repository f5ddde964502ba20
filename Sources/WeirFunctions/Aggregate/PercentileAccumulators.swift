// State of PERCENTILE and CENTER.

import WeirColumnar

/// Values with how often they are there, and the percentages asked for, out of ROWs of both.
final class PercentileAccumulator: Accumulator {
    private struct State {
        var counts: [Double: Int64] = [:]
        var percentages: [Double] = []
    }

    private var states: [State] = []
    private let isArray: Bool

    init(result: DataType.Kind) { isArray = if case .array = result { true } else { false } }

    func grow(to count: Int) { resize(&states, to: count, with: State()) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column, case .bytes(let rows) = column.values else { return }
        for (row, group) in groups.enumerated() where !column.isNull(row) {
            guard let fields = NestedValue.members(rows[row]), fields.count >= 2,
                let value = Self.number(fields[0].value)
            else { continue }
            var frequency: Int64 = 1
            if fields.count > 2 {
                guard let written = Int64(fields[2].value.text), written > 0 else { continue }
                frequency = written
            }
            let count =
                (states[Int(group)].counts[value] ?? 0) &+ frequency &* direction(kinds, row)
            states[Int(group)].counts[value] = count == 0 ? nil : count
            if case .array(let items) = fields[1].value {
                states[Int(group)].percentages = items.compactMap(Self.number)
            } else if let percentage = Self.number(fields[1].value) {
                states[Int(group)].percentages = [percentage]
            }
        }
    }

    private static func number(_ value: JsonValue) -> Double? {
        if case .number(let digits) = value { Double(digits) } else { nil }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(isArray ? .bytes : .float64, capacity: groups.count)
        for group in groups {
            let found = percentiles(states[Int(group)])
            guard let first = found.first else {
                builder.appendNull()
                continue
            }
            guard isArray else {
                builder.append(.float64(first))
                continue
            }
            let items = found.map { NestedValue.json(.float64($0), .double) }
            builder.append(.string(JsonValue.array(items).text))
        }
        return builder.build()
    }

    /// A place between two values takes of each in proportion.
    private func percentiles(_ state: State) -> [Double] {
        let sorted = state.counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        let total = sorted.reduce(0) { $0 + Double($1.value) }
        guard total > 0 else { return [] }
        func value(at index: Double) -> Double {
            var passed = 0.0
            for (value, count) in sorted {
                passed += Double(count)
                if index < passed { return value }
            }
            return sorted[sorted.count - 1].key
        }
        return state.percentages.map { percentage in
            let place = (total - 1) * min(1, max(0, percentage))
            let (low, high) = (place.rounded(.down), place.rounded(.up))
            if low == high { return value(at: low) }
            return (high - place) * value(at: low) + (place - low) * value(at: high)
        }
    }

    func compact(keeping groups: [Int32]) { states = pick(states, groups) }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Int64(states[group].percentages.count))
        for percentage in states[group].percentages {
            bytes.write(Int64(bitPattern: percentage.bitPattern))
        }
        bytes.write(Int64(states[group].counts.count))
        for (value, count) in states[group].counts {
            bytes.write(Int64(bitPattern: value.bitPattern))
            bytes.write(count)
        }
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        var state = State()
        for _ in 0..<max(0, bytes.readInt64()) {
            state.percentages.append(Double(bitPattern: UInt64(bitPattern: bytes.readInt64())))
        }
        for _ in 0..<max(0, bytes.readInt64()) {
            let value = Double(bitPattern: UInt64(bitPattern: bytes.readInt64()))
            state.counts[value] = bytes.readInt64()
        }
        states[group] = state
    }
}

/// Sums of vectors and how many there were.
final class CenterAccumulator: Accumulator {
    private var sums: [[Double]] = []
    private var counts: [Int64] = []

    func grow(to count: Int) {
        resize(&sums, to: count, with: [])
        resize(&counts, to: count, with: 0)
    }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column, case .bytes(let rows) = column.values else { return }
        for (row, group) in groups.enumerated() where !column.isNull(row) {
            guard let numbers = NestedValue.numbers(rows[row]) else { continue }
            let sign = direction(kinds, row)
            if sums[Int(group)].isEmpty {
                sums[Int(group)] = [Double](repeating: 0, count: numbers.count)
            }
            guard sums[Int(group)].count == numbers.count else { continue }
            for index in numbers.indices {
                sums[Int(group)][index] += Double(sign) * numbers[index]
            }
            counts[Int(group)] += sign
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(.bytes, capacity: groups.count)
        for group in groups {
            let count = Double(counts[Int(group)])
            guard count > 0 else {
                builder.appendNull()
                continue
            }
            let items = sums[Int(group)].map { NestedValue.json(.float64($0 / count), .double) }
            builder.append(.string(JsonValue.array(items).text))
        }
        return builder.build()
    }

    func compact(keeping groups: [Int32]) {
        sums = pick(sums, groups)
        counts = pick(counts, groups)
    }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(counts[group])
        bytes.write(Int64(sums[group].count))
        for sum in sums[group] { bytes.write(Int64(bitPattern: sum.bitPattern)) }
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        counts[group] = bytes.readInt64()
        sums[group] = (0..<max(0, bytes.readInt64())).map { _ in
            Double(bitPattern: UInt64(bitPattern: bytes.readInt64()))
        }
    }
}
