// Words that are no reserved ones and still belong to the grammar where they stand.

enum KeywordContext {
    /// Words by the one in front of them.
    private static let behind: [String: Set<String>] = [
        "KEY": ["PRIMARY"], "ENFORCED": ["NOT"], "FIRST": ["NULLS"], "LAST": ["NULLS"],
        "ROW": ["CURRENT"], "PRECEDING": ["UNBOUNDED"], "FOLLOWING": ["UNBOUNDED"],
        "SYSTEM_TIME": ["FOR"], "SETS": ["GROUPING"],
    ]

    /// Words by the one behind them.
    private static let inFront: [String: Set<String>] = [
        "WATERMARK": ["FOR"], "METADATA": ["FROM", "VIRTUAL"], "SUBSCRIBE": ["SELECT", "WITH"],
        "NULLS": ["FIRST", "LAST"], "GROUPING": ["SETS"], "CURRENT": ["ROW"],
        "UNBOUNDED": ["PRECEDING", "FOLLOWING"], "ROWS": ["BETWEEN"], "RANGE": ["BETWEEN"],
        "PARTITIONED": ["BY"], "TEMPORARY": ["TABLE"],
    ]

    /// Words that begin a statement.
    private static let first: Set<String> = ["IMPORT", "EXPORT", "USE", "NEXT_BATCH"]

    static func isKeyword(_ word: String, _ before: Token?, _ after: Token?) -> Bool {
        if let words = behind[word], let before, before.kind == .word {
            return words.contains(before.text.uppercased())
        }
        if let words = inFront[word], let after, after.kind == .word {
            return words.contains(after.text.uppercased())
        }
        if ["ASC", "DESC"].contains(word) { return endsSortKey(before, after) }
        if ["ANY", "SOME"].contains(word) {
            let comparisons = ["=", "<>", "<", ">", "<=", ">="]
            return (after?.isSymbol("(") ?? false)
                && comparisons.contains { before?.isSymbol($0) ?? false }
        }
        if word == "OVERLAPS" {
            return (before?.isSymbol(")") ?? false) && (after?.isSymbol("(") ?? false)
        }
        if word == "RETURNS" { return after?.isSymbol("(") ?? false }
        return first.contains(word) && (before.map { $0.isSymbol(";") } ?? true)
            && !(after.map { $0.isSymbol(":=") || $0.isSymbol(".") || $0.isSymbol("(") } ?? false)
    }

    private static func endsSortKey(_ before: Token?, _ after: Token?) -> Bool {
        guard let before, let after else { return false }
        let follows =
            after.kind == .end || [",", ";", ")"].contains(where: { after.isSymbol($0) })
            || ["LIMIT", "NULLS", "OFFSET", "ROWS", "RANGE"].contains { after.isWord($0) }
        let isBehindValue =
            before.kind == .quotedIdentifier || before.kind == .integer || before.isSymbol(")")
            || (before.kind == .word && !ReservedWords.contains(before.text))
        return follows && isBehindValue && !before.isSymbol(".")
    }
}
