// Value expressions.

/// An operator with two operands.
package enum BinaryOperator: String, Sendable, CaseIterable {
    case or = "OR"
    case and = "AND"
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case concatenate = "||"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
}

/// The right side of `IS [NOT] …`.
package enum TruthTest: String, Sendable {
    case null = "NULL"
    case isTrue = "TRUE"
    case isFalse = "FALSE"
    case unknown = "UNKNOWN"
}

/// A unit of date and time.
package enum TimeUnit: String, Sendable, CaseIterable {
    case year = "YEAR"
    case quarter = "QUARTER"
    case month = "MONTH"
    case week = "WEEK"
    case day = "DAY"
    case hour = "HOUR"
    case minute = "MINUTE"
    case second = "SECOND"
    case millisecond = "MILLISECOND"
    case microsecond = "MICROSECOND"
    case dow = "DOW"
    case isodow = "ISODOW"
    case doy = "DOY"
    case isoyear = "ISOYEAR"
    case epoch = "EPOCH"
    case decade = "DECADE"
    case century = "CENTURY"
    case millennium = "MILLENNIUM"
}

/// A constant in the text.
package enum Literal: Sendable {
    case null
    case boolean(Bool)
    /// Digits as written.
    case integer(String)
    case decimal(String)
    case approximate(String)
    case string(String)
    /// `X'1f'`: hexadecimal digits.
    case binary(String)
    case date(String)
    case time(String)
    case timestamp(String)
    /// `INTERVAL '1-2' YEAR TO MONTH` and so on; `end` only for ranges.
    case interval(text: String, start: TimeUnit, end: TimeUnit?)
}

/// Which end TRIM works on.
package enum TrimSide: String, Sendable {
    case both = "BOTH"
    case leading = "LEADING"
    case trailing = "TRAILING"
}

/// What IS JSON asks for.
package enum JsonShape: String, Sendable {
    case value = "VALUE"
    case object = "OBJECT"
    case array = "ARRAY"
    case scalar = "SCALAR"
}

/// A value expression with its place.
package struct Expression: Sendable {
    package indirect enum Kind: Sendable {
        case literal(Literal)
        /// `a`, `t.a`, `t.a.b`
        case column([Identifier])
        case negate(Expression)
        case not(Expression)
        case binary(BinaryOperator, Expression, Expression)
        case isTest(Expression, TruthTest, negated: Bool)
        case isDistinct(Expression, Expression, negated: Bool)
        case between(
            Expression, low: Expression, high: Expression, negated: Bool, isSymmetric: Bool)
        case inList(Expression, [Expression], negated: Bool)
        case like(Expression, pattern: Expression, escape: Expression?, negated: Bool)
        case caseWhen(
            operand: Expression?, branches: [(when: Expression, then: Expression)],
            otherwise: Expression?)
        case cast(Expression, TypeName, isTry: Bool)
        case call(FunctionCallSyntax)
        /// `:name` or `@name`: an argument of a table function.
        case parameter(Identifier)
        /// `expression.field`
        case field(Expression, Identifier)
        /// `expression[index]`
        case element(Expression, Expression)
        case array([Expression])
        case map([(key: Expression, value: Expression)])
        /// `ROW(a, b)` or `(a, b)`
        case row([Expression])
        case scalarQuery(Query)
        case exists(Query)
        case inQuery(Expression, Query, negated: Bool)
        /// `x > ALL (query)`
        case quantified(BinaryOperator, Expression, isAll: Bool, Query)
        case similar(Expression, pattern: Expression, escape: Expression?, negated: Bool)
        /// `x IS [NOT] JSON [VALUE | OBJECT | ARRAY | SCALAR]`
        case isJson(Expression, JsonShape, negated: Bool)
        case overlaps(Expression, Expression)
        case extract(TimeUnit, Expression)
        /// `FLOOR(x TO unit)` or `CEIL(x TO unit)`
        case roundTime(Expression, TimeUnit, up: Bool)
        case trim(TrimSide, characters: Expression?, Expression)
        /// A bare unit as argument of TIMESTAMPADD and TIMESTAMPDIFF.
        case unit(TimeUnit)
    }

    package let kind: Kind
    package let span: Span

    package init(_ kind: Kind, _ span: Span) {
        self.kind = kind
        self.span = span
    }
}
