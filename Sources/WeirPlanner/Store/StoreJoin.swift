// Joins in the store.

import WeirColumnar
import WeirSQL

enum StoreJoin {
    static func build(
        _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin, _ plan: LogicalPlan,
        _ builder: inout StoreQueryBuilder
    ) throws(StoreRefusal) -> SelectDraft {
        if case .temporal = join.time {
            throw StoreRefusal(
                "a temporal join needs the rows as they come in", plan.span.clipped)
        }
        let first = try builder.plain(left)
        var second = try builder.plain(right)
        switch join.kind {
        case .semi, .anti:
            var draft = first
            if let test = try StoreMembership(join, first, second)?.sql(join.kind == .anti) {
                draft.conditions.append(test)
                return draft
            }
            let condition = try on(join, first, second)
            var inner = second
            inner.columns = []
            inner.fields = []
            if condition != "TRUE" { inner.conditions.append(condition) }
            draft.conditions.append(
                "\(join.kind == .anti ? "NOT " : "")EXISTS (\(inner.sql))")
            return draft
        case .inner, .left, .right, .full: break
        }
        var outer = first
        // Conditions of a side that may be filled up with NULLs are tested below the join.
        let fillsLeft = join.kind == .right || join.kind == .full
        let fillsRight = join.kind == .left || join.kind == .full
        if fillsLeft, !outer.conditions.isEmpty || !outer.hasOnlyReferences {
            outer = builder.wrap(outer)
        }
        let isLoose = join.kind != .inner && !second.conditions.isEmpty
        if isLoose || second.from.contains(" JOIN ") || (fillsRight && !second.hasOnlyReferences) {
            second = builder.wrap(second)
        }
        let word =
            switch join.kind {
            case .left: "LEFT JOIN"
            case .right: "RIGHT JOIN"
            case .full: "FULL JOIN"
            case .inner, .semi, .anti: "JOIN"
            }
        let condition = try on(join, outer, second)
        outer.from += " \(word) \(second.from) ON \(condition)"
        outer.conditions += second.conditions
        outer.columns += second.columns
        outer.fields = plan.columns
        return outer
    }

    private static func on(
        _ join: LogicalJoin, _ left: SelectDraft, _ right: SelectDraft
    ) throws(StoreRefusal) -> String {
        guard let condition = join.condition else { return "TRUE" }
        var both = left
        both.columns += right.columns
        both.fields += right.fields
        return try both.writer.sql(condition)
    }
}
