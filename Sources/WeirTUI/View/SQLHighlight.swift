// SQL with colours.

import WeirSQL
import WeirTerminal

enum SQLHighlight {
    private static let keywords: Set<String> = [
        "SELECT", "FROM", "WHERE", "GROUP", "BY", "ORDER", "LIMIT", "HAVING", "AS", "AND", "OR",
        "NOT", "IN", "IS", "NULL", "LIKE", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END", "CAST",
        "DISTINCT", "JOIN", "LEFT", "INNER", "ON", "USING", "UNION", "ALL", "WITH", "DESC", "ASC",
        "OVER", "PARTITION", "OFFSET", "EXISTS", "VALUES",
    ]

    /// Draws one line of SQL.
    static func draw(
        _ line: String, x: Int, y: Int, width: Int, _ model: Model, _ buffer: inout ScreenBuffer
    ) {
        buffer.put(line, x: x, y: y, model.theme[.text], width: width)
        let (tokens, _) = Lexer.tokenize(SourceText(name: "", line))
        let bytes = Array(line.utf8)
        for token in tokens {
            guard let role = role(token), token.span.end <= bytes.count else { continue }
            let before = String(decoding: bytes[..<token.span.start], as: UTF8.self)
            let text = String(decoding: bytes[token.span.start..<token.span.end], as: UTF8.self)
            let column = TextWidth.columns(before)
            guard column < width else { break }
            buffer.put(text, x: x + column, y: y, model.theme[role], width: width - column)
        }
    }

    private static func role(_ token: Token) -> Role? {
        switch token.kind {
        case .word: keywords.contains(token.text.uppercased()) ? .keyword : nil
        case .string: .ok
        case .integer, .decimal, .approximate: .number
        default: nil
        }
    }
}
