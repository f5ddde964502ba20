// Words that may not be identifiers without backticks.

/// Flink's reserved words as far as the grammar here uses them.
enum ReservedWords {
    private static let all: Set<String> = [
        "ALL", "AND", "AS", "BETWEEN", "BY", "CASE", "CAST", "CONSTRAINT", "CREATE", "CROSS",
        "DISTINCT", "ELSE", "END", "ESCAPE", "EXCEPT", "EXISTS", "FALSE", "FOR", "FROM", "FULL",
        "GROUP", "HAVING", "IN", "INNER", "INSERT", "INTERSECT", "INTERVAL", "INTO", "IS", "JOIN",
        "LATERAL", "LEFT", "LIKE", "LIMIT", "NATURAL", "NOT", "NULL", "OFFSET", "ON", "OR",
        "ORDER", "OUTER", "OVER", "PARTITION", "PRIMARY", "RIGHT", "SELECT", "SET", "TABLE",
        "THEN", "TO", "TRUE", "UNION", "UNNEST", "USING", "VALUES", "WHEN", "WHERE", "WITH",
    ]

    /// Words that go on with a query and so are no alias without AS.
    private static let clauses: Set<String> = [
        "WINDOW", "QUALIFY", "MATCH_RECOGNIZE", "TABLESAMPLE", "FETCH", "MINUS",
    ]

    static func endsAlias(_ word: String) -> Bool { clauses.contains(word.uppercased()) }

    static func contains(_ word: String) -> Bool { all.contains(word.uppercased()) }
}
