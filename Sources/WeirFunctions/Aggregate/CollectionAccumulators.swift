// State of COLLECT and JSON_OBJECTAGG.

import WeirColumnar

/// Texts with numbers or values, in the order in which they first came. Texts are told apart by
/// their bytes, as everywhere: two spellings of an accent are two texts.
struct OrderedEntries<Value> {
    private var keys: [[UInt8]] = []
    private var values: [[UInt8]: Value] = [:]

    subscript(key: String) -> Value? {
        get { values[Array(key.utf8)] }
        set {
            let bytes = Array(key.utf8)
            if values[bytes] == nil, newValue != nil { keys.append(bytes) }
            if newValue == nil, values[bytes] != nil { keys.removeAll { $0 == bytes } }
            values[bytes] = newValue
        }
    }

    /// In order.
    var entries: [(key: String, value: Value)] {
        keys.compactMap { key in values[key].map { (String(decoding: key, as: UTF8.self), $0) } }
    }
}

/// Values with how often they are there.
final class MultisetAccumulator: Accumulator {
    private var counts: [OrderedEntries<Int64>] = []
    private let kind: DataType.Kind

    init(kind: DataType.Kind) { self.kind = kind }

    func grow(to count: Int) { resize(&counts, to: count, with: OrderedEntries()) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column else { return }
        for (row, group) in groups.enumerated() where !column.isNull(row) {
            let text = ValueText.string(column.scalar(row), kind: kind)
            let count = (counts[Int(group)][text] ?? 0) + direction(kinds, row)
            counts[Int(group)][text] = count == 0 ? nil : count
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(.bytes, capacity: groups.count)
        for group in groups { builder.append(.string(object(Int(group)).text)) }
        return builder.build()
    }

    private func object(_ group: Int) -> JsonValue {
        .object(counts[group].entries.map { JsonMember($0.key, .number(String($0.value))) })
    }

    func compact(keeping groups: [Int32]) { counts = pick(counts, groups) }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Array(object(group).text.utf8))
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        var read = OrderedEntries<Int64>()
        for member in NestedValue.members(bytes.readBytes()) ?? [] {
            read[member.key] = Int64(member.value.text)
        }
        counts[group] = read
    }
}

/// Keys with their last values, out of ROWs of both.
final class ObjectAccumulator: Accumulator {
    private var members: [OrderedEntries<JsonValue>] = []
    private let keepsNulls: Bool

    init(keepsNulls: Bool) { self.keepsNulls = keepsNulls }

    func grow(to count: Int) { resize(&members, to: count, with: OrderedEntries()) }

    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        guard let column, case .bytes(let rows) = column.values else { return }
        for (row, group) in groups.enumerated() where !column.isNull(row) {
            guard let fields = NestedValue.members(rows[row]), fields.count == 2,
                case .string(let key) = fields[0].value,
                keepsNulls || fields[1].value != .null
            else { continue }
            members[Int(group)][key] = fields[1].value
        }
    }

    func results(_ groups: [Int32]) -> Column {
        var builder = ColumnBuilder(.bytes, capacity: groups.count)
        for group in groups { builder.append(.string(object(Int(group)).text)) }
        return builder.build()
    }

    private func object(_ group: Int) -> JsonValue {
        .object(members[group].entries.map { JsonMember($0.key, $0.value) })
    }

    func compact(keeping groups: [Int32]) { members = pick(members, groups) }

    func encode(_ group: Int, into bytes: inout StateBytes) {
        bytes.write(Array(object(group).text.utf8))
    }

    func decode(_ group: Int, from bytes: inout StateBytes) {
        var read = OrderedEntries<JsonValue>()
        for member in NestedValue.members(bytes.readBytes()) ?? [] {
            read[member.key] = member.value
        }
        members[group] = read
    }
}
