// What a value depends on, and how long it may take.

import WeirFunctions

extension BoundExpression {
    /// Whether it depends on nothing but its input: neither on the time nor on chance.
    package var isDeterministic: Bool {
        if case .call(let name, _) = node,
            !(FunctionRegistry.scalar(named: name)?.isDeterministic ?? false)
        {
            return false
        }
        return children.allSatisfy(\.isDeterministic)
    }
}

extension LogicalPlan {
    /// Whether its rows are the same whenever they are computed from the same input.
    var isDeterministic: Bool {
        node.expressions.allSatisfy(\.isDeterministic) && inputs.allSatisfy(\.isDeterministic)
    }

    /// Whether an expression of it looks at texts, lists or documents, which may be long.
    var hasLongSteps: Bool {
        node.expressions.contains { $0.first(where: \.isLongStep) != nil }
            || inputs.contains(where: \.hasLongSteps)
    }
}

extension BoundExpression {
    fileprivate var isLongStep: Bool {
        switch node {
        case .like: true
        case .call(let name, _):
            switch FunctionRegistry.scalar(named: name)?.family {
            case .math, .time, .conditional: false
            case .string, .regex, .collection, .json, .jsonb, .vector, .hash, nil: true
            }
        default: false
        }
    }
}
