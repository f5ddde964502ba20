// The columns that an expression may name.

import WeirColumnar
import WeirSQL

/// The columns of one input and the name they may be qualified with.
struct Scope {
    let columns: [Field]
    /// The table's name or alias.
    let qualifier: String?

    /// Finds a column by a path of names; nil with a diagnostic when there is none.
    func resolve(_ path: [Identifier], _ diagnostics: inout [Diagnostic]) -> Int? {
        guard let first = path.first, let last = path.last else { return nil }
        let span = first.span.union(last.span)
        if path.count == 2, let qualifier, qualifier.lowercased() == first.key {
            return find(last, span, &diagnostics)
        }
        if path.count == 1 { return find(first, span, &diagnostics) }
        if index(of: first.name) != nil {
            diagnostics.append(
                .error("unsupported", "access to a nested field is not supported yet", at: span))
        } else {
            diagnostics.append(
                .error(
                    "unknown-table", "there is no table '\(first.name)' in FROM", at: first.span,
                    hint: qualifier.map { "the table here is called \($0)" }))
        }
        return nil
    }

    /// An exact match, else the only one that differs in case.
    func index(of name: String) -> Int? {
        if let exact = columns.firstIndex(where: { $0.name == name }) { return exact }
        let matches = columns.indices.filter { columns[$0].name.lowercased() == name.lowercased() }
        return matches.count == 1 ? matches[0] : nil
    }

    private func find(
        _ identifier: Identifier, _ span: Span, _ diagnostics: inout [Diagnostic]
    ) -> Int? {
        if let index = index(of: identifier.name) { return index }
        let names = columns.map(\.name)
        var hint = nearestName(to: identifier.name, among: names).map { "did you mean \($0)?" }
        if hint == nil, !names.isEmpty {
            let shown = names.prefix(12).joined(separator: ", ")
            hint = "columns here: \(shown)\(names.count > 12 ? ", …" : "")"
        }
        diagnostics.append(
            .error(
                "unknown-column", "there is no column '\(identifier.name)'", at: span, hint: hint))
        return nil
    }
}
