// What is allowed and probably not meant.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// A join of a stream with a table that has versions, by that table's key: it sees the version
    /// of now, where that of the row's time may be meant.
    mutating func warnOfVersions(
        _ left: (plan: LogicalPlan, scope: Scope), _ right: (plan: LogicalPlan, scope: Scope),
        _ join: LogicalJoin, _ reference: TableReference
    ) {
        guard case .regular = join.time, join.kind == .inner || join.kind == .left,
            case .named(let path, _, _, _, let span) = reference, let table = path.last
        else { return }
        let first = PlanOptimizer.optimise(left.plan).relation
        let second = PlanOptimizer.optimise(right.plan).relation
        guard second.type == .versionedState, let key = second.key, !key.isEmpty,
            first.mode == .append, let rowtime = first.rowtime
        else { return }
        let split = left.plan.columns.count
        let bound = (join.condition?.conjuncts ?? []).compactMap { part -> Int? in
            guard case .comparison(.equal, let one, let other) = part.node else { return nil }
            return [one, other].compactMap { side -> Int? in
                guard case .column(let index) = side.node, index >= split else { return nil }
                return index - split
            }.first
        }
        guard key.allSatisfy({ bound.contains($0) }) else { return }
        let owner = left.scope.tables.first { $0.range.contains(rowtime) }?.name
        let time = ([owner].compactMap { $0 } + [first.columns[rowtime].name])
            .map(Identifier.quoted).joined(separator: ".")
        let text = "FOR SYSTEM_TIME AS OF \(time)"
        diagnostics.append(
            .warning(
                "temporal-join", "this joins each row with the newest version of the other table",
                at: span.clipped,
                hint: "write \(text) behind the table to get the version of the row's own time",
                note: "a table of the last row by key has versions; without a time the result"
                    + " changes whenever one of them does",
                fixes: [
                    Fix(
                        "join with the version of \(time)",
                        replacing: Span(table.span.end, table.span.end),
                        with: " " + text)
                ]))
    }

    /// Grouping a stream by its own time without a window keeps a group for each time, for ever.
    mutating func warnOfUnboundedGroups(_ plan: LogicalPlan) {
        if case .aggregate(let input, let aggregation) = plan.node, !aggregation.keys.isEmpty {
            let relation = input.relation
            let byTime = aggregation.keys.first { key in
                if case .column(let index) = key.node { index == relation.rowtime } else { false }
            }
            if let byTime, relation.mode == .append, WindowKeys(plan) == nil,
                !aggregation.isDistinct
            {
                diagnostics.append(
                    .warning(
                        "unbounded-state",
                        "grouping by the event time keeps a group for each time, for ever",
                        at: byTime.span,
                        hint: "group by the window_start and window_end of TABLE(TUMBLE(…))"))
            }
        }
        for input in plan.inputs { warnOfUnboundedGroups(input) }
    }

    /// Rows whose event time is NULL are refused: a nullable column invites them.
    mutating func warnOfNullableTime(
        _ table: CreateTable, _ watermark: (column: Int, expression: BoundExpression)?,
        _ columns: [Field]
    ) {
        guard let watermark, columns[watermark.column].type.isNullable else { return }
        let name = columns[watermark.column].name
        for element in table.elements {
            guard case .column(let identifier, let type, _) = element, identifier.name == name
            else { continue }
            diagnostics.append(
                .warning(
                    "nullable-time", "the event time '\(name)' may be NULL", at: identifier.span,
                    hint: "declare it NOT NULL", note: "a row without event time is refused",
                    fixes: [
                        Fix(
                            "add NOT NULL", replacing: Span(type.span.end, type.span.end),
                            with: " NOT NULL")
                    ]))
        }
    }

    /// The definition in which the event time of a table was lost, for the message about it.
    func lostTimeNote(_ plan: LogicalPlan) -> String? {
        guard case .scan(_, let name, _) = plan.node,
            let definition = definitions.first(where: { $0.name == name })
        else { return nil }
        for input in definition.optimised.inputs {
            var source = input
            while source.relation.rowtime == nil, let next = source.inputs.first { source = next }
            guard let rowtime = source.relation.rowtime else { continue }
            return "'\(name)' does not keep the event time '\(source.columns[rowtime].name)'"
        }
        return nil
    }
}
