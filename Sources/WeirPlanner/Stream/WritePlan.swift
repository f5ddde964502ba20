// Tables that the API writes.

import WeirColumnar
package import WeirSQL

/// What the server puts into a column.
package enum WriteMetadata: Sendable, Equatable {
    /// A random UUID (version 4).
    case uuid
    /// When the row was written.
    case timestamp
    /// A claim of the caller's token.
    case claim(String)
}

/// How many rows a write has.
package enum WriteArity: String, Sendable {
    case single
    case batch
    /// As a batch; all rows or none.
    case transaction
}

/// A table that the API writes.
package struct WritePlan: Sendable {
    package let name: String
    /// The source that reads it.
    package let source: SourcePlan
    /// Columns that the server fills in, by their number in the source.
    package let metadata: [Int: WriteMetadata]
    package let arity: WriteArity
    /// How long records stay in the log after they have been read (µs); nil for ever.
    package let retention: Int64?
    package let documentation: Documentation?
    package let span: Span

    /// Columns that the caller gives.
    package var inputs: [Int] { source.columns.indices.filter { metadata[$0] == nil } }
}
