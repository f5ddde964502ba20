// Doc-strings.

/// A doc-string's text and what it says of single columns and arguments.
package struct Documentation: Sendable, Equatable {
    package let text: String
    /// By name as written.
    package let columns: [(name: String, text: String)]
    package let arguments: [(name: String, text: String)]

    package static func == (left: Documentation, right: Documentation) -> Bool {
        left.text == right.text && left.columns.elementsEqual(right.columns, by: ==)
            && left.arguments.elementsEqual(right.arguments, by: ==)
    }

    /// Splits off sections headed `Columns:` and `Arguments:` with lines `- name: text` (SQRL).
    package init(_ comment: String) {
        var text: [String] = []
        var columns: [(name: String, text: String)] = []
        var arguments: [(name: String, text: String)] = []
        var section: Section?
        for line in Self.lines(comment) {
            if let heading = Section(heading: line) {
                section = heading
            } else if let section, let item = Self.item(line) {
                if section == .columns { columns.append(item) } else { arguments.append(item) }
            } else if section != nil, line.isEmpty {
                continue
            } else {
                section = nil
                text.append(line)
            }
        }
        while let first = text.first, first.isEmpty { text.removeFirst() }
        while let last = text.last, last.isEmpty { text.removeLast() }
        self.text = text.joined(separator: "\n")
        self.columns = columns
        self.arguments = arguments
    }

    private enum Section {
        case columns
        case arguments

        /// `# Columns:`, `Argument -` and the like.
        init?(heading line: String) {
            let name = line.lowercased().filter { $0.isLetter }
            let hasRest = line.contains { !$0.isLetter && !"#:- \t".contains($0) }
            guard !hasRest, line.contains(where: { "#:-".contains($0) }) else { return nil }
            switch name {
            case "column", "columns": self = .columns
            case "argument", "arguments": self = .arguments
            default: return nil
            }
        }
    }

    /// `- name: text` or `* name: text`
    private static func item(_ line: String) -> (name: String, text: String)? {
        guard let first = line.first, first == "-" || first == "*" else { return nil }
        let rest = line.dropFirst().drop { $0 == " " }
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        let name = rest[..<colon].filter { $0 != "`" && $0 != " " }
        guard !name.isEmpty else { return nil }
        return (name, String(rest[rest.index(after: colon)...].drop { $0 == " " }))
    }

    /// The lines of a comment without the stars at their fronts.
    private static func lines(_ comment: String) -> [String] {
        let lines = comment.split(separator: "\n", omittingEmptySubsequences: false)
        let isBoxed = isBoxed(lines.dropFirst())
        return lines.map { line in
            var rest = line.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
            if rest.first == "*", isBoxed || rest.dropFirst().first != " " || !Self.isItem(rest) {
                rest = rest.dropFirst()
            }
            if rest.first == " " { rest = rest.dropFirst() }
            while rest.last == " " || rest.last == "\r" { rest = rest.dropLast() }
            return String(rest)
        }
    }

    /// Whether each line begins with a star that is the comment's: one of them is no item of a list.
    private static func isBoxed(_ lines: ArraySlice<Substring>) -> Bool {
        let texts = lines.map { $0.drop { $0 == " " || $0 == "\t" || $0 == "\r" } }
            .filter { !$0.isEmpty }
        return texts.allSatisfy { $0.first == "*" }
            && texts.contains { !isItem($0) || Section(heading: String($0.dropFirst())) != nil }
    }

    /// Whether a line is `* name: text` where the star is the list's and not the comment's.
    private static func isItem(_ line: Substring) -> Bool {
        let rest = line.dropFirst(2)
        guard let colon = rest.firstIndex(of: ":") else { return false }
        return colon > rest.startIndex && !rest[..<colon].contains(" ")
            && rest.first != "-" && rest.first != "*"
    }
}
