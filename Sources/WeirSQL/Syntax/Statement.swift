// Statements of a script.

/// A hint in front of a statement: `/*+ name(argument, …) */`.
package struct Hint: Sendable {
    package let name: Identifier
    package let arguments: [String]
}

/// What stands in front of a statement.
package struct Preamble: Sendable {
    package let hints: [Hint]
    /// The doc-string, split into its parts.
    package let documentation: Documentation?
}

/// A key and a value of a WITH clause.
package struct TableOption: Sendable {
    package let key: String
    package let value: String
    package let keySpan: Span
    package let valueSpan: Span

    package init(key: String, value: String, keySpan: Span, valueSpan: Span) {
        self.key = key
        self.value = value
        self.keySpan = keySpan
        self.valueSpan = valueSpan
    }
}

/// A dotted name, maybe with a star at its end: what IMPORT and EXPORT point at.
package struct ModulePath: Sendable {
    package let names: [Identifier]
    /// Whether it ends in `.*`.
    package let isAll: Bool
    package let span: Span
}

/// CREATE FUNCTION.
package struct CreateFunction: Sendable {
    package let name: Identifier
    package let className: String
    package let language: String?
    package let span: Span
}

/// A statement with its place and its preamble.
package struct Statement: Sendable {
    package enum Kind: Sendable {
        /// `IMPORT path [AS name]`
        case importing(ModulePath, alias: Identifier?)
        /// ``IMPORT `file.csv` AS name``
        case importingFile(path: Identifier, alias: Identifier?)
        /// `EXPORT table TO path`
        case exporting(table: [Identifier], target: ModulePath)
        case createTable(CreateTable)
        case define(Definition)
        case createView(name: Identifier, columns: [Identifier], Query)
        case createFunction(CreateFunction)
        case createDatabase(name: Identifier)
        case use(path: [Identifier])
        case set(key: String, value: String)
        case insert(target: [Identifier], columns: [Identifier], Query)
        case nextBatch
    }

    package let kind: Kind
    package let preamble: Preamble
    package let span: Span

    package init(kind: Kind, preamble: Preamble, span: Span) {
        self.kind = kind
        self.preamble = preamble
        self.span = span
    }
}

/// A parsed script: what could be read, and what was wrong with the rest.
package struct Script: Sendable {
    package let source: SourceText
    package let statements: [Statement]
    package let diagnostics: [Diagnostic]
}
