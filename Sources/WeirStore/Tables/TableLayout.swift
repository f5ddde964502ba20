// How a stored table looks in SQLite: compact physical columns, and a view for people.

import WeirColumnar

/// Names and SQL of one stored table.
struct TableLayout {
    let schema: TableSchema
    /// Whether rows are told apart by an encoded key in a column of its own, because a column of
    /// the key may be NULL or there is no such column.
    let hasEncodedKey: Bool

    init(_ schema: TableSchema) {
        self.schema = schema
        hasEncodedKey = schema.hasEncodedKey
    }

    static func quoted(_ name: String) -> String {
        "\""
            + name.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    /// The table that holds the rows; the view has the SQL name.
    var dataName: String { Self.quoted(tableName) }

    /// Without quotes.
    var tableName: String { "weir_data_" + schema.name }

    private var columnNames: [String] { schema.columns.map { Self.quoted($0.name) } }

    /// Whether rows have a key at all.
    var hasKey: Bool { hasEncodedKey || !schema.key.isEmpty }

    private var keyNames: [String] {
        hasEncodedKey ? ["_key"] : schema.key.map { columnNames[$0] }
    }

    var createTable: String {
        var columns = zip(columnNames, schema.columns).map { name, field in
            // NOT NULL is checked where rows come in; here it could only end the pipeline.
            "\(name) \(Self.affinity(field.type.kind))"
        }
        if hasEncodedKey { columns.insert("_key BLOB NOT NULL", at: 0) }
        if schema.hasRowNumber {
            // A column of its own: row numbers that nobody names may change (VACUUM).
            columns.append("weir_row INTEGER PRIMARY KEY")
            if hasKey { columns.append("UNIQUE (\(keyNames.joined(separator: ", ")))") }
            return "CREATE TABLE \(dataName) (\(columns.joined(separator: ", ")))"
        }
        guard hasKey else { return "CREATE TABLE \(dataName) (\(columns.joined(separator: ", ")))" }
        if let single = integerKey {
            columns[single] = "\(columnNames[single]) INTEGER PRIMARY KEY"
            return "CREATE TABLE \(dataName) (\(columns.joined(separator: ", ")))"
        }
        columns.append("PRIMARY KEY (\(keyNames.joined(separator: ", ")))")
        return "CREATE TABLE \(dataName) (\(columns.joined(separator: ", "))) WITHOUT ROWID"
    }

    /// Makes the table anew with its rows, because it gets or loses its row numbers. Rows of a log keep
    /// their numbers, by which subscribers know them.
    var rebuild: [String] {
        let other = Self.quoted("weir_rebuilt_" + schema.name)
        let names = targets
        let isLog = !hasKey
        let number = schema.hasRowNumber ? "weir_row" : "_rowid_"
        let into = isLog ? names + ", " + number : names
        let from = isLog ? names + ", _rowid_" : names
        return [
            "ALTER TABLE \(dataName) RENAME TO \(other)", createTable,
            "INSERT INTO \(dataName) (\(into)) SELECT \(from) FROM \(other)",
            "DROP TABLE \(other)",
        ]
    }

    /// A key of one integer column is the rowid.
    private var integerKey: Int? {
        guard !hasEncodedKey, schema.key.count == 1,
            schema.columns[schema.key[0]].type.kind.isInteger
        else { return nil }
        return schema.key[0]
    }

    private static func affinity(_ kind: DataType.Kind) -> String {
        switch kind.physical {
        case .bool, .int64: "INTEGER"
        case .int128: ""
        case .float64: "REAL"
        case .bytes: if case .varbinary = kind { "BLOB" } else { "TEXT" }
        }
    }

    var createView: String {
        let shown = schema.columns.dropLast(schema.hidesLast ? 1 : 0)
        let columns = zip(columnNames, shown).map { name, field in
            "\(ViewExpression.sql(name, field.type.kind)) AS \(name)"
        }
        var sql =
            "CREATE VIEW \(Self.quoted(schema.name)) AS SELECT \(columns.joined(separator: ", "))"
            + " FROM \(dataName)"
        if !schema.order.isEmpty {
            let order = schema.order.flatMap { item -> [String] in
                let column = "\(dataName).\(columnNames[item.column])"
                let isWide = schema.columns[item.column].type.kind.physical == .int128
                let direction = item.isDescending ? "DESC" : "ASC"
                let last = "\(column) \(direction) NULLS \(item.nullsFirst ? "FIRST" : "LAST")"
                return (isWide ? Self.wideKeys(column, item) : []) + [last]
            }
            sql += " ORDER BY \(order.joined(separator: ", "))"
        }
        if schema.limit != nil || schema.offset != nil { sql += " LIMIT \(schema.limit ?? -1)" }
        if let offset = schema.offset { sql += " OFFSET \(offset)" }
        return sql
    }

    /// Numbers past 64 bits are texts: their length tells their size, and of two negative ones of
    /// the same length the greater text is the smaller number.
    private static func wideKeys(
        _ column: String, _ item: (column: Int, isDescending: Bool, nullsFirst: Bool)
    ) -> [String] {
        let isDescending = item.isDescending
        let isText = "typeof(\(column)) = 'text'"
        let isNegative = "\(isText) AND \(column) LIKE '-%'"
        let size =
            "CASE WHEN \(isNegative) THEN -length(\(column)) WHEN \(isText) THEN length(\(column))"
            + " WHEN \(column) IS NOT NULL THEN 0 END"
        let reversed = "CASE WHEN \(isNegative) THEN \(column) END"
        return [
            "\(column) IS NULL \(item.nullsFirst ? "DESC" : "ASC")",
            "\(size) \(isDescending ? "DESC" : "ASC")",
            "\(reversed) \(isDescending ? "ASC" : "DESC")",
        ]
    }

    // MARK: Loading

    private var sources: String {
        let count = schema.columns.count + (hasEncodedKey ? 1 : 0)
        return (0..<count).map { "c\($0)" }.joined(separator: ", ")
    }

    private var targets: String {
        ((hasEncodedKey ? ["_key"] : []) + columnNames).joined(separator: ", ")
    }

    /// Adds the rows of the batch; of a key that is there the first or the last row stays.
    var insert: String {
        var sql = "INSERT INTO \(dataName) (\(targets)) SELECT \(sources) FROM weir_batch"
        guard hasKey else { return sql }
        sql += " WHERE true ON CONFLICT (\(keyNames.joined(separator: ", "))) DO "
        let isKey = Set(hasEncodedKey ? [] : schema.key)
        let updates = schema.columns.indices.filter { !isKey.contains($0) }.map {
            "\(columnNames[$0]) = excluded.\(columnNames[$0])"
        }
        if !schema.isUpdating || updates.isEmpty { return sql + "NOTHING" }
        return sql + "UPDATE SET \(updates.joined(separator: ", "))"
    }

    /// Removes the rows whose keys are in the batch.
    var delete: String {
        let columns =
            hasEncodedKey ? ["c0"] : schema.key.map { "c\($0)" }
        return "DELETE FROM \(dataName) WHERE (\(keyNames.joined(separator: ", "))) IN"
            + " (SELECT \(columns.joined(separator: ", ")) FROM weir_batch)"
    }
}
