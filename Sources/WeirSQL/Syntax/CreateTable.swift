// CREATE TABLE.

/// An element of CREATE TABLE's column list.
package enum TableElement: Sendable {
    case column(name: Identifier, type: TypeName, documentation: String?)
    case computed(name: Identifier, Expression)
    /// `name type METADATA [FROM 'key'] [VIRTUAL]`
    case metadata(name: Identifier, type: TypeName, key: String?, isVirtual: Bool, Span)
    case primaryKey([Identifier], Span)
    case watermark(column: [Identifier], Expression, Span)
    case check(name: Identifier, Expression, Span)
}

/// Where a table takes its schema from.
package struct TableLike: Sendable {
    package enum Source: Sendable {
        case table([Identifier])
        /// A data file, an Avro schema, `.` or `*`, in backticks.
        case file(Identifier)
    }

    package let source: Source
    /// `INCLUDING` and `EXCLUDING` clauses, in capitals, as written.
    package let options: [String]
    package let span: Span
}

/// CREATE TABLE.
package struct CreateTable: Sendable {
    package var name: Identifier
    package let isTemporary: Bool
    package let isIfNotExists: Bool
    package var elements: [TableElement]
    package let comment: String?
    package var partitionedBy: [Identifier]
    package var options: [TableOption]
    /// Whether a WITH clause is there at all.
    package var hasOptions: Bool
    package var like: TableLike?
    package let span: Span
}
