// Expressions: names to columns, operands to common types.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// Binds expressions over one scope; what is wrong is collected, not thrown.
struct ExpressionBinder {
    var scope: Scope
    var diagnostics: [Diagnostic] = []
    /// Where aggregate calls go; nil where they are not allowed.
    var aggregates: [LogicalCall]?
    /// Where calls with OVER go; nil where they are not allowed.
    var overs: [OverCall]?
    /// Windows of the WINDOW clause by lower-case name.
    var windows: [String: WindowSpecification] = [:]
    /// The rows of a pattern, in MATCH_RECOGNIZE.
    var match: MatchScope?
    /// Whether the argument of an aggregate is bound.
    var isInAggregate = false
    /// Whether casts of constants become constants.
    var foldsCasts = false
    /// Why aggregates are not allowed, for the message.
    let place: String

    init(scope: Scope, allowsAggregates: Bool, place: String) {
        self.scope = scope
        self.place = place
        aggregates = allowsAggregates ? [] : nil
    }

    /// The bound expression, or nil after reporting what is wrong.
    mutating func bind(_ expression: Expression) -> BoundExpression? {
        let span = expression.span
        switch expression.kind {
        case .literal(let literal): return LiteralBinder.bind(literal, at: span, &diagnostics)
        case .column(let path):
            return bindColumn(path, span)
        case .parameter(let name): return bindParameter(name, span)
        case .field(let operand, let name):
            return bind(operand).flatMap { access($0, name, span) }
        case .element(let operand, let index): return bindElement(operand, index, span)
        case .array(let items): return bindArray(items, span)
        case .map(let entries): return bindMap(entries, span)
        case .row(let items): return bindRow(items, span)
        case .negate(let operand): return bindNegate(operand, span)
        case .not(let operand):
            guard let bound = bindBoolean(operand) else { return nil }
            return BoundExpression(.not(bound), bound.type, span)
        case .binary(let symbol, let left, let right):
            guard let first = bind(left), let second = bind(right) else { return nil }
            return bindBinary(symbol, first, second, span)
        case .isTest(let operand, let test, let negated):
            return bindTest(operand, test, negated, span)
        case .isDistinct(let left, let right, let negated):
            guard let pair = bindComparable(left, right, span) else { return nil }
            return BoundExpression(
                .distinct(pair.0, pair.1, negated: negated), DataType(.boolean, nullable: false),
                span)
        case .between(let operand, let low, let high, let negated, let isSymmetric):
            if isSymmetric { return bindSymmetric(operand, low, high, negated, span) }
            guard let lower = bindComparable(operand, low, span),
                let upper = bindComparable(operand, high, span)
            else { return nil }
            let bound = and(
                compare(.greaterOrEqual, lower.0, lower.1, span),
                compare(.lessOrEqual, upper.0, upper.1, span), span)
            return negated ? BoundExpression(.not(bound), bound.type, span) : bound
        case .inList(let operand, let items, let negated):
            return bindIn(operand, items, negated, span)
        case .like(let operand, let pattern, let escape, let negated):
            return bindLike(operand, pattern, escape, negated, span)
        case .caseWhen(let operand, let branches, let otherwise):
            return bindCase(operand, branches, otherwise, span)
        case .cast(let operand, let type, let isTry): return bindCast(operand, type, isTry, span)
        case .call(let call): return bindCall(call, span)
        case .extract(let unit, let operand):
            return bindFunction("EXTRACT", [unitLiteral(unit, span), bind(operand)], span)
        case .roundTime(let operand, let unit, let up):
            return bindFunction(
                up ? "CEIL_TO" : "FLOOR_TO", [unitLiteral(unit, span), bind(operand)], span)
        case .trim(let side, let characters, let operand):
            let name = side == .both ? "BTRIM" : side == .leading ? "LTRIM" : "RTRIM"
            var arguments = [bind(operand)]
            if let characters { arguments.append(bind(characters)) }
            return bindFunction(name, arguments, span)
        case .isJson(let operand, let shape, let negated):
            let test = bindFunction("IS_JSON", [bind(operand), text(shape.rawValue, span)], span)
            return test.map { negated ? BoundExpression(.not($0), $0.type, span) : $0 }
        case .similar(let operand, let pattern, let escape, let negated):
            if let escape {
                return fail("unsupported", "ESCAPE of SIMILAR TO is not supported yet", escape.span)
            }
            let test = bindFunction("SIMILAR_TO", [bind(operand), bind(pattern)], span)
            return test.map { negated ? BoundExpression(.not($0), $0.type, span) : $0 }
        case .scalarQuery, .exists, .inQuery, .quantified:
            return scope.queryValues[span.start]
                ?? fail("unsupported", "a query in \(place) is not supported yet", span.clipped)
        case .overlaps(let left, let right): return bindOverlaps(left, right, span)
        case .unit(let unit):
            // A word such as `day` may be a column after all.
            if let index = scope.index(of: unit.rawValue) {
                return BoundExpression(.column(index), scope.columns[index].type, span)
            }
            return unitLiteral(unit, span)
        }
    }

    /// `x BETWEEN SYMMETRIC a AND b`: between them in either order.
    private mutating func bindSymmetric(
        _ operand: Expression, _ low: Expression, _ high: Expression, _ negated: Bool, _ span: Span
    ) -> BoundExpression? {
        guard let lower = bindComparable(operand, low, span),
            let upper = bindComparable(operand, high, span)
        else { return nil }
        let ascending = and(
            compare(.greaterOrEqual, lower.0, lower.1, span),
            compare(.lessOrEqual, upper.0, upper.1, span), span)
        let descending = and(
            compare(.lessOrEqual, lower.0, lower.1, span),
            compare(.greaterOrEqual, upper.0, upper.1, span), span)
        let either = or(ascending, descending, span)
        return negated ? BoundExpression(.not(either), either.type, span) : either
    }

    func unitLiteral(_ unit: TimeUnit, _ span: Span) -> BoundExpression {
        BoundExpression(
            .literal(.string(unit.rawValue)), DataType(.varchar(.max), nullable: false), span)
    }

    mutating func fail(
        _ code: String, _ message: String, _ span: Span, hint: String? = nil
    ) -> BoundExpression? {
        diagnostics.append(.error(code, message, at: span, hint: hint))
        return nil
    }

    /// Binds a condition; anything but BOOLEAN is an error.
    mutating func bindBoolean(_ expression: Expression) -> BoundExpression? {
        guard let bound = bind(expression) else { return nil }
        if bound.type.kind == .boolean { return bound }
        if bound.type.kind == .null { return coerce(bound, to: .boolean) }
        return fail(
            "not-boolean", "a condition must be BOOLEAN, this is \(bound.type.kind)",
            expression.span)
    }

    private mutating func bindNegate(_ operand: Expression, _ span: Span) -> BoundExpression? {
        guard let bound = bind(operand) else { return nil }
        guard bound.type.kind.isNumeric || bound.type.kind.isInterval else {
            return fail("bad-operand", "cannot negate \(bound.type.kind)", span)
        }
        if case .literal(let scalar) = bound.node {
            switch scalar {
            case .int64(let value):
                return BoundExpression(.literal(.int64(0 &- value)), bound.type, span)
            case .int128(let value):
                return BoundExpression(.literal(.int128(0 &- value)), bound.type, span)
            case .float64(let value):
                return BoundExpression(.literal(.float64(-value)), bound.type, span)
            default: break
            }
        }
        return BoundExpression(.negate(bound), bound.type, span)
    }

    private mutating func bindTest(
        _ operand: Expression, _ test: TruthTest, _ negated: Bool, _ span: Span
    ) -> BoundExpression? {
        let never = DataType(.boolean, nullable: false)
        switch test {
        case .null:
            guard let bound = bind(operand) else { return nil }
            return BoundExpression(.isNull(bound, negated: negated), never, span)
        case .unknown:
            guard let bound = bindBoolean(operand) else { return nil }
            return BoundExpression(.isNull(bound, negated: negated), never, span)
        case .isTrue, .isFalse:
            guard let bound = bindBoolean(operand) else { return nil }
            return BoundExpression(
                .isTrue(bound, value: test == .isTrue, negated: negated), never, span)
        }
    }

    private mutating func bindIn(
        _ operand: Expression, _ items: [Expression], _ negated: Bool, _ span: Span
    ) -> BoundExpression? {
        let bound = bind(operand)
        let boundItems = items.map { bind($0) }
        guard let bound else { return nil }
        var values: [BoundExpression] = []
        for item in boundItems {
            guard let item else { return nil }
            values.append(item)
        }
        guard let common = commonType([bound] + values) else {
            return fail(
                "type-mismatch", "the values of IN have no type in common with the left side",
                span)
        }
        let left = coerce(bound, to: common.kind)
        let right = values.map { coerce($0, to: common.kind) }
        var constants: Set<Scalar> = []
        var hasNull = false
        for value in right {
            guard case .literal(let scalar) = value.node else {
                let tests = right.map { compare(.equal, left, $0, span) }
                let any = tests.dropFirst().reduce(tests[0]) { or($0, $1, span) }
                return negated ? BoundExpression(.not(any), any.type, span) : any
            }
            if scalar == .null { hasNull = true } else { constants.insert(scalar) }
        }
        return BoundExpression(
            .inSet(left, constants, hasNull: hasNull, negated: negated),
            DataType(.boolean, nullable: left.type.isNullable || hasNull), span)
    }

    private mutating func bindLike(
        _ operand: Expression, _ pattern: Expression, _ escape: Expression?, _ negated: Bool,
        _ span: Span
    ) -> BoundExpression? {
        guard let text = bind(operand), let like = bind(pattern) else { return nil }
        for side in [text, like] where !side.type.kind.isString && side.type.kind != .null {
            return fail("bad-operand", "LIKE compares texts, this is \(side.type.kind)", side.span)
        }
        var escapeByte: UInt8?
        if let escape {
            guard case .literal(.string(let character)) = escape.kind,
                character.utf8.count == 1
            else {
                return fail("bad-escape", "ESCAPE takes one ASCII character", escape.span)
            }
            escapeByte = character.utf8.first
        }
        let isNullable = text.type.isNullable || like.type.isNullable
        return BoundExpression(
            .like(
                coerce(text, to: .varchar(.max)), pattern: coerce(like, to: .varchar(.max)),
                escape: escapeByte, negated: negated), DataType(.boolean, nullable: isNullable),
            span)
    }

    private mutating func bindCast(
        _ operand: Expression, _ type: TypeName, _ isTry: Bool, _ span: Span
    ) -> BoundExpression? {
        guard let bound = bind(operand), let target = TypeBinder.bind(type, &diagnostics) else {
            return nil
        }
        guard Cast.isSupported(from: bound.type.kind, to: target.kind) else {
            return fail("bad-cast", "\(bound.type.kind) cannot be cast to \(target.kind)", span)
        }
        if let zoned = zonedCast(bound, to: target.kind, isTry: isTry) {
            return BoundExpression(zoned.node, zoned.type, span)
        }
        if foldsCasts, case .literal = bound.node, !isTry { return coerce(bound, to: target.kind) }
        return BoundExpression(
            .cast(bound, isTry: isTry),
            DataType(target.kind, nullable: isTry || bound.type.isNullable), span)
    }
}
