// The log of writes: rows that came in through the API, before the pipeline reads them.

import Foundation
import GRDB
package import WeirRuntime

/// A durable log beside the store.
///
/// It is a database of its own, because the writer of the store keeps its transaction open for an
/// epoch and a caller must not wait for that. Whoever writes waits for a commit that reaches the disk
/// (synchronous = FULL); writes that come in while one is under way share the next one.
///
/// `@unchecked Sendable` holds because all state is read and written under the condition's lock, and
/// GRDB's pool serialises access to the database.
package final class WriteLog: WriteFeed, @unchecked Sendable {
    private struct Pending {
        let table: String
        let time: Int64
        let records: [String]
        let done: @Sendable (Result<Void, any Error>) -> Void
    }

    private let pool: DatabasePool
    private let clock: ProcessingClock
    private let lock: StoreLock
    private let condition = NSCondition()
    private var pending: [Pending] = []
    /// Of the last write (µs); times of writes never go back.
    private var lastTime: Int64 = 0
    private var lastNumber: Int64
    /// By table: its source waits when it has come so far, whatever others write.
    private var lastNumbers: [String: Int64] = [:]
    private var isClosed = false
    /// Whether nothing commits any more.
    private var isIdle: Bool
    /// Whether sources end with what is there.
    private let isBounded: Bool

    /// The log of a store.
    package static func path(store: String) -> String {
        (store.hasSuffix(".db") ? String(store.dropLast(3)) : store) + ".writes.db"
    }

    /// Opens or makes the log of a store.
    ///
    /// - Parameters:
    ///   - isBounded: whether sources end with what is there, instead of waiting for more.
    ///   - read: the number up to which the store has read. A log that was removed goes on behind it:
    ///     numbers that were used before would be taken for read.
    ///   - clock: of which writes have their times.
    /// - Throws: `StoreError`.
    package init(
        store: String, isBounded: Bool, read: Int64 = 0, clock: ProcessingClock = .system
    ) throws {
        self.clock = clock
        let path = Self.path(store: store)
        lock = try StoreLock(storePath: path)
        self.isBounded = isBounded
        isIdle = isBounded
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "weir writes"
        configuration.prepareDatabase { db in
            if !db.configuration.readonly {
                try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            }
        }
        let opened = try StoreFiles.describing(path) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.write { db in
                try db.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS weir_writes (
                            number INTEGER PRIMARY KEY AUTOINCREMENT, "table" TEXT NOT NULL,
                            time_micros INTEGER NOT NULL, record TEXT NOT NULL);
                        CREATE INDEX IF NOT EXISTS weir_writes_table ON weir_writes ("table", number);
                        """)
                let used = try Int64.fetchOne(
                    db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'weir_writes'")
                if used ?? 0 < read {
                    try db.execute(
                        sql: """
                            DELETE FROM sqlite_sequence WHERE name = 'weir_writes';
                            INSERT INTO sqlite_sequence (name, seq) VALUES ('weir_writes', \(read));
                            """)
                }
            }
            return pool
        }
        pool = opened
        StoreFiles.restrict(path)
        (lastNumber, lastTime) = try StoreFiles.describing(path) {
            try opened.read { db in
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'weir_writes'), 0),
                            coalesce(max(time_micros), 0) FROM weir_writes
                        """)
                return (row?[0] ?? 0, row?[1] ?? 0)
            }
        }
        lastNumbers = try StoreFiles.describing(path) {
            try opened.read { db in
                let rows = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT "table" AS name, max(number) AS number FROM weir_writes GROUP BY 1
                        """)
                return Dictionary(
                    rows.map { row -> (String, Int64) in (row["name"], row["number"]) },
                    uniquingKeysWith: max)
            }
        }
        if !isBounded { Thread.detachNewThread { [self] in commitPending() } }
    }

    // MARK: Writing

    /// Appends records; the caller hears when they are on the disk.
    ///
    /// - Parameters:
    ///   - records: makes their texts from the time of the write (µs, whole ms).
    ///   - done: is called once, on another thread.
    /// - Returns: the time of the write.
    package func append(
        table: String, records: (Int64) -> [String],
        done: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) -> Int64 {
        condition.lock()
        defer { condition.unlock() }
        lastTime = max(lastTime, clock.now())
        let time = lastTime
        guard !isClosed, !isBounded else {
            done(.failure(StoreError.database("the pipeline has stopped and takes no writes")))
            return time
        }
        pending.append(Pending(table: table, time: time, records: records(time), done: done))
        condition.broadcast()
        return time
    }

    /// The thread that commits: all that is pending at once.
    private func commitPending() {
        while true {
            condition.lock()
            while pending.isEmpty, !isClosed { condition.wait() }
            let group = pending
            pending = []
            let isLast = isClosed
            condition.unlock()
            if !group.isEmpty { commit(group) }
            if isLast, group.isEmpty { break }
        }
        condition.lock()
        isIdle = true
        condition.broadcast()
        condition.unlock()
    }

    private func commit(_ group: [Pending]) {
        let result = Result {
            try StoreFiles.describing("") {
                try pool.write { db -> [String: Int64] in
                    var numbers: [String: Int64] = [:]
                    let statement = try db.cachedStatement(
                        sql: """
                            INSERT INTO weir_writes ("table", time_micros, record) VALUES (?, ?, ?)
                            """)
                    for item in group {
                        for record in item.records {
                            try statement.execute(arguments: [item.table, item.time, record])
                            numbers[item.table] = db.lastInsertedRowID
                        }
                    }
                    return numbers
                }
            }
        }
        if case .success(let numbers) = result {
            condition.lock()
            lastNumber = numbers.values.reduce(lastNumber, max)
            lastNumbers.merge(numbers, uniquingKeysWith: max)
            condition.broadcast()
            condition.unlock()
        }
        for item in group { item.done(result.map { _ in }) }
    }

    // MARK: Reading

    package var last: Int64 {
        condition.lock()
        defer { condition.unlock() }
        return lastNumber
    }

    /// How long a source waits before it looks whether the run goes on.
    private static let waitSeconds = 0.1

    package func next(
        table: String, after number: Int64, most: Int
    ) throws -> [WrittenRecord]? {
        condition.lock()
        let hasMore = { [self] in lastNumbers[table, default: 0] > number }
        if !hasMore(), !isClosed, !isBounded {
            _ = condition.wait(until: Date(timeIntervalSinceNow: Self.waitSeconds))
        }
        let (isEnded, mayHave) = (isClosed || isBounded, hasMore())
        condition.unlock()
        let records = mayHave ? try read(table, number, most) : []
        return records.isEmpty && isEnded ? nil : records
    }

    private func read(
        _ table: String, _ number: Int64, _ most: Int
    ) throws -> [WrittenRecord] {
        try StoreFiles.describing("") {
            try pool.read { db in
                let cursor = try Row.fetchCursor(
                    db.cachedStatement(
                        sql: """
                            SELECT number, record FROM weir_writes WHERE "table" = ? AND number > ?
                            ORDER BY number LIMIT ?
                            """), arguments: [table, number, most])
                var records: [WrittenRecord] = []
                while let row = try cursor.next() {
                    let text: String = row[1]
                    records.append(WrittenRecord(number: row[0], text: Array(text.utf8)))
                }
                return records
            }
        }
    }

    /// Removes what the pipeline has read and is older than a table keeps it.
    ///
    /// - Parameters:
    ///   - read: the number up to which the pipeline has committed.
    ///   - before: times (µs).
    package func forget(table: String, read: Int64, before: Int64) throws {
        try StoreFiles.describing("") {
            try pool.write { db in
                try db.execute(
                    sql: """
                        DELETE FROM weir_writes WHERE "table" = ? AND number <= ? AND time_micros < ?
                        """, arguments: [table, read, before])
            }
        }
    }

    /// Takes no more; what is pending is committed, sources end.
    package func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// Closes the files, when what was pending is committed, and gives the log free for the next run.
    ///
    /// - Throws: `StoreError` when SQLite cannot close it.
    package func release() throws {
        close()
        condition.lock()
        while !isIdle { condition.wait() }
        condition.unlock()
        try StoreFiles.describing("") { try pool.close() }
        lock.release()
    }
}
