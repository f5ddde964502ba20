// A range of bytes in one source text; every syntax node and diagnostic carries one.

/// A half-open range of UTF-8 byte offsets in a source text.
package struct Span: Hashable, Sendable {
    /// Offset of the first byte.
    package var start: Int
    /// Offset one past the last byte.
    package var end: Int

    package init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = max(start, end)
    }

    /// The smallest span that covers both.
    package func union(_ other: Span) -> Span {
        Span(min(start, other.start), max(end, other.end))
    }

    /// The same bytes of a text that begins further on.
    package func moved(by distance: Int) -> Span { Span(start + distance, end + distance) }
}
