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
                input, inner.plan, domain: input, keepsUnmatched: kind == .left,
                right.span.clipped)
        else { return nil }
        let both = scope.joined(inner.scope, columns: joined.columns)
        return filtered(joined, both, condition, "LATERAL", keepsUnmatched: kind == .left)
            .map { ($0, both) }
    }
}
