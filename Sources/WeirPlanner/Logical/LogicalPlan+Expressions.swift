// The expressions of a plan.

import WeirColumnar

extension LogicalNode {
    /// All expressions of the operator itself.
    var expressions: [BoundExpression] {
        switch self {
        case .scan, .window, .setOperation, .changelog: return []
        case .match(_, let match): return match.orderBy.map(\.expression) + match.operands
        case .values(let rows): return rows.flatMap { $0 }
        case .project(_, let values): return values
        case .filter(_, let condition): return [condition]
        case .join(_, _, let join):
            var result = [join.condition].compactMap { $0 }
            if case .temporal(let time) = join.time { result.append(time) }
            return result
        case .unnest(_, let operand, _, _): return [operand]
        case .aggregate(_, let aggregation):
            return aggregation.keys
                + aggregation.calls.flatMap { $0.arguments + [$0.filter].compactMap { $0 } }
        case .over(_, let calls):
            return calls.flatMap { $0.arguments + $0.partitionBy + $0.orderBy.map(\.expression) }
        case .rank(_, let rank): return rank.partitionBy + rank.orderBy.map(\.expression)
        case .sort(_, let keys, _, _): return keys.map(\.expression)
        }
    }

    /// The same operator with each expression replaced.
    func mapExpressions(_ body: (BoundExpression) -> BoundExpression) -> LogicalNode {
        func key(_ key: SortKey) -> SortKey {
            SortKey(
                expression: body(key.expression), isDescending: key.isDescending,
                nullsFirst: key.nullsFirst)
        }
        switch self {
        case .scan, .window, .setOperation, .changelog: return self
        case .match(let input, let match): return .match(input, match.mapOperands(body))
        case .values(let rows): return .values(rows.map { $0.map(body) })
        case .project(let input, let values): return .project(input, values.map(body))
        case .filter(let input, let condition): return .filter(input, body(condition))
        case .join(let left, let right, var join):
            join.condition = join.condition.map(body)
            if case .temporal(let time) = join.time { join.time = .temporal(body(time)) }
            return .join(left, right, join)
        case .unnest(let input, let operand, let withOrdinality, let keepsUnmatched):
            return .unnest(
                input, body(operand), withOrdinality: withOrdinality,
                keepsUnmatched: keepsUnmatched)
        case .aggregate(let input, let aggregation):
            let calls = aggregation.calls.map { call in
                LogicalCall(
                    function: call.function, arguments: call.arguments.map(body),
                    isDistinct: call.isDistinct, filter: call.filter.map(body), type: call.type)
            }
            return .aggregate(
                input,
                LogicalAggregation(
                    keys: aggregation.keys.map(body), sets: aggregation.sets, calls: calls,
                    isDistinct: aggregation.isDistinct))
        case .over(let input, let calls):
            return .over(
                input,
                calls.map { call in
                    OverCall(
                        function: call.function, arguments: call.arguments.map(body),
                        partitionBy: call.partitionBy.map(body), orderBy: call.orderBy.map(key),
                        frame: call.frame, isDistinct: call.isDistinct, type: call.type,
                        span: call.span)
                })
        case .rank(let input, let rank):
            return .rank(
                input,
                LogicalRank(
                    partitionBy: rank.partitionBy.map(body), orderBy: rank.orderBy.map(key),
                    ranks: rank.ranks, emitsRank: rank.emitsRank))
        case .sort(let input, let keys, let limit, let offset):
            return .sort(input, keys.map(key), limit: limit, offset: offset)
        }
    }
}

extension LogicalPlan {
    /// Names of the arguments that it reads, lower case.
    var parameters: Set<String> {
        var result: Set<String> = []
        func visit(_ expression: BoundExpression) {
            if case .parameter(let name) = expression.node { result.insert(name) }
            expression.children.forEach(visit)
        }
        node.expressions.forEach(visit)
        for input in inputs { result.formUnion(input.parameters) }
        return result
    }

    /// The plan with values in the place of arguments.
    func replacingParameters(_ values: [String: BoundExpression]) -> LogicalPlan {
        let changed = replacing(inputs: inputs.map { $0.replacingParameters(values) })
        return LogicalPlan(
            changed.node.mapExpressions { $0.replacingParameters(values) }, columns, span)
    }
}

extension BoundExpression {
    /// The expression with values in the place of arguments.
    func replacingParameters(_ values: [String: BoundExpression]) -> BoundExpression {
        if case .parameter(let name) = node { return values[name] ?? self }
        return mapChildren { $0.replacingParameters(values) }
    }
}
