// Where statements may be broken into lines.

enum Clauses {
    /// Words that begin a clause.
    private static let starters: Set<String> = [
        "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "QUALIFY",
        "WINDOW", "UNION", "INTERSECT", "EXCEPT", "JOIN", "PARTITION", "WITH",
    ]
    /// Words in front of JOIN.
    private static let joinWords: Set<String> = [
        "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "OUTER",
    ]

    /// The nodes clause by clause.
    static func split(_ nodes: [TokenNode]) -> [[TokenNode]] {
        var result: [[TokenNode]] = []
        var current: [TokenNode] = []
        for (index, node) in nodes.enumerated() {
            if starts(nodes, at: index), !current.isEmpty {
                result.append(current)
                current = []
            }
            current.append(node)
        }
        if !current.isEmpty { result.append(current) }
        return result
    }

    private static func starts(_ nodes: [TokenNode], at index: Int) -> Bool {
        let word = nodes[index].word
        let before = index > 0 ? nodes[index - 1] : nil
        // `t.order`, `x AS from` are names.
        if let before, before.isSymbol(".") { return false }
        if joinWords.contains(word) {
            guard !(before.map { joinWords.contains($0.word) } ?? false) else { return false }
            let next = nodes[index + 1..<min(nodes.count, index + 3)]
            return next.contains { $0.word == "JOIN" }
        }
        guard starters.contains(word) else { return false }
        switch word {
        case "JOIN": return !(before.map { joinWords.contains($0.word) } ?? false)
        // `WITH ORDINALITY`, `WITH TIME ZONE` and the options of a table are no clauses.
        case "WITH":
            let next = index + 1 < nodes.count ? nodes[index + 1] : nil
            if case .group? = next { return false }
            return index > 0 && !["ORDINALITY", "TIME", "LOCAL"].contains(next?.word ?? "")
        default: return true
        }
    }

    /// The clauses of MATCH_RECOGNIZE.
    static func splitMatch(_ nodes: [TokenNode]) -> [[TokenNode]] {
        var result: [[TokenNode]] = []
        for (index, node) in nodes.enumerated() {
            let next = index + 1 < nodes.count ? nodes[index + 1].word : ""
            let begins =
                switch node.word {
                case "PARTITION", "ORDER": next == "BY"
                case "ONE", "ALL": next == "ROW" || next == "ROWS"
                case "AFTER": next == "MATCH"
                case "MEASURES", "PATTERN", "WITHIN", "SUBSET", "DEFINE": true
                default: false
                }
            let isName =
                index > 0 && (nodes[index - 1].word == "AS" || nodes[index - 1].isSymbol("."))
            if result.isEmpty || (begins && !isName) {
                result.append([node])
            } else {
                result[result.count - 1].append(node)
            }
        }
        return result
    }

    /// Whether a clause of a definition stands deeper than the name that it defines.
    static func isDeeper(_ clause: [TokenNode], than nodes: [TokenNode]) -> Bool {
        !clause.isEmpty
            && (nodes.first?.word == "CREATE" || nodes.contains { $0.isSymbol(":=") })
    }

    /// Whether brackets hold a query or the parts of OVER, and not a list.
    static func hasClauses(_ inner: [TokenNode]) -> Bool {
        guard let first = inner.first?.word else { return false }
        return ["SELECT", "WITH", "PARTITION", "ORDER"].contains(first) && split(inner).count > 1
    }

    /// The branches of a CASE.
    static func branches(_ nodes: [TokenNode]) -> [[TokenNode]] {
        var result: [[TokenNode]] = []
        for node in nodes {
            if ["WHEN", "ELSE"].contains(node.word) || result.isEmpty {
                result.append([node])
            } else {
                result[result.count - 1].append(node)
            }
        }
        return result
    }

    /// Whether an item of a list is a column with its type.
    static func isColumn(_ item: [TokenNode]) -> Bool {
        guard item.count > 1, case .token(let name) = item[0], case .token(let type) = item[1],
            name.kind == .word || name.kind == .quotedIdentifier, type.kind == .word
        else { return false }
        return !["AS", "KEY", "FOR"].contains(type.word) && name.word != "CONSTRAINT"
    }

    /// The nodes of a clause that stay on its first line.
    static func headLength(_ clause: [TokenNode]) -> Int {
        guard let first = clause.first else { return 0 }
        let second = clause.count > 1 ? clause[1].word : ""
        switch first.word {
        case "SELECT": return ["DISTINCT", "ALL"].contains(second) ? 2 : 1
        case "GROUP", "ORDER", "PARTITION": return second == "BY" ? 2 : 1
        case "WINDOW", "WITH", "FROM", "MEASURES", "DEFINE": return 1
        default: return clause.count
        }
    }

    /// A list item by item, each with its comma.
    static func items(_ nodes: [TokenNode]) -> [[TokenNode]] {
        var result: [[TokenNode]] = []
        var current: [TokenNode] = []
        for node in nodes {
            current.append(node)
            if node.isSymbol(",") {
                result.append(current)
                current = []
            }
        }
        if !current.isEmpty { result.append(current) }
        return result
    }
}

enum Spacing {
    private static let binary: Set<String> = [
        "=", "<>", "!=", "<=", ">=", "||", ":=", "=>", "/", "%", "<", ">",
    ]

    /// Whether a space stands between two tokens.
    static func needsSpace(
        _ left: FormatToken, _ right: FormatToken, keepsAttached: Bool
    ) -> Bool {
        if right.kind == .symbol, [",", ";", ")", "]"].contains(right.text) { return false }
        if left.isInPattern, right.isInPattern { return !right.isAttached }
        if right.isTypeAngle || (left.isTypeAngle && left.text == "<") { return false }
        if left.isTypeAngle { return !right.isSymbol(".") }
        if left.kind == .symbol, ["(", "["].contains(left.text) { return false }
        if keepsAttached, !binary.contains(right.text), !binary.contains(left.text) {
            return !right.isAttached
        }
        if left.isSymbol(".") || right.isSymbol(".") { return !right.isAttached }
        if left.isSymbol(":") || left.isSymbol("@") { return false }
        if right.isSymbol("(") || right.isSymbol("[") {
            return binary.contains(left.text) || left.isSymbol(",") || !right.isAttached
        }
        if binary.contains(left.text) || binary.contains(right.text) { return true }
        if left.isSign { return false }
        if left.isSymbol("*") || right.isSymbol("*") { return !left.isSymbol("(") }
        return true
    }
}
