// `Name := …`: tables and the columns added to them.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// The statements right behind a definition that add columns to its table.
    static func takeAdditions(
        to statement: Statement, from rest: inout ArraySlice<Statement>
    ) -> [Definition] {
        guard case .define(let table) = statement.kind, table.parent == nil else { return [] }
        var additions: [Definition] = []
        while case .define(let next)? = rest.first?.kind, case .expression = next.body,
            next.parent?.key == table.name.key, next.arguments == nil
        {
            additions.append(next)
            rest.removeFirst()
        }
        return additions
    }

    mutating func bindDefinition(
        _ definition: Definition, _ statement: Statement, _ additions: [Definition]
    ) {
        if definition.returns != nil { return bindPassthrough(definition, statement) }
        switch definition.body {
        case .query(let query) where definition.parent != nil:
            return bindRelationship(definition, query, statement)
        case .query(let query) where definition.arguments != nil:
            return bindFunction(definition, query, statement)
        case .subscribe(let query): return bindSubscription(definition, query, statement)
        default: break
        }
        guard let bound = bindRows(definition, statement), canBeKept(bound),
            let extended = add(additions, to: bound)
        else {
            if definition.parent == nil { failedNames.insert(context.key(definition.name)) }
            return
        }
        let isHidden =
            definition.name.name.hasPrefix("_")
            || !context.isExposed
            || hasHint(["no_query", "workload"], statement) || isLeftOutTest(statement)
        if isTest(statement), project.settings.includesTests, context.isExposed {
            tests.append(
                TestTable(
                    name: definition.name.name, isEmpty: expectsNoRows(statement),
                    isOrdered: !extended.order.isEmpty))
        }
        if hasHint(["workload"], statement) {
            indexNeeds.add(
                PlanOptimizer.optimise(extended.plan), reason: definition.name.name)
        }
        define(definition.name, extended, statement, isStored: !isHidden)
    }

    func isTest(_ statement: Statement) -> Bool { hasHint([HintRule.test.rawValue], statement) }

    /// A definition that is there for `weir test` only, when this is something else.
    func isLeftOutTest(_ statement: Statement) -> Bool {
        isTest(statement) && !project.settings.includesTests
    }

    private func expectsNoRows(_ statement: Statement) -> Bool {
        (statement.preamble.hints + context.hints).contains { hint in
            hint.name.key == HintRule.test.rawValue
                && hint.arguments.contains { $0.lowercased() == "no_rows" }
        }
    }

    func hasHint(_ names: Set<String>, _ statement: Statement) -> Bool {
        (statement.preamble.hints + context.hints).contains { names.contains($0.name.key) }
    }

    /// How old answers may be, by the hint `cache`.
    func cacheSeconds(_ statement: Statement) -> Double? {
        let hint = (statement.preamble.hints + context.hints).last {
            $0.name.key == HintRule.cache.rawValue
        }
        return hint?.arguments.first.flatMap(HintRule.micros).map { Double($0) / 1e6 }
    }

    /// Whether a table has the columns that it is sorted by; reports when it has not.
    mutating func canBeKept(_ bound: BoundQuery) -> Bool {
        guard bound.hidden > 0 else { return true }
        diagnostics.append(
            .error(
                "bad-order", "a table is ordered by columns that it has",
                at: bound.hiddenSpan ?? bound.plan.span.clipped,
                hint: "select what it is ordered by, under a name",
                note: "the order is applied when the table is read"))
        return false
    }

    /// The rows of a table definition; nil after reporting what is wrong or cannot run yet.
    private mutating func bindRows(
        _ definition: Definition, _ statement: Statement
    ) -> BoundQuery? {
        if let first = definition.arguments?.first {
            diagnostics.append(
                .error(
                    "misplaced-argument", "only a query takes arguments", at: first.span,
                    hint: "write Name(argument TYPE) := SELECT …"))
            return nil
        }
        switch definition.body {
        case .query(let query): return bind(query)
        case .distinct(let source, let columns, let order):
            return bindDistinct(
                source, columns, order, definition.span,
                dropsRepeats: hasHint([HintRule.filteredDistinctOrder.rawValue], statement))
        case .expression:
            diagnostics.append(
                .error(
                    "misplaced-column",
                    "a column is added right behind the definition of its table",
                    at: definition.name.span,
                    hint: "move it behind \(definition.parent?.name ?? "the table") := …"))
        case .subscribe, .passthrough: break
        }
        return nil
    }

    /// Puts added columns behind the others, or in the place of one of the same name.
    private mutating func add(_ additions: [Definition], to query: BoundQuery) -> BoundQuery? {
        var result = query
        for addition in additions {
            guard case .expression(let written) = addition.body else { continue }
            let columns = result.plan.columns
            var binder = expressionBinder(
                Scope(columns: columns, qualifier: addition.parent?.name), place: "a column")
            let bound = binder.bind(written)
            diagnostics += binder.diagnostics
            guard let bound else { return nil }
            var values = columns.enumerated().map {
                BoundExpression(.column($0), $1.type, addition.span)
            }
            var fields = columns
            let field = Field(addition.name.name, bound.type)
            if let index = columns.firstIndex(where: { $0.name.lowercased() == addition.name.key })
            {
                values[index] = bound
                fields[index] = field
            } else {
                values.append(bound)
                fields.append(field)
            }
            result.plan = LogicalPlan(.project(result.plan, values), fields, addition.span)
        }
        return result
    }

    mutating func define(
        _ name: Identifier, _ bound: BoundQuery, _ statement: Statement, isStored: Bool
    ) {
        if name.key.hasPrefix("weir_") || name.key.hasPrefix("sqlite_") {
            diagnostics.append(
                .error(
                    "reserved-name", "names that begin with weir_ or sqlite_ are reserved",
                    at: name.span))
            failedNames.insert(context.key(name))
            return
        }
        let shown = context.shown(name)
        let optimised = PlanOptimizer.optimise(bound.plan)
        warnOfUnboundedGroups(optimised)
        let placed = place(optimised, name: shown, statement)
        var relation = optimised.relation
        if let key = bindHintColumns(statement, relation.columns, table: shown) {
            relation.key = key
        }
        var assignment: StageAssignment?
        var kind = CatalogTable.Kind.broken
        switch placed {
        case .stream(let stage, let reason):
            kind = .stream(stage: stage)
            assignment = reason
        case .view(_, _, _, let reason):
            kind = .view
            assignment = reason
        case .failed: break
        }
        definitions.append(
            CompiledDefinition(
                name: shown, logical: bound.plan, optimised: optimised, assignment: assignment,
                span: statement.span))
        let isStream = if case .stream = kind { true } else { false }
        let table = CatalogTable(
            name: shown, kind: kind, relation: relation, span: name.span,
            limited: bound.limit == nil && bound.offset == nil ? nil : bound,
            windowed: bound.limit == nil && bound.offset == nil && isStream
                ? optimised.windowed : nil)
        guard register(name, table) else { return }
        if isStored || hasHint([HintRule.noQuery.rawValue], statement) {
            expose(shown, relation, bound, statement, at: name.span)
        }
        switch placed {
        case .stream(let stage, _) where isStored:
            store(name, bound, stage, relation, statement)
        case .view(let sql, let reads, let isMovable, _):
            addView(
                shown, bound, sql, reads, statement, isExposed: isStored, isMovable: isMovable)
        default: break
        }
    }

    private mutating func addView(
        _ name: String, _ bound: BoundQuery, _ sql: String, _ reads: [String],
        _ statement: Statement, isExposed: Bool, isMovable: Bool
    ) {
        storedTables.insert(name.lowercased())
        views.append(
            StoreView(
                name: name, columns: bound.plan.columns, sql: sql, reads: reads,
                order: bound.order, limit: bound.limit, offset: bound.offset, isExposed: isExposed,
                documentation: statement.preamble.documentation?.text, span: statement.span,
                isMovable: isMovable))
    }

    /// Optimises a plan and makes its stages; nil after reporting what cannot run.
    mutating func makeStage(
        _ plan: LogicalPlan, name: String
    ) -> (stage: Int?, optimised: LogicalPlan) {
        let optimised = PlanOptimizer.optimise(plan)
        var planner = StreamPlanner(graph: GraphBuilder())
        planner.exchange(&graph)
        let stage = planner.stage(optimised, name: name)
        planner.exchange(&graph)
        diagnostics += planner.diagnostics
        return (stage, optimised)
    }

    private mutating func store(
        _ name: Identifier, _ bound: BoundQuery, _ stage: Int, _ relation: Relation,
        _ statement: Statement
    ) {
        let table = StoredTable(
            name: name.name, columns: relation.columns, key: relation.key ?? [],
            mode: relation.mode, order: bound.order, limit: bound.limit, offset: bound.offset,
            documentation: statement.preamble.documentation?.text)
        storedTables.insert(name.key)
        _ = addStore(table, stage, relation, statement.span)
    }
}
