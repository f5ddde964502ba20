// The query editor: text, completion, leaving it.

import WeirTerminal

extension Model {
    /// Handles a key while the editor has the focus; nil lets the command table have it.
    mutating func handleEditor(_ press: KeyPress) -> [Effect]? {
        switch press.key {
        case .function, .escape, .control("c"), .control("z"), .control("r"), .control("p"),
            .control("j"), .pageUp, .pageDown, .backTab:
            return nil
        case .enter where press.hasAlt: return nil
        case .tab, .control(" "): return complete()
        case .down where !query.completions.isEmpty:
            query.completion.move(1, count: query.completions.count)
            return []
        case .up where !query.completions.isEmpty:
            query.completion.move(-1, count: query.completions.count)
            return []
        case .enter where !query.completions.isEmpty:
            acceptCompletion()
            return []
        default:
            guard query.editor.handle(press) else { return [] }
            refreshCompletions()
            return []
        }
    }

    /// Tab completes a word, or goes to the results when there is nothing to complete.
    private mutating func complete() -> [Effect] {
        if !query.completions.isEmpty {
            acceptCompletion()
            return []
        }
        if query.editor.word.isEmpty { return toGrid() }
        query.completions = Completion.candidates(
            query.editor.word, catalog: query.catalog, text: query.editor.text)
        query.completion = ListState()
        if query.completions.isEmpty { return toGrid() }
        if query.completions.count == 1 { acceptCompletion() }
        return []
    }

    private mutating func toGrid() -> [Effect] {
        query.isInGrid = true
        return []
    }

    /// While a word is being typed, the popup follows it.
    private mutating func refreshCompletions() {
        let word = query.editor.word
        query.completion = ListState()
        query.completions =
            word.utf8.count < 2
            ? []
            : Completion.candidates(word, catalog: query.catalog, text: query.editor.text)
        if query.completions == [word] { query.completions = [] }
    }

    private mutating func acceptCompletion() {
        let index = min(query.completion.selected, query.completions.count - 1)
        query.editor.replace(
            last: query.editor.word.unicodeScalars.count, with: query.completions[index])
        query.completions = []
    }
}

/// What a word in the editor may become.
package enum Completion {
    private static let keywords = [
        "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "HAVING", "COUNT(*)", "SUM(",
        "AVG(", "MIN(", "MAX(", "DISTINCT", "DESC", "JOIN", "LEFT JOIN", "BETWEEN", "LIKE",
        "IS NULL", "IS NOT NULL", "CASE WHEN", "CAST(", "UNION ALL", "WITH",
    ]

    /// Columns of the tables in the statement first, then tables, then keywords; at most twelve.
    package static func candidates(
        _ word: String, catalog: [CatalogEntry], text: String
    ) -> [String] {
        let wanted = word.lowercased()
        let lower = text.lowercased()
        let used = catalog.filter { lower.contains($0.table.lowercased()) }
        let columns = (used.isEmpty ? catalog : used).flatMap(\.columns)
        let tables = catalog.map(\.table)
        let before = lower.split { $0.isWhitespace }.dropLast().last.map(String.init) ?? ""
        let isTable = before == "from" || before == "join"
        let names = (isTable ? tables + columns : columns + tables) + keywords
        var seen: Set<String> = []
        return Array(
            names.filter { $0.lowercased().hasPrefix(wanted) && seen.insert($0).inserted }
                .prefix(12))
    }
}
