// The system tables of one commit.

import Foundation
import GRDB

enum CommitStatements {
    static func write(_ record: CommitRecord, _ db: Database) throws {
        try writePipeline(record, db)
        try writeOffsets(record, db)
        try writeRejects(record, db)
        try writeStages(record, db)
        try writeState(record, db)
        for (stage, position) in record.sinks {
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO weir_sinks (stage, position) VALUES (?, ?)"
            ).execute(arguments: [stage, position])
        }
    }

    private static func writePipeline(_ record: CommitRecord, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO weir_pipeline (key, value) VALUES (?, ?)")
        try statement.execute(arguments: ["epoch", record.epoch])
        try statement.execute(arguments: ["is_final", record.isFinal])
        try statement.execute(arguments: ["committed_at", timestamp()])
    }

    private static func timestamp() -> String {
        Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
            + "Z"
    }

    private static func writeOffsets(_ record: CommitRecord, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO weir_offsets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for offset in record.offsets {
            try statement.execute(arguments: [
                offset.source, offset.file, offset.byteOffset, offset.line, offset.recordsRead,
                offset.recordsAccepted, offset.recordsRejected, offset.watermark, offset.isDone,
            ])
        }
    }

    private static func writeRejects(_ record: CommitRecord, _ db: Database) throws {
        guard !record.rejects.isEmpty else { return }
        let now = timestamp()
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO weir_rejects (at, epoch, stage, source, file, line, byte_offset,
                    "column", value, rule, code, message, raw)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for reject in record.rejects {
            let arguments: StatementArguments = [
                now, record.epoch, reject.stage, reject.source, reject.file, reject.line,
                reject.byteOffset, reject.column, reject.value, reject.rule, reject.code,
                reject.message, raw(reject.raw),
            ]
            try statement.execute(arguments: arguments)
        }
    }

    /// Text where it is text, so that shells show it; bytes otherwise.
    private static func raw(_ bytes: [UInt8]) -> DatabaseValue {
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
            return text.databaseValue
        }
        return Data(bytes).databaseValue
    }

    private static func writeStages(_ record: CommitRecord, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO weir_stages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let ledger = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO weir_ledger (stage, reason, rows) VALUES (?, ?, ?)")
        for (position, stage) in record.stages.enumerated() {
            let arguments: StatementArguments = [
                stage.stage, position, stage.kind, stage.input, stage.rowsIn, stage.rowsOut,
                stage.busySeconds, stage.blockedSeconds, stage.p50Millis, stage.p99Millis,
                stage.stateBytes,
            ]
            try statement.execute(arguments: arguments)
            for (reason, rows) in stage.ledger {
                try ledger.execute(arguments: [stage.stage, reason, rows])
            }
        }
    }

    /// The first key behind all that begin with a prefix; nil when there is none.
    private static func successor(_ prefix: [UInt8]) -> [UInt8]? {
        guard let last = prefix.lastIndex(where: { $0 < .max }) else { return nil }
        return Array(prefix[..<last]) + [prefix[last] + 1]
    }

    private static func writeState(_ record: CommitRecord, _ db: Database) throws {
        let upsert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO weir_state (stage, key, value) VALUES (?, ?, ?)")
        let delete = try db.cachedStatement(
            sql: "DELETE FROM weir_state WHERE stage = ? AND key = ?")
        let deleteRange = try db.cachedStatement(
            sql: """
                DELETE FROM weir_state WHERE stage = ? AND key >= ? AND substr(key, 1, ?) = ?
                  AND (? IS NULL OR key < ?)
                """)
        for state in record.state {
            for key in state.deletes {
                try delete.execute(arguments: [state.stage, Data(key)])
            }
            for prefix in state.deletedPrefixes {
                let end = successor(prefix).map { Data($0) }
                try deleteRange.execute(
                    arguments: [
                        state.stage, Data(prefix), prefix.count, Data(prefix), end, end,
                    ])
            }
            for (key, value) in state.upserts {
                try upsert.execute(arguments: [state.stage, Data(key), Data(value)])
            }
        }
    }
}
