// Functions that the compiler knows by name: their arguments are typed together, or they belong to
// a clause of the query.

/// A function without a kernel of its own, for help and completion.
package struct SyntaxFunction: Sendable {
    package let name: String
    package let usage: String
    package let documentation: String

    private init(_ name: String, _ usage: String, _ documentation: String) {
        self.name = name
        self.usage = usage
        self.documentation = documentation
    }

    /// In the order of the documentation.
    package static let all: [SyntaxFunction] = [
        .init(
            "CASE", "CASE WHEN condition THEN value … [ELSE value] END",
            "The value of the first condition that is TRUE, else NULL."),
        .init("COALESCE", "COALESCE(value, …)", "The first value that is not NULL."),
        .init("IFNULL", "IFNULL(value, other)", "The value, or the other where it is NULL."),
        .init("NULLIF", "NULLIF(value, other)", "NULL where both are equal, else the value."),
        .init("IF", "IF(condition, value, other)", "The value where the condition is TRUE."),
        .init(
            "CAST", "CAST(value AS type)",
            "The value as another type; an error of the row if it"
                + " cannot be."),
        .init("TRY_CAST", "TRY_CAST(value AS type)", "As CAST, but NULL if it cannot be."),
        .init("TYPEOF", "TYPEOF(value [, full])", "The type of the value as text."),
        .init(
            "CURRENT_DATABASE", "CURRENT_DATABASE()", "The text default_database, as in Flink."),
        .init(
            "GROUPING", "GROUPING(key, …)",
            "A bit for each key of GROUP BY, 1 in totals over it. Also: GROUPING_ID."),
        .init(
            "TUMBLE_START", "TUMBLE_START(time, size)",
            "The start of the window that the query groups by. Also: TUMBLE_END, TUMBLE_ROWTIME,"
                + " and the same of HOP and SESSION."),
        .init(
            "ROW_NUMBER", "ROW_NUMBER() OVER (PARTITION BY … ORDER BY …)",
            "The number of the row in its partition. Also: RANK, DENSE_RANK, PERCENT_RANK,"
                + " CUME_DIST, NTILE(n)."),
        .init(
            "LAG", "LAG(value [, rows [, default]]) OVER (…)",
            "The value so many rows before. Also: LEAD, for rows behind."),
        .init(
            "MATCH_ROWTIME", "MATCH_ROWTIME()",
            "The event time of a match of MATCH_RECOGNIZE."),
    ]

    package static func named(_ name: String) -> SyntaxFunction? {
        all.first { $0.name == name.uppercased() }
    }
}
