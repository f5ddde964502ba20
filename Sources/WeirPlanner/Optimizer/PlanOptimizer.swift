// Rules over logical plans.

/// Rewrites a plan to one that gives the same rows.
protocol PlanRule: Sendable {
    /// In kebab case, for tests and explanations.
    static var name: String { get }
    /// The plan rewritten at its top; nil when the rule does not apply.
    static func apply(_ plan: LogicalPlan) -> LogicalPlan?
}

/// Applies all rules from the leaves to the top until none applies.
enum PlanOptimizer {
    /// In the order in which they are tried.
    static let rules: [any PlanRule.Type] = [
        MergeProjections.self, PushFilterIntoJoin.self, RecogniseRank.self, DropUnusedRank.self,
        RecogniseIntervalJoin.self,
        RecogniseWindowJoin.self,
    ]
    /// Rewrites of one operator; a plan is finite, so this is only a guard.
    private static let limit = 64

    static func optimise(_ plan: LogicalPlan) -> LogicalPlan {
        var current = plan.replacing(inputs: plan.inputs.map(optimise))
        for _ in 0..<limit {
            guard let next = step(current) else { return current }
            current = next.replacing(inputs: next.inputs.map(optimise))
        }
        return current
    }

    private static func step(_ plan: LogicalPlan) -> LogicalPlan? {
        for rule in rules {
            if let next = rule.apply(plan) { return next }
        }
        return nil
    }
}
