// What the operator of MATCH_RECOGNIZE is told.

package import WeirColumnar

/// A pattern over the rows of each partition in the order of their event time; gives the partition
/// and the measures of each match (Flink: queries/match_recognize.md).
package struct MatchPlan: Sendable {
    package let partitionBy: [Int]
    /// The event time.
    package let time: Int
    /// The order of rows with the same time.
    package let orderBy: [SortColumn]
    package let pattern: LogicalMatch.Pattern
    /// Names of the variables.
    package let variables: [String]
    /// By variable, over the references; nil when every row fits.
    package let conditions: [BoundExpression?]
    package let references: [MatchReference]
    /// Over the references.
    package let measures: [BoundExpression]
    package let skip: LogicalMatch.Skip
    /// A match whose first row is so far back (µs) is given up.
    package let within: Int64?
}

/// A value taken from the rows of a match.
package struct MatchReference: Sendable {
    package enum Kind: Sendable, Equatable {
        /// Of the row so many behind the first, or before the last.
        case first(offset: Int)
        case last(offset: Int)
        case aggregate(String)
        /// The event time of the last row.
        case rowtime
    }

    package let kind: Kind
    /// Nil for `COUNT(*)`.
    package let column: Int?
    /// Whose rows; nil for all rows of the match.
    package let variable: Int?
    package let type: DataType

    /// Whether it is a value of the row itself when that row is tried for a variable.
    package func isOwn(of variable: Int) -> Bool {
        switch kind {
        case .last(offset: 0): self.variable ?? variable == variable
        case .rowtime: true
        case .first, .last, .aggregate: false
        }
    }
}
