// Logical plans as trees of text.

import WeirColumnar
import WeirSQL

/// One operator a line, its inputs indented below it.
package enum LogicalExplainer {
    package static func text(_ plan: LogicalPlan) -> String {
        lines(plan, depth: 0).joined(separator: "\n") + "\n"
    }

    private static func lines(_ plan: LogicalPlan, depth: Int) -> [String] {
        [String(repeating: "  ", count: depth) + line(plan)]
            + plan.inputs.flatMap { lines($0, depth: depth + 1) }
    }

    private static func line(_ plan: LogicalPlan) -> String {
        let below = plan.inputs.flatMap(\.columns)
        func text(_ expression: BoundExpression) -> String {
            ExpressionText.text(expression, below)
        }
        func list(_ expressions: [BoundExpression]) -> String {
            expressions.map(text).joined(separator: ", ")
        }
        func order(_ keys: [SortKey]) -> String {
            keys.map { text($0.expression) + ($0.isDescending ? " desc" : "") }
                .joined(separator: ", ")
        }
        switch plan.node {
        case .scan(_, let name, _): return "scan \(name)"
        case .values(let rows): return "values \(rows.count) row\(rows.count == 1 ? "" : "s")"
        case .project(_, let values):
            let items = zip(plan.columns, values).map { column, value in
                let shown = text(value)
                return shown == column.name ? shown : "\(shown) as \(column.name)"
            }
            return "project \(items.joined(separator: ", "))"
        case .filter(_, let condition): return "filter \(text(condition))"
        case .join(_, _, let join): return line(join, below)
        case .unnest(_, let operand, _, let keepsUnmatched):
            return "unnest \(text(operand))\(keepsUnmatched ? ", keeping rows without" : "")"
        case .window(let input, let window):
            return "window \(shape(window.shape)) on \(input.columns[window.time].name)"
        case .aggregate(let input, let aggregation):
            return line(aggregation, input.columns)
        case .over(_, let calls):
            return calls.map { call in
                "over \(call.function)(\(list(call.arguments))) partition by"
                    + " [\(list(call.partitionBy))] order by [\(order(call.orderBy))]"
            }.joined(separator: "; ")
        case .rank(_, let rank):
            return "rank \(rank.ranks.lowerBound)…\(rank.ranks.upperBound) partition by"
                + " [\(list(rank.partitionBy))] order by [\(order(rank.orderBy))]"
        case .setOperation(let operation, let isAll, _, _):
            return "\(operation.rawValue.lowercased())\(isAll ? " all" : "")"
        case .sort(_, let keys, let limit, let offset):
            return "sort [\(order(keys))]" + (limit.map { " limit \($0)" } ?? "")
                + (offset.map { " offset \($0)" } ?? "")
        case .changelog(_, let codes): return "changes as rows: \(codes.text)"
        case .match(let input, let match): return MatchText(match, input.columns).line
        }
    }

    private static func line(_ join: LogicalJoin, _ columns: [Field]) -> String {
        let condition = join.condition.map { " on \(ExpressionText.text($0, columns))" } ?? ""
        let time: String
        switch join.time {
        case .regular: time = ""
        case .temporal(let at): time = " as of \(ExpressionText.text(at, columns))"
        case .interval(let lower, let upper):
            time = " within \(interval(lower))…\(interval(upper))"
        case .window: time = " of the same window"
        }
        return "join \(join.kind.rawValue)\(time)\(condition)"
    }

    private static func line(_ aggregation: LogicalAggregation, _ columns: [Field]) -> String {
        let keys = aggregation.keys.map { ExpressionText.text($0, columns) }
        if aggregation.isDistinct { return "distinct" }
        let calls = aggregation.calls.map { call -> String in
            let arguments = call.arguments.map { ExpressionText.text($0, columns) }
            let inner = arguments.isEmpty ? "*" : arguments.joined(separator: ", ")
            let filter = call.filter.map { " filter \(ExpressionText.text($0, columns))" } ?? ""
            return "\(call.function)(\(call.isDistinct ? "distinct " : "")\(inner))\(filter)"
        }
        let sets = aggregation.sets.map { sets in
            let texts = sets.map { set in
                "(\(set.map { keys[$0] }.joined(separator: ", ")))"
            }
            return " sets \(texts.joined(separator: " "))"
        }
        return "aggregate [\(keys.joined(separator: ", "))]\(sets ?? ""): "
            + calls.joined(separator: ", ")
    }

    private static func shape(_ shape: LogicalWindow.Shape) -> String {
        switch shape {
        case .tumble(let size, let offset):
            "tumble \(interval(size))" + (offset == 0 ? "" : " offset \(interval(offset))")
        case .hop(let slide, let size, _): "hop \(interval(slide)) of \(interval(size))"
        case .cumulate(let step, let size, _): "cumulate \(interval(step)) to \(interval(size))"
        case .session(let gap, _): "session \(interval(gap))"
        }
    }

    private static func interval(_ micros: Int64) -> String {
        ValueText.string(.int64(micros), kind: .intervalTime)
    }
}
