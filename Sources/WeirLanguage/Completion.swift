// What may stand at a place: tables, columns, functions, words.

import WeirColumnar
import WeirFunctions
import WeirPlanner
import WeirSQL

enum Completion {
    /// Items as LSP has them, the likeliest kind first.
    static func items(_ compilation: Compilation, _ context: CursorContext) -> [[String: Any]] {
        if let qualifier = context.qualifier {
            return columns(of: qualifier, compilation, context)
        }
        let previous = context.before.last
        if let previous,
            ["FROM", "JOIN", "INTO", "TABLE", "EXPORT"].contains(where: { previous.isWord($0) })
        {
            return tables(compilation)
        }
        if let previous, previous.isSymbol(":") { return arguments(context) }
        return scopeColumns(compilation, context) + tables(compilation) + functions + words
    }

    private static func item(
        _ label: String, kind: Int, detail: String, documentation: String? = nil, rank: Int
    ) -> [String: Any] {
        var item: [String: Any] = [
            "label": label, "kind": kind, "detail": detail, "sortText": "\(rank)\(label)",
            "insertText": Identifier.quoted(label),
        ]
        if let documentation { item["documentation"] = documentation }
        return item
    }

    // LSP: 3 function, 5 field, 6 variable, 14 keyword, 22 struct.

    private static func tables(_ compilation: Compilation) -> [[String: Any]] {
        compilation.symbols.filter { $0.kind != .relationship }.map { symbol in
            item(
                symbol.name, kind: symbol.kind == .table ? 22 : 3,
                detail: symbol.kind == .table ? "table" : "table function", rank: 2)
        }
    }

    private static func columns(
        of name: String, _ compilation: Compilation, _ context: CursorContext
    ) -> [[String: Any]] {
        let table = alias(name, compilation, context) ?? name
        let symbol = compilation.symbols.first { $0.name.lowercased() == table.lowercased() }
        return (symbol?.columns ?? []).map {
            item($0.name, kind: 5, detail: "\($0.type)", rank: 1)
        }
    }

    /// The columns of the tables that the statement reads.
    private static func scopeColumns(
        _ compilation: Compilation, _ context: CursorContext
    ) -> [[String: Any]] {
        let words = Set(context.statement.map { $0.text.lowercased() })
        var seen: Set<String> = []
        return compilation.symbols.filter { words.contains($0.name.lowercased()) }
            .flatMap(\.columns).filter { seen.insert($0.name).inserted }
            .map { item($0.name, kind: 5, detail: "\($0.type)", rank: 1) }
    }

    /// The table that a name stands for: `table [AS] name` in the statement.
    private static func alias(
        _ name: String, _ compilation: Compilation, _ context: CursorContext
    ) -> String? {
        let known = Set(compilation.symbols.map { $0.name.lowercased() })
        let tokens = context.statement
        for (index, token) in tokens.enumerated()
        where index > 0 && token.text.lowercased() == name.lowercased() {
            let before = tokens[index - 1]
            let table = before.isWord("AS") && index > 1 ? tokens[index - 2] : before
            if known.contains(table.text.lowercased()) { return table.text }
        }
        return nil
    }

    /// The arguments of the function that the statement defines.
    private static func arguments(_ context: CursorContext) -> [[String: Any]] {
        let head = context.statement.prefix { !$0.isSymbol(":=") }
        var result: [[String: Any]] = []
        var expectsName = false
        for token in head {
            if token.isSymbol("(") || token.isSymbol(",") {
                expectsName = true
            } else if expectsName {
                result.append(item(token.text, kind: 6, detail: "argument", rank: 1))
                expectsName = false
            }
        }
        return result
    }

    private static var functions: [[String: Any]] {
        let scalars = FunctionRegistry.scalars.filter { !$0.isInternal }.map {
            ($0.name, $0.usage, $0.documentation)
        }
        let aggregates = AggregateFunctions.all.filter { !$0.isInternal }.map {
            ($0.name, $0.usage, $0.documentation)
        }
        let others = SyntaxFunction.all.map { ($0.name, $0.usage, $0.documentation) }
        return (scalars + aggregates + others).map { name, usage, documentation in
            item(name, kind: 3, detail: usage, documentation: documentation, rank: 3)
        }
    }

    private static var words: [[String: Any]] {
        [
            "SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "JOIN",
            "LEFT JOIN", "LATERAL", "MATCH_RECOGNIZE", "OVERLAPS", "OFFSET",
            "CREATE TABLE", "INSERT INTO", "IMPORT", "EXPORT", "DISTINCT", "WITH", "CASE",
            "INTERVAL",
        ].map { ["label": $0, "kind": 14, "detail": "", "sortText": "4\($0)"] }
    }
}
