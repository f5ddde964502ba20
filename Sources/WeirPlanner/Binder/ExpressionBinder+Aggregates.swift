// Calls of aggregate functions.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ExpressionBinder {
    mutating func bindAggregate(
        _ function: AggregateFunction, _ call: FunctionCallSyntax, _ span: Span
    ) -> BoundExpression? {
        let arguments = call.arguments.map(\.value)
        let function = function.form(of: call)
        guard aggregates != nil else {
            return misplaced(function.name, span)
        }
        guard function.arguments.contains(arguments.count) else {
            return fail(
                "bad-arguments", "\(function.name) takes \(function.shownCount)", span,
                hint: "usage: \(function.usage)")
        }
        let outer = aggregates
        aggregates = nil
        isInAggregate = true
        defer { isInAggregate = false }
        let bound = arguments.count == 1 ? bind(arguments[0]) : bindRow(arguments, span)
        let filter = call.filter.map { bindBoolean($0) }
        aggregates = outer
        guard let bound else { return nil }
        if call.filter != nil, filter == .some(nil) { return nil }
        if case .construct(let items) = bound.node, items.count == arguments.count,
            let problem = function.problem?(items.map(\.constantNumber))
        {
            return fail("bad-arguments", problem.message, items[problem.argument].span)
        }
        guard let type = function.resolve(bound.type) else {
            var shown = "\(bound.type.kind)"
            if arguments.count > 1, case .row(let fields) = bound.type.kind {
                shown = "(\(fields.map { "\($0.type.kind)" }.joined(separator: ", ")))"
            }
            return fail(
                "bad-arguments", "\(function.name) does not take \(shown)", span,
                hint: "usage: \(function.usage)")
        }
        return register(
            LogicalCall(
                function: function.name, arguments: [bound], isDistinct: call.isDistinct,
                filter: filter ?? nil, type: type), span)
    }

    private mutating func misplaced(_ name: String, _ span: Span) -> BoundExpression? {
        if isInAggregate {
            return fail(
                "misplaced-aggregate", "\(name) stands inside another aggregate", span,
                hint: "compute the inner one in a query in FROM")
        }
        return fail(
            "misplaced-aggregate", "\(name) cannot be used in \(place)", span,
            hint: place == "WHERE" ? "filter groups with HAVING" : nil)
    }

    mutating func bindCountStar(
        _ call: FunctionCallSyntax, _ span: Span
    ) -> BoundExpression? {
        guard call.name.name.uppercased() == "COUNT" else {
            return fail("bad-arguments", "only COUNT takes *", span)
        }
        guard aggregates != nil else {
            return misplaced("COUNT", span)
        }
        let outer = aggregates
        aggregates = nil
        let filter = call.filter.map { bindBoolean($0) }
        aggregates = outer
        if call.filter != nil, filter == .some(nil) { return nil }
        return register(
            LogicalCall(
                function: "COUNT", arguments: [], isDistinct: false, filter: filter ?? nil,
                type: DataType(.bigint, nullable: false)), span)
    }

    /// `GROUPING(a, b)`: a bit for each key, 1 where a total is over it.
    mutating func bindGrouping(
        _ name: String, _ arguments: [Expression], _ span: Span
    ) -> BoundExpression? {
        guard aggregates != nil else {
            return misplaced(name, span)
        }
        guard (1...63).contains(arguments.count) else {
            return fail(
                "bad-arguments", "\(name) takes keys of GROUP BY", span,
                hint: "usage: \(name)(key, …)")
        }
        let outer = aggregates
        aggregates = nil
        let bound = arguments.compactMap { bind($0) }
        aggregates = outer
        guard bound.count == arguments.count else { return nil }
        return register(
            LogicalCall(
                function: LogicalCall.grouping, arguments: bound, isDistinct: false, filter: nil,
                type: DataType(.bigint, nullable: false)), span)
    }

    /// Stands for the call until the grouping is known; equal calls are computed once.
    private mutating func register(_ call: LogicalCall, _ span: Span) -> BoundExpression {
        var calls = aggregates ?? []
        let existing = calls.firstIndex(of: call)
        let index = existing ?? calls.count
        if existing == nil { calls.append(call) }
        aggregates = calls
        return BoundExpression(.aggregate(index), call.type, span)
    }
}

extension AggregateFunction {
    /// How many arguments it takes, in words.
    fileprivate var shownCount: String {
        let (least, most) = (arguments.lowerBound, arguments.upperBound)
        if most == 1 { return "one argument" }
        return (least == most ? "\(most)" : "\(least) or \(most)") + " arguments"
    }

    /// The form that the clauses of a call ask for.
    fileprivate func form(of call: FunctionCallSyntax) -> AggregateFunction {
        switch (name, call.json.isAbsentOnNull) {
        case ("JSON_ARRAYAGG", false?):
            FunctionRegistry.aggregate(named: "JSON_ARRAYAGG_NULL") ?? self
        case ("JSON_OBJECTAGG", true?):
            FunctionRegistry.aggregate(named: "JSON_OBJECTAGG_ABSENT") ?? self
        default: self
        }
    }
}

extension LogicalCall {
    /// Which keys of a grouping set are totals.
    package static let grouping = "GROUPING"
}

extension BoundExpression {
    /// The value of a constant number.
    fileprivate var constantNumber: Double? {
        switch node {
        case .literal(.float64(let value)): value
        case .literal(.int64(let value)) where type.kind.isNumeric:
            Double(value) / Double(DecimalMath.power(type.kind.scale))
        default: nil
        }
    }
}
