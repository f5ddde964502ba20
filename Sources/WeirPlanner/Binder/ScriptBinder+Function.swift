// Definitions with arguments: table functions and relationships.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// `Name(arguments) := SELECT …`
    mutating func bindFunction(
        _ definition: Definition, _ query: Query, _ statement: Statement
    ) {
        guard let arguments = bindArguments(definition.arguments ?? []) else {
            failedFunctions.insert(context.key(definition.name))
            return
        }
        guard let bound = bindBody(query, arguments, this: nil) else {
            failedFunctions.insert(context.key(definition.name))
            return
        }
        warnOfUnused(arguments, in: bound.plan, definition)
        let key = context.key(definition.name)
        guard functions[key] == nil, tables[key] == nil else {
            diagnostics.append(
                .error(
                    "duplicate-table", "'\(definition.name.name)' is already defined",
                    at: definition.name.span, hint: "a function has one list of arguments"))
            return
        }
        functions[key] = TableFunction(
            name: context.shown(definition.name), arguments: arguments,
            plan: PlanOptimizer.optimise(nested(bound)))
        addQuery(
            context.shown(definition.name), .function, arguments, bound, statement)
    }

    /// `Parent.name [(arguments)] := SELECT … WHERE this.column = …`
    mutating func bindRelationship(
        _ definition: Definition, _ query: Query, _ statement: Statement
    ) {
        guard let parent = definition.parent else { return }
        let key = context.key(parent)
        guard let (_, relation, name) = resolveParent(parent, key) else { return }
        guard let arguments = bindArguments(definition.arguments ?? []),
            let bound = bindBody(query, arguments, this: relation.columns)
        else { return }
        let full = "\(name).\(definition.name.name)"
        if queries.contains(where: { $0.name.lowercased() == full.lowercased() }) {
            diagnostics.append(
                .error(
                    "duplicate-table", "'\(full)' is already defined", at: definition.name.span))
            return
        }
        if relation.columns.contains(where: { $0.name.lowercased() == definition.name.key }) {
            diagnostics.append(
                .error(
                    "duplicate-column", "'\(name)' has a column '\(definition.name.name)'",
                    at: definition.name.span, hint: "a relationship needs a name of its own"))
            return
        }
        warnOfUnused(arguments, in: bound.plan, definition)
        let columns = bound.plan.parameters.filter { $0.hasPrefix("this.") }.sorted()
        let inherited = columns.compactMap { parameter -> QueryArgument? in
            let column = parameter.dropFirst("this.".count)
            guard let field = relation.columns.first(where: { $0.name.lowercased() == column })
            else { return nil }
            return QueryArgument(
                name: parameter, type: field.type, origin: .parent(column: field.name))
        }
        addQuery(
            full, .relationship(parent: name), arguments + inherited, bound, statement)
    }

    private mutating func resolveParent(
        _ parent: Identifier, _ key: String
    ) -> (source: ScanSource, relation: Relation, name: String)? {
        if functions[key] != nil {
            diagnostics.append(
                .error(
                    "not-a-table",
                    "'\(parent.name)' is a function; a relationship begins at a table",
                    at: parent.span))
            return nil
        }
        return resolveTable([parent], parent.span)
    }

    // MARK: Arguments

    mutating func bindArguments(_ written: [FunctionArgument]) -> [QueryArgument]? {
        var result: [QueryArgument] = []
        var isFine = true
        let outer = parameters
        defer { parameters = outer }
        parameters = [:]
        for argument in written {
            if parameters[argument.name.key] != nil {
                diagnostics.append(
                    .error(
                        "duplicate-argument", "two arguments are called '\(argument.name.name)'",
                        at: argument.name.span))
                isFine = false
                continue
            }
            guard let bound = bindArgument(argument, after: result) else {
                isFine = false
                continue
            }
            parameters[argument.name.key] = bound.type
            result.append(bound)
        }
        return isFine ? result : nil
    }

    private mutating func bindArgument(
        _ argument: FunctionArgument, after earlier: [QueryArgument]
    ) -> QueryArgument? {
        switch argument.kind {
        case .plain(let type):
            guard let bound = TypeBinder.bind(type, &diagnostics) else { return nil }
            return QueryArgument(
                name: argument.name.name, type: bound,
                origin: bound.isNullable ? .optional : .caller)
        case .metadata(let type, let key):
            guard let bound = TypeBinder.bind(type, &diagnostics) else { return nil }
            guard key.hasPrefix("auth."), key.count > "auth.".count else {
                diagnostics.append(
                    .error(
                        "bad-metadata", "'\(key)' is no metadata of a call", at: argument.span,
                        hint: "'auth.NAME' is a claim of the caller's token"))
                return nil
            }
            return QueryArgument(
                name: argument.name.name, type: bound, origin: .metadata(key))
        case .computed(let expression):
            // The arguments before it are read by their plain names.
            let known = earlier.map { Field($0.name, $0.type) }
            var binder = expressionBinder(
                Scope(columns: known, qualifier: nil), place: "an argument")
            let value = binder.bind(expression)
            diagnostics += binder.diagnostics
            guard let value else { return nil }
            let bound = value.replacingColumns { index in
                BoundExpression(
                    .parameter(known[index].name.lowercased()), known[index].type, value.span)
            }
            return QueryArgument(
                name: argument.name.name, type: bound.type, origin: .computed(bound))
        }
    }

    mutating func bindBody(
        _ query: Query, _ arguments: [QueryArgument], this: [Field]?
    ) -> BoundQuery? {
        let outer = (parameters, thisColumns, claims)
        defer { (parameters, thisColumns, claims) = outer }
        claims = [:]
        for argument in arguments {
            if case .metadata(let key) = argument.origin {
                claims[key] = argument.name.lowercased()
            }
        }
        parameters = Dictionary(arguments.map { ($0.name.lowercased(), $0.type) }) { first, _ in
            first
        }
        thisColumns = this
        return bind(query)
    }

    mutating func warnOfUnused(
        _ arguments: [QueryArgument], in plan: LogicalPlan, _ definition: Definition
    ) {
        var used = plan.parameters
        for argument in arguments {
            if case .computed(let value) = argument.origin { used.formUnion(value.parameters) }
        }
        if let query = definition.body.query {
            for part in [query.limit, query.offset] {
                if case .parameter(let name)? = part?.kind { used.insert(name.key) }
            }
        }
        for written in definition.arguments ?? [] where !used.contains(written.name.key) {
            diagnostics.append(
                .warning(
                    "unused-argument", "the argument '\(written.name.name)' is not used",
                    at: written.name.span, hint: "it is read as :\(written.name.name)"))
        }
    }

    // MARK: Queries

    private mutating func addQuery(
        _ name: String, _ kind: StoreQuery.Kind, _ arguments: [QueryArgument],
        _ bound: BoundQuery, _ statement: Statement
    ) {
        let plan = PlanOptimizer.optimise(
            bound.plan.replacingParameters(Self.computedValues(arguments)))
        do throws(StoreRefusal) {
            var (draft, builder) = try StoreQueryBuilder.query(
                plan, textIndexes: .all(except: tablesWithoutIndexes))
            if !draft.isPlain { draft = builder.wrap(draft) }
            draft.order(by: bound.order)
            draft.columns.removeLast(bound.hidden)
            draft.fields.removeLast(bound.hidden)
            // Queries of a workload are there for the choice of indexes only.
            if hasHint(["workload"], statement) {
                return indexNeeds.add(ordered(plan, bound), reason: name)
            }
            if isLeftOutTest(statement) { return }
            demand(builder.reads)
            for need in builder.textNeeds {
                indexNeeds.add(table: need.table, text: need.columns, reason: name)
            }
            var query = StoreQuery(
                name: name, kind: kind, arguments: arguments, columns: draft.fields,
                reads: builder.reads, limit: bound.limit,
                documentation: statement.preamble.documentation, span: statement.span,
                base: bound.visible.base,
                select: StoreSelect(
                    draft, prefix: builder.prefix, offset: bound.offset ?? 0),
                plan: ordered(plan, bound), cacheSeconds: cacheSeconds(statement))
            query.rowtime = plan.relation.rowtime.flatMap { $0 < draft.fields.count ? $0 : nil }
            queries.append(query)
        } catch {
            diagnostics.append(
                .error(
                    "no-stage", "a query with arguments runs in the store, but \(error.message)",
                    at: error.span,
                    hint: "compute that part in a table of its own: Name := SELECT …"))
        }
    }

    /// The arguments that are computed, as expressions over those that callers give.
    private static func computedValues(_ arguments: [QueryArgument]) -> [String: BoundExpression] {
        var values: [String: BoundExpression] = [:]
        for argument in arguments {
            guard case .computed(let value) = argument.origin else { continue }
            values[argument.name.lowercased()] = value.replacingParameters(values)
        }
        return values
    }

    /// The plan with its order, for the choice of indexes.
    private func ordered(_ plan: LogicalPlan, _ bound: BoundQuery) -> LogicalPlan {
        guard !bound.order.isEmpty, let limit = bound.limit else { return plan }
        let keys = bound.order.map { item in
            SortKey(
                expression: BoundExpression(
                    .column(item.column), plan.columns[item.column].type, plan.span),
                isDescending: item.isDescending, nullsFirst: item.nullsFirst)
        }
        return LogicalPlan(
            .sort(plan, keys, limit: limit, offset: bound.offset), plan.columns, plan.span)
    }
}

extension Definition.Body {
    /// The query of a definition that has one.
    fileprivate var query: Query? {
        switch self {
        case .query(let query), .subscribe(let query): query
        default: nil
        }
    }
}

extension BoundExpression {
    /// Names of the arguments that it reads, lower case.
    var parameters: Set<String> {
        if case .parameter(let name) = node { return [name] }
        return children.reduce(into: []) { $0.formUnion($1.parameters) }
    }
}
