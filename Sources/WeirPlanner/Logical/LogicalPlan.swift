// Queries as relational algebra: what is computed, not how.

package import WeirColumnar
package import WeirFunctions
package import WeirSQL

/// An operator with its inputs, and the columns that it gives.
package struct LogicalPlan: Sendable {
    package let node: LogicalNode
    package let columns: [Field]
    /// What it stands for in the script.
    package let span: Span
    /// Operators in the tree; what is read twice counts twice.
    package let size: Int
    /// Key, event time and changelog mode.
    package private(set) var relation: Relation

    package init(_ node: LogicalNode, _ columns: [Field], _ span: Span) {
        self.node = node
        self.columns = columns
        self.span = span
        size = node.inputs.reduce(1) { $0 + $1.size }
        relation = Relation(columns: columns, rowtime: nil, key: nil, mode: .append)
        relation = inferred
    }
}

/// The operators of relational algebra. Expressions are over the input's columns; those of joins
/// over the left columns followed by the right ones.
package indirect enum LogicalNode: Sendable {
    /// A table of the script.
    case scan(ScanSource, name: String, Relation)
    case values([[BoundExpression]])
    case project(LogicalPlan, [BoundExpression])
    case filter(LogicalPlan, BoundExpression)
    case join(LogicalPlan, LogicalPlan, LogicalJoin)
    /// Each element of an array, a multiset or a map as a row beside the left one.
    case unnest(LogicalPlan, BoundExpression, withOrdinality: Bool, keepsUnmatched: Bool)
    /// Adds window_start, window_end and window_time.
    case window(LogicalPlan, LogicalWindow)
    /// Keys, then calls.
    case aggregate(LogicalPlan, LogicalAggregation)
    /// Adds one column a call.
    case over(LogicalPlan, [OverCall])
    /// The first rows of each partition; adds the rank when it is asked for.
    case rank(LogicalPlan, LogicalRank)
    case setOperation(SetOperator, isAll: Bool, LogicalPlan, LogicalPlan)
    case sort(LogicalPlan, [SortKey], limit: Int?, offset: Int?)
    /// The partition, then the measures of each match.
    case match(LogicalPlan, LogicalMatch)
    /// What happens to the rows of a table, as rows: the code of the change, then the row.
    case changelog(LogicalPlan, ChangeCodes)
}

/// Where the rows of a table come from.
package enum ScanSource: Sendable, Equatable {
    /// The output of a stage.
    case stage(Int)
    /// The store, which computes them when they are read.
    case view
    /// Nowhere: the definition failed, and this has been reported.
    case nothing
}

/// A join's kind and condition.
package struct LogicalJoin: Sendable {
    package enum Kind: String, Sendable {
        case inner
        case left
        case right
        case full
        /// Left rows with a match; only the left columns come out.
        case semi
        /// Left rows without a match.
        case anti
    }

    /// How time takes part in a join.
    package enum Time: Sendable, Equatable {
        /// It does not: both sides are kept.
        case regular
        /// `FOR SYSTEM_TIME AS OF` a time of the left side.
        case temporal(BoundExpression)
        /// Event times no further apart than these (µs): left time − right time is within them.
        case interval(lower: Int64, upper: Int64)
        /// Rows of the same window.
        case window
    }

    package var kind: Kind
    /// Nil for all pairs.
    package var condition: BoundExpression?
    package var time: Time = .regular

    package init(kind: Kind, condition: BoundExpression?, time: Time = .regular) {
        self.kind = kind
        self.condition = condition
        self.time = time
    }
}

/// A window table function; times in µs.
package struct LogicalWindow: Sendable, Equatable {
    package enum Shape: Sendable, Equatable {
        case tumble(size: Int64, offset: Int64)
        case hop(slide: Int64, size: Int64, offset: Int64)
        case cumulate(step: Int64, size: Int64, offset: Int64)
        case session(gap: Int64, partitionBy: [Int])

        package var name: String {
            switch self {
            case .tumble: "TUMBLE"
            case .hop: "HOP"
            case .cumulate: "CUMULATE"
            case .session: "SESSION"
            }
        }
    }

    package let shape: Shape
    /// The time column of the input.
    package let time: Int
    /// Where the time is named.
    package let timeSpan: Span
    /// By whose clocks windows begin and end, when the time is an instant and the session is not
    /// in UTC (Flink: windows over TIMESTAMP_LTZ).
    package let zone: SessionZone?
    /// Whether rows go into windows by the time at which they come.
    package let isByArrival: Bool

    /// Equality is of meaning: the place in the text does not count.
    package static func == (left: LogicalWindow, right: LogicalWindow) -> Bool {
        left.shape == right.shape && left.time == right.time
    }
}

/// One aggregate call of a query.
package struct LogicalCall: Sendable, Equatable {
    /// The registered name, upper case.
    package let function: String
    /// Empty for `COUNT(*)`.
    package let arguments: [BoundExpression]
    package let isDistinct: Bool
    /// Only rows for which it is TRUE count.
    package let filter: BoundExpression?
    package let type: DataType
}

/// GROUP BY.
package struct LogicalAggregation: Sendable {
    package let keys: [BoundExpression]
    /// Which keys each grouping set has; nil for one set with all of them.
    package let sets: [[Int]]?
    package let calls: [LogicalCall]
    /// Whether it is a SELECT DISTINCT or a UNION.
    package let isDistinct: Bool
}

/// A sort key.
package struct SortKey: Sendable, Hashable {
    package let expression: BoundExpression
    package let isDescending: Bool
    package let nullsFirst: Bool
}

/// A call with OVER.
package struct OverCall: Sendable, Equatable {
    package let function: String
    package let arguments: [BoundExpression]
    package let partitionBy: [BoundExpression]
    package let orderBy: [SortKey]
    package let frame: OverFrame
    package let isDistinct: Bool
    package let type: DataType
    package let span: Span

    /// Equality is of meaning: the place in the text does not count.
    package static func == (left: OverCall, right: OverCall) -> Bool {
        left.function == right.function && left.arguments == right.arguments
            && left.partitionBy == right.partitionBy && left.orderBy == right.orderBy
            && left.frame == right.frame && left.isDistinct == right.isDistinct
    }
}

/// The rows that an OVER aggregate sees; the upper bound is the current row.
package enum OverFrame: Sendable, Equatable {
    case unbounded(isRows: Bool)
    case rows(Int64)
    /// µs.
    case range(Int64)
}

/// ROW_NUMBER with a bound on it: Top-N, and with one row deduplication.
package struct LogicalRank: Sendable {
    package let partitionBy: [BoundExpression]
    package let orderBy: [SortKey]
    /// Ranks kept, from 1.
    package let ranks: ClosedRange<Int64>
    package let emitsRank: Bool
}

extension LogicalNode {
    /// The inputs, left to right.
    package var inputs: [LogicalPlan] {
        switch self {
        case .scan, .values: []
        case .project(let input, _), .filter(let input, _), .unnest(let input, _, _, _),
            .window(let input, _), .aggregate(let input, _), .over(let input, _),
            .rank(let input, _), .sort(let input, _, _, _), .match(let input, _),
            .changelog(let input, _):
            [input]
        case .join(let left, let right, _), .setOperation(_, _, let left, let right):
            [left, right]
        }
    }

}

extension LogicalPlan {
    package var inputs: [LogicalPlan] { node.inputs }

    /// The same operator over other inputs of the same shape.
    func replacing(inputs: [LogicalPlan]) -> LogicalPlan {
        guard let first = inputs.first, let last = inputs.last else { return self }
        let changed: LogicalNode =
            switch node {
            case .scan, .values: node
            case .project(_, let values): .project(first, values)
            case .filter(_, let condition): .filter(first, condition)
            case .unnest(_, let operand, let withOrdinality, let keepsUnmatched):
                .unnest(
                    first, operand, withOrdinality: withOrdinality, keepsUnmatched: keepsUnmatched)
            case .window(_, let window): .window(first, window)
            case .aggregate(_, let aggregation): .aggregate(first, aggregation)
            case .over(_, let calls): .over(first, calls)
            case .rank(_, let rank): .rank(first, rank)
            case .sort(_, let keys, let limit, let offset):
                .sort(first, keys, limit: limit, offset: offset)
            case .match(_, let match): .match(first, match)
            case .changelog(_, let codes): .changelog(first, codes)
            case .join(_, _, let join): .join(first, last, join)
            case .setOperation(let operation, let isAll, _, _):
                .setOperation(operation, isAll: isAll, first, last)
            }
        return LogicalPlan(changed, columns, span)
    }
}
