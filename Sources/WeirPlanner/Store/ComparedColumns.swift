// Which columns a query compares with its arguments: values of those are values worth asking for.

import WeirColumnar

extension StoreQuery {
    /// Names of columns, by the lower-case name of the argument that they are equal to.
    package var comparedColumns: [String: String] {
        var found: [String: String] = [:]
        if let plan { Self.compare(plan, &found) }
        for argument in arguments {
            if case .filter(let column, _) = argument.origin, columns.indices.contains(column) {
                found[argument.name.lowercased()] = columns[column].name
            }
        }
        return found
    }

    private static func compare(_ plan: LogicalPlan, _ found: inout [String: String]) {
        if case .filter(let input, let condition) = plan.node {
            for part in condition.conjuncts {
                guard case .comparison(.equal, let left, let right) = part.node else { continue }
                for (side, other) in [(left, right), (right, left)] {
                    guard case .column(let index) = side.node, index < input.columns.count,
                        case .parameter(let name) = other.node
                    else { continue }
                    found[name.lowercased()] = input.columns[index].name
                }
            }
        }
        for input in plan.inputs { compare(input, &found) }
    }
}
