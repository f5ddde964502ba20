// Fields of rows, elements of arrays and maps, and what makes them.

import WeirColumnar

enum NestedAccess {
    /// The field of each row.
    static func field(
        _ column: Column, name: String, kind: DataType.Kind, count: Int
    ) -> Column {
        map(column, kind, count) { bytes in
            NestedValue.members(bytes)?.first { $0.isCalled(name) }?.value
        }
    }

    /// The element at a position from 1, or the value of a key; NULL when it is not there.
    static func element(
        _ container: Column, _ key: Column, of type: DataType.Kind, keyKind: DataType.Kind,
        kind: DataType.Kind, count: Int
    ) -> Column {
        var builder = ColumnBuilder(kind.physical, capacity: count)
        guard case .bytes(let texts) = container.values else {
            return .nulls(kind.physical, count: count)
        }
        for row in 0..<count {
            guard !container.isNull(row), !key.isNull(row) else {
                builder.appendNull()
                continue
            }
            var found: JsonValue?
            let wanted = key.scalar(row)
            if case .map = type {
                let text = ValueText.string(wanted, kind: keyKind)
                found = NestedValue.members(texts[row])?.last { $0.isCalled(text) }?.value
            } else if case .int64(let index) = wanted,
                let items = NestedValue.elements(texts[row]), index >= 1, index <= items.count
            {
                found = items[Int(index) - 1]
            }
            builder.append(found.map { NestedValue.scalar($0, kind) } ?? .null)
        }
        return builder.build()
    }

    /// ARRAY, MAP (keys and values in turns) and ROW constructors.
    static func construct(
        _ columns: [Column], _ kinds: [DataType.Kind], _ kind: DataType.Kind, count: Int
    ) -> Column {
        var output = ByteColumn()
        for row in 0..<count {
            let values = zip(columns, kinds).map { NestedValue.json($0.scalar(row), $1) }
            output.bytes += Array(value(values, columns, kinds, kind, row).text.utf8)
            output.offsets.append(Int32(clamping: output.bytes.count))
        }
        return Column(.bytes(output))
    }

    private static func value(
        _ values: [JsonValue], _ columns: [Column], _ kinds: [DataType.Kind],
        _ kind: DataType.Kind, _ row: Int
    ) -> JsonValue {
        switch kind {
        case .map:
            var members: [JsonMember] = []
            for index in stride(from: 0, to: values.count - 1, by: 2) {
                let key = ValueText.string(columns[index].scalar(row), kind: kinds[index])
                members.removeAll { $0.isCalled(key) }
                members.append(JsonMember(key, values[index + 1]))
            }
            return .object(members)
        case .row(let fields):
            return .object(zip(fields, values).map { JsonMember($0.name, $1) })
        default: return .array(values)
        }
    }

    private static func map(
        _ column: Column, _ kind: DataType.Kind, _ count: Int,
        _ body: (ArraySlice<UInt8>) -> JsonValue?
    ) -> Column {
        var builder = ColumnBuilder(kind.physical, capacity: count)
        guard case .bytes(let texts) = column.values else {
            return .nulls(kind.physical, count: count)
        }
        for row in 0..<count {
            let value = column.isNull(row) ? nil : body(texts[row])
            builder.append(value.map { NestedValue.scalar($0, kind) } ?? .null)
        }
        return builder.build()
    }
}
