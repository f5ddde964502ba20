// Names in the text.

/// A name with its place; comparison of names ignores case.
package struct Identifier: Sendable {
    /// The name as written, without backticks.
    package let name: String
    package let span: Span

    package init(_ name: String, _ span: Span) {
        self.name = name
        self.span = span
    }

    /// A name as it stands in a script: in backticks when it is no plain word.
    package static func quoted(_ name: String) -> String {
        let isPlain =
            name.utf8.enumerated().allSatisfy { index, byte in
                let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
                return isLetter || byte == 0x5F || (index > 0 && byte >= 0x30 && byte <= 0x39)
            } && !name.isEmpty && !ReservedWords.contains(name)
        return isPlain ? name : "`\(name.replacing("`", with: "``"))`"
    }

    /// The form that names are compared in.
    package var key: String { name.lowercased() }
}
