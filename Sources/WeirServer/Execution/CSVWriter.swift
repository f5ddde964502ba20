// Rows as CSV (RFC 4180): the columns of the rows themselves, without rows below them.

import WeirColumnar
import WeirStore

enum CSVWriter {
    /// A line of names, then one for each row. Values look as in JSON, without quotes where CSV needs
    /// none; NULL is empty.
    static func bytes(_ fetch: Fetch, _ rows: FetchedRows) -> [UInt8] {
        let columns = fetch.output.fields.compactMap { field -> (String, Int, ValueShape)? in
            guard case .column(let place, let shape, _) = field.content else { return nil }
            return (field.responseKey, place, shape)
        }
        var output = columns.map(\.0).joined(separator: ",").utf8 + Array("\r\n".utf8)
        for row in rows.rows(shownBy: fetch) {
            for (number, (_, place, shape)) in columns.enumerated() {
                if number > 0 { output.append(UInt8(ascii: ",")) }
                let cell = rows.rows.cell(row, place)
                if cell.kind != .null { append(value(cell, rows.rows, shape), to: &output) }
            }
            output += "\r\n".utf8
        }
        return output
    }

    private static func value(
        _ cell: StoreCell, _ rows: RowSet, _ shape: ValueShape
    ) -> ArraySlice<UInt8> {
        let kind: DataType.Kind
        switch shape {
        case .scalar(let plain), .narrowed(let plain, _): kind = plain
        default: return rows.text(cell)
        }
        if kind.isString { return rows.text(cell) }
        var buffer = JSONBuffer()
        guard buffer.append(cell, of: rows, kind) else { return [] }
        // Times are in quotes, and have none inside.
        let isQuoted = buffer.bytes.first == UInt8(ascii: "\"")
        return isQuoted ? buffer.bytes.dropFirst().dropLast() : buffer.bytes[...]
    }

    private static func append(_ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let needsQuotes =
            value.isEmpty
            || value.contains { $0 == quote || $0 == UInt8(ascii: ",") || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else { return output.append(contentsOf: value) }
        output.append(quote)
        for byte in value {
            if byte == quote { output.append(quote) }
            output.append(byte)
        }
        output.append(quote)
    }
}
