// The plan for programs: `weir explain --json`.

import WeirColumnar
package import WeirSQL

/// Renders every definition, source and query as an array of objects.
package struct PlanJSON: Sendable {
    private let plan: StreamPlan
    private let definitions: [CompiledDefinition]
    private let sources: SourceMap

    package init(plan: StreamPlan, definitions: [CompiledDefinition], sources: SourceMap) {
        self.plan = plan
        self.definitions = definitions
        self.sources = sources
    }

    /// Objects `{name, kind, stage, why, type, changes, key, time, inputs, columns, plan, sql,
    /// arguments, indexes, file, line}`; what an object does not have is left out.
    package var text: String {
        let tables = plan.stages.filter { $0.inputs.isEmpty }.map(source)
        let all =
            tables + definitions.map(definition) + (plan.tableQueries + plan.queries).map(query)
        return "[" + all.joined(separator: ",\n ") + "]\n"
    }

    private func source(_ stage: StagePlan) -> String {
        // The rows that others read have passed the source's checks.
        let output =
            plan.stages.first { other in
                guard case .check = other.node else { return false }
                return other.input == stage.id
            } ?? stage
        return object(
            [
                ("name", jsonQuoted(stage.name)), ("kind", "\"source\""), ("stage", "\"stream\""),
                ("connector", connector(stage)),
                (
                    "notRead",
                    list(
                        output.unread.sorted().map { jsonQuoted(output.relation.columns[$0].name) })
                ),
            ] + relation(output.relation) + place(stage.span))
    }

    private func connector(_ stage: StagePlan) -> String? {
        guard case .source(let source) = stage.node else { return nil }
        return jsonQuoted(source.connector)
    }

    private func definition(_ item: CompiledDefinition) -> String {
        let view = plan.views.first { $0.name == item.name }
        let isStored = plan.tables.contains { $0.name == item.name }
        let indexes = plan.indexes.filter { $0.table == item.name }.map { index in
            let columns = index.columns.map(jsonQuoted).joined(separator: ",")
            let reasons = index.reasons.map(jsonQuoted).joined(separator: ",")
            let kind = index.kind == .text ? "\"kind\":\"text\"," : ""
            return "{\(kind)\"columns\":[\(columns)],\"for\":[\(reasons)]}"
        }
        return object(
            [
                ("name", jsonQuoted(item.name)), ("kind", "\"table\""),
                ("stage", item.assignment.map { jsonQuoted($0.stage.rawValue) }),
                ("why", item.assignment.map { jsonQuoted($0.reason) }),
                ("stored", isStored ? "true" : "false"),
                ("inputs", list(inputs(item.optimised).map(jsonQuoted))),
                ("plan", jsonQuoted(LogicalExplainer.text(item.optimised))),
                ("sql", view.map { jsonQuoted($0.sql) }), ("indexes", list(indexes)),
            ] + relation(item.optimised.relation) + place(item.span))
    }

    private func inputs(_ plan: LogicalPlan) -> [String] {
        if case .scan(_, let name, _) = plan.node { return [name] }
        var result: [String] = []
        for name in plan.inputs.flatMap(inputs) where !result.contains(name) { result.append(name) }
        return result
    }

    private func query(_ query: StoreQuery) -> String {
        let arguments = query.arguments.map { argument in
            "{\"name\":\(jsonQuoted(argument.name)),\"type\":\(jsonQuoted("\(argument.type)"))}"
        }
        return object(
            [
                ("name", jsonQuoted(query.name)), ("kind", jsonQuoted(query.kind.word)),
                ("stage", "\"store\""),
                ("arguments", list(arguments)), ("inputs", list(query.reads.map(jsonQuoted))),
                ("sql", query.sql.isEmpty ? nil : jsonQuoted(query.sql)),
                ("columns", columns(query.columns)),
            ] + place(query.span))
    }

    private func relation(_ relation: Relation) -> [(String, String?)] {
        let key = relation.key.map { list($0.map { jsonQuoted(relation.columns[$0].name) }) }
        return [
            ("type", jsonQuoted(relation.type.rawValue)),
            ("changes", jsonQuoted(relation.mode.rawValue)), ("key", key),
            ("time", relation.rowtime.map { jsonQuoted(relation.columns[$0].name) }),
            ("columns", columns(relation.columns)),
        ]
    }

    private func columns(_ columns: [Field]) -> String {
        list(
            columns.map {
                "{\"name\":\(jsonQuoted($0.name)),\"type\":\(jsonQuoted("\($0.type)"))}"
            })
    }

    private func place(_ span: Span) -> [(String, String?)] {
        let text = sources.text(at: span.start)
        return [
            ("file", jsonQuoted(text.name)), ("line", "\(text.position(at: span.start).line)"),
        ]
    }

    private func list(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }

    private func object(_ fields: [(String, String?)]) -> String {
        let parts = fields.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return "{\(parts.joined(separator: ","))}"
    }
}
