// Diagnostics for programs.

import WeirColumnar
import WeirSQL

enum DiagnosticJSON {
    /// A JSON array of `{severity, code, file, line, column, endLine, endColumn, message, hint}`.
    static func text(_ diagnostics: [Diagnostic], _ source: SourceText) -> String {
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
}
