// Loads whole batches through the virtual table.

import CWeirStore
import GRDBSQLite
import WeirColumnar

/// The prepared statements of one stored table.
///
/// Belongs to the writer's connection.
final class BatchLoader {
    let layout: TableLayout
    private let slot: OpaquePointer
    private let insert: OpaquePointer
    private let delete: OpaquePointer?

    /// - Throws: `StoreError` when SQLite does not take the statements.
    init(_ layout: TableLayout, _ connection: OpaquePointer, slot: OpaquePointer) throws {
        self.layout = layout
        self.slot = slot
        insert = try Self.prepare(layout.insert, connection)
        delete = layout.hasKey ? try Self.prepare(layout.delete, connection) : nil
    }

    deinit {
        sqlite3_finalize(insert)
        if let delete { sqlite3_finalize(delete) }
    }

    private static func prepare(_ sql: String, _ connection: OpaquePointer) throws -> OpaquePointer
    {
        var statement: OpaquePointer?
        guard
            sqlite3_prepare_v3(
                connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
                == SQLITE_OK, let statement
        else { throw StoreError.database(String(cString: sqlite3_errmsg(connection))) }
        return statement
    }

    /// Writes rows; returns how many were new or changed.
    ///
    /// - Parameter rows: which rows, or all.
    func upsert(_ columns: [Column], count: Int, rows: [Int32]?) throws -> Int {
        try run(insert, columns, count: count, rows: rows)
    }

    /// Removes the rows with the keys of some rows.
    func remove(_ columns: [Column], count: Int, rows: [Int32]) throws -> Int {
        guard let delete else { return 0 }
        return try run(delete, columns, count: count, rows: rows)
    }

    private func run(
        _ statement: OpaquePointer, _ columns: [Column], count: Int, rows: [Int32]?
    ) throws -> Int {
        var all = columns
        if layout.hasEncodedKey {
            let keys = RowKey.encode(columns, key: layout.schema.key, count: count)
            all.insert(Column(.bytes(keys)), at: 0)
        }
        var pins: [ColumnPin] = []
        for (index, column) in all.enumerated() {
            let field = index - (layout.hasEncodedKey ? 1 : 0)
            pins.append(
                ColumnPin(
                    column,
                    kind: field < 0 ? .varbinary(.max) : layout.schema.columns[field].type.kind))
        }
        let raw = pins.map(\.raw)
        return try raw.withUnsafeBufferPointer { raw in
            try withSelection(rows) { selection in
                var batch = weir_batch(
                    rows: Int64(rows?.count ?? count), columns: Int32(raw.count),
                    column: raw.baseAddress, selection: selection)
                return try withExtendedLifetime(pins) {
                    try step(statement, &batch)
                }
            }
        }
    }

    private func withSelection<Result>(
        _ rows: [Int32]?, _ body: (UnsafePointer<Int32>?) throws -> Result
    ) rethrows -> Result {
        guard let rows else { return try body(nil) }
        return try rows.withUnsafeBufferPointer { try body($0.baseAddress) }
    }

    private func step(_ statement: OpaquePointer, _ batch: inout weir_batch) throws -> Int {
        try withUnsafePointer(to: &batch) { pointer in
            weir_batch_set(slot, pointer)
            defer {
                weir_batch_set(slot, nil)
                sqlite3_reset(statement)
            }
            guard sqlite3_step(statement) == SQLITE_DONE else {
                let connection = sqlite3_db_handle(statement)
                throw StoreError.database(
                    "\(layout.schema.name): \(String(cString: sqlite3_errmsg(connection)))")
            }
            return Int(sqlite3_changes(sqlite3_db_handle(statement)))
        }
    }
}

/// Keeps a column's memory in place while SQLite reads it.
private final class ColumnPin {
    let raw: weir_column
    private let owned: [UnsafeMutableRawPointer]

    init(_ column: Column, kind: DataType.Kind) {
        var owned: [UnsafeMutableRawPointer] = []
        func copy<Element>(_ values: [Element]) -> UnsafeMutableRawPointer {
            let bytes = values.count * MemoryLayout<Element>.stride
            let memory = UnsafeMutableRawPointer.allocate(byteCount: max(16, bytes), alignment: 16)
            values.withUnsafeBytes { source in
                if let base = source.baseAddress { memory.copyMemory(from: base, byteCount: bytes) }
            }
            owned.append(memory)
            return memory
        }
        var made = weir_column()
        switch column.values {
        case .bool(let values):
            made.kind = Int32(WEIR_COLUMN_BOOL.rawValue)
            made.values = UnsafeRawPointer(copy(values))
        case .int64(let values):
            made.kind = Int32(WEIR_COLUMN_INT64.rawValue)
            made.values = UnsafeRawPointer(copy(values))
        case .int128(let values):
            made.kind = Int32(WEIR_COLUMN_INT128.rawValue)
            made.digits = Int32(kind.scale + 1)
            made.values = UnsafeRawPointer(copy(values))
        case .float64(let values):
            made.kind = Int32(WEIR_COLUMN_FLOAT64.rawValue)
            made.values = UnsafeRawPointer(copy(values))
        case .bytes(let values):
            let isBlob = if case .varbinary = kind { true } else { false }
            made.kind = Int32((isBlob ? WEIR_COLUMN_BLOB : WEIR_COLUMN_TEXT).rawValue)
            made.values = UnsafeRawPointer(copy(values.bytes))
            made.offsets = UnsafePointer(copy(values.offsets).assumingMemoryBound(to: Int32.self))
        }
        if let validity = column.validity {
            made.validity = UnsafePointer(
                copy(validity.words).assumingMemoryBound(to: UInt64.self))
        }
        raw = made
        self.owned = owned
    }

    deinit { for memory in owned { memory.deallocate() } }
}
