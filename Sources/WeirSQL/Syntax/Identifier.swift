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

    /// The form that names are compared in.
    package var key: String { name.lowercased() }
}
