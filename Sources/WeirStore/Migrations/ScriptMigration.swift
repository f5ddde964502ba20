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
    /// The options of a connector. Variables of the environment are replaced in them, so that they
    /// count only when the script has changed.
    package let options: String

    package init(
        name: String, inputs: [String], source: String?, text: String, options: String
    ) {
        self.name = name
        self.inputs = inputs
        self.source = source
        self.text = text
        self.options = options
    }
}

struct ScriptMigration {
    /// How prints are written; those of another version cannot be compared.
    static let format = "2"

    /// Stages and options as the store was made with them, by name.
    private let old: [String: String]
    private let oldOptions: [String: String]
    private let new: [StagePrint]
    private let path: String
    /// Whether the script is the one that the store was made with, word for word.
    private let isSameScript: Bool
    private let isComparable: Bool
    /// Records that have been read, by source.
    private let read: [String: Int64]

    init(_ new: [StagePrint], isSameScript: Bool, path: String, _ db: Database) throws {
        self.new = new
        self.path = path
        self.isSameScript = isSameScript
        isComparable =
            try String.fetchOne(
                db, sql: "SELECT value FROM weir_pipeline WHERE key = 'stages'") == Self.format
        old = try Self.notes("stage:", db)
        oldOptions = try Self.notes("options:", db)
        var read: [String: Int64] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT source, records_read FROM weir_offsets") {
            read[row["source"]] = row["records_read"]
        }
        self.read = read
    }

    private static func notes(_ prefix: String, _ db: Database) throws -> [String: String] {
        var found: [String: String] = [:]
        for row in try Row.fetchAll(
            db, sql: "SELECT key, value FROM weir_pipeline WHERE substr(key, 1, ?) = ?",
            arguments: [prefix.utf8.count, prefix])
        {
            let key: String = row["key"]
            found[String(key.dropFirst(prefix.count))] = row["value"]
        }
        return found
    }

    /// - Throws: `StoreError.changedPipeline` when what has been computed would be something else,
    ///   `StoreError.otherPipeline` for another script and a store that does not know its stages.
    func check() throws {
        guard isComparable else {
            if isSameScript { return }
            throw StoreError.otherPipeline(path: path)
        }
        let found = obstacles
        guard found.isEmpty else {
            throw StoreError.changedPipeline(
                path: path, isOnlySettings: isSameScript, changes: found)
        }
    }

    private var obstacles: [String] {
        var found: [String] = []
        let names = Set(new.map(\.name))
        for name in old.keys.sorted() where !names.contains(name) {
            found.append("\(name) is gone")
        }
        for stage in new {
            if let text = old[stage.name] {
                let isSame =
                    text == stage.text
                    && (isSameScript || oldOptions[stage.name] == stage.options)
                if !isSame { found.append("\(stage.name) does something else") }
            } else if let source = sources(of: stage).first(where: { (read[$0] ?? 0) > 0 }) {
                found.append(
                    "\(stage.name) is new and needs the \(read[source] ?? 0) records of \(source) that"
                        + " have been read")
            }
        }
        return found
    }

    /// Notes what the store has been made with.
    static func note(_ stages: [StagePrint], _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM weir_pipeline
                WHERE substr(key, 1, 6) = 'stage:' OR substr(key, 1, 8) = 'options:'
                """)
        let note = "INSERT OR REPLACE INTO weir_pipeline (key, value) VALUES (?, ?)"
        try db.execute(sql: note, arguments: ["stages", format])
        for stage in stages {
            try db.execute(sql: note, arguments: ["stage:\(stage.name)", stage.text])
            try db.execute(sql: note, arguments: ["options:\(stage.name)", stage.options])
        }
    }

    private func sources(of stage: StagePrint) -> [String] {
        if let source = stage.source { return [source] }
        return stage.inputs.flatMap { name in
            new.first { $0.name == name }.map(sources) ?? []
        }
    }

    /// Whether nothing is to be done.
    ///
    /// - Parameter views: the statements that make the views.
    func isUnchanged(views: [String], _ indexes: [IndexSchema], _ db: Database) throws -> Bool {
        guard isSameScript, isComparable, new.count == old.count,
            new.allSatisfy({ old[$0.name] == $0.text && oldOptions[$0.name] == $0.options })
        else { return false }
        let made = try Self.names("view", db, column: "sql")
        let known = try Set(Self.names("index", db) + Self.names("table", db))
        return Set(made) == Set(views) && known.isSuperset(of: indexes.map(\.storedName))
    }

    private static func names(
        _ type: String, _ db: Database, column: String = "name"
    ) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT \(column) FROM sqlite_master WHERE type = ? AND sql IS NOT NULL",
            arguments: [type])
    }

    // MARK: Adapting

    /// Makes what is new; rows, state and positions stay. Views are gone afterwards.
    func apply(
        _ layouts: [TableLayout], _ indexes: [IndexSchema], _ db: Database
    ) throws {
        for name in try Self.names("view", db) {
            try db.execute(sql: "DROP VIEW \(TableLayout.quoted(name))")
        }
        try removeIndexes(besides: Set(indexes.map(\.storedName)), db)
        for layout in layouts {
            guard try db.tableExists(layout.tableName) else {
                try db.execute(sql: layout.createTable)
                continue
            }
            let hasRowNumber = try db.columns(in: layout.tableName).contains {
                $0.name == "weir_row"
            }
            if hasRowNumber != layout.schema.hasRowNumber {
                for sql in layout.rebuild { try db.execute(sql: sql) }
            }
        }
        let known = Set(try Self.names("index", db) + Self.names("table", db))
        for index in indexes where !known.contains(index.storedName) {
            for sql in index.create { try db.execute(sql: sql) }
        }
    }

    private func removeIndexes(besides wanted: Set<String>, _ db: Database) throws {
        let trees = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
                AND tbl_name LIKE 'weir\\_data\\_%' ESCAPE '\\'
                """)
        for name in trees where !wanted.contains(name) {
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
    }
}
