// Statements to a plan.

import WeirColumnar
import WeirFunctions
package import WeirSQL

/// What compiling a script gives.
package struct Compilation: Sendable {
    /// The plan; nil when there are errors.
    package let plan: StreamPlan?
    /// Tables and views in the order of the script, as far as they could be bound.
    package let definitions: [CompiledDefinition]
    /// Of all stages: lexer, parser and binder.
    package let diagnostics: [Diagnostic]
    /// The script and all files that it imports.
    package let sources: SourceMap
    /// Tables and functions that the script knows at its end, by name.
    package let symbols: [ScriptSymbol]
}

/// A definition as relational algebra.
package struct CompiledDefinition: Sendable {
    package let name: String
    /// As written.
    package let logical: LogicalPlan
    /// After the rules.
    package let optimised: LogicalPlan
    /// Nil when it could not be placed.
    package let assignment: StageAssignment?
    package let span: Span
}

/// Binds a script statement by statement; an error in one does not hide those in the next.
package struct ScriptBinder {
    let connectors: ConnectorCatalog
    let project: ScriptProject
    var sources: SourceMap
    var diagnostics: [Diagnostic]
    var graph = GraphBuilder()
    /// The file at hand.
    var context: ModuleContext
    /// Files that are being imported, from the outside in.
    var openModules: [ProjectPath]
    /// The folder of each text, by the offset where it begins.
    var folders: [Int: ProjectPath] = [:]
    /// Other names of functions (`IMPORT stdlib.math.hypot AS h`), upper case.
    var functionAliases: [String: String] = [:]
    /// Names of imports that failed, lower case: what is below them is not reported again.
    var failedNamespaces: Set<String> = []
    /// Namespaces of tables, lower case.
    var databases: Set<String> = []
    /// Tables by lower-case name, with their namespace in front.
    var tables: [String: CatalogTable] = [:]
    /// Names that the script at hand defines, in order.
    var namesBelow: [String] = []
    /// Names whose definition failed; using them is not reported again.
    var failedNames: Set<String> = []
    /// Tables of the WITH clauses around the query at hand, by lower-case name.
    var commonTables: [String: LogicalPlan] = [:]
    /// Arguments of the table function at hand, by lower-case name.
    var parameters: [String: DataType] = [:]
    var definitions: [CompiledDefinition] = []
    var views: [StoreView] = []
    var queries: [StoreQuery] = []
    /// Tables that an API may show, in the order of the script.
    var exposedTables: [ExposedTable] = []
    /// How tables are asked for, by lower-case name.
    var accessHints: [String: ExposedTable.Access] = [:]
    /// Sources that are stored as they are, by lower-case name.
    var servedSources: [String] = []
    /// Tables and views that are in the store, by lower-case name.
    var storedTables: Set<String> = []
    /// Stages that store a table only because a view reads it, and the table's name.
    var demandedStages: [Int: String] = [:]
    /// Table functions by lower-case name with their namespace.
    var functions: [String: TableFunction] = [:]
    var failedFunctions: Set<String> = []
    /// Columns of the indexes that hints ask for, by lower-case table.
    var indexHints: [String: [[Int]]] = [:]
    /// Tables with a bare hint `index`.
    var tablesWithoutIndexes: Set<String> = []
    /// What the script asks of its tables.
    var indexNeeds = IndexSelection()
    /// Tables that the API writes, by lower-case name.
    var internalTables: Set<String> = []
    /// The same, those that are not inner ones.
    var writes: [WritePlan] = []
    /// Tables that `weir test` reads.
    var tests: [TestTable] = []
    /// Arguments of the function at hand that hold claims, by the claim.
    var claims: [String: String] = [:]
    /// Queries around the one at hand that are bound again for their order.
    var ordersBound = 0
    /// How many queries are around the one that is bound.
    var nesting = 0
    /// Tables that the text of each view comes to, by its lower-case name.
    var viewTables: [String: Int] = [:]
    /// Tables that the script exports, by lower-case name.
    var exportedTables: Set<String> = []
    /// The session zone when it is not UTC.
    var zone: SessionZone?
    /// Settings in µs; those that are 0 are left out.
    var durations: [DurationSetting: Int64] = [:]
    /// The names around the correlated query at hand.
    var outerScope: Scope?
    /// Columns of the row that the relationship at hand starts from.
    var thisColumns: [Field]?

    /// Parses and binds a script that imports nothing.
    package static func compile(_ source: SourceText, connectors: ConnectorCatalog) -> Compilation {
        let path = ProjectPath([source.name])
        let project = ScriptProject(main: path, files: NoFiles(), settings: ProjectSettings())
        var binder = ScriptBinder(project, connectors)
        return binder.compile(source.bytes)
    }

    /// Parses and binds the script of a project with all that it imports.
    package static func compile(
        _ project: ScriptProject, connectors: ConnectorCatalog
    ) -> Compilation {
        var binder = ScriptBinder(project, connectors)
        do throws(FileProblem) {
            return binder.compile(try project.files.read(project.main))
        } catch {
            let text = binder.sources.add(name: project.files.shownName(project.main), bytes: [])
            binder.sources.markMain()
            binder.diagnostics.append(
                .error("unreadable-file", error.message, at: Span(text.base, text.base)))
            return binder.compilation([], [])
        }
    }

    private init(_ project: ScriptProject, _ connectors: ConnectorCatalog) {
        self.connectors = connectors
        self.project = project
        sources = project.sources
        diagnostics = project.diagnostics
        context = ModuleContext(folder: project.main.folder)
        openModules = [project.main]
    }

    private mutating func compile(_ bytes: [UInt8]) -> Compilation {
        if let zone = project.settings.timeZone { bindTimeZone(zone, at: Span(0, 0)) }
        for setting in DurationSetting.allCases {
            guard let text = project.settings.durations[setting] else { continue }
            bind(setting, text, at: Span(0, 0))
        }
        let isTemplate = project.main.name.hasSuffix(".sqrl")
        let script = parse(
            project.main, bytes, values: isTemplate ? project.settings.templateValues : nil)
        sources.markMain()
        bindStatements(of: script)
        storeServedSources()
        let (live, unneeded) = liveViews()
        let stages = graph.pruned(without: unneeded)
        if !diagnostics.hasErrors, stages.isEmpty, live.isEmpty, queries.isEmpty {
            let start = script.source.base
            diagnostics.append(
                .error(
                    "no-output", "this script defines nothing to run", at: Span(start, start),
                    hint: "define a table: Name := SELECT …; or write INSERT INTO sink SELECT …;"))
        }
        diagnostics += stagesWithoutTTL(stages)
        return compilation(stages, live)
    }

    /// Errors after which the rest of a project is not looked at.
    private static let maximumErrors = 500

    private var errorCount: Int {
        // Counted only where there are many findings at all.
        diagnostics.count < Self.maximumErrors
            ? 0 : diagnostics.filter { $0.severity == .error }.count
    }

    private mutating func reportTooMany(_ span: Span) {
        if diagnostics.contains(where: { $0.code == "too-many-errors" }) { return }
        diagnostics.append(
            .error(
                "too-many-errors",
                "there are more than \(Self.maximumErrors) errors; the rest of the"
                    + " project was not looked at", at: span))
    }

    private func compilation(_ stages: [StagePlan], _ views: [StoreView]) -> Compilation {
        let found = uniqueFindings
        return Compilation(
            plan: found.hasErrors ? nil : plan(stages, views),
            definitions: definitions, diagnostics: found, sources: sources, symbols: symbols)
    }

    /// Each finding once: what is read or repeated twice may be wrong twice at the same place.
    private var uniqueFindings: [Diagnostic] {
        var seen: Set<String> = []
        return diagnostics.filter { item in
            let text = sources.text(at: item.span.start)
            let (line, column) = text.position(at: item.span.start)
            return seen.insert("\(text.name):\(line):\(column):\(item.code):\(item.message)")
                .inserted
        }
    }

    private func plan(_ stages: [StagePlan], _ views: [StoreView]) -> StreamPlan {
        let tables = stages.compactMap { stage in
            if case .store(let table) = stage.node { table } else { nil }
        }
        let served = served(tables, views)
        return StreamPlan(
            stages: ColumnPruning.apply(stages), views: views, tableQueries: served.tables,
            queries: served.queries,
            indexes: storeIndexes(tables), writes: writes, tests: tests,
            stateTTL: durations[.stateTTL],
            idleTimeout: durations[.idleTimeout])
    }

    /// Binds the statements of a script in the namespace at hand.
    mutating func bindStatements(of script: Script) {
        noteFailedNames(script)
        let outer = namesBelow
        namesBelow = script.statements.compactMap { $0.definedName.map(context.key) }
        defer { namesBelow = outer }
        for case .exporting(let table, _) in script.statements.map(\.kind) {
            if let name = table.last { exportedTables.insert(context.key(name)) }
        }
        var rest = script.statements[...]
        while let statement = rest.popFirst() {
            guard errorCount < Self.maximumErrors else {
                return reportTooMany(statement.span.clipped)
            }
            bind(statement, additions: Self.takeAdditions(to: statement, from: &rest))
        }
    }

    /// A statement that did not parse may have defined anything; names after an error that look
    /// defined in the text are not called unknown.
    private mutating func noteFailedNames(_ script: Script) {
        guard !script.diagnostics.isEmpty else { return }
        let (tokens, _) = Lexer.tokenize(script.source)
        let defined = Set(script.statements.compactMap { $0.definedName?.key })
        for (index, token) in tokens.enumerated()
        where token.kind == .word || token.kind == .quotedIdentifier {
            let isDefinition = index + 1 < tokens.count && tokens[index + 1].isSymbol(":=")
            let isCreated =
                index > 0 && (tokens[index - 1].isWord("TABLE") || tokens[index - 1].isWord("VIEW"))
            if isDefinition || isCreated, !defined.contains(token.text.lowercased()) {
                failedNames.insert(context.key(Identifier(token.text, token.span)))
            }
        }
    }

    private mutating func bind(_ statement: Statement, additions: [Definition]) {
        checkHints(statement)
        switch statement.kind {
        case .createTable(let table): bindCreate(table, statement)
        case .define(let definition): bindDefinition(definition, statement, additions)
        case .createView(let name, let columns, let query):
            guard let bound = bind(query), let plan = rename(bound.visible, columns) else {
                failedNames.insert(context.key(name))
                return
            }
            define(name, BoundQuery(plan: plan), statement, isStored: false)
        case .insert(let target, let columns, let query):
            bindInsert(target, columns, query, statement)
        case .exporting(let table, let target): bindExport(table, target, statement)
        case .set(let key, let value): bindSetting(key, value, statement)
        case .importing(let path, let alias): bindImport(path, alias: alias, statement)
        case .importingFile(let file, let alias):
            bindFileImport(file, alias: alias, statement)
        case .createFunction(let function):
            refuseForeign(function.className, at: function.name.span)
        case .createDatabase(let name): databases.insert(name.key)
        case .use(let path): bindUse(path, statement.span)
        case .nextBatch:
            diagnostics.append(
                .error(
                    "unsupported", "NEXT_BATCH is not supported", at: statement.span,
                    hint: "it cuts a batch job of Flink in parts; here all statements of a script"
                        + " run together: run one script after the other"))
        }
    }

    mutating func register(_ name: Identifier, _ table: CatalogTable) -> Bool {
        let key = context.key(name)
        if tables[key] != nil {
            diagnostics.append(
                .error(
                    "duplicate-table", "'\(name.name)' is already defined",
                    at: context.importedBy ?? name.span))
            return false
        }
        tables[key] = table
        return true
    }

    // MARK: Names

    /// The stage behind a table name; a source comes to life when it is first read.
    mutating func resolveTable(
        _ path: [Identifier], _ span: Span
    ) -> (source: ScanSource, relation: Relation, name: String)? {
        guard let key = key(of: path, span) else { return nil }
        guard var table = tables[key] else {
            if let function = functions[key] {
                diagnostics.append(
                    .error(
                        "not-a-table", "'\(function.name)' is a function", at: span,
                        hint: "call it: FROM TABLE(\(function.name)(…))"))
                return nil
            }
            reportUnknownTable(path, key, span)
            return nil
        }
        if case .external(let create, let statementSpan) = table.kind {
            let choice = create.options.first { $0.key == "connector" }?.value
            if let connector = connectors.connectors.first(where: { $0.name == choice }),
                !connector.isSource
            {
                diagnostics.append(
                    .error(
                        "not-a-source", "the connector \(connector.name) cannot be read",
                        at: span))
                return nil
            }
            guard
                let stage = bindSource(create, span: statementSpan, relation: &table.relation)
            else {
                failedNames.insert(key)
                tables[key] = nil
                return nil
            }
            table.kind = .stream(stage: stage)
            tables[key] = table
        }
        switch table.kind {
        case .stream(let stage): return (.stage(stage), table.relation, table.name)
        case .view: return (.view, table.relation, table.name)
        case .broken: return (.nothing, table.relation, table.name)
        case .passthrough:
            refuse("reading SQL that is passed through in another definition", span)
            return nil
        case .external: return nil
        }
    }

    /// - Parameter siblings: tables of the same file that are not bound, by lower-case name.
    mutating func bindCreate(
        _ written: CreateTable, _ statement: Statement, siblings: [String: CreateTable] = [:]
    ) {
        let key = context.key(written.name)
        if written.isIfNotExists, tables[key] != nil { return }
        guard var table = expandLike(written, siblings: siblings) else {
            failedNames.insert(key)
            return
        }
        table.name = Identifier(context.shown(written.name), written.name.span)
        let relation = Relation(columns: [], rowtime: nil, key: nil, mode: .append)
        let entry = CatalogTable(
            name: table.name.name, kind: .external(table, span: statement.span),
            relation: relation, span: table.name.span)
        guard register(written.name, entry) else { return }
        if isInternal(table, statement) { internalTables.insert(table.name.key) }
        // Checked in full even when nobody reads it; the stage is pruned if unused.
        createStatements[key] = table
        if diagnosticsOfSource(table) {
            failedNames.insert(key)
            tables[key] = nil
            return
        }
        exposeSource(key, statement, at: table.name.span)
        if internalTables.contains(table.name.key) { addWrites(table, statement) }
    }

    private mutating func diagnosticsOfSource(_ table: CreateTable) -> Bool {
        let before = diagnostics.filter { $0.severity == .error }.count
        var relation = Relation(columns: [], rowtime: nil, key: nil, mode: .append)
        let mark = graph.stages.count
        _ = bindSource(table, span: table.name.span, relation: &relation)
        graph.truncate(to: mark)
        tables[table.name.key]?.relation = relation
        return diagnostics.filter { $0.severity == .error }.count > before
    }

    /// CREATE TABLE statements seen, by lower-case name with their namespace.
    var createStatements: [String: CreateTable] = [:]
}

extension Statement {
    /// The table that it defines.
    var definedName: Identifier? {
        switch kind {
        case .createTable(let table): table.name
        case .define(let definition): definition.parent == nil ? definition.name : nil
        case .createView(let name, _, _): name
        default: nil
        }
    }
}

extension Span {
    /// A statement's first bytes, so that a caret line stays readable.
    var clipped: Span { Span(start, min(end, start + 40)) }
}
