// MATCH_RECOGNIZE with names and types resolved (Flink: queries/match_recognize.md).

import WeirColumnar

/// A pattern over the rows of each partition, in the order of their event time.
package struct LogicalMatch: Sendable {
    /// Columns of the input; they are the first columns of the result.
    package let partitionBy: [Int]
    package let orderBy: [SortKey]
    /// The variables of the pattern, in the order of the text.
    package let variables: [Variable]
    package let pattern: Pattern
    /// What expressions of this pattern take from the rows: their columns are numbers in this list.
    package let references: [Reference]
    /// The columns of the result behind the partition, over the references.
    package let measures: [BoundExpression]
    package let skip: Skip
    /// The longest match in µs, from its first row to its last.
    package let within: Int64?

    package struct Variable: Sendable {
        package let name: String
        /// Over the references; nil when every row fits.
        package let condition: BoundExpression?
    }

    /// Variables are numbers in `variables`.
    package indirect enum Pattern: Sendable, Equatable {
        case variable(Int)
        case sequence([Pattern])
        /// `maximum` is nil without a limit.
        case repeated(Pattern, minimum: Int, maximum: Int?, isReluctant: Bool)
    }

    package enum Skip: Sendable, Equatable {
        case pastLastRow
        case toNextRow
        case toFirst(Int)
        case toLast(Int)
    }

    /// A value of the rows that are mapped to a variable so far; nil is for all rows of the match.
    package enum Reference: Sendable, Equatable {
        /// Of the first row, or of one so many rows behind it.
        case first(BoundExpression, variable: Int?, offset: Int)
        /// Of the last row, or of one so many rows before it.
        case last(BoundExpression, variable: Int?, offset: Int)
        /// An aggregate; no argument for `COUNT(A.*)` and `COUNT(*)`.
        case aggregate(String, BoundExpression?, variable: Int?)
        /// The event time of the last row of the match.
        case rowtime
    }
}

extension LogicalMatch.Reference {
    /// The expression over the input, if there is one.
    var operand: BoundExpression? {
        switch self {
        case .first(let value, _, _), .last(let value, _, _): value
        case .aggregate(_, let value, _): value
        case .rowtime: nil
        }
    }

    func mapOperand(_ body: (BoundExpression) -> BoundExpression) -> Self {
        switch self {
        case .first(let value, let variable, let offset):
            .first(body(value), variable: variable, offset: offset)
        case .last(let value, let variable, let offset):
            .last(body(value), variable: variable, offset: offset)
        case .aggregate(let name, let value, let variable):
            .aggregate(name, value.map(body), variable: variable)
        case .rowtime: .rowtime
        }
    }
}

extension LogicalMatch {
    /// What is computed of the rows of the input.
    var operands: [BoundExpression] { references.compactMap(\.operand) }

    func mapOperands(_ body: (BoundExpression) -> BoundExpression) -> LogicalMatch {
        LogicalMatch(
            partitionBy: partitionBy,
            orderBy: orderBy.map {
                SortKey(
                    expression: body($0.expression), isDescending: $0.isDescending,
                    nullsFirst: $0.nullsFirst)
            }, variables: variables, pattern: pattern,
            references: references.map { $0.mapOperand(body) }, measures: measures, skip: skip,
            within: within)
    }
}

extension LogicalMatch.Pattern {
    /// The variable that begins it, and how often that comes; `maximum` is nil without a limit.
    var first: (variable: Int, minimum: Int, maximum: Int?) {
        switch self {
        case .variable(let index): return (index, 1, 1)
        case .sequence(let parts): return parts.first?.first ?? (0, 1, 1)
        case .repeated(let part, let minimum, let maximum, _):
            return (part.first.variable, minimum, maximum)
        }
    }
}
