// Where each definition is computed: as a stream, or in the store when it is read.

import WeirColumnar
import WeirSQL

/// A definition that has its place.
enum PlacedDefinition {
    case stream(stage: Int, StageAssignment)
    case view(sql: String, reads: [String], isMovable: Bool, StageAssignment)
    /// Reported already.
    case failed
}

extension ScriptBinder {
    /// Tables in one statement of the store, those of its views included. SQLite stops at 65535
    /// mentions of one, and takes seconds before.
    private static let maximumTables = 10_000

    /// Chooses the stage of an optimised plan; reports when there is none.
    mutating func place(
        _ plan: LogicalPlan, name: String, _ statement: Statement
    ) -> PlacedDefinition {
        let wish = wishedStage(statement)
        // Moved there and back: a copy for each definition would be costly.
        let mark = graph.stages.count
        var planner = StreamPlanner(graph: GraphBuilder())
        planner.exchange(&graph)
        let stage = planner.stage(plan, name: name)
        planner.exchange(&graph)
        var refusal: StoreRefusal?
        var stored: (draft: SelectDraft, builder: StoreQueryBuilder)?
        do throws(StoreRefusal) {
            let query = try StoreQueryBuilder.query(plan)
            let count = query.builder.tableCount(viewTables)
            guard count <= Self.maximumTables else {
                throw StoreRefusal(
                    "views over views unfold to \(count) tables here; one of them has to be kept"
                        + " as a stream", plan.span.clipped)
            }
            viewTables[name.lowercased()] = count
            stored = query
        } catch { refusal = error }
        let streamProblems = planner.diagnostics
        let cost = StageCost.stream(plan, project.settings.costModel)
        let isMovable =
            wish == nil && stage != nil && streamProblems.isEmpty && !isTest(statement)
            && cost <= StageCost.mostMeasured && plan.isDeterministic
        let measured = isMovable ? project.settings.measured[name] : nil
        let isCheaper =
            stored == nil || wish == .stream || exportedTables.contains(name.lowercased())
            || measured != nil || !isTest(statement) && cost <= StageCost.store
        let isStream = stage != nil && streamProblems.isEmpty && wish != .store && isCheaper
        if !isStream { graph.truncate(to: mark) }
        if stage == nil, streamProblems.isEmpty { return .failed }
        if let stage, isStream {
            let reason = streamReason(
                cost, wish: wish, canStore: stored != nil, measured: measured)
            return .stream(stage: stage, reason)
        }
        if let (draft, builder) = stored, wish != .stream {
            demand(builder.reads)
            let reason =
                wish == .store
                ? "the hint asks for it"
                : streamProblems.first.map { Self.reason($0) }
                    ?? "it costs \(Self.shown(StageCost.store)) when it is computed at each read,"
                    + " \(Self.shown(cost)) as a stream"
            return .view(
                sql: builder.statement(draft), reads: builder.reads, isMovable: isMovable,
                StageAssignment(stage: .store, reason: reason))
        }
        if wish == .store, let refusal {
            diagnostics.append(
                .error(
                    "no-stage", "the store cannot compute this: \(refusal.message)",
                    at: refusal.span, hint: "leave the hint out: the stream can compute it"))
            return .failed
        }
        diagnostics += streamProblems.map { problem in
            problem.with(note: refusal.map { "nor in the store: \($0.message)" })
        }
        return .failed
    }

    private static func reason(_ problem: Diagnostic) -> String {
        "as a stream, " + problem.message
    }

    private func streamReason(
        _ cost: Double, wish: StageAssignment.Stage?, canStore: Bool, measured: String?
    ) -> StageAssignment {
        if wish == .stream {
            return StageAssignment(stage: .stream, reason: "the hint asks for it")
        }
        if !canStore {
            return StageAssignment(stage: .stream, reason: "it needs the rows as they come in")
        }
        if let measured, cost > StageCost.store {
            return StageAssignment(
                stage: .stream, reason: "computing it at each read took too long: \(measured)")
        }
        return StageAssignment(
            stage: .stream,
            reason: "it costs \(Self.shown(cost)) as a stream, \(Self.shown(StageCost.store)) when"
                + " it is computed at each read")
    }

    private static func shown(_ cost: Double) -> String {
        cost == cost.rounded() && cost < 1e15 ? String(Int(cost)) : String(cost)
    }

    /// What the hint `engine` names.
    private mutating func wishedStage(_ statement: Statement) -> StageAssignment.Stage? {
        for hint in statement.preamble.hints + context.hints
        where ["engine", "exec"].contains(hint.name.key) {
            guard let word = hint.arguments.first?.lowercased() else { continue }
            switch word {
            case "flink", "process", "stream", "streams", "weir": return .stream
            case "postgres", "database", "store", "sqlite", "duckdb", "iceberg": return .store
            default:
                diagnostics.append(
                    .error(
                        "unknown-engine", "there is no engine '\(word)'", at: hint.name.span,
                        hint: "engines: stream (or flink, process), store (or postgres, database)"))
            }
        }
        return nil
    }

    // MARK: Stored inputs

    /// Stores the tables that a view reads.
    mutating func demand(_ names: [String]) {
        for name in names where !storedTables.contains(name.lowercased()) {
            guard let table = tables[name.lowercased()] else { continue }
            guard case .stream(let stage) = table.kind else { continue }
            storeOnDemand(table, stage)
        }
    }

    private mutating func storeOnDemand(_ table: CatalogTable, _ stage: Int) {
        let relation = table.relation
        storedTables.insert(table.name.lowercased())
        let stored = StoredTable(
            name: table.name, columns: relation.columns, key: relation.key ?? [],
            mode: relation.mode, order: [], limit: nil, offset: nil, documentation: nil)
        demandedStages[addStore(stored, stage, relation, table.span)] = table.name
    }

    /// Adds the stage that stores a table. Rows that change and have no key are numbered, so that
    /// equal ones can be told apart.
    mutating func addStore(
        _ table: StoredTable, _ stage: Int, _ relation: Relation, _ span: Span
    ) -> Int {
        refuseReservedColumns(table, span)
        guard relation.mode == .updating, relation.key == nil else {
            return graph.add(
                "\(table.name).table", .store(table), inputs: [stage], relation: relation,
                span: span)
        }
        let count = relation.columns.count
        let columns = relation.columns + [Field("weir_copy", DataType(.bigint, nullable: false))]
        let numbered = Relation(
            columns: columns, rowtime: nil, key: Array(0...count), mode: .updating)
        let bag = graph.add(
            "\(table.name).bag", .number, inputs: [stage], relation: numbered, span: span)
        var stored = StoredTable(
            name: table.name, columns: columns, key: Array(0...count), mode: .updating,
            order: table.order, limit: table.limit, offset: table.offset,
            documentation: table.documentation)
        stored.hidesLast = true
        return graph.add(
            "\(table.name).table", .store(stored), inputs: [bag], relation: numbered, span: span)
    }

    /// Names that the store's own columns have beside those of a table.
    mutating func refuseReservedColumns(_ table: StoredTable, _ span: Span) {
        let reserved = ["_rowid_", "weir_row", "weir_copy"] + (table.hasEncodedKey ? ["_key"] : [])
        for column in table.columns where reserved.contains(column.name.lowercased()) {
            diagnostics.append(
                .error(
                    "reserved-column",
                    "'\(table.name)' cannot have a column '\(column.name)': the store has one of that"
                        + " name for itself", at: span.clipped,
                    hint:
                        "give it another name, such as the_\(column.name.split(separator: "_").joined())"
                ))
        }
    }

    /// Views that somebody can read, and the stages that only others would have read.
    func liveViews() -> (views: [StoreView], unneeded: Set<Int>) {
        var needed = Set(queries.flatMap(\.reads).map { $0.lowercased() })
        var live: [StoreView] = []
        for view in views.reversed()
        where view.isExposed || needed.contains(view.name.lowercased()) {
            live.append(view)
            needed.formUnion(view.reads.map { $0.lowercased() })
        }
        let unneeded = demandedStages.filter { !needed.contains($0.value.lowercased()) }.keys
        return (live.reversed(), Set(unneeded))
    }
}
