// The part of a source line that is shown under a diagnostic.

/// A line around a span, cut where it is too long for a screen, and the carets below it.
struct LineExcerpt {
    let text: String
    /// Blanks (and tabs where the line has them) up to the span.
    let lead: String
    let carets: String
    /// Characters of a line that are shown.
    private static let limit = 160
    /// Characters shown in front of the span when the line is cut there.
    private static let context = 40

    /// - Parameters:
    ///   - column: first character of the span, from 1.
    ///   - end: first character behind it, from 1.
    init(_ line: String, column: Int, end: Int) {
        let scalars = Array(line.unicodeScalars)
        let start = min(max(0, column - 1), scalars.count)
        let isLong = scalars.count > Self.limit
        let first = isLong ? max(0, min(start - Self.context, scalars.count - Self.limit)) : 0
        let last = isLong ? min(scalars.count, first + Self.limit) : scalars.count
        let front = first > 0 ? "… " : ""
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: scalars[first..<last])
        text = front + String(shown) + (last < scalars.count ? " …" : "")
        lead =
            String(repeating: " ", count: front.count)
            + scalars[first..<start].map { $0 == "\t" ? "\t" : " " }.joined()
        carets = String(repeating: "^", count: max(1, min(end - 1, last) - start))
    }
}
