// Tokens with what stands between brackets.

/// A token, or a pair of brackets with what is in it.
indirect enum TokenNode {
    case token(FormatToken)
    case group(open: FormatToken, [TokenNode], close: FormatToken)

    var first: FormatToken {
        switch self {
        case .token(let token), .group(let token, _, _): token
        }
    }

    var last: FormatToken {
        switch self {
        case .token(let token), .group(_, _, let token): token
        }
    }

    /// The bare upper-case word of a token.
    var word: String { if case .token(let token) = self { token.word } else { "" } }

    func isSymbol(_ symbol: String) -> Bool {
        if case .token(let token) = self { token.isSymbol(symbol) } else { false }
    }
}

enum TokenTree {
    /// Statements, each ending with its semicolon if it has one.
    static func statements(_ tokens: [FormatToken]) -> [[TokenNode]] {
        var result: [[TokenNode]] = []
        var index = 0
        while index < tokens.count, tokens[index].kind != .end {
            var nodes: [TokenNode] = []
            while index < tokens.count, tokens[index].kind != .end {
                let node = read(tokens, &index)
                nodes.append(node)
                if node.isSymbol(";") { break }
            }
            result.append(nodes)
        }
        return result
    }

    private static func read(_ tokens: [FormatToken], _ index: inout Int, depth: Int = 0)
        -> TokenNode
    {
        let open = tokens[index]
        index += 1
        guard let closing = closing(of: open), depth < 200 else { return .token(open) }
        let start = index
        var inner: [TokenNode] = []
        while index < tokens.count, tokens[index].kind != .end, !closes(tokens[index], closing) {
            inner.append(read(tokens, &index, depth: depth + 1))
        }
        guard index < tokens.count, closes(tokens[index], closing) else {
            // A bracket that is never closed is a token like others.
            index = start
            return .token(open)
        }
        index += 1
        return .group(open: open, inner, close: tokens[index - 1])
    }

    /// What ends what a token opens: brackets, and CASE with its END.
    private static func closing(of token: FormatToken) -> String? {
        if token.isSymbol("(") { return ")" }
        if token.isSymbol("[") { return "]" }
        return token.word == "CASE" ? "END" : nil
    }

    private static func closes(_ token: FormatToken, _ closing: String) -> Bool {
        token.isSymbol(closing) || token.word == closing
    }
}
