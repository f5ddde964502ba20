// Expressions that a stage needs more than once, computed once for a batch.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// The results of repeated expressions for the batch at hand.
///
/// Only expressions that give the same value each time are shared. Thread-confined.
final class SharedExpressions {
    private final class Result {
        var turn = 0
        var column: Column?
        var errors = RowErrors()
    }

    private var results: [BoundExpression: Result] = [:]
    private var turn = 1
    /// The rows of the batch of the turn before that this one's batch consists of.
    private var kept: [Int32]?

    /// - Parameter expressions: everything that is computed of a batch.
    init(_ expressions: [BoundExpression]) {
        var seen: Set<BoundExpression> = []
        for expression in expressions { note(expression, &seen) }
    }

    private func note(_ expression: BoundExpression, _ seen: inout Set<BoundExpression>) {
        if expression.children.isEmpty { return }
        if seen.insert(expression).inserted {
            for child in expression.children { note(child, &seen) }
        } else if expression.isDeterministic {
            results[expression] = Result()
        }
    }

    /// Another batch comes.
    ///
    /// - Parameter kept: the rows of the last batch that it consists of, if it does.
    func next(keeping kept: [Int32]? = nil) {
        turn += 1
        self.kept = kept
    }

    /// The body of an expression, or one that keeps the result for the others.
    func sharing(
        _ expression: BoundExpression, _ body: @escaping CompiledExpression.Body
    ) -> CompiledExpression.Body {
        guard let result = results[expression] else { return body }
        return { [self] batch, errors in
            let column: Column
            if result.turn == turn, let known = result.column {
                column = known
            } else if result.turn == turn - 1, let kept, result.errors.isEmpty,
                let known = result.column
            {
                column = known.take(kept)
            } else {
                result.errors = RowErrors()
                column = body(batch, result.errors)
            }
            result.turn = turn
            result.column = column
            errors.merge(result.errors) { _ in true }
            return column
        }
    }
}
