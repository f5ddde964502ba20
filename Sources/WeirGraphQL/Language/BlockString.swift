// What a block string means (GraphQL specification, 2.9.4 BlockStringValue).

enum BlockString {
    /// The text without the indentation that its lines share and without blank lines around it.
    ///
    /// - Parameter raw: between the quotes, with LF as the only line break.
    static func value(_ raw: [UInt8]) -> String {
        var lines = raw.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        let indents = lines.dropFirst().compactMap(indent)
        if let common = indents.min(), common > 0 {
            for index in lines.indices.dropFirst() {
                lines[index].removeFirst(min(common, lines[index].count))
            }
        }
        while let first = lines.first, indent(first) == nil { lines.removeFirst() }
        while let last = lines.last, indent(last) == nil { lines.removeLast() }
        return String(decoding: Array(lines.joined(separator: [0x0A])), as: UTF8.self)
    }

    /// Blanks and tabs at the start of a line; nil when there is nothing else.
    private static func indent(_ line: [UInt8]) -> Int? {
        line.firstIndex { $0 != 0x20 && $0 != 0x09 }
    }
}
