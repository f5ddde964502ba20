// The one connection that writes: tables, rejects, offsets, ledger and state in one transaction.

import CWeirStore
import GRDB
package import WeirColumnar

/// A store opened for a run.
///
/// Thread-confined after it has been made: it belongs to the writer thread.
package final class StoreWriter {
    package let path: String
    private let queue: DatabaseQueue
    private let lock: StoreLock
    /// Whether another store was there.
    private let isReplaced: Bool
    private let slot: OpaquePointer
    private var loaders: [BatchLoader] = []
    private var isInTransaction = false
    /// Indexes that are made with the last commit.
    private var deferred: [IndexSchema] = []
    /// Rows added to each log that keeps its last ones, since it was last trimmed.
    private var untrimmed: [Int: Int] = [:]

    /// Opens or makes a store.
    ///
    /// - Parameter isFresh: whether what is there is thrown away first.
    /// - Throws: `StoreError`.
    package init(path: String, isFresh: Bool) throws {
        self.path = path
        lock = try StoreLock(storePath: path)
        let replacing = isFresh ? try StoreLock(storePath: path, .replacing) : nil
        defer { replacing?.release() }
        if isFresh { try StoreFiles.remove(path) }
        isReplaced = isFresh
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        configuration.label = "weir store"
        configuration.prepareDatabase { db in
            TextIndexSQL.register(db)
            try db.execute(
                sql: """
                    PRAGMA page_size = 16384;
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = NORMAL;
                    PRAGMA cache_size = -65536;
                    """)
        }
        queue = try StoreFiles.describing(path) {
            try DatabaseQueue(path: path, configuration: configuration)
        }
        slot = try queue.inDatabase { db in
            guard let connection = db.sqliteConnection,
                let slot = weir_batch_register(connection)
            else { throw StoreError.database("cannot register the batch table") }
            return slot
        }
        try StoreFiles.describing(path) { try StoreMigrations.migrator.migrate(queue) }
        StoreFiles.restrict(path)
    }

    /// Closes the connection and gives the store free for the next run.
    ///
    /// - Throws: `StoreError` when SQLite cannot close it.
    package func close() throws {
        rollback()
        loaders = []
        try StoreFiles.describing(path) { try queue.close() }
        lock.release()
    }

    /// Makes the tables of a pipeline, or checks that they are the ones that are there.
    ///
    /// - Parameters:
    ///   - views: in an order where those that others read come first.
    ///   - script: the canonical text of the script.
    ///   - defersIndexes: whether indexes of a new store are made with the last commit of the run, which is
    ///     faster than keeping them up to date while much is written. A run that is stopped or killed
    ///     before makes them when it is resumed.
    ///   - stages: what each stage does; a store of a script that has changed goes on when it only
    ///     adds to what is there.
    ///   - measured: see `MeasuredStages`; a store that is there keeps its own.
    /// - Returns: what the last commit left.
    /// - Throws: `StoreError.changedPipeline` when something else has changed.
    package func prepare(
        tables: [TableSchema], views: [ViewSchema], indexes: [IndexSchema], script: String,
        stages: [StagePrint], measured: [String: String] = [:], defersIndexes: Bool = false
    ) throws -> Recovery {
        for table in tables where table.columns.count >= Int(WEIR_BATCH_MAX_COLUMNS) {
            throw StoreError.tooManyColumns(table: table.name, count: table.columns.count)
        }
        let layouts = tables.map(TableLayout.init)
        let recovery = try StoreFiles.describing(path) {
            try queue.inDatabase { db -> Recovery in
                let known = try String.fetchOne(
                    db, sql: "SELECT value FROM weir_pipeline WHERE key = 'script'")
                let statements = Self.viewStatements(layouts, views)
                var isAdapted = false
                if known == nil {
                    try db.inTransaction {
                        for layout in layouts { try db.execute(sql: layout.createTable) }
                        if defersIndexes {
                            deferred = indexes
                        } else {
                            for sql in indexes.flatMap(\.create) { try db.execute(sql: sql) }
                        }
                        try Self.show(statements, script, stages, db)
                        try MeasuredStages.note(measured, db)
                        return .commit
                    }
                    // Only now: they are the evidence for what has been noted.
                    if isReplaced { try StoreFiles.forgetFigures(path) }
                } else {
                    let migration = try ScriptMigration(
                        stages, isSameScript: known == script, path: path, db)
                    try migration.check()
                    if try !migration.isUnchanged(
                        views: statements.map(\.sql), indexes, db)
                    {
                        try db.inTransaction {
                            try migration.apply(layouts, indexes, db)
                            try Self.show(statements, script, stages, db)
                            return .commit
                        }
                        isAdapted = known != script
                    }
                }
                var recovery = try RecoveryQuery.load(db)
                recovery.isAdapted = isAdapted
                return recovery
            }
        }
        loaders = try queue.inDatabase { db in
            guard let connection = db.sqliteConnection else { return [] }
            return try layouts.map { try BatchLoader($0, connection, slot: slot) }
        }
        return recovery
    }

    /// What makes the views, with the table that each belongs to.
    private static func viewStatements(
        _ layouts: [TableLayout], _ views: [ViewSchema]
    ) -> [(table: String, sql: String)] {
        layouts.map { ($0.schema.name, $0.createView) }
            + views.flatMap { view -> [(table: String, sql: String)] in
                let layout = TableLayout(view.table)
                return [
                    (view.table.name, "CREATE VIEW \(layout.dataName) AS \(view.sql)"),
                    (view.table.name, layout.createView),
                ]
            }
    }

    /// Makes the views, and notes the script that they belong to.
    private static func show(
        _ statements: [(table: String, sql: String)], _ script: String, _ stages: [StagePrint],
        _ db: Database
    ) throws {
        for statement in statements {
            do {
                try db.execute(sql: statement.sql)
            } catch let error as DatabaseError {
                throw StoreError.database(
                    "the store cannot make '\(statement.table)': \(error.message ?? "")")
            }
        }
        try db.execute(
            sql: "INSERT OR REPLACE INTO weir_pipeline (key, value) VALUES ('script', ?)",
            arguments: [script])
        try ScriptMigration.note(stages, db)
    }

    // MARK: Rows

    private func begin(_ db: Database) throws {
        guard !isInTransaction else { return }
        try db.execute(sql: "BEGIN IMMEDIATE")
        isInTransaction = true
    }

    /// Writes the rows of a batch to a table.
    ///
    /// - Parameter table: its position in the list given to `prepare`.
    /// - Returns: rows written (removals included), rows whose key was there, and rows overtaken
    ///   by a later one of the batch.
    package func write(
        table: Int, _ batch: Batch
    ) throws -> (stored: Int, duplicates: Int, superseded: Int) {
        try queue.inDatabase { db in
            try begin(db)
            let loader = loaders[table]
            guard loader.layout.schema.isUpdating, let kinds = batch.kinds else {
                let stored = try loader.upsert(
                    batch.columns, count: batch.count, rows: [Int32]?.none)
                try trim(table, loader.layout, added: stored, db)
                return (stored, batch.count - stored, 0)
            }
            let net = NetChanges(batch, kinds: kinds, key: loader.layout.schema.key)
            let removed =
                try net.removals.isEmpty
                ? 0 : loader.remove(batch.columns, count: batch.count, rows: net.removals)
            if !net.writes.isEmpty {
                _ = try loader.upsert(
                    batch.columns, count: batch.count,
                    rows: net.writes.count == batch.count ? nil : net.writes)
            }
            let stored = net.writes.count + removed
            return (stored, 0, batch.count - stored)
        }
    }

    /// Removes the oldest rows of a log when many have come since the last time.
    private func trim(
        _ table: Int, _ layout: TableLayout, added: Int, _ db: Database
    ) throws {
        guard let kept = layout.schema.keepsLast else { return }
        untrimmed[table, default: kept] += added
        guard untrimmed[table, default: 0] > kept / 4 else { return }
        untrimmed[table] = 0
        try db.execute(
            sql: """
                DELETE FROM \(layout.dataName) WHERE _rowid_ <=
                    (SELECT max(_rowid_) FROM \(layout.dataName)) - ?
                """, arguments: [kept])
    }

    // MARK: Commits

    /// Commits all rows written since the last commit together with everything about them.
    package func commit(_ record: CommitRecord) throws {
        try queue.inDatabase { db in
            try begin(db)
            try CommitStatements.write(record, db)
            if record.isFinal {
                for sql in deferred.flatMap(\.create) { try db.execute(sql: sql) }
                deferred = []
            }
            try db.execute(sql: "COMMIT")
            isInTransaction = false
        }
    }

    /// Undoes what has not been committed.
    package func rollback() {
        try? queue.inDatabase { db in
            guard isInTransaction else { return }
            isInTransaction = false
            try db.execute(sql: "ROLLBACK")
        }
    }
}
