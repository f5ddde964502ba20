// What the last commit left.

import Foundation
import GRDB

enum RecoveryQuery {
    static func load(_ db: Database) throws -> Recovery {
        var recovery = Recovery()
        recovery.epoch =
            try Int64.fetchOne(db, sql: "SELECT value FROM weir_pipeline WHERE key = 'epoch'") ?? 0
        recovery.isFinal =
            try Bool.fetchOne(db, sql: "SELECT value FROM weir_pipeline WHERE key = 'is_final'")
            ?? false
        for row in try Row.fetchAll(db, sql: "SELECT * FROM weir_offsets") {
            let offset = OffsetRecord(
                source: row["source"], file: row["file"], byteOffset: row["byte_offset"],
                line: row["line"], recordsRead: row["records_read"],
                recordsAccepted: row["records_accepted"],
                recordsRejected: row["records_rejected"], watermark: row["watermark_micros"],
                isDone: row["is_done"])
            recovery.offsets[offset.source] = offset
        }
        try loadStages(db, &recovery)
        for row in try Row.fetchAll(db, sql: "SELECT stage, key, value FROM weir_state") {
            let key: Data = row["key"]
            let value: Data = row["value"]
            recovery.state[row["stage"], default: []].append((Array(key), Array(value)))
        }
        for row in try Row.fetchAll(db, sql: "SELECT stage, position FROM weir_sinks") {
            recovery.sinks[row["stage"]] = row["position"]
        }
        return recovery
    }

    private static func loadStages(_ db: Database, _ recovery: inout Recovery) throws {
        var ledger: [String: [String: Int64]] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT stage, reason, rows FROM weir_ledger") {
            ledger[row["stage"], default: [:]][row["reason"]] = row["rows"]
        }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM weir_stages") {
            let name: String = row["stage"]
            recovery.stages[name] = StageRecord(
                stage: name, kind: row["kind"], input: row["input"], rowsIn: row["rows_in"],
                rowsOut: row["rows_out"], busySeconds: row["busy_seconds"],
                blockedSeconds: row["blocked_seconds"], p50Millis: row["p50_ms"],
                p99Millis: row["p99_ms"], stateBytes: row["state_bytes"],
                ledger: ledger[name] ?? [:])
        }
    }
}
