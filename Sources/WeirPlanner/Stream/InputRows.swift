// What an operator that keeps rows reads of its input.

import WeirColumnar

/// What an operator with one input reads of it: columns first, then what is computed.
struct InputRows {
    private let plan: LogicalPlan
    private(set) var values: [BoundExpression]

    init(_ plan: LogicalPlan, reading columns: Set<Int>) {
        self.plan = plan
        values = columns.sorted().map {
            BoundExpression(.column($0), plan.columns[$0].type, plan.span)
        }
    }

    mutating func position(of value: BoundExpression) -> Int {
        if let known = values.firstIndex(of: value) { return known }
        values.append(value)
        return values.count - 1
    }

    func known(_ column: Int) -> Int? { values.firstIndex { $0.node == .column(column) } }

    var fields: [Field] {
        values.enumerated().map { index, value in
            if case .column(let column) = value.node { return plan.columns[column] }
            return Field("c\(index)", value.type)
        }
    }

    /// Where the plan's columns are among the values.
    var mapping: [Int] {
        plan.columns.indices.map { known($0) ?? StreamPlanner.Lowered.missing }
    }
}
