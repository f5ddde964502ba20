// A text that an editor has open, and places in it as editors count them.

import WeirSQL

/// A place in LSP: line and UTF-16 unit, both from 0.
struct EditorPosition: Equatable {
    let line: Int
    let character: Int

    /// No text is longer; an editor may send anything.
    private static let range = 0...(1 << 30)

    var json: [String: Any] { ["line": line, "character": character] }

    init(line: Int, character: Int) {
        self.line = line
        self.character = character
    }

    init?(_ json: Any?) {
        guard let json = json as? [String: Any], let line = json["line"] as? Int,
            let character = json["character"] as? Int, Self.range.contains(line),
            Self.range.contains(character)
        else { return nil }
        self.init(line: line, character: character)
    }

    /// A place in a source, whose columns are Unicode scalars from 1.
    init(_ place: (line: Int, column: Int), in source: SourceText) {
        let units = source.line(place.line).unicodeScalars.prefix(place.column - 1)
            .reduce(0) { $0 + ($1.value > 0xFFFF ? 2 : 1) }
        self.init(line: place.line - 1, character: units)
    }

    /// The offset in spans of a source.
    func offset(in source: SourceText) -> Int {
        var column = 1
        var units = 0
        for scalar in source.line(line + 1).unicodeScalars {
            if units >= character { break }
            units += scalar.value > 0xFFFF ? 2 : 1
            column += 1
        }
        return source.offset(line: line + 1, column: column)
    }
}

extension SourceMap {
    /// A span as an editor's range.
    func range(_ span: Span) -> [String: Any] {
        let source = text(at: span.start)
        let start = EditorPosition(source.position(at: span.start), in: source)
        let end = EditorPosition(source.endPosition(of: span), in: source)
        return ["start": start.json, "end": end.json]
    }
}

/// The words around a place.
struct CursorContext {
    /// The token that the place is in or behind.
    let token: Token?
    /// The tokens of the statement before that token.
    let before: [Token]
    /// All tokens of the statement.
    let statement: [Token]

    init(_ source: SourceText, _ offset: Int) {
        let (tokens, _) = Lexer.tokenize(source)
        let index = tokens.firstIndex { $0.span.end >= offset && $0.kind != .end }
        let start = index ?? tokens.count
        let first = tokens[..<start].lastIndex { $0.isSymbol(";") }.map { $0 + 1 } ?? 0
        let last = tokens[start...].firstIndex { $0.isSymbol(";") } ?? tokens.count
        let isInside = index.map { tokens[$0].span.start < offset } ?? false
        token = isInside ? index.map { tokens[$0] } : nil
        before = Array(tokens[min(first, start)..<start])
        statement = Array(tokens[min(first, last)..<last]).filter { $0.kind != .end }
    }

    /// The name in front of the dot in front of the token.
    var qualifier: String? {
        var rest = before
        if let token, token.isSymbol(".") { return rest.last?.text }
        guard let dot = rest.popLast(), dot.isSymbol(".") else { return nil }
        return rest.last?.text
    }
}
