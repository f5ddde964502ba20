// Statements to a plan.

import WeirColumnar
package import WeirSQL

/// What compiling a script gives.
package struct Compilation: Sendable {
    /// The plan; nil when there are errors.
    package let plan: StreamPlan?
    /// Tables and views in the order of the script, as far as they could be bound.
    package let definitions: [CompiledDefinition]
    /// Of all stages: lexer, parser and binder.
    package let diagnostics: [Diagnostic]
    package let source: SourceText
}

/// A definition as relational algebra.
package struct CompiledDefinition: Sendable {
    package let name: String
    /// As written.
    package let logical: LogicalPlan
    /// After the rules.
    package let optimised: LogicalPlan
}

/// Binds a script statement by statement; an error in one does not hide those in the next.
package struct ScriptBinder {
    let connectors: ConnectorCatalog
    var diagnostics: [Diagnostic] = []
    var graph = GraphBuilder()
    /// Tables by lower-case name.
    var tables: [String: CatalogTable] = [:]
    /// Names whose definition failed; using them is not reported again.
    var failedNames: Set<String> = []
    /// Tables of the WITH clauses around the query at hand, by lower-case name.
    var commonTables: [String: LogicalPlan] = [:]
    /// Arguments of the table function at hand, by lower-case name.
    var parameters: [String: DataType] = [:]
    var definitions: [CompiledDefinition] = []

    /// Parses and binds a script.
    package static func compile(_ source: SourceText, connectors: ConnectorCatalog) -> Compilation {
        let script = Parser.parse(source)
        var binder = ScriptBinder(connectors: connectors)
        binder.diagnostics = script.diagnostics
        binder.noteFailedNames(script)
        var rest = script.statements[...]
        while let statement = rest.popFirst() {
            binder.bind(statement, additions: Self.takeAdditions(to: statement, from: &rest))
        }
        let stages = binder.graph.pruned()
        if !binder.diagnostics.hasErrors, stages.isEmpty {
            binder.diagnostics.append(
                .error(
                    "no-output", "this script defines nothing to run", at: Span(0, 0),
                    hint: "define a table: Name := SELECT …; or write INSERT INTO sink SELECT …;"))
        }
        // What is read twice may be wrong twice.
        binder.diagnostics = binder.diagnostics.unique
        let isUsable = !binder.diagnostics.hasErrors
        return Compilation(
            plan: isUsable ? StreamPlan(stages: stages) : nil,
            definitions: binder.definitions, diagnostics: binder.diagnostics, source: source)
    }

    private init(connectors: ConnectorCatalog) { self.connectors = connectors }

    /// A statement that did not parse may have defined anything; names after an error that look
    /// defined in the text are not called unknown.
    private mutating func noteFailedNames(_ script: Script) {
        guard !script.diagnostics.isEmpty else { return }
        let (tokens, _) = Lexer.tokenize(script.source)
        let defined = Set(
            script.statements.compactMap { statement -> String? in
                switch statement.kind {
                case .createTable(let table): table.name.key
                case .define(let definition): definition.name.key
                case .createView(let name, _, _): name.key
                default: nil
                }
            })
        for (index, token) in tokens.enumerated()
        where token.kind == .word || token.kind == .quotedIdentifier {
            let isDefinition = index + 1 < tokens.count && tokens[index + 1].isSymbol(":=")
            let isCreated =
                index > 0 && (tokens[index - 1].isWord("TABLE") || tokens[index - 1].isWord("VIEW"))
            if isDefinition || isCreated, !defined.contains(token.text.lowercased()) {
                failedNames.insert(token.text.lowercased())
            }
        }
    }

    private mutating func bind(_ statement: Statement, additions: [Definition]) {
        checkHints(statement)
        switch statement.kind {
        case .createTable(let table): bindCreate(table, statement)
        case .define(let definition): bindDefinition(definition, statement, additions)
        case .createView(let name, let columns, let query):
            guard let bound = bind(query), let plan = rename(bound.plan, columns) else {
                failedNames.insert(name.key)
                return
            }
            define(name, BoundQuery(plan: plan), statement, isStored: false)
        case .insert(let target, let columns, let query):
            bindInsert(target, columns, query, statement)
        case .exporting(let table, let target): bindExport(table, target, statement)
        case .set(let key, let value): bindSetting(key, value, statement)
        default:
            refuse(unsupportedName(statement.kind) ?? "this statement", statement.span.clipped)
        }
    }

    /// SQRL's hints; those without effect here are known all the same.
    private static let knownHints = [
        "primary_key", "index", "partition_key", "vector_dim", "query_by_all", "query_by_any",
        "no_query", "insert", "ttl", "cache", "filtered_distinct_order", "engine", "exec",
        "maintenance", "test", "workload", "row_count",
    ]

    private mutating func checkHints(_ statement: Statement) {
        for hint in statement.preamble.hints {
            if hint.name.key == "no_query" { continue }
            let isKnown = Self.knownHints.contains(hint.name.key)
            let suggestion = nearestName(to: hint.name.name, among: Self.knownHints)
            diagnostics.append(
                .warning(
                    isKnown ? "hint-ignored" : "unknown-hint",
                    isKnown
                        ? "the hint '\(hint.name.name)' has no effect yet"
                        : "there is no hint '\(hint.name.name)'", at: hint.name.span,
                    hint: isKnown ? nil : suggestion.map { "did you mean \($0)?" }))
        }
    }

    mutating func register(_ name: Identifier, _ table: CatalogTable) -> Bool {
        if tables[name.key] != nil {
            diagnostics.append(
                .error("duplicate-table", "'\(name.name)' is already defined", at: name.span))
            return false
        }
        tables[name.key] = table
        return true
    }

    // MARK: Names

    /// The stage behind a table name; a source comes to life when it is first read.
    mutating func resolveTable(
        _ path: [Identifier], _ span: Span
    ) -> (stage: Int, relation: Relation, name: String)? {
        guard path.count == 1, let name = path.first else {
            diagnostics.append(
                .error("unsupported", "tables of other databases are not supported yet", at: span))
            return nil
        }
        guard var table = tables[name.key] else {
            if failedNames.contains(name.key) { return nil }
            let suggestion = nearestName(to: name.name, among: tables.values.map(\.name))
            diagnostics.append(
                .error(
                    "unknown-table", "there is no table '\(name.name)'", at: span,
                    hint: suggestion.map { "did you mean \($0)?" }
                        ?? "a table is defined before it is read"))
            return nil
        }
        if table.hasLimit {
            diagnostics.append(
                .error(
                    "unsupported",
                    "reading a table with LIMIT in another definition is not"
                        + " supported yet", at: span))
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
                failedNames.insert(name.key)
                tables[name.key] = nil
                return nil
            }
            table.kind = .stream(stage: stage)
            tables[name.key] = table
        }
        guard case .stream(let stage) = table.kind else { return nil }
        return (stage, table.relation, table.name)
    }

    private mutating func bindCreate(_ table: CreateTable, _ statement: Statement) {
        let relation = Relation(columns: [], rowtime: nil, key: nil, mode: .append)
        let entry = CatalogTable(
            name: table.name.name, kind: .external(table, span: statement.span),
            relation: relation, span: table.name.span, hasLimit: false)
        guard register(table.name, entry) else { return }
        guard checkForms(table) else {
            failedNames.insert(table.name.key)
            tables[table.name.key] = nil
            return
        }
        // Checked in full even when nobody reads it; the stage is pruned if unused.
        createStatements[table.name.key] = table
        if diagnosticsOfSource(table) {
            failedNames.insert(table.name.key)
            tables[table.name.key] = nil
        }
    }

    /// Whether the statement has only forms that work yet.
    private mutating func checkForms(_ table: CreateTable) -> Bool {
        if let like = table.like { refuse("CREATE TABLE … LIKE", like.span) }
        if let column = table.partitionedBy.first { refuse("PARTITIONED BY", column.span) }
        return table.like == nil && table.partitionedBy.isEmpty
    }

    private mutating func diagnosticsOfSource(_ table: CreateTable) -> Bool {
        let before = diagnostics.filter { $0.severity == .error }.count
        var relation = Relation(columns: [], rowtime: nil, key: nil, mode: .append)
        var scratch = self
        _ = scratch.bindSource(table, span: table.name.span, relation: &relation)
        diagnostics = scratch.diagnostics
        return diagnostics.filter { $0.severity == .error }.count > before
    }

    /// CREATE TABLE statements seen, by lower-case name.
    var createStatements: [String: CreateTable] = [:]
}

extension Span {
    /// A statement's first bytes, so that a caret line stays readable.
    var clipped: Span { Span(start, min(end, start + 40)) }
}
