// INSERT INTO, EXPORT and settings.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ScriptBinder {
    mutating func bindInsert(
        _ target: [Identifier], _ columns: [Identifier], _ query: Query, _ statement: Statement
    ) {
        // The target names the columns: here they may have the same name twice.
        nesting += 1
        let result = bind(query)
        nesting -= 1
        guard var bound = result else { return }
        if bound.hidden > 0 {
            bound = BoundQuery(plan: bound.visible, limit: bound.limit, offset: bound.offset)
        }
        insert(into: target, columns, bound, statement)
    }

    private mutating func insert(
        into path: [Identifier], _ columns: [Identifier], _ bound: BoundQuery,
        _ statement: Statement
    ) {
        guard let target = path.last, let first = path.first else { return }
        let span = first.span.union(target.span)
        guard let key = key(of: path, span) else { return }
        guard let table = tables[key] else {
            return reportUnknownTable(
                path, key, span,
                otherwise: "CREATE TABLE \(target.name) comes before it is inserted into")
        }
        guard let create = createStatements[key] else {
            diagnostics.append(
                .error(
                    "not-a-sink",
                    "'\(table.name)' is a definition, only a CREATE TABLE can be"
                        + " inserted into", at: target.span))
            return
        }
        write(create, target, columns, bound, statement)
    }

    private mutating func write(
        _ create: CreateTable, _ target: Identifier, _ columns: [Identifier],
        _ bound: BoundQuery, _ statement: Statement
    ) {
        guard let sink = bindSink(create, bound, target, columns, statement) else { return }
        let (stage, optimised) = makeStage(sink.rows, name: "\(target.name).insert")
        guard let stage else { return }
        addSink(sink.plan, stage, optimised.relation, statement)
    }

    private mutating func addSink(
        _ plan: SinkPlan, _ stage: Int, _ relation: Relation, _ statement: Statement
    ) {
        _ = graph.add(
            "\(plan.name).sink", .sink(plan), inputs: [stage], relation: relation,
            span: statement.span)
    }

    // MARK: EXPORT

    /// `EXPORT table TO print.name`, `logger.name` or a table of the script.
    mutating func bindExport(
        _ table: [Identifier], _ target: ModulePath, _ statement: Statement
    ) {
        let span = table.first.map(\.span) ?? statement.span
        guard let (plan, name) = resolve(table, span), let first = target.names.first else {
            return
        }
        if target.names.count == 1, ["print", "logger", "log"].contains(first.key),
            tables[context.key(first)] == nil
        {
            diagnostics.append(
                .error(
                    "bad-target", "'\(first.name)' needs a name behind it", at: target.span,
                    hint: "write EXPORT \(name) TO \(first.name).\(name)"))
            return
        }
        if target.names.count == 1, !target.isAll {
            return insert(into: [first], [], BoundQuery(plan: plan), statement)
        }
        guard target.names.count == 2, ["print", "logger", "log"].contains(first.key) else {
            return exportToModule(plan, target, statement)
        }
        let logger =
            first.key == "logger"
            ? project.settings.logger : first.key == "log" ? .log : .print
        switch logger {
        case .none: return
        case .log: return exportToLog(plan, target.names[1], statement)
        case .print: break
        }
        let (stage, optimised) = makeStage(plan, name: "\(name).insert")
        guard let stage else { return }
        let sink = SinkPlan(
            name: target.names[1].name, connector: "print", format: nil, options: [:],
            columns: plan.columns)
        addSink(sink, stage, optimised.relation, statement)
    }

    /// `EXPORT table TO log.name`: the table `name_log` of the store keeps the rows.
    private mutating func exportToLog(
        _ plan: LogicalPlan, _ name: Identifier, _ statement: Statement
    ) {
        let table = Identifier("\(name.name)_log", name.span)
        if tables[context.key(table)] != nil {
            diagnostics.append(
                .error(
                    "duplicate-table",
                    "there is a table '\(table.name)' already, which is where the log '\(name.name)'"
                        + " is kept", at: name.span))
            return
        }
        exportedTables.insert(context.key(table))
        define(table, BoundQuery(plan: plan), statement, isStored: true)
    }

    /// `EXPORT table TO folder.sink` or `folder.script.Table`.
    private mutating func exportToModule(
        _ plan: LogicalPlan, _ target: ModulePath, _ statement: Statement
    ) {
        if target.names.count == 2,
            createStatements[target.names.map(\.key).joined(separator: ".")]
                != nil
        {
            return insert(into: target.names, [], BoundQuery(plan: plan), statement)
        }
        guard let sink = sinkTable(target, columns: plan.columns), let name = target.names.last
        else { return }
        write(sink, name, [], BoundQuery(plan: plan), statement)
    }

    // MARK: SET

    mutating func bindSetting(_ key: String, _ value: String, _ statement: Statement) {
        let place = statement.span.clipped
        if key == "table.local-time-zone" { return bindTimeZone(value, at: place) }
        if let setting = DurationSetting(rawValue: key) { return bind(setting, value, at: place) }
        diagnostics.append(
            .warning(
                "setting-ignored", "the setting '\(key)' has no effect here", at: place))
    }

    mutating func bindTimeZone(_ zone: String, at place: Span) {
        guard let known = SessionZone(zone) else {
            diagnostics.append(
                .error(
                    "unknown-zone", "there is no time zone '\(zone)'", at: place,
                    hint: nearestName(to: zone, among: SessionZone.knownNames).map {
                        "did you mean \($0)?"
                    } ?? "write a name such as Europe/Berlin, or GMT+08:00"))
            return
        }
        self.zone = known.isUTC ? nil : known
    }

    // MARK: Sinks

    /// The query's columns in the order of the sink's; those that are not named are NULL.
    private mutating func arrange(
        _ plan: LogicalPlan, _ names: [Identifier], _ columns: [Field], _ target: Identifier
    ) -> LogicalPlan? {
        if names.isEmpty { return plan }
        guard names.count == plan.columns.count else {
            diagnostics.append(
                .error(
                    "column-count",
                    "\(names.count) columns are named, the query gives \(plan.columns.count)",
                    at: target.span))
            return nil
        }
        var sources: [Int: Int] = [:]
        for (index, name) in names.enumerated() {
            guard let column = columns.firstIndex(where: { $0.name.lowercased() == name.key })
            else {
                diagnostics.append(
                    .misspelt(
                        "unknown-column", "'\(target.name)' has no column '\(name.name)'",
                        at: name.span, name.name, among: columns.map(\.name)))
                return nil
            }
            sources[column] = index
        }
        let values = columns.enumerated().map { index, column -> BoundExpression in
            guard let source = sources[index] else {
                return BoundExpression(.literal(.null), column.type.nullable(true), target.span)
            }
            return BoundExpression(.column(source), plan.columns[source].type, target.span)
        }
        let fields = zip(columns, values).map { Field($0.name, $1.type) }
        return LogicalPlan(.project(plan, values), fields, plan.span)
    }

    /// What is written to a sink: the sink, and the rows with its types.
    mutating func bindSink(
        _ table: CreateTable, _ query: BoundQuery, _ target: Identifier,
        _ names: [Identifier], _ statement: Statement
    ) -> (plan: SinkPlan, rows: LogicalPlan)? {
        guard let (settings, connector, _) = settings(table) else { return nil }
        guard connector.isSink else {
            diagnostics.append(
                .error(
                    "not-a-sink", "the connector \(connector.name) cannot be written to",
                    at: target.span))
            return nil
        }
        if PlanOptimizer.optimise(query.plan).relation.mode == .updating, !connector.acceptsUpdates
        {
            diagnostics.append(
                .error(
                    "updating-sink",
                    "the connector \(connector.name) only takes new rows, this"
                        + " query updates its rows", at: statement.span.clipped,
                    hint: "aggregate over a window, or keep the result in a table: Name := SELECT …"
                ))
            return nil
        }
        if query.limit != nil || query.offset != nil || !query.order.isEmpty {
            diagnostics.append(
                .warning(
                    "order-ignored",
                    "ORDER BY and LIMIT have no effect on a stream that is"
                        + " written out", at: statement.span.clipped))
        }
        guard let columns = sinkColumns(table),
            let ordered = arrange(query.plan, names, columns, target),
            let rows = convert(ordered, to: columns, target, statement)
        else { return nil }
        let plan = SinkPlan(
            name: table.name.name, connector: settings.connector, format: settings.format,
            options: settings.options, columns: columns)
        return (plan, rows)
    }

    private mutating func sinkColumns(_ table: CreateTable) -> [Field]? {
        var columns: [Field] = []
        for element in table.elements {
            guard case .column(let name, let type, _) = element else { continue }
            guard let bound = TypeBinder.bind(type, &diagnostics) else { return nil }
            columns.append(Field(name.name, bound))
        }
        return columns
    }

    /// Brings the query's columns to the sink's types, by position.
    private mutating func convert(
        _ query: LogicalPlan, to columns: [Field], _ target: Identifier, _ statement: Statement
    ) -> LogicalPlan? {
        let given = query.columns
        guard given.count == columns.count else {
            diagnostics.append(
                .error(
                    "column-count",
                    "the query gives \(given.count) columns, '\(target.name)' has"
                        + " \(columns.count)", at: target.span))
            return nil
        }
        let binder = expressionBinder(Scope(columns: given, qualifier: nil), place: "INSERT")
        var values: [BoundExpression] = []
        for (index, (from, to)) in zip(given, columns).enumerated() {
            guard isImplicit(from.type.kind, to.type.kind) else {
                diagnostics.append(
                    .error(
                        "type-mismatch",
                        "column \(index + 1) is \(from.type.kind), '\(to.name)'"
                            + " takes \(to.type.kind)", at: target.span, hint: "add a CAST"))
                return nil
            }
            let column = BoundExpression(.column(index), from.type, statement.span)
            values.append(binder.coerce(column, to: to.type.kind))
        }
        let fields = zip(columns, values).map { Field($0.name, $1.type) }
        return LogicalPlan(.project(query, values), fields, statement.span)
    }

    private func isImplicit(_ from: DataType.Kind, _ to: DataType.Kind) -> Bool {
        if from == to || from == .null { return true }
        if from.isNumeric, to.isNumeric { return true }
        if from.isString, to.isString { return true }
        return from.isTimestamp && to.isTimestamp
    }
}
