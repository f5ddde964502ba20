// What the operators with more than one input, and those that keep rows, are told.

package import WeirColumnar
package import WeirFunctions

/// Columns of both sides that must be equal.
package struct JoinKeys: Sendable {
    package let left: [Int]
    package let right: [Int]
    /// `IS NOT DISTINCT FROM`: NULL equals NULL.
    package let matchesNull: [Bool]
    /// Layouts in which both sides are compared.
    package let types: [DataType]
}

/// A join of two changing tables, both of which are kept.
package struct JoinPlan: Sendable {
    /// Never `right`: the planner turns the sides.
    package let kind: LogicalJoin.Kind
    package let keys: JoinKeys
    /// Over the left columns followed by the right ones.
    package let residual: BoundExpression?
}

/// A join of two streams whose rows have a time until which they can be matched: an interval join
/// or a window join.
package struct TimedJoinPlan: Sendable {
    package let join: JoinPlan
    /// Columns of the event times.
    package let leftTime: Int
    package let rightTime: Int
    /// How long rows are kept past their time (µs).
    package let leftRetention: Int64
    package let rightRetention: Int64
    /// Whether a row past its time is dropped (window joins) or still looks for matches.
    package let dropsLate: Bool
    /// How far the output's watermark is behind the inputs' (µs).
    package let delay: Int64
}

/// A stream joined with the version of a table at the stream's time.
package struct TemporalJoinPlan: Sendable {
    /// `inner` or `left`.
    package let kind: LogicalJoin.Kind
    package let keys: JoinKeys
    package let residual: BoundExpression?
    /// Columns of the event times; nil when the current version is meant (processing time).
    package let times: (left: Int, right: Int)?
}

/// A column to sort by.
package struct SortColumn: Sendable {
    package let column: Int
    package let isDescending: Bool
    package let nullsFirst: Bool
}

/// Top-N of each partition; with one row it is deduplication.
package struct RankPlan: Sendable {
    package let partitionBy: [Int]
    package let orderBy: [SortColumn]
    package let ranks: ClosedRange<Int64>
    package let emitsRank: Bool
    /// Of rows that are equal in order the last one is first (deduplication that keeps the last).
    package let lastWins: Bool
    /// The event time of deduplication that keeps the first row, which comes out once, when the
    /// watermark has passed it.
    package let firstByTime: Int?
    /// The end of the window that the partitions are of: their rows come out when it has passed.
    package let windowEnd: Int?
    /// Whether rows are only added to the input.
    package let isAppend: Bool
}

/// Calls with OVER: the input's columns, then one column a call.
package struct OverPlan: Sendable {
    package let partitionBy: [Int]
    package let orderBy: [SortColumn]
    package let calls: [OverColumn]
    /// The event time by which rows wait for the watermark; nil when the rows of a partition are
    /// computed anew whenever it changes.
    package let time: Int?
}

/// One call with OVER.
package struct OverColumn: Sendable {
    package let function: String
    package let arguments: [Int]
    package let constants: [Scalar?]
    package let frame: OverFrame
    package let isDistinct: Bool
    package let type: DataType
}

/// UNION, INTERSECT, EXCEPT.
package struct SetOperationPlan: Sendable {
    package enum Operation: String, Sendable {
        case intersect
        case except
    }

    package let operation: Operation
    package let isAll: Bool
    package let types: [DataType]
}

/// Elements of a collection beside its row.
package struct UnnestPlan: Sendable {
    package let operand: Int
    package let kind: DataType.Kind
    package let fields: [Field]
    package let withOrdinality: Bool
    package let keepsUnmatched: Bool
}

/// Each row several times, each time with other columns.
package struct ExpandPlan: Sendable {
    package let projections: [[BoundExpression]]
}

/// Rows that are written in the script.
package struct ValuesPlan: Sendable {
    package let rows: [[BoundExpression]]
}

/// The windows of a row, beside it.
package struct WindowAssignPlan: Sendable {
    package let time: Int
    package let shape: LogicalWindow.Shape
}

/// Watermarks by the clocks of a zone or back, and columns back.
package struct ZoneShiftPlan: Sendable {
    package let zone: SessionZone
    /// Whether watermarks are put by the clocks; otherwise back to UTC.
    package let toClock: Bool
    /// Columns with times of the clocks that become instants.
    package let instants: [Int]
}

/// The time at which rows come, for windows of PROCTIME().
package struct StampPlan: Sendable {
    /// The column that gets it.
    package let column: Int
    /// By whose clocks it is; nil for UTC.
    package let zone: SessionZone?
}
