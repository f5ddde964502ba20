// The system tables, version by version.

import GRDB

/// The list of the migrations; a new one is appended, none is ever changed.
enum StoreMigrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001 system tables") { db in try createSystemTables(db) }
        migrator.registerMigration("002 bytes of state") { db in try addStateBytes(db) }
        migrator.registerMigration("003 state in parts") { db in try renewState(db) }
        return migrator
    }

    /// Operators keep their state in another form since then: a store that has some of the old one
    /// belongs to no script of today, so that nobody reads it as something else.
    private static func addStateBytes(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE weir_stages ADD COLUMN state_bytes INTEGER NOT NULL DEFAULT 0;
                UPDATE weir_pipeline SET value = '' WHERE key = 'script'
                  AND EXISTS (SELECT 1 FROM weir_state);
                """)
    }

    /// Open windows share a table since then, and stages keep their state in parts by key: old
    /// state is refused as for 002. The table has row numbers, because in one without them SQLite
    /// copies whole values, which may have megabytes, to compare keys.
    private static func renewState(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE weir_pipeline SET value = '' WHERE key = 'script'
                  AND EXISTS (SELECT 1 FROM weir_state);
                DROP TABLE weir_state;
                CREATE TABLE weir_state (
                    stage TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL);
                CREATE UNIQUE INDEX weir_state_key ON weir_state (stage, key);
                """)
    }

    private static func createSystemTables(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE weir_pipeline (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
                CREATE TABLE weir_offsets (
                    source TEXT PRIMARY KEY, file INTEGER NOT NULL, byte_offset INTEGER NOT NULL,
                    line INTEGER NOT NULL, records_read INTEGER NOT NULL,
                    records_accepted INTEGER NOT NULL, records_rejected INTEGER NOT NULL,
                    watermark_micros INTEGER, is_done INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE weir_rejects (
                    id INTEGER PRIMARY KEY, at TEXT NOT NULL, epoch INTEGER NOT NULL,
                    stage TEXT NOT NULL, source TEXT, file TEXT, line INTEGER, byte_offset INTEGER,
                    "column" TEXT, value TEXT, rule TEXT NOT NULL, code TEXT NOT NULL,
                    message TEXT NOT NULL, raw
                );
                CREATE TABLE weir_ledger (
                    stage TEXT NOT NULL, reason TEXT NOT NULL, rows INTEGER NOT NULL,
                    PRIMARY KEY (stage, reason)
                ) WITHOUT ROWID;
                CREATE TABLE weir_stages (
                    stage TEXT PRIMARY KEY, position INTEGER NOT NULL, kind TEXT NOT NULL,
                    input TEXT, rows_in INTEGER NOT NULL, rows_out INTEGER NOT NULL,
                    busy_seconds REAL NOT NULL, blocked_seconds REAL NOT NULL,
                    p50_ms REAL NOT NULL, p99_ms REAL NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE weir_state (
                    stage TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
                    PRIMARY KEY (stage, key)
                ) WITHOUT ROWID;
                CREATE TABLE weir_sinks (
                    stage TEXT PRIMARY KEY, position INTEGER NOT NULL
                ) WITHOUT ROWID;
                """)
    }
}
