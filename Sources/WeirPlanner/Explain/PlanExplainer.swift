// What a plan is, in words: `weir explain`.

import WeirColumnar
import WeirFunctions
package import WeirSQL

/// Renders plans as text.
package struct PlanExplainer: Sendable {
    private let plan: StreamPlan
    private let sources: SourceMap
    /// Why each definition is where it is, by name.
    private let assignments: [String: StageAssignment]

    package init(
        plan: StreamPlan, sources: SourceMap, definitions: [CompiledDefinition] = []
    ) {
        self.plan = plan
        self.sources = sources
        assignments = Dictionary(
            definitions.compactMap { item in item.assignment.map { (item.name, $0) } }
        ) { first, _ in first }
    }

    /// All stages and views, or those that lead to one table; nil when there is no such table.
    package func text(table: String?) -> String? {
        guard let table else {
            let all =
                plan.stages.map(describe) + plan.views.map(describe) + plan.queries.map(describe)
            return all.joined(separator: "\n")
        }
        var stages: Set<Int> = []
        var views: Set<String> = []
        let queries = plan.queries.filter { $0.name.lowercased() == table.lowercased() }
        for name in queries.flatMap(\.reads) { _ = collect(name, &stages, &views) }
        guard collect(table, &stages, &views) || !queries.isEmpty else { return nil }
        let shownViews = plan.views.filter { views.contains($0.name) }
        let all =
            plan.stages.filter { stages.contains($0.id) }.map(describe) + shownViews.map(describe)
            + queries.map(describe)
        return all.joined(separator: "\n")
    }

    private func collect(
        _ table: String, _ stages: inout Set<Int>, _ views: inout Set<String>
    ) -> Bool {
        if let view = plan.views.first(where: { $0.name.lowercased() == table.lowercased() }) {
            guard views.insert(view.name).inserted else { return true }
            for name in view.reads { _ = collect(name, &stages, &views) }
            return true
        }
        guard let last = find(table) else { return false }
        var next = [last.id]
        while let id = next.popLast() {
            if stages.insert(id).inserted { next += plan.stages[id].inputs }
        }
        return true
    }

    /// Names that `text(table:)` takes.
    package var tableNames: [String] {
        plan.stages.map { $0.name.hasSuffix(".table") ? String($0.name.dropLast(6)) : $0.name }
            + plan.views.map(\.name) + plan.queries.map(\.name)
    }

    private func find(_ table: String) -> StagePlan? {
        let wanted = table.lowercased()
        return plan.stages.first { $0.name.lowercased() == wanted + ".table" }
            ?? plan.stages.last { $0.name.lowercased() == wanted }
    }

    private func describe(_ view: StoreView) -> String {
        var lines = ["=== \(view.name)  [view]  \(place(view.span))"]
        lines.append("input     \(view.reads.joined(separator: ", "))")
        lines.append("does      is computed by the store when it is read")
        if let why = assignments[view.name] { lines.append("why       \(why.reason)") }
        lines.append("sql       \(view.sql)")
        for (index, column) in view.columns.enumerated() {
            lines.append("\(index == 0 ? "columns  " : "         ") \(column.name) \(column.type)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func describe(_ query: StoreQuery) -> String {
        var lines = ["=== \(query.name)  [\(query.kind.word.prefix(3))]  \(place(query.span))"]
        if !query.reads.isEmpty { lines.append("input     \(query.reads.joined(separator: ", "))") }
        for (index, argument) in query.arguments.enumerated() {
            lines.append(
                "\(index == 0 ? "takes    " : "         ") \(argument.name) \(argument.type)"
                    + origin(argument))
        }
        if !query.sql.isEmpty { lines.append("sql       \(query.sql)") }
        for (index, column) in query.columns.enumerated() {
            lines.append("\(index == 0 ? "columns  " : "         ") \(column.name) \(column.type)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func origin(_ argument: QueryArgument) -> String {
        switch argument.origin {
        case .caller, .optional, .filter: ""
        case .metadata(let key): ", from \(key)"
        case .computed: ", computed"
        case .parent(let column): ", \(column) of the row that it starts from"
        }
    }

    private func describe(_ stage: StagePlan) -> String {
        let relation = stage.relation
        var lines = ["=== \(stage.name)  [\(stage.node.label)]  \(place(stage.span))"]
        if !stage.inputs.isEmpty {
            let names = stage.inputs.map { plan.stages[$0].name }
            lines.append("input     \(names.joined(separator: ", "))")
        }
        lines.append("does      \(work(stage))")
        if let why = assignments[stage.name] { lines.append("why       \(why.reason)") }
        lines.append("changes   \(relation.mode == .append ? "append only" : "updates by key")")
        if let key = relation.key {
            let names = key.map { relation.columns[$0].name }
            lines.append("key       \(names.isEmpty ? "(one row)" : names.joined(separator: ", "))")
        }
        if let rowtime = relation.rowtime {
            lines.append("time      \(relation.columns[rowtime].name)")
        }
        if case .store(let table) = stage.node {
            for index in plan.indexes where index.table == table.name {
                let words = index.kind == .text ? "words of " : ""
                lines.append(
                    "index     \(words)(\(index.columns.joined(separator: ", "))) for"
                        + " \(index.reasons.joined(separator: ", "))")
            }
        }
        for (index, column) in relation.columns.enumerated() {
            let mark = stage.unread.contains(index) ? "  (not read)" : ""
            lines.append(
                "\(index == 0 ? "columns  " : "         ") \(column.name) \(column.type)\(mark)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `line 3`, with the file when it is not the script itself.
    private func place(_ span: Span) -> String {
        let text = sources.text(at: span.start)
        let line = text.position(at: span.start).line
        return text.base == sources.main.base ? "line \(line)" : "\(text.name):\(line)"
    }

    private func work(_ stage: StagePlan) -> String {
        switch stage.node {
        case .source(let source):
            let place = source.options["path"].map { " \($0)" } ?? ""
            let all = source.columns.count
            let columns =
                source.unread.isEmpty ? "" : ", \(all - source.unread.count) of \(all) columns"
            return "reads \(source.connector)\(source.format.map { " \($0)" } ?? "")\(place)"
                + columns
        case .check(let check):
            var parts: [String] = []
            if let watermark = check.watermark {
                parts.append("watermark \(text(watermark.expression))")
            }
            parts += check.constraints.map { "check \($0.name): \(text($0.condition))" }
            return parts.isEmpty ? "computes columns" : parts.joined(separator: "; ")
        case .calc(let calc):
            let values = calc.projections.map(text).joined(separator: ", ")
            return "select \(values)" + (calc.filter.map { " where \(text($0))" } ?? "")
        case .aggregate(let plan):
            return "group by \(list(plan.keys)): \(calls(plan.calls))"
        case .windowAggregate(let plan):
            return "\(window(plan.assignment)), group by \(list(plan.keys)): \(calls(plan.calls))"
        case .union: return "all rows of both"
        case .join(let join): return OperatorText.join(join, stage, in: self.plan)
        case .timedJoin(let join):
            return OperatorText.join(join.join, stage, in: self.plan)
                + ", rows are kept for a time"
        case .temporalJoin(let join): return OperatorText.temporal(join, stage, in: self.plan)
        case .rank(let rank): return OperatorText.rank(rank, stage, in: self.plan)
        case .over(let over): return OperatorText.over(over, stage, in: self.plan)
        case .changelog(let codes): return "changes as rows: \(codes.text)"
        case .match(let match): return OperatorText.match(match, stage, in: self.plan)
        case .setOperation(let plan):
            return "\(plan.operation.rawValue)\(plan.isAll ? " all" : "") of both"
        case .unnest(let unnest):
            return "each element of \(OperatorText.column(unnest.operand, stage, in: self.plan))"
        case .expand(let plan): return "each row for \(plan.projections.count) grouping sets"
        case .windowAssign(let plan):
            return "each row for each of its windows: \(shape(plan.shape))"
        case .zoneShift(let plan):
            return plan.toClock
                ? "puts watermarks by the clocks of \(plan.zone.name)"
                : "puts watermarks back to UTC"
        case .stamp: return "notes when each row comes"
        case .values(let plan): return "gives \(plan.rows.count) written rows"
        case .number: return "numbers equal rows"
        case .store(let table):
            return table.key.isEmpty && table.mode == .append
                ? "stores every row" : "stores rows by key"
        case .sink(let sink): return "writes to \(sink.connector)"
        }
    }

    private func window(_ assignment: WindowAggregatePlan.Assignment) -> String {
        switch assignment {
        case .time(let time, let window): "\(shape(window)) on \(text(time))"
        case .attached(_, let end): "windows that end at \(text(end))"
        }
    }

    private func shape(_ shape: LogicalWindow.Shape) -> String {
        func span(_ micros: Int64) -> String {
            ValueText.string(.int64(micros), kind: .intervalTime)
        }
        return switch shape {
        case .tumble(let size, _): "tumble \(span(size))"
        case .hop(let slide, let size, _): "hop \(span(size)) every \(span(slide))"
        case .cumulate(let step, let size, _): "cumulate \(span(size)) by \(span(step))"
        case .session(let gap, _): "session with a gap of \(span(gap))"
        }
    }

    private func list(_ expressions: [BoundExpression]) -> String {
        expressions.isEmpty ? "nothing" : expressions.map(text).joined(separator: ", ")
    }

    private func calls(_ calls: [AggregateCall]) -> String {
        calls.isEmpty
            ? "distinct rows"
            : calls.map { call in
                "\(call.function)(\(call.isDistinct ? "distinct " : "")"
                    + "\(call.argument.map(text) ?? "*"))"
                    + (call.filter.map { " where \(text($0))" } ?? "")
            }.joined(separator: ", ")
    }

    /// The text that the user wrote for an expression, on one line.
    private func text(_ expression: BoundExpression) -> String {
        sources.text(expression.span).split { $0 == " " || $0 == "\n" || $0 == "\t" }
            .joined(separator: " ")
    }
}
