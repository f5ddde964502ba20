// What is written and read besides the rows of tables.

package import WeirColumnar

/// A table of the store as the pipeline defines it.
package struct TableSchema: Sendable {
    package let name: String
    package let columns: [Field]
    /// Columns of the key; empty and not updating is a log of rows.
    package let key: [Int]
    /// Whether later rows of a key replace earlier ones; otherwise the first wins.
    package let isUpdating: Bool
    package let order: [(column: Int, isDescending: Bool, nullsFirst: Bool)]
    package let limit: Int?
    package let offset: Int?
    /// The last column only tells equal rows apart; the view leaves it out.
    package let hidesLast: Bool
    /// Whether rows are told apart by an encoded key in a column of its own.
    package let hasEncodedKey: Bool
    /// How many of its last rows a log keeps, about; nil for all.
    package let keepsLast: Int?
    /// Whether rows have a number that stays, by which an index of words finds them.
    package var hasRowNumber = false

    package init(
        name: String, columns: [Field], key: [Int], isUpdating: Bool,
        order: [(column: Int, isDescending: Bool, nullsFirst: Bool)], limit: Int?,
        offset: Int?, hidesLast: Bool = false, hasEncodedKey: Bool, keepsLast: Int? = nil
    ) {
        self.keepsLast = keepsLast
        self.hidesLast = hidesLast
        self.hasEncodedKey = hasEncodedKey
        self.name = name
        self.columns = columns
        self.key = key
        self.isUpdating = isUpdating
        self.order = order
        self.limit = limit
        self.offset = offset
    }
}

/// A table that is a query over others.
package struct ViewSchema: Sendable {
    /// Its columns, order and limit.
    package let table: TableSchema
    /// A SELECT over the physical columns of `weir_data_…` tables and views.
    package let sql: String

    package init(table: TableSchema, sql: String) {
        self.table = table
        self.sql = sql
    }
}

/// An index of a stored table.
package struct IndexSchema: Sendable {
    package enum Kind: Sendable {
        case btree
        /// The words of the columns (FTS5).
        case text
    }

    package let kind: Kind
    package let name: String
    package let table: String
    package let columns: [String]

    package init(kind: Kind = .btree, name: String, table: String, columns: [String]) {
        self.kind = kind
        self.name = name
        self.table = table
        self.columns = columns
    }

    /// What the index is called in the store.
    var storedName: String { "weir_\(name)" }

    /// The statements that make it, and fill it with the rows that are there.
    var create: [String] {
        let data = TableLayout.quoted("weir_data_" + table)
        let name = TableLayout.quoted(storedName)
        switch kind {
        case .btree:
            let list = columns.map(TableLayout.quoted).joined(separator: ", ")
            return ["CREATE INDEX \(name) ON \(data) (\(list))"]
        case .text: return TextIndexSQL(name: name, data: data, columns: columns).create
        }
    }
}

/// A row of `weir_offsets`.
package struct OffsetRecord: Sendable {
    package var source: String
    package var file: Int
    package var byteOffset: Int64
    package var line: Int64
    package var recordsRead: Int64
    package var recordsAccepted: Int64
    package var recordsRejected: Int64
    package var watermark: Int64?
    package var isDone: Bool

    package init(
        source: String, file: Int, byteOffset: Int64, line: Int64, recordsRead: Int64,
        recordsAccepted: Int64, recordsRejected: Int64, watermark: Int64?, isDone: Bool
    ) {
        self.source = source
        self.file = file
        self.byteOffset = byteOffset
        self.line = line
        self.recordsRead = recordsRead
        self.recordsAccepted = recordsAccepted
        self.recordsRejected = recordsRejected
        self.watermark = watermark
        self.isDone = isDone
    }
}

/// A row of `weir_rejects`.
package struct RejectRecord: Sendable {
    package let stage: String
    package let source: String?
    package let file: String?
    package let line: Int64?
    package let byteOffset: Int64?
    package let column: String?
    package let value: String?
    package let rule: String
    package let code: String
    package let message: String
    package let raw: [UInt8]

    package init(
        stage: String, source: String?, file: String?, line: Int64?, byteOffset: Int64?,
        column: String?, value: String?, rule: String, code: String, message: String, raw: [UInt8]
    ) {
        self.stage = stage
        self.source = source
        self.file = file
        self.line = line
        self.byteOffset = byteOffset
        self.column = column
        self.value = value
        self.rule = rule
        self.code = code
        self.message = message
        self.raw = raw
    }
}

/// A row of `weir_stages` with the stage's rows of `weir_ledger`.
package struct StageRecord: Sendable {
    package let stage: String
    package let kind: String
    package let input: String?
    package let rowsIn: Int64
    package let rowsOut: Int64
    package let busySeconds: Double
    package let blockedSeconds: Double
    package let p50Millis: Double
    package let p99Millis: Double
    package let stateBytes: Int
    package let ledger: [String: Int64]

    package init(
        stage: String, kind: String, input: String?, rowsIn: Int64, rowsOut: Int64,
        busySeconds: Double, blockedSeconds: Double, p50Millis: Double, p99Millis: Double,
        stateBytes: Int, ledger: [String: Int64]
    ) {
        self.stateBytes = stateBytes
        self.stage = stage
        self.kind = kind
        self.input = input
        self.rowsIn = rowsIn
        self.rowsOut = rowsOut
        self.busySeconds = busySeconds
        self.blockedSeconds = blockedSeconds
        self.p50Millis = p50Millis
        self.p99Millis = p99Millis
        self.ledger = ledger
    }
}

/// State changes of a stage.
package struct StateRecord: Sendable {
    package let stage: String
    package let upserts: [(key: [UInt8], value: [UInt8])]
    package let deletes: [[UInt8]]
    /// All keys that begin with one of these go, before anything is written.
    package let deletedPrefixes: [[UInt8]]

    package init(
        stage: String, upserts: [(key: [UInt8], value: [UInt8])], deletes: [[UInt8]],
        deletedPrefixes: [[UInt8]]
    ) {
        self.deletedPrefixes = deletedPrefixes
        self.stage = stage
        self.upserts = upserts
        self.deletes = deletes
    }
}

/// Everything besides rows that one commit writes.
package struct CommitRecord: Sendable {
    package let epoch: Int64
    package let offsets: [OffsetRecord]
    package let rejects: [RejectRecord]
    package let stages: [StageRecord]
    package let state: [StateRecord]
    /// Where each sink outside the store stands, by stage.
    package let sinks: [String: Int64]
    package let isFinal: Bool

    package init(
        epoch: Int64, offsets: [OffsetRecord], rejects: [RejectRecord], stages: [StageRecord],
        state: [StateRecord], sinks: [String: Int64], isFinal: Bool
    ) {
        self.epoch = epoch
        self.offsets = offsets
        self.rejects = rejects
        self.stages = stages
        self.state = state
        self.sinks = sinks
        self.isFinal = isFinal
    }
}

/// What the last commit left, to go on from.
package struct Recovery: Sendable {
    package var epoch: Int64 = 0
    package var isFinal = false
    /// Whether the script has changed since the last run, and the store with it.
    package var isAdapted = false
    package var offsets: [String: OffsetRecord] = [:]
    package var stages: [String: StageRecord] = [:]
    package var state: [String: [(key: [UInt8], value: [UInt8])]] = [:]
    package var sinks: [String: Int64] = [:]
}
