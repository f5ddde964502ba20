// Diagnostics as text with the source line and a caret, and as JSON.

/// Renders diagnostics for people and for programs.
package struct DiagnosticRenderer: Sendable {
    let source: SourceText
    /// Whether ANSI colours are used.
    let coloured: Bool

    package init(source: SourceText, coloured: Bool) {
        self.source = source
        self.coloured = coloured
    }

    /// A block of lines: position, message, source line, caret line, hint.
    package func render(_ diagnostic: Diagnostic) -> String {
        let start = source.position(at: diagnostic.span.start)
        let end = source.position(at: max(diagnostic.span.start, diagnostic.span.end))
        let lineText = source.line(start.line)
        let gutter = String(start.line)
        let pad = String(repeating: " ", count: gutter.count)
        let scalars = Array(lineText.unicodeScalars)
        let lastColumn = end.line == start.line ? end.column : scalars.count + 1
        let width = max(1, lastColumn - start.column)
        let lead = scalars.prefix(max(0, start.column - 1)).map { $0 == "\t" ? "\t" : " " }
            .joined()
        let isError = diagnostic.severity == .error
        let label = paint(diagnostic.severity.rawValue, isError ? "1;31" : "1;33")
        let carets = paint(String(repeating: "^", count: width), isError ? "1;31" : "1;33")
        var text = "\(label)[\(diagnostic.code)]: \(paint(diagnostic.message, "1"))\n"
        text += "\(pad)\(paint("-->", "34")) \(source.name):\(start.line):\(start.column)\n"
        text += "\(pad) \(paint("|", "34"))\n"
        text += "\(paint(gutter, "34")) \(paint("|", "34")) \(lineText)\n"
        text += "\(pad) \(paint("|", "34")) \(lead)\(carets)\n"
        if let hint = diagnostic.hint { text += "\(pad) \(paint("=", "34")) hint: \(hint)\n" }
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

    /// A JSON array of `{severity, code, file, line, column, endLine, endColumn, message, hint}`.
    package func json(_ diagnostics: [Diagnostic]) -> String {
        let items = diagnostics.inSourceOrder.map { item -> String in
            let start = source.position(at: item.span.start)
            let end = source.position(at: item.span.end)
            let hint = item.hint.map { jsonQuoted($0) } ?? "null"
            return """
                {"severity":"\(item.severity.rawValue)","code":\(jsonQuoted(item.code)),\
                "file":\(jsonQuoted(source.name)),"line":\(start.line),"column":\(start.column),\
                "endLine":\(end.line),"endColumn":\(end.column),\
                "message":\(jsonQuoted(item.message)),"hint":\(hint)}
                """
        }
        return "[" + items.joined(separator: ",\n ") + "]\n"
    }

    private func paint(_ text: String, _ style: String) -> String {
        coloured ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
    }
}

/// A JSON string literal (RFC 8259, section 7).
package func jsonQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where scalar.value < 0x20:
            let hex = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
