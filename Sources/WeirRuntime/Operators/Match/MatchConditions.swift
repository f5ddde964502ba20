// The conditions of a pattern's variables.

import WeirColumnar
import WeirPlanner

/// Conditions, taken apart: what a row says by itself is computed of all due rows at once, what
/// depends on the rows before it of the matches that ask.
final class MatchConditions {
    /// One variable's condition.
    private struct Condition {
        let own: Part?
        let dependent: Part?
    }

    /// An expression and the references it reads.
    private struct Part {
        let expression: CompiledExpression
        let wanted: Set<Int>

        init?(_ conjuncts: [BoundExpression]) {
            guard var whole = conjuncts.first else { return nil }
            for conjunct in conjuncts.dropFirst() {
                let type = DataType(
                    .boolean, nullable: whole.type.isNullable || conjunct.type.isNullable)
                whole = BoundExpression(.and(whole, conjunct), type, whole.span)
            }
            expression = CompiledExpression(whole)
            wanted = whole.columns
        }
    }

    /// What became of a condition.
    enum Answer: UInt8 {
        case no
        case yes
        /// It cannot be computed; this is reported when a match asks.
        case failed
    }

    private let conditions: [Condition]
    private let values: MatchValues

    init(_ plan: MatchPlan, _ values: MatchValues) {
        self.values = values
        conditions = plan.conditions.enumerated().map { variable, condition in
            let conjuncts = condition.map(Self.conjuncts) ?? []
            func isOwn(_ conjunct: BoundExpression) -> Bool {
                conjunct.columns.allSatisfy { plan.references[$0].isOwn(of: variable) }
            }
            return Condition(
                own: Part(conjuncts.filter(isOwn)),
                dependent: Part(conjuncts.filter { !isOwn($0) }))
        }
    }

    private static func conjuncts(_ expression: BoundExpression) -> [BoundExpression] {
        guard case .and(let left, let right) = expression.node else { return [expression] }
        return conjuncts(left) + conjuncts(right)
    }

    func isDependent(_ variable: Int) -> Bool { conditions[variable].dependent != nil }

    var areAllOwn: Bool { conditions.allSatisfy { $0.dependent == nil } }

    /// What rows say by themselves; nil when the variable asks nothing of that kind.
    func own(_ variable: Int, _ due: [Int32], errors: RowErrors) -> [Answer]? {
        guard let part = conditions[variable].own else { return nil }
        return Self.answers(part, values.own(part.wanted, due), count: due.count, errors)
    }

    /// What rows say to matches that try them.
    func dependent(
        _ variable: Int, _ views: [MatchView], _ partitions: [MatchPartition],
        _ bounds: MatchBounds, errors: RowErrors
    ) -> [Answer] {
        guard let part = conditions[variable].dependent else { return views.map { _ in .yes } }
        let columns = values.columns(part.wanted, views, partitions, bounds)
        return Self.answers(part, columns, count: views.count, errors)
    }

    private static func answers(
        _ part: Part, _ columns: [Column], count: Int, _ errors: RowErrors
    ) -> [Answer] {
        let result = part.expression.evaluate(Batch(count: count, columns: columns), errors: errors)
        var answers = Logic.isTrue(result, count: count).map { $0 == 0 ? Answer.no : .yes }
        for error in errors.items { answers[Int(error.row)] = .failed }
        return answers
    }
}
