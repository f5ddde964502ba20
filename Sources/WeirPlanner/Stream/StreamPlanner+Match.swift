// MATCH_RECOGNIZE as a stage.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension StreamPlanner {
    mutating func lowerMatch(
        _ plan: LogicalPlan, _ input: LogicalPlan, _ match: LogicalMatch, _ name: String
    ) -> Lowered? {
        var rows = InputRows(input, reading: [])
        let partition = match.partitionBy.map { rows.position(of: input.column($0)) }
        guard let lead = match.orderBy.first else { return nil }
        let time = rows.position(of: lead.expression)
        let order = match.orderBy.dropFirst().map {
            SortColumn(
                column: rows.position(of: $0.expression), isDescending: $0.isDescending,
                nullsFirst: $0.nullsFirst)
        }
        let references = match.references.map {
            Self.reference($0, time: lead.expression.type, &rows)
        }
        let expressions = match.measures + match.variables.compactMap(\.condition)
        guard check(rows.values + expressions),
            var stage = lowerValues(rows.values, of: input, "\(name).rows")
        else { return nil }
        if lead.expression.isProcessingTime(in: input) {
            // Rows get the time at which they come, and the clock is their watermark.
            stage = stamp(
                BoundExpression(.column(time), lead.expression.type, lead.expression.span),
                of: stage, nil, name)
        }
        let node = MatchPlan(
            partitionBy: partition, time: time, orderBy: Array(order), pattern: match.pattern,
            variables: match.variables.map(\.name), conditions: match.variables.map(\.condition),
            references: references,
            measures: match.measures, skip: match.skip, within: match.within)
        return Lowered(
            stage: graph.add(
                "\(name).match", .match(node), inputs: [stage], relation: plan.relation,
                span: plan.span))
    }

    private static func reference(
        _ reference: LogicalMatch.Reference, time: DataType, _ rows: inout InputRows
    ) -> MatchReference {
        switch reference {
        case .first(let value, let variable, let offset):
            MatchReference(
                kind: .first(offset: offset), column: rows.position(of: value), variable: variable,
                type: value.type.nullable(true))
        case .last(let value, let variable, let offset):
            MatchReference(
                kind: .last(offset: offset), column: rows.position(of: value), variable: variable,
                type: value.type.nullable(true))
        case .aggregate(let function, let value, let variable):
            MatchReference(
                kind: .aggregate(function), column: value.map { rows.position(of: $0) },
                variable: variable,
                type: value.flatMap {
                    FunctionRegistry.aggregate(named: function)?.resolve($0.type)
                } ?? DataType(.bigint, nullable: false))
        case .rowtime:
            MatchReference(kind: .rowtime, column: nil, variable: nil, type: time)
        }
    }
}

extension LogicalPlan {
    /// One of its columns as an expression.
    fileprivate func column(_ index: Int) -> BoundExpression {
        BoundExpression(.column(index), columns[index].type, span)
    }
}
