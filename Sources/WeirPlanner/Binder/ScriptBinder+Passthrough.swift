// `Name(arguments) RETURNS (columns) := …`: SQL of the store, taken as it is.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    mutating func bindPassthrough(_ definition: Definition, _ statement: Statement) {
        guard case .passthrough(let text, let span) = definition.body else { return }
        let columns = (definition.returns ?? []).compactMap { column in
            TypeBinder.bind(column.type, &diagnostics).map { Field(column.name.name, $0) }
        }
        guard columns.count == definition.returns?.count,
            let arguments = bindArguments(definition.arguments ?? [])
        else { return }
        var parent: (name: String, columns: [Field])?
        if let name = definition.parent {
            guard let (_, relation, shown) = resolveTable([name], name.span) else { return }
            parent = (shown, relation.columns)
        }
        var reader = PassthroughReader(text, span, arguments: arguments, this: parent?.columns)
        reader.read()
        diagnostics += reader.diagnostics
        guard reader.diagnostics.isEmpty else { return }
        // Names that are tables of the script are stored; others may be the query's own.
        let tables = reader.tables.filter { self.tables[$0.lowercased()] != nil }
        for table in tables { _ = resolveTable([Identifier(table, span)], span) }
        let reads = tables.compactMap { self.tables[$0.lowercased()]?.name }
        demand(reads)
        let name =
            definition.parent == nil
            ? context.shown(definition.name)
            : "\(parent?.name ?? "").\(definition.name.name)"
        queries.append(
            StoreQuery(
                name: name,
                kind: parent.map { .relationship(parent: $0.name) } ?? .function,
                arguments: arguments + reader.inherited, columns: columns,
                reads: reads, limit: nil, documentation: statement.preamble.documentation,
                span: statement.span,
                select: StoreSelect(text: reader.sql, columns: columns), plan: nil,
                cacheSeconds: cacheSeconds(statement)))
        if definition.arguments == nil, definition.parent == nil {
            _ = register(
                definition.name,
                CatalogTable(
                    name: name, kind: .passthrough,
                    relation: Relation(columns: columns, rowtime: nil, key: nil, mode: .updating),
                    span: definition.name.span))
        }
    }
}

/// Finds arguments and tables in SQL that is passed through.
private struct PassthroughReader {
    private let tokens: [Token]
    private let text: SourceText
    private let span: Span
    private let arguments: [QueryArgument]
    private let this: [Field]?
    private(set) var sql = ""
    /// Names behind FROM and JOIN.
    private(set) var tables: [String] = []
    private(set) var inherited: [QueryArgument] = []
    private(set) var diagnostics: [Diagnostic] = []

    init(_ text: String, _ span: Span, arguments: [QueryArgument], this: [Field]?) {
        self.text = SourceText(name: "", text)
        self.span = span
        self.arguments = arguments
        self.this = this
        // Double quotes are names here.
        tokens = Lexer.tokenize(self.text).0
    }

    mutating func read() {
        var end = 0
        var index = 0
        while index < tokens.count, tokens[index].kind != .end {
            let token = tokens[index]
            let next = tokens[min(index + 1, tokens.count - 1)]
            var replacement: String?
            var last = token
            if token.isSymbol(":") || token.isSymbol("@"), next.span.start == token.span.end,
                next.kind == .word || next.kind == .quotedIdentifier
            {
                replacement = argument(next)
                last = next
                index += 1
            } else if token.isWord("THIS"), next.isSymbol("."), index + 2 < tokens.count {
                replacement = column(tokens[index + 2])
                last = tokens[index + 2]
                index += 2
            } else if token.isWord("FROM") || token.isWord("JOIN"),
                [.word, .string, .quotedIdentifier].contains(next.kind)
            {
                if !tables.contains(next.text) { tables.append(next.text) }
            }
            if let replacement {
                sql += text.text(Span(end, token.span.start)) + replacement
                end = last.span.end
            }
            index += 1
        }
        sql += text.text(Span(end, text.end))
    }

    private mutating func argument(_ token: Token) -> String? {
        guard
            let found = arguments.first(where: { $0.name.lowercased() == token.text.lowercased() })
        else {
            diagnostics.append(
                .misspelt(
                    "unknown-argument", "there is no argument '\(token.text)'",
                    at: token.span.moved(by: span.start), token.text, among: arguments.map(\.name)))
            return nil
        }
        return StoreExpression.parameter(found.name.lowercased())
    }

    private mutating func column(_ token: Token) -> String? {
        let place = token.span.moved(by: span.start)
        guard let this else {
            diagnostics.append(
                .error("misplaced-this", "'this' belongs to a relationship", at: place))
            return nil
        }
        guard let field = this.first(where: { $0.name.lowercased() == token.text.lowercased() })
        else {
            diagnostics.append(
                .misspelt(
                    "unknown-column", "'this' has no column '\(token.text)'", at: place,
                    token.text, among: this.map(\.name)))
            return nil
        }
        let name = "this.\(field.name.lowercased())"
        if !inherited.contains(where: { $0.name == name }) {
            inherited.append(
                QueryArgument(name: name, type: field.type, origin: .parent(column: field.name)))
        }
        return StoreExpression.parameter(name)
    }
}
