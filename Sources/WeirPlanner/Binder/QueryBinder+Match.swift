// MATCH_RECOGNIZE to a logical plan.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    mutating func bindMatch(
        _ table: TableReference, _ match: MatchRecognize, _ alias: TableAlias?
    ) -> (plan: LogicalPlan, scope: Scope)? {
        guard let (input, scope) = bindFrom(table), let rowtime = matchTime(match, input, scope),
            let partition = matchPartition(match, scope), checkForm(match)
        else { return nil }
        var pattern = PatternBinder()
        guard let bound = pattern.bind(match.pattern, &diagnostics) else { return nil }
        var names: [String: Int] = [:]
        for (index, variable) in pattern.variables.enumerated() { names[variable.key] = index }
        var binder = expressionBinder(scope, place: "MATCH_RECOGNIZE")
        binder.match = MatchScope(
            variables: names, rows: scope,
            timeType: input.relation.proctimes.contains(rowtime)
                ? nil : input.columns[rowtime].type)
        let conditions = bindDefinitions(match, names, &binder)
        let measures = match.measures.map { binder.bind($0.expression) }
        diagnostics += binder.diagnostics
        let values = measures.compactMap { $0 }
        guard let conditions, values.count == measures.count,
            let skip = matchSkip(match.skip, names), checkSkip(skip, bound, match),
            let within = matchWithin(match.within)
        else { return nil }
        let variables = pattern.variables.enumerated().map {
            LogicalMatch.Variable(name: $1.name, condition: conditions[$0])
        }
        let columns =
            partition.map { input.columns[$0] }
            + zip(match.measures, values).map { Field($0.name.name, $1.type) }
        guard checkColumns(columns, match.span) else { return nil }
        let order = SortKey(
            expression: BoundExpression(
                .column(rowtime), input.columns[rowtime].type, match.orderBy[0].expression.span),
            isDescending: false, nullsFirst: true)
        let logical = LogicalMatch(
            partitionBy: partition, orderBy: [order] + restOfOrder(match, scope),
            variables: variables, pattern: bound, references: binder.match?.references ?? [],
            measures: values, skip: skip, within: within.micros)
        let plan = LogicalPlan(.match(input, logical), columns, match.span)
        guard let renamed = rename(plan, alias?.columns ?? []) else { return nil }
        return named(renamed, alias, default: nil)
    }

    // MARK: Order and partition

    /// The event time by which the rows are ordered, or PROCTIME() for the order of arrival.
    private mutating func matchTime(
        _ match: MatchRecognize, _ input: LogicalPlan, _ scope: Scope
    ) -> Int? {
        let relation = input.relation
        guard relation.mode == .append else {
            refuse("MATCH_RECOGNIZE over an updating table", match.span.clipped)
            return nil
        }
        guard let first = match.orderBy.first else {
            diagnostics.append(
                .error(
                    "no-order", "MATCH_RECOGNIZE needs ORDER BY the event time",
                    at: match.span.clipped))
            return nil
        }
        guard case .column(let path) = first.expression.kind else {
            reportOrder(first, relation)
            return nil
        }
        guard let column = scope.resolve(path, &diagnostics) else { return nil }
        let isTime = column == relation.rowtime || relation.proctimes.contains(column)
        guard isTime, !first.isDescending else {
            reportOrder(first, relation)
            return nil
        }
        return column
    }

    private mutating func reportOrder(_ item: OrderItem, _ relation: Relation) {
        diagnostics.append(
            .error(
                "not-event-time", "MATCH_RECOGNIZE is ordered by the event time first, ascending",
                at: item.expression.span,
                hint: relation.rowtime.map { "the event time is \(relation.columns[$0].name)" }))
    }

    private mutating func restOfOrder(_ match: MatchRecognize, _ scope: Scope) -> [SortKey] {
        var binder = expressionBinder(scope, place: "ORDER BY")
        let keys = match.orderBy.dropFirst().compactMap { item in
            binder.bind(item.expression).map {
                SortKey(
                    expression: $0, isDescending: item.isDescending,
                    nullsFirst: item.nullsFirst ?? !item.isDescending)
            }
        }
        diagnostics += binder.diagnostics
        return keys
    }

    private mutating func matchPartition(_ match: MatchRecognize, _ scope: Scope) -> [Int]? {
        var columns: [Int] = []
        for key in match.partitionBy {
            guard case .column(let path) = key.kind else {
                diagnostics.append(
                    .error(
                        "bad-partition", "PARTITION BY of MATCH_RECOGNIZE takes columns",
                        at: key.span))
                return nil
            }
            guard let column = scope.resolve(path, &diagnostics) else { return nil }
            columns.append(column)
        }
        return columns
    }

    private mutating func checkColumns(_ columns: [Field], _ span: Span) -> Bool {
        var seen: Set<String> = []
        for column in columns where !seen.insert(column.name.lowercased()).inserted {
            diagnostics.append(
                .error(
                    "duplicate-column", "two columns are called '\(column.name)'",
                    at: span.clipped))
            return false
        }
        return true
    }

    // MARK: Pattern

    /// Reports what Flink has not either.
    private mutating func checkForm(_ match: MatchRecognize) -> Bool {
        if match.allRows == true {
            diagnostics.append(
                .error(
                    "unsupported", "ALL ROWS PER MATCH is not supported, nor is it in Flink",
                    at: match.span.clipped, hint: "write ONE ROW PER MATCH"))
        } else if let subset = match.subsets.first {
            diagnostics.append(
                .error(
                    "unsupported", "SUBSET is not supported, nor is it in Flink",
                    at: subset.name.span))
        } else {
            return true
        }
        return false
    }

    /// The condition of each variable; nil after reporting what is wrong.
    private mutating func bindDefinitions(
        _ match: MatchRecognize, _ names: [String: Int], _ binder: inout ExpressionBinder
    ) -> [Int: BoundExpression]? {
        var conditions: [Int: BoundExpression] = [:]
        var hasFailed = false
        for (variable, written) in match.definitions {
            guard let index = names[variable.key] else {
                diagnostics.append(
                    .misspelt(
                        "unknown-variable", "'\(variable.name)' is not in the pattern",
                        at: variable.span, variable.name, among: names.keys.sorted()))
                hasFailed = true
                continue
            }
            if conditions[index] != nil {
                diagnostics.append(
                    .error(
                        "duplicate-variable", "'\(variable.name)' is defined twice",
                        at: variable.span))
                hasFailed = true
            }
            guard let condition = binder.bindBoolean(written) else {
                hasFailed = true
                continue
            }
            conditions[index] = condition
        }
        return hasFailed ? nil : conditions
    }

    private mutating func matchSkip(
        _ skip: MatchSkip, _ names: [String: Int]
    ) -> LogicalMatch.Skip? {
        switch skip {
        case .pastLastRow: return .pastLastRow
        case .toNextRow: return .toNextRow
        case .toFirst(let name): return known(name, names).map { .toFirst($0) }
        case .toLast(let name): return known(name, names).map { .toLast($0) }
        }
    }

    /// A search that goes on at the first row of a match finds it for ever.
    private mutating func checkSkip(
        _ skip: LogicalMatch.Skip, _ pattern: LogicalMatch.Pattern, _ match: MatchRecognize
    ) -> Bool {
        let first = pattern.first
        let isEndless =
            switch skip {
            case .toFirst(let variable): variable == first.variable && first.minimum > 0
            case .toLast(let variable):
                variable == first.variable && first.minimum == 1 && first.maximum == 1
            case .pastLastRow, .toNextRow: false
            }
        guard isEndless else { return true }
        let name: Identifier? =
            switch match.skip {
            case .toFirst(let name), .toLast(let name): name
            case .pastLastRow, .toNextRow: nil
            }
        diagnostics.append(
            .error(
                "skip-to-start", "the search would go on at the row where the match begins",
                at: name?.span ?? match.span.clipped,
                hint: "write AFTER MATCH SKIP TO NEXT ROW"))
        return false
    }

    private mutating func known(_ name: Identifier, _ names: [String: Int]) -> Int? {
        if let index = names[name.key] { return index }
        diagnostics.append(
            .misspelt(
                "unknown-variable", "'\(name.name)' is not in the pattern", at: name.span,
                name.name, among: names.keys.sorted()))
        return nil
    }

    private mutating func matchWithin(_ written: Expression?) -> (micros: Int64?, Void)? {
        guard let written else { return (nil, ()) }
        var binder = expressionBinder(Scope(columns: [], qualifier: nil), place: "WITHIN")
        let bound = binder.bind(written)
        diagnostics += binder.diagnostics
        if let bound, bound.type.kind == .intervalTime,
            case .literal(.int64(let micros)) = bound.node,
            micros > 0
        {
            return (micros, ())
        }
        if binder.diagnostics.isEmpty {
            diagnostics.append(
                .error(
                    "bad-interval", "WITHIN takes a constant interval", at: written.span,
                    hint: "write WITHIN INTERVAL '1' HOUR"))
        }
        return nil
    }
}
