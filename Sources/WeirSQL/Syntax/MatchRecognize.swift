// MATCH_RECOGNIZE (SQL:2016 row pattern recognition, as far as Flink has it).

/// The clause between the parentheses.
package struct MatchRecognize: Sendable {
    package let partitionBy: [Expression]
    package let orderBy: [OrderItem]
    package let measures: [(expression: Expression, name: Identifier)]
    /// `ONE ROW PER MATCH` is false, `ALL ROWS PER MATCH` true, nothing written nil.
    package let allRows: Bool?
    package let skip: MatchSkip
    package let pattern: RowPattern
    package let within: Expression?
    package let subsets: [(name: Identifier, variables: [Identifier])]
    package let definitions: [(variable: Identifier, condition: Expression)]
    package let span: Span
}

/// Where the search goes on behind a match.
package enum MatchSkip: Sendable {
    case pastLastRow
    case toNextRow
    case toFirst(Identifier)
    case toLast(Identifier)
}

/// A row pattern.
package indirect enum RowPattern: Sendable {
    case variable(Identifier)
    case sequence([RowPattern])
    case alternation([RowPattern])
    /// `maximum` is nil without a limit.
    case quantified(RowPattern, minimum: Int, maximum: Int?, isReluctant: Bool)
}
