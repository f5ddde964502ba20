// Where a token stands in MATCH_RECOGNIZE, whose words are no reserved ones.

struct MatchContext {
    private static let words: Set<String> = [
        "MEASURES", "ONE", "ROW", "ROWS", "PER", "MATCH", "AFTER", "SKIP", "PAST", "LAST", "FIRST",
        "NEXT", "TO", "PATTERN", "WITHIN", "SUBSET", "DEFINE", "ALL", "FINAL", "RUNNING",
    ]
    /// Words with an operand behind them when they are functions.
    private static let functions: Set<String> = ["FIRST", "LAST"]

    /// Brackets that are open since MATCH_RECOGNIZE; 0 outside of it.
    private var depth = 0
    /// The depth at which the pattern began.
    private var pattern: Int?

    /// Whether the token at hand is between the brackets of PATTERN.
    private(set) var isInPattern = false

    mutating func see(_ tokens: [Token], _ index: Int) {
        let token = tokens[index]
        let before = index > 0 ? tokens[index - 1] : nil
        isInPattern = pattern != nil
        if token.isSymbol("(") {
            let begins = before?.isWord("MATCH_RECOGNIZE") ?? false
            if begins || depth > 0 { depth += 1 }
            if depth == 2, pattern == nil, before?.isWord("PATTERN") ?? false { pattern = depth }
        } else if token.isSymbol(")"), depth > 0 {
            if pattern == depth {
                pattern = nil
                isInPattern = false
            }
            depth -= 1
        }
    }

    /// Whether the token is a word of the clause, or the name of the clause.
    func isKeyword(_ tokens: [Token], _ index: Int) -> Bool {
        let token = tokens[index]
        guard token.kind == .word else { return false }
        let after = index + 1 < tokens.count ? tokens[index + 1] : nil
        if token.isWord("MATCH_RECOGNIZE") { return after?.isSymbol("(") ?? false }
        guard depth == 1, !isInPattern, Self.words.contains(token.text.uppercased()) else {
            return false
        }
        let before = index > 0 ? tokens[index - 1] : nil
        let isName =
            (before.map { $0.isSymbol(".") || $0.isWord("AS") } ?? false)
            || (after.map { $0.isSymbol(".") } ?? false)
        if isName { return false }
        return
            !(Self.functions.contains(token.text.uppercased()) && (after?.isSymbol("(") ?? false))
    }
}
