// Rows of a query as an API reads them: flat, without an object a value.

import CWeirStore

/// A value of SQLite; texts are ranges of the bytes of their set.
package struct StoreCell: Sendable {
    package enum Kind: UInt8, Sendable {
        case null = 0
        case integer = 1
        case real = 2
        case text = 3
        case blob = 4
    }

    package let kind: Kind
    /// Bytes of a text or blob.
    let length: Int32
    /// The integer, the bits of the number, or where the text begins.
    let bits: Int64

    package var integer: Int64 { bits }
    package var real: Double { Double(bitPattern: UInt64(bitPattern: bits)) }

    static let null = StoreCell(kind: .null, length: 0, bits: 0)
}

/// Rows of some width, one behind the other.
package struct RowSet: Sendable {
    package let width: Int
    private(set) var cells: [StoreCell] = []
    private(set) var bytes: [UInt8] = []

    init(width: Int) { self.width = width }

    /// - Parameter rows: each as wide as the set.
    package init(width: Int, rows: [[StoreValue]]) {
        self.width = width
        for value in rows.joined() { append(value) }
    }

    private mutating func append(_ value: StoreValue) {
        switch value {
        case .null: appendNull()
        case .integer(let number): append(integer: number)
        case .real(let number): append(real: number)
        case .text(let text): Array(text.utf8).withUnsafeBytes { append(.text, $0) }
        case .blob(let bytes): bytes.withUnsafeBytes { append(.blob, $0) }
        }
    }

    package var count: Int { cells.count / width }

    package func cell(_ row: Int, _ column: Int) -> StoreCell { cells[row * width + column] }

    /// The bytes of a text or blob.
    package func text(_ cell: StoreCell) -> ArraySlice<UInt8> {
        let start = Int(cell.bits)
        return bytes[start..<start + Int(cell.length)]
    }

    package func value(_ cell: StoreCell) -> StoreValue {
        switch cell.kind {
        case .null: .null
        case .integer: .integer(cell.integer)
        case .real: .real(cell.real)
        case .text: .text(String(decoding: text(cell), as: UTF8.self))
        case .blob: .blob(Array(text(cell)))
        }
    }

    /// What it takes, about (bytes).
    var size: Int { cells.count * MemoryLayout<StoreCell>.stride + bytes.count }

    mutating func append(integer: Int64) {
        cells.append(StoreCell(kind: .integer, length: 0, bits: integer))
    }

    mutating func append(real: Double) {
        cells.append(
            StoreCell(kind: .real, length: 0, bits: Int64(bitPattern: real.bitPattern)))
    }

    mutating func appendNull() { cells.append(.null) }

    mutating func append(_ kind: StoreCell.Kind, _ source: UnsafeRawBufferPointer) {
        cells.append(
            StoreCell(kind: kind, length: Int32(source.count), bits: Int64(bytes.count)))
        bytes.append(contentsOf: source)
    }

    /// Adds what `weir_rows` packed.
    mutating func append(packed source: UnsafeRawBufferPointer) {
        var at = 0
        while at < source.count {
            let kind = StoreCell.Kind(rawValue: source[at]) ?? .null
            at += 1
            switch kind {
            case .null: appendNull()
            case .integer, .real:
                let bits = source.loadUnaligned(fromByteOffset: at, as: Int64.self)
                cells.append(StoreCell(kind: kind, length: 0, bits: bits))
                at += 8
            case .text, .blob:
                let length = Int(source.loadUnaligned(fromByteOffset: at, as: Int32.self))
                at += 4
                append(kind, UnsafeRawBufferPointer(rebasing: source[at..<at + length]))
                at += length
            }
        }
    }

    /// Another set's cell, copied.
    mutating func append(_ cell: StoreCell, of other: RowSet) {
        switch cell.kind {
        case .null, .integer, .real: cells.append(cell)
        case .text, .blob:
            other.text(cell).withUnsafeBytes { append(cell.kind, $0) }
        }
    }
}

/// The rows that belong to each of some parents.
package struct ChildRows: Sendable {
    package let rows: RowSet
    /// Where the rows of each parent begin, and behind the last where they end.
    let starts: [Int]

    package func rows(of parent: Int) -> Range<Int> { starts[parent]..<starts[parent + 1] }
}

/// The different values that some rows have in some columns, and which of them each row has.
package struct ParentKeys: Sendable {
    let keys: RowSet
    package let numbers: [Int]

    /// - Parameter columns: may be empty; then all rows have the same key.
    package init(_ rows: RowSet, columns: [Int]) {
        var keys = RowSet(width: max(1, columns.count))
        var numbers: [Int] = []
        numbers.reserveCapacity(rows.count)
        var known: [[StoreValue]: Int] = [:]
        for row in 0..<rows.count {
            let values = columns.map { rows.value(rows.cell(row, $0)) }
            if let number = known[values] {
                numbers.append(number)
                continue
            }
            numbers.append(known.count)
            known[values] = known.count
            if columns.isEmpty { keys.append(integer: 0) }
            for column in columns { keys.append(rows.cell(row, column), of: rows) }
        }
        self.keys = keys
        self.numbers = numbers
    }

    package var count: Int { keys.count }
}
