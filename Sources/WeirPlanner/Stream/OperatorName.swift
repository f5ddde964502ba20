// What users call the operators and expressions that the engine does not have yet.

import WeirColumnar
import WeirSQL

enum OperatorName {
    static func of(_ plan: LogicalPlan) -> String {
        switch plan.node {
        case .scan, .project, .filter, .window, .aggregate: "this query"
        case .values: "VALUES"
        case .join(_, _, let join): of(join)
        case .unnest: "UNNEST"
        case .over(_, let calls): "\(calls.first?.function ?? "a function") with OVER"
        case .rank(_, let rank):
            rank.ranks.upperBound == 1 && rank.ranks.lowerBound == 1
                ? "taking one row of each key" : "Top-N"
        case .setOperation(let operation, let isAll, _, _):
            "\(operation.rawValue)\(isAll ? " ALL" : "")"
        case .sort: "LIMIT in a subquery"
        case .match: "MATCH_RECOGNIZE"
        case .changelog: "TO_CHANGELOG"
        }
    }

    private static func of(_ join: LogicalJoin) -> String {
        switch join.time {
        case .temporal: return "a temporal join (FOR SYSTEM_TIME AS OF)"
        case .interval: return "an interval join"
        case .window: return "a window join"
        case .regular: break
        }
        switch join.kind {
        case .semi: return "IN or EXISTS with a subquery"
        case .anti: return "NOT IN or NOT EXISTS with a subquery"
        case .inner: return "JOIN"
        case .left, .right, .full: return "\(join.kind.rawValue.uppercased()) JOIN"
        }
    }

    /// The first part of an expression that cannot be computed yet, as a finding; nil when all can.
    static func unsupported(in expression: BoundExpression) -> Diagnostic? {
        guard let part = expression.first(where: { ofUnsupported($0) != nil }),
            let name = ofUnsupported(part)
        else { return nil }
        return .error("unsupported", "\(name) is not supported yet", at: part.span)
    }

    private static func ofUnsupported(_ expression: BoundExpression) -> String? {
        switch expression.node {
        case .aggregate: "an aggregate in this place"
        case .over: "a call with OVER in this place"
        case .parameter: "an argument of a table function"
        case .outer: "a column of an outer query in this place"
        default: nil
        }
    }
}
