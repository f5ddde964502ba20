// What expressions of MATCH_RECOGNIZE may name.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// The rows of a pattern as expressions of DEFINE and MEASURES see them.
struct MatchScope {
    /// Variables by lower-case name.
    let variables: [String: Int]
    /// The columns of the rows.
    let rows: Scope
    /// The type of the event time; nil in the order of arrival.
    let timeType: DataType?
    var references: [LogicalMatch.Reference] = []
    var types: [DataType] = []
    /// While the operand of a call is bound: the variable that its columns name.
    var operand: Operand?

    struct Operand {
        /// Nil before the first column, and for rows of all variables.
        var variable: Int?
        var hasColumn = false
        var isMixed = false
    }

    /// The number of a reference; equal ones are kept once.
    mutating func add(_ reference: LogicalMatch.Reference, _ type: DataType) -> Int {
        if let known = references.firstIndex(of: reference) { return known }
        references.append(reference)
        types.append(type)
        return references.count - 1
    }
}

extension ExpressionBinder {
    /// `A.price`, or `price` for rows of all variables.
    mutating func bindMatchColumn(_ path: [Identifier], _ span: Span) -> BoundExpression? {
        guard var match else { return nil }
        var path = path
        var variable: Int?
        if path.count > 1, let named = match.variables[path[0].key] {
            variable = named
            path.removeFirst()
        }
        guard let found = match.rows.match(path, &diagnostics) else { return nil }
        let type = match.rows.columns[found.column].type
        var value = BoundExpression(.column(found.column), type, span)
        for name in found.fields {
            guard let field = access(value, name, span) else { return nil }
            value = field
        }
        if var operand = match.operand {
            if operand.hasColumn, operand.variable != variable { operand.isMixed = true }
            operand.variable = variable
            operand.hasColumn = true
            self.match?.operand = operand
            return value
        }
        // The last row of the variable; there may be none.
        let result = value.type.nullable(true)
        let index = match.add(.last(value, variable: variable, offset: 0), result)
        self.match = match
        return BoundExpression(.column(index), result, span)
    }

    /// FIRST, LAST, aggregates and the time of the match; nil for other functions.
    mutating func bindMatchCall(
        _ call: FunctionCallSyntax, _ span: Span
    ) -> (result: BoundExpression?, Void)? {
        guard let match else { return nil }
        let name = call.name.name.uppercased()
        let isOwn =
            ["FIRST", "LAST", "MATCH_ROWTIME"].contains(name)
            || FunctionRegistry.aggregate(named: name) != nil
        if isOwn, match.operand != nil {
            return (fail("bad-arguments", "such calls are not nested", span), ())
        }
        switch name {
        case "FIRST", "LAST": return (bindNavigation(name, call, span), ())
        case "PREV", "NEXT", "CLASSIFIER", "MATCH_NUMBER", "MATCH_PROCTIME":
            return (
                fail(
                    "unsupported", "\(name) is not supported, nor is it in Flink", span,
                    hint: name == "PREV" ? "LAST(A.x, 1) is the value of the row of A before" : nil
                ), ()
            )
        case "MATCH_ROWTIME":
            guard let type = match.timeType else {
                return (
                    fail(
                        "not-event-time", "\(name) is of patterns in the order of an event time",
                        span), ()
                )
            }
            guard call.arguments.count <= 1, let index = self.match?.add(.rowtime, type)
            else { return (fail("bad-arguments", "\(name) takes no arguments", span), ()) }
            return (BoundExpression(.column(index), type, span), ())
        default:
            guard let function = FunctionRegistry.aggregate(named: name), !function.isInternal
            else { return nil }
            return (bindMatchAggregate(function, call, span), ())
        }
    }

    private mutating func bindNavigation(
        _ name: String, _ call: FunctionCallSyntax, _ span: Span
    ) -> BoundExpression? {
        let arguments = call.arguments.map(\.value)
        guard arguments.count == 1 || arguments.count == 2 else {
            return fail(
                "bad-arguments", "\(name) takes a value and a number of rows", span,
                hint: "usage: \(name)(A.price [, 1])")
        }
        var offset = 0
        if arguments.count == 2 {
            guard case .literal(.integer(let digits)) = arguments[1].kind, let rows = Int(digits)
            else {
                return fail("bad-arguments", "a number of rows is a constant", arguments[1].span)
            }
            offset = rows
        }
        guard let (value, variable) = bindMatchOperand(arguments[0]) else { return nil }
        let type = value.type.nullable(true)
        let reference: LogicalMatch.Reference =
            name == "FIRST"
            ? .first(value, variable: variable, offset: offset)
            : .last(value, variable: variable, offset: offset)
        return (match?.add(reference, type)).map { BoundExpression(.column($0), type, span) }
    }

    private mutating func bindMatchAggregate(
        _ function: AggregateFunction, _ call: FunctionCallSyntax, _ span: Span
    ) -> BoundExpression? {
        if call.isDistinct {
            return fail(
                "unsupported", "DISTINCT in MATCH_RECOGNIZE is not supported, nor is it in Flink",
                span)
        }
        if call.filter != nil {
            return fail("unsupported", "FILTER in MATCH_RECOGNIZE is not supported", span)
        }
        if call.isStar {
            let type = DataType(.bigint, nullable: false)
            let reference = LogicalMatch.Reference.aggregate("COUNT", nil, variable: nil)
            return (match?.add(reference, type)).map { BoundExpression(.column($0), type, span) }
        }
        guard let argument = call.arguments.first?.value, call.arguments.count == 1 else {
            return fail(
                "bad-arguments", "\(function.name) takes one argument", span,
                hint: "usage: \(function.usage)")
        }
        guard let (value, variable) = bindMatchOperand(argument) else { return nil }
        guard let type = function.resolve(value.type) else {
            return fail(
                "bad-arguments", "\(function.name) does not take \(value.type.kind)", span,
                hint: "usage: \(function.usage)")
        }
        let reference = LogicalMatch.Reference.aggregate(function.name, value, variable: variable)
        return (match?.add(reference, type)).map { BoundExpression(.column($0), type, span) }
    }

    /// An expression over the rows of one variable.
    private mutating func bindMatchOperand(
        _ written: Expression
    ) -> (value: BoundExpression, variable: Int?)? {
        guard match?.operand == nil else {
            _ = fail("bad-arguments", "such calls are not nested", written.span)
            return nil
        }
        match?.operand = MatchScope.Operand()
        let value = bind(written)
        let operand = match?.operand
        match?.operand = nil
        guard let value, let operand else { return nil }
        if operand.isMixed {
            _ = fail(
                "mixed-variables", "one call reads the rows of one pattern variable", written.span)
            return nil
        }
        return (value, operand.variable)
    }
}
