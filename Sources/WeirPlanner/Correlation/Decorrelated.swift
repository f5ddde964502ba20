// A correlated query as rows to join with.

import WeirColumnar
import WeirSQL

/// What an inner query becomes when its references to the outer row are taken out of it.
struct Decorrelated {
    /// Reads nothing of the outer row.
    var plan: LogicalPlan
    /// Hold between the outer row (`.outer`) and the rows of the plan (`.column`).
    var conditions: [BoundExpression] = []
    /// The columns of the inner query over both.
    var outputs: [BoundExpression]
    /// Whether it gives a row for every outer row, as an aggregate without GROUP BY does. Its
    /// outputs are then right for columns that are all NULL, too.
    var isTotal = false
    /// Columns of the plan that hold outer ones.
    var domain: [Int: Int] = [:]

    /// An expression over the inner query's columns as one over the plan's and the outer row.
    func place(_ expression: BoundExpression) -> BoundExpression {
        let placed = expression.replacingColumns { outputs[$0] }
        if domain.isEmpty { return placed }
        return placed.mapOuter { part, index in
            domain[index].map { BoundExpression(.column($0), part.type, part.span) } ?? part
        }
    }
}

/// Why a correlated query cannot be made a join.
struct CorrelationRefusal: Error {
    let what: String
    let span: Span
    let hint: String?

    init(_ what: String, _ span: Span, hint: String? = nil) {
        self.what = what
        self.span = span
        self.hint = hint
    }
}

extension BoundExpression {
    /// Columns of the outer row that it reads.
    var outerColumns: Set<Int> {
        if case .outer(let index) = node { return [index] }
        var result: Set<Int> = []
        for child in children { result.formUnion(child.outerColumns) }
        return result
    }

    var readsOuter: Bool { first { if case .outer = $0.node { true } else { false } } != nil }

    /// The same expression over the columns of a join: the outer ones, then the plan's.
    func joined(at shift: Int) -> BoundExpression {
        switch node {
        case .outer(let index): BoundExpression(.column(index), type, span)
        case .column(let index): BoundExpression(.column(index + shift), type, span)
        default: mapChildren { $0.joined(at: shift) }
        }
    }

    /// The same expression with each outer column replaced.
    func mapOuter(_ body: (BoundExpression, Int) -> BoundExpression) -> BoundExpression {
        if case .outer(let index) = node { return body(self, index) }
        return mapChildren { $0.mapOuter(body) }
    }
}

extension LogicalPlan {
    /// Whether the plan reads columns of an outer row.
    var readsOuter: Bool {
        node.expressions.contains(where: \.readsOuter) || inputs.contains(where: \.readsOuter)
    }

    /// Columns of the outer row that the plan reads.
    var outerColumns: Set<Int> {
        var result: Set<Int> = []
        for expression in node.expressions { result.formUnion(expression.outerColumns) }
        for input in inputs { result.formUnion(input.outerColumns) }
        return result
    }

    /// The columns of the plan as expressions.
    var allColumns: [BoundExpression] {
        columns.enumerated().map { BoundExpression(.column($0), $1.type, span) }
    }
}
