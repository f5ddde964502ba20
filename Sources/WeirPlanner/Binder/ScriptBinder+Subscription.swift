// Subscriptions: rows as they come in, kept for a while in a log of the store.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// `Name := SUBSCRIBE SELECT …` and `Name(arguments) := SUBSCRIBE SELECT …`
    mutating func bindSubscription(
        _ definition: Definition, _ query: Query, _ statement: Statement
    ) {
        guard definition.parent == nil else {
            diagnostics.append(
                .error(
                    "misplaced-subscribe", "a relationship cannot be subscribed to",
                    at: definition.name.span, hint: "define it as a function with arguments"))
            return
        }
        guard let arguments = bindArguments(definition.arguments ?? []),
            let bound = bindBody(query, arguments, this: nil)
        else {
            failedNames.insert(context.key(definition.name))
            return
        }
        warnOfUnused(arguments, in: bound.plan, definition)
        let plan = PlanOptimizer.optimise(bound.plan)
        if definition.arguments == nil {
            guard canBeKept(bound) else { return }
            define(definition.name, bound, statement, isStored: false)
            guard case .stream(let stage)? = tables[context.key(definition.name)]?.kind else {
                return refuseStored(definition)
            }
            let scan = LogicalPlan(
                .scan(.stage(stage), name: context.shown(definition.name), plan.relation),
                plan.columns, plan.span)
            return addSubscription(
                definition, statement, scan, plan.columns, [], bound.visible.base)
        }
        for argument in arguments {
            guard case .computed(let value) = argument.origin else { continue }
            return refuse("a computed argument of a subscription", value.span)
        }
        guard let shape = SubscriptionShape(plan) else {
            diagnostics.append(
                .error(
                    "bad-subscribe",
                    "a subscription with arguments takes rows of one table by equality",
                    at: query.span.clipped,
                    hint: "write SUBSCRIBE SELECT * FROM t WHERE column = :argument AND …; compute"
                        + " the rest in a table of its own"))
            return
        }
        addSubscription(
            definition, statement, shape.events, plan.columns, arguments, bound.visible.base,
            filters: shape.filters)
    }

    private mutating func refuseStored(_ definition: Definition) {
        guard !diagnostics.hasErrors else { return }
        diagnostics.append(
            .error(
                "bad-subscribe", "this is computed when it is read, so nothing comes in",
                at: definition.name.span,
                hint: "subscribe to a table that is computed as a stream"))
    }

    /// - Parameters:
    ///   - rows: what comes in: the columns that are shown, then those that are compared.
    private mutating func addSubscription(
        _ definition: Definition, _ statement: Statement, _ rows: LogicalPlan,
        _ columns: [Field], _ arguments: [QueryArgument], _ base: String?,
        filters: [(column: Int, parameter: String)] = []
    ) {
        let name = context.shown(definition.name)
        let events = rows.relation.mode == .updating ? Self.newRows(rows) : rows
        guard let stage = makeStage(events, name: "\(name).events").stage else { return }
        var table = StoredTable(
            name: "\(name)_events", columns: events.columns, key: [], mode: .append, order: [],
            limit: nil, offset: nil, documentation: nil)
        table.keepsLast = Self.keptEvents
        storedTables.insert(table.name.lowercased())
        refuseReservedColumns(table, statement.span)
        _ = graph.add(
            "\(name).events.table", .store(table), inputs: [stage],
            relation: Relation(columns: events.columns, rowtime: nil, key: nil, mode: .append),
            span: statement.span)
        guard context.isExposed, !name.hasPrefix("_") else { return }
        queries.append(
            StoreQuery(
                name: name, kind: .subscription, arguments: arguments, columns: columns,
                reads: [table.name], limit: 1,
                documentation: statement.preamble.documentation, span: statement.span, base: base,
                select: StoreSelect(
                    StoreQueryBuilder.events(
                        of: table.name, events.columns, filters: filters)), plan: nil))
    }

    /// Events that a subscriber who was away can still have.
    private static let keptEvents = 100_000

    /// The rows of a table that changes, each time that one is new.
    private static func newRows(_ plan: LogicalPlan) -> LogicalPlan {
        let op = Field("weir_change", DataType(.varchar(.max), nullable: false))
        let changes = LogicalPlan(.changelog(plan, ChangeCodes()), [op] + plan.columns, plan.span)
        let kept: Set<Scalar> = [.string("INSERT"), .string("UPDATE_AFTER")]
        let isNew = BoundExpression(
            .inSet(
                BoundExpression(.column(0), op.type, plan.span), kept, hasNull: false,
                negated: false), DataType(.boolean, nullable: false), plan.span)
        let filtered = LogicalPlan(.filter(changes, isNew), changes.columns, plan.span)
        let values = plan.columns.indices.map {
            BoundExpression(.column($0 + 1), plan.columns[$0].type, plan.span)
        }
        return LogicalPlan(.project(filtered, values), plan.columns, plan.span)
    }
}

/// A scan with conditions `column = :argument`, perhaps projected.
private struct SubscriptionShape {
    /// The rows without the conditions: the columns of the result, then those of the conditions.
    let events: LogicalPlan
    /// Which of its columns has the value of which argument.
    let filters: [(column: Int, parameter: String)]

    init?(_ plan: LogicalPlan) {
        guard let parts = Parts(plan) else { return nil }
        var values = parts.values
        var fields = plan.columns
        var filters: [(column: Int, parameter: String)] = []
        for (column, parameter) in parts.conditions {
            filters.append((values.count, parameter))
            values.append(column)
            fields.append(Field("weir_filter_\(filters.count)", column.type))
        }
        events = LogicalPlan(.project(parts.scan, values), fields, plan.span)
        self.filters = filters
    }

    /// Everything in terms of the columns of the scan.
    private struct Parts {
        let scan: LogicalPlan
        var values: [BoundExpression]
        var conditions: [(column: BoundExpression, parameter: String)] = []

        init?(_ plan: LogicalPlan) {
            switch plan.node {
            case .scan:
                scan = plan
                values = plan.allColumns
            case .project(let input, let projected):
                guard let inner = Parts(input),
                    projected.allSatisfy({ if case .column = $0.node { true } else { false } })
                else { return nil }
                self = inner
                values = projected.map { $0.replacingColumns { inner.values[$0] } }
            case .filter(let input, let condition):
                guard let inner = Parts(input) else { return nil }
                self = inner
                for part in condition.conjuncts {
                    guard let (column, parameter) = Self.equality(part) else { return nil }
                    conditions.append((column.replacingColumns { inner.values[$0] }, parameter))
                }
            default: return nil
            }
        }

        private static func equality(
            _ condition: BoundExpression
        ) -> (column: BoundExpression, parameter: String)? {
            guard case .comparison(.equal, let left, let right) = condition.node else {
                return nil
            }
            for (column, other) in [(left, right), (right, left)] {
                if case .column = column.node, let name = parameter(other) {
                    return (column, name)
                }
            }
            return nil
        }

        private static func parameter(_ expression: BoundExpression) -> String? {
            switch expression.node {
            case .parameter(let name): name
            case .cast(let operand, _): parameter(operand)
            default: nil
            }
        }
    }
}
