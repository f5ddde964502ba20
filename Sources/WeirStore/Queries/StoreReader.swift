// Reading a store: queries beside the writer, in WAL mode.

import Foundation
import GRDB

/// A value of a query result.
package enum StoreValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// Texts are equal when their bytes are, as in SQLite; Swift takes other spellings of an accent
    /// for the same.
    package static func == (left: StoreValue, right: StoreValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.integer(let left), .integer(let right)): left == right
        case (.real(let left), .real(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.blob(let left), .blob(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .integer(let value): hasher.combine(value)
        case .real(let value): hasher.combine(value)
        case .text(let text):
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .blob(let bytes): hasher.combine(bytes)
        }
    }

    /// The value as a person reads it; NULL is empty.
    package var text: String {
        switch self {
        case .null: ""
        case .integer(let value): String(value)
        case .real(let value): "\(value)"
        case .text(let value): value
        case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    package var isNumber: Bool {
        switch self {
        case .integer, .real: true
        default: false
        }
    }
}

/// The rows of a query.
package struct QueryResult: Sendable {
    package let columns: [String]
    package let rows: [[StoreValue]]
    /// Whether there were more rows than were asked for.
    package let isTruncated: Bool
    package let seconds: Double

    package init(columns: [String], rows: [[StoreValue]], isTruncated: Bool, seconds: Double) {
        self.columns = columns
        self.rows = rows
        self.isTruncated = isTruncated
        self.seconds = seconds
    }
}

/// A read-only connection to a store.
///
/// `Sendable`: GRDB's queue serialises access.
package final class StoreReader: Sendable {
    private let queue: DatabaseQueue

    /// - Throws: `StoreError` when there is no store at the path.
    package init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError.missing(path: path)
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.label = "weir reader"
        configuration.prepareDatabase { db in StoreFunctions.register(db) }
        queue = try StoreFiles.describing(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let isStore = try queue.read { try $0.tableExists("weir_pipeline") }
            guard isStore else { throw StoreError.notAStore(path: path) }
            return queue
        }
    }

    /// Runs a SELECT.
    ///
    /// - Throws: `StoreError.database` with SQLite's message.
    package func query(_ sql: String, limit: Int) throws -> QueryResult {
        let start = Date()
        return try StoreFiles.describing("") {
            try queue.read { db in
                let statement = try db.makeStatement(sql: sql)
                let columns = statement.columnNames
                var rows: [[StoreValue]] = []
                var isTruncated = false
                let cursor = try Row.fetchCursor(statement)
                while let row = try cursor.next() {
                    if rows.count == limit {
                        isTruncated = true
                        break
                    }
                    rows.append(row.databaseValues.map(Self.value))
                }
                return QueryResult(
                    columns: columns, rows: rows, isTruncated: isTruncated,
                    seconds: Date().timeIntervalSince(start))
            }
        }
    }

    /// How SQLite would run a statement, whose parameters need no values (EXPLAIN QUERY PLAN).
    ///
    /// - Throws: `StoreError.database` with SQLite's message.
    package func steps(of sql: String) throws -> [String] {
        try StoreFiles.describing("") {
            try queue.read { db in
                let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                statement.setUncheckedArguments(StatementArguments())
                return try Row.fetchAll(statement).map { $0["detail"] }
            }
        }
    }

    /// Stops the query that runs now.
    package func interrupt() { queue.interrupt() }

    private static func value(_ value: DatabaseValue) -> StoreValue {
        switch value.storage {
        case .null: .null
        case .int64(let number): .integer(number)
        case .double(let number): .real(number)
        case .string(let text): .text(text)
        case .blob(let data): .blob(Array(data))
        }
    }

    /// Tables and columns of the store, views of the pipeline first.
    package func catalog() throws -> [(table: String, columns: [String])] {
        try StoreFiles.describing("") {
            try queue.read { db in
                let names = try String.fetchAll(
                    db,
                    sql: """
                        SELECT name FROM sqlite_master
                        WHERE (type = 'view' AND name NOT LIKE 'weir\\_%' ESCAPE '\\') OR (type = 'table' AND name LIKE 'weir\\_%' ESCAPE '\\'
                            AND name NOT LIKE 'weir\\_data\\_%' ESCAPE '\\')
                        ORDER BY type = 'table', name
                        """)
                return try names.map { name in
                    let columns = try String.fetchAll(
                        db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [name])
                    return (name, columns)
                }
            }
        }
    }
}
