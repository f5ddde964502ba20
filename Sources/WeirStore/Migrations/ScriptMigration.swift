// A store whose script has changed: what only adds to it is adapted, the rest is refused with what
// would have to be rebuilt. A stage never goes on from the state of another.

import GRDB

/// What a stage does, for comparing.
package struct StagePrint: Sendable {
    package let name: String
    /// Names of stages.
    package let inputs: [String]
    /// The source that it reads, when it is one.
    package let source: String?
    package let text: String

    package init(name: String, inputs: [String], source: String?, text: String) {
        self.name = name
        self.inputs = inputs
        self.source = source
        self.text = text
    }
}

struct ScriptMigration {
    /// Stages as the store was made with them, by name.
    private let old: [String: String]
    private let new: [StagePrint]
    /// Records that have been read, by source.
    private let read: [String: Int64]

    /// - Throws: `StoreError.otherPipeline` for a store that does not know its stages.
    init(_ new: [StagePrint], path: String, _ db: Database) throws {
        self.new = new
        var old: [String: String] = [:]
        for row in try Row.fetchAll(
            db, sql: "SELECT key, value FROM weir_pipeline WHERE key LIKE 'stage:%'")
        {
            let key: String = row["key"]
            old[String(key.dropFirst("stage:".count))] = row["value"]
        }
        guard !old.isEmpty else { throw StoreError.otherPipeline(path: path) }
        self.old = old
        var read: [String: Int64] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT source, records_read FROM weir_offsets") {
            read[row["source"]] = row["records_read"]
        }
        self.read = read
    }

    /// Why the store cannot be adapted; empty when it can.
    var obstacles: [String] {
        var found: [String] = []
        let names = Set(new.map(\.name))
        for name in old.keys.sorted() where !names.contains(name) {
            found.append("\(name) is gone")
        }
        for stage in new {
            if let text = old[stage.name] {
                if text != stage.text { found.append("\(stage.name) does something else") }
            } else if let source = sources(of: stage).first(where: { (read[$0] ?? 0) > 0 }) {
                found.append(
                    "\(stage.name) is new and needs the \(read[source] ?? 0) records of \(source) that"
                        + " have been read")
            }
        }
        return found
    }

    private func sources(of stage: StagePrint) -> [String] {
        if let source = stage.source { return [source] }
        return stage.inputs.flatMap { name in
            new.first { $0.name == name }.map(sources) ?? []
        }
    }

    /// Makes what is new; data tables, state and positions stay.
    func apply(
        _ layouts: [TableLayout], _ indexes: [IndexSchema], _ db: Database
    ) throws {
        for name in try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE type = 'view'")
        {
            try db.execute(sql: "DROP VIEW \(TableLayout.quoted(name))")
        }
        let wanted = Set(indexes.map(\.storedName))
        let known = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
                AND tbl_name LIKE 'weir\\_data\\_%' ESCAPE '\\'
                """)
        for name in known where !wanted.contains(name) {
            try db.execute(sql: "DROP INDEX \(TableLayout.quoted(name))")
        }
        let texts = try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")
        for name in texts where !wanted.contains(name) {
            for suffix in ["insert", "delete", "update"] {
                try db.execute(
                    sql: "DROP TRIGGER IF EXISTS \(TableLayout.quoted("\(name)_\(suffix)"))")
            }
            try db.execute(sql: "DROP TABLE \(TableLayout.quoted(name))")
        }
        for layout in layouts where try !db.tableExists(layout.tableName) {
            try db.execute(sql: layout.createTable)
        }
        for index in indexes where !known.contains(index.storedName) {
            if texts.contains(index.storedName) { continue }
            for sql in index.create { try db.execute(sql: sql) }
        }
    }
}
