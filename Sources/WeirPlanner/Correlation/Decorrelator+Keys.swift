// By what the rows of a correlated query are told apart.

import WeirColumnar
import WeirSQL

extension Decorrelator {
    /// An inner value that equals one of the outer row.
    struct Keyed {
        let inner: BoundExpression
        let outer: BoundExpression
        /// IS NOT DISTINCT FROM.
        let isNullSafe: Bool
        let span: Span
    }

    /// The conditions as equalities of inner values with outer ones, by which the rows of the
    /// plan are told apart. Where they are not, or where expressions need the outer row itself,
    /// the distinct outer values are joined with first.
    func keyed(
        _ result: inout Decorrelated, reading parts: [BoundExpression]
    ) throws(CorrelationRefusal) -> [Keyed] {
        let reads = parts.contains { result.place($0).readsOuter }
        let found = result.conditions.compactMap(Self.equality)
        if !reads, found.count == result.conditions.count { return found }
        joinDomain(&result, reading: parts)
        return result.conditions.compactMap(Self.equality)
    }

    private static func equality(_ condition: BoundExpression) -> Keyed? {
        func split(_ left: BoundExpression, _ right: BoundExpression, _ isNullSafe: Bool) -> Keyed?
        {
            if !left.readsOuter, right.readsOuter, right.columns.isEmpty {
                return Keyed(
                    inner: left, outer: right, isNullSafe: isNullSafe, span: condition.span)
            }
            if !right.readsOuter, left.readsOuter, left.columns.isEmpty {
                return Keyed(
                    inner: right, outer: left, isNullSafe: isNullSafe, span: condition.span)
            }
            return nil
        }
        switch condition.node {
        case .comparison(.equal, let left, let right): return split(left, right, false)
        case .distinct(let left, let right, negated: true): return split(left, right, true)
        default: return nil
        }
    }

    /// The same conditions over grouped keys.
    func equalities(_ keyed: [Keyed], from base: Int) -> [BoundExpression] {
        keyed.enumerated().map { index, key in
            let inner = BoundExpression(.column(base + index), key.inner.type, key.span)
            return equal(inner, key.outer, isNullSafe: key.isNullSafe, key.span)
        }
    }

    private func equal(
        _ left: BoundExpression, _ right: BoundExpression, isNullSafe: Bool, _ span: Span
    ) -> BoundExpression {
        if isNullSafe {
            return BoundExpression(
                .distinct(left, right, negated: true), DataType(.boolean, nullable: false), span)
        }
        let isNullable = left.type.isNullable || right.type.isNullable
        return BoundExpression(
            .comparison(.equal, left, right), DataType(.boolean, nullable: isNullable), span)
    }

    /// Joins the plan with the distinct outer values that it reads.
    private func joinDomain(_ result: inout Decorrelated, reading parts: [BoundExpression]) {
        var used: Set<Int> = []
        for part in result.conditions + result.outputs + parts { used.formUnion(part.outerColumns) }
        let indices = used.sorted()
        let span = result.plan.span
        let values = indices.map { BoundExpression(.column($0), outer.columns[$0].type, span) }
        let fields = indices.map { Field("weir_outer", outer.columns[$0].type) }
        let chosen = LogicalPlan(.project(outer, values), fields, span)
        let domain = LogicalPlan(
            .aggregate(
                chosen,
                LogicalAggregation(
                    keys: chosen.allColumns, sets: nil, calls: [], isDistinct: true)),
            fields, span)
        let shift = result.plan.columns.count
        func inDomain(_ part: BoundExpression, _ index: Int) -> BoundExpression {
            BoundExpression(
                .column(shift + (indices.firstIndex(of: index) ?? 0)), part.type, part.span)
        }
        let conditions = result.conditions.map { $0.mapOuter(inDomain) }
        result.plan = LogicalPlan(
            .join(
                result.plan, domain,
                LogicalJoin(
                    kind: .inner,
                    condition: BoundExpression.conjunction(of: conditions))),
            result.plan.columns + fields, span)
        result.outputs = result.outputs.map { $0.mapOuter(inDomain) }
        for (position, index) in indices.enumerated() { result.domain[index] = shift + position }
        result.conditions = indices.map { index in
            let value = BoundExpression(.outer(index), outer.columns[index].type, span)
            return equal(inDomain(value, index), value, isNullSafe: true, span)
        }
    }
}
