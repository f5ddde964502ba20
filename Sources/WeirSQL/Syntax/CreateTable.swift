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
    package let name: Identifier
    package let isTemporary: Bool
    package let isIfNotExists: Bool
    package let elements: [TableElement]
    package let comment: String?
    package let partitionedBy: [Identifier]
    package let options: [TableOption]
    /// Whether a WITH clause is there at all.
    package let hasOptions: Bool
    package let like: TableLike?
    package let span: Span
}
