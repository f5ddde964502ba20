// Comments behind code stand below each other.

enum TrailingComments {
    /// Stands in front of a comment until its column is known; no script has it.
    static let mark = "\u{1}"
    /// Farther to the right they stand right behind their code.
    private static let maximumColumn = 70

    /// Puts the comments of neighbouring lines into one column; a blank line begins anew.
    static func aligned(_ text: String) -> String {
        var result: [Substring] = []
        var block: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                result += align(block)
                block = []
                result.append(line)
            } else {
                block.append(line)
            }
        }
        return (result + align(block)).joined(separator: "\n")
    }

    private static func align(_ lines: [Substring]) -> [Substring] {
        let widths = lines.compactMap { line in
            line.firstIndex(of: "\u{1}").map { line.distance(from: line.startIndex, to: $0) }
        }.filter { $0 < maximumColumn }
        let column = (widths.max() ?? 0) + 1
        return lines.map { line in
            guard let mark = line.firstIndex(of: "\u{1}") else { return line }
            let code = line[..<mark]
            let blanks = max(1, column - code.count)
            let comment = line[line.index(after: mark)...]
            return code + String(repeating: " ", count: blanks) + comment
        }
    }
}
