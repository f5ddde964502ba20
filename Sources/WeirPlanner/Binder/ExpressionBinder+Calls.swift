// Function calls, CASE and its relatives.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ExpressionBinder {
    mutating func bindCall(_ call: FunctionCallSyntax, _ span: Span) -> BoundExpression? {
        let name = call.name
        let arguments = call.arguments.map(\.value)
        let isDistinct = call.isDistinct
        let upper = name.name.uppercased()
        if let over = call.over { return bindOver(call, over, span) }
        if let json = bindJson(call, span) { return json.0 }
        if let matched = bindMatchCall(call, span) { return matched.result }
        if let part = GroupWindow.Part(upper) { return bindWindowPart(part, call, span) }
        if let clause = Self.unsupportedClause(call) {
            return fail("unsupported", "\(clause) is not supported yet", span)
        }
        if call.isStar { return bindCountStar(call, span) }
        if call.filter != nil, FunctionRegistry.aggregate(named: upper) == nil {
            return fail("bad-filter", "FILTER belongs to aggregate functions", span)
        }
        if let function = FunctionRegistry.aggregate(named: upper), !function.isInternal {
            return bindAggregate(function, call, span)
        }
        if upper == "GROUPING" || upper == "GROUPING_ID" {
            return bindGrouping(upper, arguments, span)
        }
        if isDistinct {
            return fail("bad-distinct", "DISTINCT belongs to aggregate functions", span)
        }
        if let constant = bindConstantCall(upper, arguments, span) { return constant.result }
        if let conditional = bindConditional(upper, arguments, span) { return conditional.result }
        return bindFunction(name.name, arguments.map { bind($0) }, span, nameSpan: name.span)
    }

    /// Binds a call of a registered function; nil operands have been reported already.
    mutating func bindFunction(
        _ name: String, _ operands: [BoundExpression?], _ span: Span, nameSpan: Span? = nil
    ) -> BoundExpression? {
        let name = scope.functionAliases[name.uppercased()] ?? name
        if let zoned = bindInZone(name, operands, span) { return zoned.result }
        // Only the text of a store query names what the compiler writes.
        guard let function = FunctionRegistry.scalar(named: name),
            !function.isInternal || nameSpan == nil || foldsCasts
        else {
            if UnsupportedFunctions.contains(name) {
                return fail(
                    "unsupported", "the function \(name.uppercased()) is not supported yet",
                    nameSpan ?? span)
            }
            diagnostics.append(
                .misspelt(
                    "unknown-function", "there is no function \(name.uppercased())",
                    at: nameSpan ?? span, name.uppercased(), among: FunctionRegistry.allNames))
            return nil
        }
        var arguments: [BoundExpression] = []
        for operand in operands {
            guard let operand else { return nil }
            arguments.append(operand)
        }
        guard let resolution = function.resolve(arguments.map(\.type)) else {
            let types = arguments.map { "\($0.type.kind)" }.joined(separator: ", ")
            return fail(
                "bad-arguments", "\(function.name) does not take (\(types))", span,
                hint: "usage: \(function.usage)")
        }
        let coerced = zip(arguments, resolution.arguments).map { coerce($0, to: $1) }
        let constants = coerced.map { argument -> Scalar? in
            if case .literal(let scalar) = argument.node { scalar } else { nil }
        }
        if function.family == .regex, constants.count > 1, case .bytes(let pattern)? = constants[1],
            !RegexFunctions.canRead(pattern, of: function.name)
        {
            diagnostics.append(
                .warning(
                    "bad-pattern", "this pattern cannot be read, so nothing matches it",
                    at: coerced[1].span, hint: "a parenthesis may not be closed"))
        }
        let refined = function.refine?(coerced.map(\.type), constants)
        return BoundExpression(.call(function.name, coerced), refined ?? resolution.result, span)
    }

    /// TYPEOF and CURRENT_DATABASE, which are known when the script is compiled; nil for others.
    private mutating func bindConstantCall(
        _ name: String, _ arguments: [Expression], _ span: Span
    ) -> (result: BoundExpression?, Void)? {
        switch name {
        case "TYPEOF":
            guard arguments.count == 1 || arguments.count == 2 else {
                return (
                    fail(
                        "bad-arguments", "TYPEOF takes a value", span,
                        hint: "usage: TYPEOF(value [, forSerialisation])"), ()
                )
            }
            guard let bound = bind(arguments[0]) else { return (nil, ()) }
            let isFull =
                if arguments.count == 2, case .literal(.boolean(true)) = arguments[1].kind {
                    true
                } else { false }
            return (text(bound.type.typeName(isFull: isFull), span), ())
        case "CURRENT_DATABASE" where arguments.isEmpty:
            return (text("default_database", span), ())
        default: return nil
        }
    }

    // MARK: Conditionals

    mutating func bindCase(
        _ operand: Expression?, _ branches: [(when: Expression, then: Expression)],
        _ otherwise: Expression?, _ span: Span
    ) -> BoundExpression? {
        var conditions: [BoundExpression?] = []
        var values: [BoundExpression?] = []
        for branch in branches {
            if let operand {
                let pair = bindComparable(operand, branch.when, branch.when.span)
                conditions.append(pair.map { compare(.equal, $0.0, $0.1, branch.when.span) })
            } else {
                conditions.append(bindBoolean(branch.when))
            }
            values.append(bind(branch.then))
        }
        let last =
            otherwise.map { bind($0) }
            ?? BoundExpression(.literal(.null), DataType(.null), span)
        return choose(conditions, values, last, span)
    }

    private mutating func choose(
        _ conditions: [BoundExpression?], _ values: [BoundExpression?],
        _ otherwise: BoundExpression?, _ span: Span
    ) -> BoundExpression? {
        let tests = conditions.compactMap { $0 }
        let results = values.compactMap { $0 }
        guard tests.count == conditions.count, results.count == values.count, let otherwise else {
            return nil
        }
        guard let common = commonType(results + [otherwise]) else {
            let types = (results + [otherwise]).map { "\($0.type.kind)" }
            return fail(
                "type-mismatch",
                "the branches have no common type (\(types.joined(separator: ", ")))",
                span, hint: "CAST them to one type")
        }
        let isNullable = results.contains { $0.type.isNullable } || otherwise.type.isNullable
        return BoundExpression(
            .choose(
                conditions: tests, values: results.map { coerce($0, to: common.kind) },
                coerce(otherwise, to: common.kind)), DataType(common.kind, nullable: isNullable),
            span)
    }

    /// COALESCE, IFNULL, NULLIF and IF as CASE; nil when the name is none of them.
    private mutating func bindConditional(
        _ name: String, _ arguments: [Expression], _ span: Span
    ) -> (result: BoundExpression?, Void)? {
        switch name {
        case "COALESCE", "IFNULL":
            guard !arguments.isEmpty, name == "COALESCE" || arguments.count == 2 else {
                return (fail("bad-arguments", "\(name) takes two values or more", span), ())
            }
            return (coalesce(arguments.map { bind($0) }, span), ())
        case "NULLIF":
            guard arguments.count == 2 else {
                return (fail("bad-arguments", "NULLIF takes two values", span), ())
            }
            let first = bind(arguments[0])
            let pair = bindComparable(arguments[0], arguments[1], span)
            let null = BoundExpression(.literal(.null), DataType(.null), span)
            return (
                choose([pair.map { compare(.equal, $0.0, $0.1, span) }], [null], first, span), ()
            )
        case "IF":
            guard arguments.count == 3 else {
                return (
                    fail("bad-arguments", "IF takes a condition and two values", span), ()
                )
            }
            return (
                choose(
                    [bindBoolean(arguments[0])], [bind(arguments[1])], bind(arguments[2]), span),
                ()
            )
        default:
            return nil
        }
    }

    private mutating func coalesce(
        _ operands: [BoundExpression?], _ span: Span
    ) -> BoundExpression? {
        let values = operands.compactMap { $0 }
        guard values.count == operands.count, let last = values.last else { return nil }
        let never = DataType(.boolean, nullable: false)
        let tests = values.dropLast().map {
            BoundExpression(.isNull($0, negated: true), never, $0.span)
        }
        guard let chosen = choose(tests, Array(values.dropLast()), last, span) else { return nil }
        let isNullable = values.allSatisfy { $0.type.isNullable }
        return BoundExpression(chosen.node, chosen.type.nullable(isNullable), span)
    }
}

extension DataType {
    /// What TYPEOF shows: as in DDL, or in the longer form that Flink stores.
    fileprivate func typeName(isFull: Bool) -> String {
        let suffix = isNullable ? "" : " NOT NULL"
        switch kind {
        case .null: return "NULL"
        case .intervalMonths: return "INTERVAL MONTH\(suffix)"
        case .intervalTime: return "INTERVAL SECOND(3)\(suffix)"
        case .varchar(.max) where isFull: return "VARCHAR(2147483647)\(suffix)"
        case .varbinary(.max) where isFull: return "VARBINARY(2147483647)\(suffix)"
        default: return "\(self)"
        }
    }
}
