// Bound expressions to closures over whole batches; resolved once, run once a batch.

package import WeirColumnar
package import WeirPlanner

/// An expression ready to run on batches.
///
/// Thread-confined: it keeps constant columns between batches.
package final class CompiledExpression {
    typealias Body = (Batch, RowErrors) -> Column

    package let type: DataType
    private let body: Body

    package convenience init(_ expression: BoundExpression) {
        self.init(expression, sharing: SharedExpressions([]))
    }

    /// - Parameter shared: what is computed once for this and other expressions.
    init(_ expression: BoundExpression, sharing shared: SharedExpressions) {
        type = expression.type
        body = ExpressionCompiler(shared: shared).compile(expression)
    }

    /// The values for the rows of a batch; rows that fail are noted in `errors`.
    package func evaluate(_ batch: Batch, errors: RowErrors) -> Column { body(batch, errors) }
}
