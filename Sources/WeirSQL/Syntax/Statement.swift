// Statements of a script.

/// A hint in front of a statement: `/*+ name(argument, …) */`.
package struct Hint: Sendable {
    package let name: Identifier
    package let arguments: [String]
}

/// What stands in front of a statement.
package struct Preamble: Sendable {
    package let hints: [Hint]
    /// The text of the doc-string, without the stars.
    package let documentation: String?
}

/// An element of CREATE TABLE's column list.
package enum TableElement: Sendable {
    case column(name: Identifier, type: TypeName, documentation: String?)
    case computed(name: Identifier, Expression)
    case metadata(name: Identifier, type: TypeName, Span)
    case primaryKey([Identifier], Span)
    case watermark(column: Identifier, Expression, Span)
    case check(name: Identifier, Expression, Span)
}

/// A key and a value of a WITH clause.
package struct TableOption: Sendable {
    package let key: String
    package let value: String
    package let keySpan: Span
    package let valueSpan: Span
}

/// CREATE TABLE.
package struct CreateTable: Sendable {
    package let name: Identifier
    package let elements: [TableElement]
    package let options: [TableOption]
}

/// A statement with its place and its preamble.
package struct Statement: Sendable {
    package enum Kind: Sendable {
        case createTable(CreateTable)
        /// `Name := SELECT …`
        case define(name: Identifier, Query)
        case createView(name: Identifier, Query)
        case insert(target: Identifier, Query)
    }

    package let kind: Kind
    package let preamble: Preamble
    package let span: Span
}

/// A parsed script: what could be read, and what was wrong with the rest.
package struct Script: Sendable {
    package let source: SourceText
    package let statements: [Statement]
    package let diagnostics: [Diagnostic]
}
