// Diagnostics as text with the source line and a caret.

/// Renders diagnostics for people.
package struct DiagnosticRenderer: Sendable {
    let sources: SourceMap
    /// Whether ANSI colours are used.
    let coloured: Bool

    package init(sources: SourceMap, coloured: Bool) {
        self.sources = sources
        self.coloured = coloured
    }

    /// A block of lines: position, message, source line, caret line, hint.
    package func render(_ diagnostic: Diagnostic) -> String {
        let source = sources.text(at: diagnostic.span.start)
        let start = source.position(at: diagnostic.span.start)
        let end = source.endPosition(of: diagnostic.span)
        let lineText = source.line(start.line)
        let gutter = String(start.line)
        let pad = String(repeating: " ", count: gutter.count)
        let excerpt = LineExcerpt(
            lineText, column: start.column,
            end: end.line == start.line ? end.column : lineText.unicodeScalars.count + 1)
        let isError = diagnostic.severity == .error
        let label = paint(diagnostic.severity.rawValue, isError ? "1;31" : "1;33")
        let carets = paint(excerpt.carets, isError ? "1;31" : "1;33")
        var text = "\(label)[\(diagnostic.code)]: \(paint(diagnostic.message, "1"))\n"
        text += "\(pad)\(paint("-->", "34")) \(source.name):\(start.line):\(start.column)\n"
        text += "\(pad) \(paint("|", "34"))\n"
        text += "\(paint(gutter, "34")) \(paint("|", "34")) \(excerpt.text)\n"
        text += "\(pad) \(paint("|", "34")) \(excerpt.lead)\(carets)\n"
        if let hint = diagnostic.hint { text += "\(pad) \(paint("=", "34")) hint: \(hint)\n" }
        if let note = diagnostic.note { text += "\(pad) \(paint("=", "34")) note: \(note)\n" }
        return text
    }

    /// All of them in source order, with a closing count.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        var text = ""
        for diagnostic in diagnostics.inSourceOrder { text += render(diagnostic) + "\n" }
        let errors = diagnostics.filter { $0.severity == .error }.count
        let warnings = diagnostics.count - errors
        var counts: [String] = []
        if errors > 0 { counts.append("\(errors) error\(errors == 1 ? "" : "s")") }
        if warnings > 0 { counts.append("\(warnings) warning\(warnings == 1 ? "" : "s")") }
        if !counts.isEmpty { text += counts.joined(separator: ", ") + "\n" }
        return text
    }

    private func paint(_ text: String, _ style: String) -> String {
        coloured ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
    }
}
