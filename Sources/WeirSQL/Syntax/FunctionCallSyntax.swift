// A function call with all that SQL lets follow it.

/// `name([DISTINCT] arguments) [FILTER (…)] [WITHIN GROUP (…)] [OVER …]`
package struct FunctionCallSyntax: Sendable {
    package var name: Identifier
    package var arguments: [Argument]
    /// `COUNT(*)`
    package var isStar = false
    package var isDistinct = false
    /// ORDER BY between the parentheses or in WITHIN GROUP.
    package var orderBy: [OrderItem] = []
    package var filter: Expression?
    package var over: Over?
    /// `IGNORE NULLS` is true, `RESPECT NULLS` false.
    package var ignoresNulls: Bool?
    /// The clauses of SQL's JSON functions.
    package var json = JsonClauses()

    /// A value by position or, with `=>`, by name.
    package struct Argument: Sendable {
        package let name: Identifier?
        package let value: Expression

        package init(_ value: Expression, name: Identifier? = nil) {
            self.value = value
            self.name = name
        }
    }

    /// What follows the word OVER.
    package enum Over: Sendable {
        case named(Identifier)
        case specification(WindowSpecification)
    }

    package init(_ name: Identifier, _ arguments: [Expression]) {
        self.name = name
        self.arguments = arguments.map { Argument($0) }
    }
}

/// `RETURNING type`, `NULL ON EMPTY` and the like.
package struct JsonClauses: Sendable {
    /// What is given when the path finds nothing, or fails.
    package enum Behaviour: Sendable {
        case null
        case error
        case emptyArray
        case emptyObject
        case value(Bool)
        case unknown
        case defaultValue(Expression)
    }

    package var returning: TypeName?
    package var onEmpty: Behaviour?
    package var onError: Behaviour?
    /// `WITH [CONDITIONAL] [ARRAY] WRAPPER` and so on, in capitals; nil when nothing is written.
    package var wrapper: String?
    /// `ABSENT ON NULL` is true, `NULL ON NULL` false.
    package var isAbsentOnNull: Bool?
}
