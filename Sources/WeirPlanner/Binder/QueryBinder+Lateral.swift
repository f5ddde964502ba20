// LATERAL: a query in FROM for each row of what stands before it.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    mutating func bindLateral(
        _ left: TableReference, _ kind: JoinKind, _ right: TableReference,
        _ condition: JoinCondition, _ span: Span
    ) -> (plan: LogicalPlan, scope: Scope)? {
        guard kind == .cross || kind == .inner || kind == .left else {
            diagnostics.append(
                .error("bad-join", "LATERAL is joined by CROSS, INNER or LEFT", at: span.clipped))
            return nil
        }
        guard let (input, scope) = bindFrom(left) else { return nil }
        let around = outerScope
        outerScope = scope
        let inner = bindFrom(right)
        outerScope = around
        guard let inner,
            let joined = correlate(
                input, inner.plan, keepsUnmatched: kind == .left, right.span.clipped)
        else { return nil }
        let both = scope.joined(inner.scope, columns: joined.columns)
        return lateralCondition(joined, both, condition, isLeft: kind == .left).map { ($0, both) }
    }

    private mutating func lateralCondition(
        _ plan: LogicalPlan, _ scope: Scope, _ condition: JoinCondition, isLeft: Bool
    ) -> LogicalPlan? {
        switch condition {
        case .none: return plan
        case .using(_, let span):
            refuse("USING with LATERAL", span)
            return nil
        case .natural:
            refuse("NATURAL with LATERAL", plan.span.clipped)
            return nil
        case .on(let written):
            var binder = expressionBinder(scope, place: "ON")
            let bound = binder.bindBoolean(written)
            diagnostics += binder.diagnostics
            guard let bound else { return nil }
            if case .literal(.bool(true)) = bound.node { return plan }
            if isLeft {
                refuse(
                    "LEFT JOIN LATERAL with a condition", written.span,
                    hint: "write ON TRUE, and the condition in the WHERE of the query")
                return nil
            }
            return LogicalPlan(.filter(plan, bound), plan.columns, written.span)
        }
    }
}
