// What the store computes when somebody asks.

package import WeirColumnar
package import WeirSQL

/// A table that is a query over stored tables, computed when it is read.
package struct StoreView: Sendable {
    package let name: String
    package let columns: [Field]
    /// One SELECT over physical columns of `weir_data_…` tables.
    package let sql: String
    /// Tables and views that it reads.
    package let reads: [String]
    package let order: [(column: Int, isDescending: Bool, nullsFirst: Bool)]
    package let limit: Int?
    package let offset: Int?
    /// Whether readers see it.
    package let isExposed: Bool
    package let documentation: String?
    package let span: Span
    /// Whether it is kept up to date instead as soon as reading it is measured to cost too much: no
    /// hint says where it is computed, the stream can do it, and it depends on nothing but its input.
    package let isMovable: Bool
}

/// Where a definition is computed, and why.
package struct StageAssignment: Sendable {
    package enum Stage: String, Sendable {
        /// Kept up to date as rows come in.
        case stream
        /// Computed when it is read.
        case store
    }

    package let stage: Stage
    /// A sentence for people, without full stop.
    package let reason: String
}
