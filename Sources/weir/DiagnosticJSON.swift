// Diagnostics for programs.

import WeirColumnar
import WeirSQL

enum DiagnosticJSON {
    /// A JSON array of `{severity, code, file, line, column, endLine, endColumn, message, hint,
    /// note, fixes}`; a fix is `{title, line, column, endLine, endColumn, replacement}`.
    static func text(_ diagnostics: [Diagnostic], _ sources: SourceMap) -> String {
        let items = diagnostics.inSourceOrder.map { item -> String in
            let hint = item.hint.map { jsonQuoted($0) } ?? "null"
            let note = item.note.map { jsonQuoted($0) } ?? "null"
            let fixes = item.fixes.map { fix in
                """
                {"title":\(jsonQuoted(fix.title)),\(place(fix.span, sources)),\
                "replacement":\(jsonQuoted(fix.replacement))}
                """
            }
            return """
                {"severity":"\(item.severity.rawValue)","code":\(jsonQuoted(item.code)),\
                "file":\(jsonQuoted(sources.text(at: item.span.start).name)),\
                \(place(item.span, sources)),"message":\(jsonQuoted(item.message)),\
                "hint":\(hint),"note":\(note),"fixes":[\(fixes.joined(separator: ","))]}
                """
        }
        return "[" + items.joined(separator: ",\n ") + "]\n"
    }

    /// The array for a project that cannot be opened at all.
    static func project(_ message: String, _ path: String) -> String {
        """
        [{"severity":"error","code":"project","file":\(jsonQuoted(path)),"line":1,"column":1,\
        "endLine":1,"endColumn":1,"message":\(jsonQuoted(message)),"hint":null,"note":null,\
        "fixes":[]}]

        """
    }

    private static func place(_ span: Span, _ sources: SourceMap) -> String {
        let source = sources.text(at: span.start)
        let start = source.position(at: span.start)
        let end = source.endPosition(of: span)
        return """
            "line":\(start.line),"column":\(start.column),\
            "endLine":\(end.line),"endColumn":\(end.column)
            """
    }
}
