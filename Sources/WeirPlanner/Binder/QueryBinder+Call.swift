// TABLE(f(…)): calls of the script's own functions.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// The plan of a call with its arguments in their places; nil when there is no such function.
    mutating func bindCall(_ call: TableCall) -> (plan: LogicalPlan?, Void)? {
        let path = call.function
        guard let name = path.last else { return nil }
        let key = path.count > 1 ? path.map(\.key).joined(separator: ".") : context.key(name)
        if failedFunctions.contains(key) { return (nil, ()) }
        guard let function = functions[key] else { return nil }
        return (bind(call, of: function), ())
    }

    private mutating func bind(_ call: TableCall, of function: TableFunction) -> LogicalPlan? {
        // Claims and computed arguments are not the caller's.
        let open = function.arguments.filter { argument in
            switch argument.origin {
            case .caller, .optional: true
            case .metadata, .computed, .parent, .filter: false
            }
        }
        var values: [String: BoundExpression] = [:]
        for (position, argument) in call.arguments.enumerated() {
            guard let target = target(argument, position, open, function) else { return nil }
            guard case .expression(let written) = argument.value else {
                diagnostics.append(
                    .error(
                        "bad-arguments", "\(function.name) takes values, not tables",
                        at: argument.span))
                return nil
            }
            var binder = expressionBinder(
                Scope(columns: [], qualifier: nil), place: "an argument")
            let bound = binder.bind(written)
            diagnostics += binder.diagnostics
            guard let bound else { return nil }
            guard isAssignable(bound.type.kind, target.type.kind) else {
                diagnostics.append(
                    .error(
                        "type-mismatch",
                        "'\(target.name)' is \(target.type.kind), this is \(bound.type.kind)",
                        at: argument.span, hint: "add a CAST"))
                return nil
            }
            if values[target.name.lowercased()] != nil {
                diagnostics.append(
                    .error(
                        "duplicate-argument", "'\(target.name)' is given twice", at: argument.span))
                return nil
            }
            values[target.name.lowercased()] = binder.coerce(bound, to: target.type.kind)
        }
        for argument in open where values[argument.name.lowercased()] == nil {
            guard argument.type.isNullable else {
                diagnostics.append(
                    .error(
                        "bad-arguments", "\(function.name) needs '\(argument.name)'",
                        at: call.span, hint: usage(function)))
                return nil
            }
            values[argument.name.lowercased()] = BoundExpression(
                .literal(.null), argument.type, call.span)
        }
        for argument in function.arguments {
            switch argument.origin {
            case .computed(let value):
                values[argument.name.lowercased()] = value.replacingParameters(values)
            case .metadata(let key):
                guard let claim = claims[key] else {
                    diagnostics.append(
                        .error(
                            "needs-claim", "\(function.name) needs \(key) of the caller's token",
                            at: call.span,
                            hint: "call it in a function that takes it:"
                                + " Name(\(argument.name) \(argument.type) METADATA FROM '\(key)')")
                    )
                    return nil
                }
                values[argument.name.lowercased()] = BoundExpression(
                    .parameter(claim), argument.type, call.span)
            case .caller, .optional, .parent, .filter: break
            }
        }
        return function.plan.replacingParameters(values)
    }

    private mutating func target(
        _ argument: TableArgument, _ position: Int, _ open: [QueryArgument],
        _ function: TableFunction
    ) -> QueryArgument? {
        guard let name = argument.name else {
            if open.indices.contains(position) { return open[position] }
            diagnostics.append(
                .error(
                    "bad-arguments", "\(function.name) takes \(open.count) arguments",
                    at: argument.span, hint: usage(function)))
            return nil
        }
        if let found = open.first(where: { $0.name.lowercased() == name.key }) { return found }
        diagnostics.append(
            .misspelt(
                "unknown-argument", "\(function.name) has no argument '\(name.name)'",
                at: name.span, name.name, among: open.map(\.name), otherwise: usage(function)))
        return nil
    }

    private func usage(_ function: TableFunction) -> String {
        let list = function.arguments.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
        return "usage: TABLE(\(function.name)(\(list)))"
    }

    private func isAssignable(_ from: DataType.Kind, _ to: DataType.Kind) -> Bool {
        if from == to || from == .null { return true }
        if from.isNumeric, to.isNumeric { return true }
        if from.isString, !to.isNested { return true }
        switch (from, to) {
        case (.array(let one), .array(let other)): return isAssignable(one.kind, other.kind)
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            return isAssignable(key.kind, otherKey.kind)
                && isAssignable(value.kind, otherValue.kind)
        default: break
        }
        return from.isTimestamp && to.isTimestamp
    }
}
