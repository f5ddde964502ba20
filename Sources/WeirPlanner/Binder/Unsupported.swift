// Forms that are parsed and not run yet, by name.

import WeirSQL

extension ScriptBinder {
    /// Reports a form that the engine does not have yet.
    mutating func refuse(_ what: String, _ span: Span, hint: String? = nil) {
        diagnostics.append(
            .error("unsupported", "\(what) is not supported yet", at: span, hint: hint))
    }

    /// Whether an expression of a source can be computed; reports one that cannot.
    mutating func canCompute(_ expression: BoundExpression) -> Bool {
        guard let problem = OperatorName.unsupported(in: expression) else { return true }
        diagnostics.append(problem)
        return false
    }

}

extension ExpressionBinder {
    /// What stands behind a call and cannot be computed yet.
    static func unsupportedClause(_ call: FunctionCallSyntax) -> String? {
        if !call.orderBy.isEmpty { return "ORDER BY in a call" }
        if call.ignoresNulls != nil { return "IGNORE NULLS and RESPECT NULLS" }
        if call.arguments.contains(where: { $0.name != nil }) { return "arguments by name" }
        return nil
    }
}
