// A connection that answers an API: prepared statements, bounded in time and size.

import CWeirStore
import GRDB
import GRDBSQLite
import WeirFunctions
import WeirRuntime

/// Why a statement of an API gave no rows.
package enum ServingError: Error, Sendable, CustomStringConvertible {
    /// It took more steps than the fast lane has.
    case overBudget
    case deadline
    case tooLarge
    /// Too many others take long.
    case busy
    /// SQLite's own words.
    case database(String)

    package var description: String {
        switch self {
        case .overBudget: "the query takes long"
        case .deadline: "the query took too long and was stopped"
        case .busy: "too many queries wait; try again later"
        case .tooLarge: "the result is too large; ask for fewer rows"
        case .database(let message): message
        }
    }
}

/// How far a statement may go.
package struct ServingLimits: Sendable {
    /// Steps of SQLite's machine, in thousands, after which it is another lane's work; nil for any number.
    var thousandSteps: Int?
    /// Monotonic ns after which it is another lane's work: steps may call functions.
    var laneEnd = UInt64.max
    /// Monotonic ns.
    var deadline: UInt64
    /// Bytes that the rows of a request may take.
    var bytes: Int
    /// Whether it is a single statement, which needs no transaction around it.
    var isOne = false
}

/// One read-only connection. It is used by one thread at a time, which the pool sees to; so its
/// statements go to SQLite itself and need not wait in a queue (SQLite, Using SQLite In Multi-Threaded
/// Applications: multi-thread).
///
/// `@unchecked Sendable` holds because the pool hands a connection to one reader at a time.
package final class ServingConnection: @unchecked Sendable {
    /// Keeps the connection open.
    private let queue: DatabaseQueue
    private let handle: OpaquePointer
    private let slot: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]
    private static let maximumStatements = 500
    private var limits = ServingLimits(thousandSteps: nil, deadline: .max, bytes: .max)
    private var stepsLeft = 0
    private var bytesLeft = 0
    /// Why the statement at hand was stopped from here.
    private var stop: ServingError?
    private var isInSnapshot = false
    private var statementCount = 0
    private let timings: QueryTimings

    /// - Throws: `StoreError`.
    init(path: String, timings: QueryTimings) throws {
        self.timings = timings
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(1)
        configuration.label = "weir api"
        configuration.prepareDatabase { db in
            StoreFunctions.register(db)
            // KiB; there are about as many connections as cores.
            try db.execute(sql: "PRAGMA cache_size = -16384")
        }
        queue = try StoreFiles.describing(path) {
            try DatabaseQueue(path: path, configuration: configuration)
        }
        let opened = try queue.inDatabase { db -> (OpaquePointer, OpaquePointer) in
            guard let handle = db.sqliteConnection, let slot = weir_batch_register(handle),
                weir_rows_register(handle) == SQLITE_OK
            else { throw StoreError.database("cannot register the functions of the API") }
            weir_harden(handle)
            return (handle, slot)
        }
        (handle, slot) = opened
        watchProgress()
    }

    deinit {
        sqlite3_progress_handler(handle, 0, nil, nil)
        for statement in statements.values { sqlite3_finalize(statement) }
    }

    /// Statements that were run since this was last asked.
    func takeStatementCount() -> Int {
        defer { statementCount = 0 }
        return statementCount
    }

    /// Runs a request's statements on one state of the store.
    func read<Result>(
        _ limits: ServingLimits, _ body: (ServingConnection) throws -> Result
    ) throws -> Result {
        self.limits = limits
        // Who has others to serve does not wait for a lock.
        sqlite3_busy_timeout(handle, limits.laneEnd == .max ? 1000 : 0)
        stepsLeft = limits.thousandSteps ?? .max
        bytesLeft = limits.bytes
        stop = nil
        return try functionLimit.hold {
            if limits.isOne { return try body(self) }
            try begin()
            defer { end() }
            return try body(self)
        }
    }

    private func watchProgress() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            handle, 1000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<ServingConnection>.fromOpaque(context).takeUnretainedValue()
                    .mayGoOn() ? 0 : 1
            }, context)
    }

    private func mayGoOn() -> Bool {
        stepsLeft -= 1
        if stepsLeft < 0 { stop = .overBudget }
        return !isOver()
    }

    /// Whether time is over, in the lane at hand or in all.
    private func isOver() -> Bool {
        let now = MonotonicClock.now()
        if now > limits.laneEnd { stop = .overBudget }
        if now > limits.deadline { stop = .deadline }
        return stop != nil
    }

    /// A function that works long ends the statement itself: SQLite only asks between its steps.
    private lazy var functionLimit = FunctionLimit { [unowned self] in
        guard isOver() else { return false }
        sqlite3_interrupt(handle)
        return true
    }

    private func begin() throws {
        let statement = try prepared("BEGIN")
        defer { sqlite3_reset(statement) }
        guard sqlite3_step(statement) == SQLITE_DONE else { throw failure() }
        isInSnapshot = true
    }

    private func end() {
        guard isInSnapshot, let statement = try? prepared("COMMIT") else { return }
        sqlite3_step(statement)
        sqlite3_reset(statement)
        isInSnapshot = false
    }

    private func failure() -> ServingError {
        if let stop { return stop }
        if sqlite3_errcode(handle) == SQLITE_BUSY, limits.laneEnd != .max { return .overBudget }
        return .database(String(cString: sqlite3_errmsg(handle)))
    }

    private func prepared(_ sql: String) throws -> OpaquePointer {
        if let known = statements[sql] { return known }
        if statements.count >= Self.maximumStatements {
            for statement in statements.values { sqlite3_finalize(statement) }
            statements.removeAll()
        }
        var made: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        guard sqlite3_prepare_v3(handle, sql, -1, flags, &made, nil) == SQLITE_OK, let made else {
            throw failure()
        }
        statements[sql] = made
        return made
    }

    // MARK: Statements

    /// The rows of a statement.
    ///
    /// - Parameters:
    ///   - query: whose time it is; nil for what nobody asked for by name.
    ///   - width: its columns.
    package func rows(
        _ sql: String, of query: String? = nil, width: Int,
        parameters: [(name: String, value: StoreValue)]
    ) throws -> RowSet {
        try timed(query) { count in
            let statement = try start(sql, parameters)
            defer { finish(statement) }
            var rows = RowSet(width: width)
            while try next(statement) {
                let before = rows.size
                for column in 0..<Int32(width) { Self.read(statement, column, into: &rows) }
                count += 1
                try take(rows.size - before)
            }
            return rows
        }
    }

    /// Notes how long a statement takes, also one that is ended; what only goes on in the slow lane is
    /// noted there.
    ///
    /// - Parameter body: is given the number of rows to count up.
    private func timed<Result>(
        _ query: String?, _ body: (inout Int) throws -> Result
    ) throws -> Result {
        guard let query else {
            var unused = 0
            return try body(&unused)
        }
        let start = MonotonicClock.now()
        var rows = 0
        var isStopped = true
        var isMoved = false
        defer {
            if !isMoved {
                let seconds = Double(MonotonicClock.now() - start) / 1e9
                timings.add(query, seconds: seconds, rows: rows, isStopped: isStopped)
            }
        }
        do {
            let result = try body(&rows)
            isStopped = false
            return result
        } catch ServingError.overBudget {
            isMoved = true
            throw ServingError.overBudget
        }
    }

    /// The rows for each of some parents; the statement packs them by `weir_rows`.
    package func children(
        _ sql: String, of query: String, width: Int, parents: ParentKeys,
        parameters: [(name: String, value: StoreValue)]
    ) throws -> ChildRows {
        try timed(query) { count in
            let statement = try start(sql, parameters)
            defer { finish(statement) }
            return try withKeys(parents.keys) {
                var rows = RowSet(width: width)
                var starts = [0]
                while try next(statement) {
                    if let blob = sqlite3_column_blob(statement, 0) {
                        let size = Int(sqlite3_column_bytes(statement, 0))
                        rows.append(packed: UnsafeRawBufferPointer(start: blob, count: size))
                        count = rows.count
                        try take(size * 2)
                    }
                    starts.append(rows.count)
                }
                return ChildRows(rows: rows, starts: starts)
            }
        }
    }

    private func start(
        _ sql: String, _ parameters: [(name: String, value: StoreValue)]
    ) throws -> OpaquePointer {
        let statement = try prepared(sql)
        statementCount += 1
        for (name, value) in parameters {
            // A query need not read all of its arguments.
            let index = sqlite3_bind_parameter_index(statement, name)
            if index > 0 { Self.bind(statement, index, value) }
        }
        return statement
    }

    private func finish(_ statement: OpaquePointer) {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    private func next(_ statement: OpaquePointer) throws -> Bool {
        let code = sqlite3_step(statement)
        // What a function gives that was ended is no value, also when the statement came to its end.
        if let stop { throw stop }
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case SQLITE_TOOBIG: throw ServingError.tooLarge
        default: throw failure()
        }
    }

    private func take(_ bytes: Int) throws {
        bytesLeft -= bytes
        if bytesLeft < 0 { throw ServingError.tooLarge }
    }

    private static func read(_ statement: OpaquePointer, _ column: Int32, into rows: inout RowSet) {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: rows.append(integer: sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: rows.append(real: sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let text = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            rows.append(.text, UnsafeRawBufferPointer(start: text, count: count))
        case SQLITE_BLOB:
            let blob = sqlite3_column_blob(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            rows.append(.blob, UnsafeRawBufferPointer(start: blob, count: count))
        default: rows.appendNull()
        }
    }

    private static func bind(_ statement: OpaquePointer, _ index: Int32, _ value: StoreValue) {
        // SQLite copies what it is given (SQLITE_TRANSIENT).
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .real(let number): sqlite3_bind_double(statement, index, number)
        case .text(var text):
            _ = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), copied)
                }
            }
        case .blob(let bytes):
            _ = bytes.withUnsafeBytes {
                sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), copied)
            }
        }
    }

    /// Puts keys where `weir_batch` reads them, a column behind the other.
    private func withKeys<Result>(_ keys: RowSet, _ body: () throws -> Result) throws -> Result {
        let (width, count) = (keys.width, keys.count)
        var cells: [weir_cell] = []
        cells.reserveCapacity(keys.cells.count)
        for column in 0..<width {
            for row in 0..<count {
                let cell = keys.cell(row, column)
                cells.append(
                    weir_cell(bits: cell.bits, length: cell.length, kind: Int32(cell.kind.rawValue))
                )
            }
        }
        return try cells.withUnsafeBufferPointer { cells in
            try keys.bytes.withUnsafeBytes { bytes in
                let columns = (0..<width).map { column in
                    var made = weir_column()
                    made.kind = Int32(WEIR_COLUMN_CELL.rawValue)
                    made.values = UnsafeRawPointer(cells.baseAddress.map { $0 + column * count })
                    made.bytes = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                    return made
                }
                return try columns.withUnsafeBufferPointer { columns in
                    var batch = weir_batch(
                        rows: Int64(count), columns: Int32(width), column: columns.baseAddress,
                        selection: nil)
                    return try withUnsafePointer(to: &batch) { pointer in
                        weir_batch_set(slot, pointer)
                        defer { weir_batch_set(slot, nil) }
                        return try body()
                    }
                }
            }
        }
    }
}
