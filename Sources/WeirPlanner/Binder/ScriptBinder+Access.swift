// The tables of an API: which are exposed, and how they are asked for.

import WeirColumnar
import WeirSQL

/// A table that an API may show.
struct ExposedTable {
    /// What the hints in front of its definition say.
    enum Access {
        /// With a page of all rows.
        case list
        /// By values of columns that have to be given.
        case byAll([Int])
        /// By values of columns that may be given.
        case byAny([Int])
        /// Only through relationships and functions.
        case none
    }

    let name: String
    let columns: [Field]
    let key: [Int]
    let order: [(column: Int, isDescending: Bool, nullsFirst: Bool)]
    let limit: Int?
    let offset: Int?
    let documentation: Documentation?
    let span: Span
    /// The table whose rows it passes on unchanged.
    let base: String?
    let access: Access
    let cacheSeconds: Double?
    let rowtime: Int?
}

extension ScriptBinder {
    /// Notes a table that is no inner one (names that begin with `_`, imports under a namespace).
    mutating func expose(
        _ name: String, _ relation: Relation, _ bound: BoundQuery?, _ statement: Statement,
        at span: Span
    ) {
        guard context.isExposed, !name.hasPrefix("_"),
            !hasHint([HintRule.workload.rawValue], statement), !isLeftOutTest(statement)
        else { return }
        let access =
            hasHint([HintRule.noQuery.rawValue], statement)
            ? ExposedTable.Access.none : accessHints[name.lowercased()] ?? .list
        exposedTables.append(
            ExposedTable(
                name: name, columns: relation.columns, key: relation.key ?? [],
                order: bound?.order ?? [], limit: bound?.limit, offset: bound?.offset,
                documentation: statement.preamble.documentation, span: span,
                base: bound?.visible.base, access: access,
                cacheSeconds: cacheSeconds(statement), rowtime: relation.rowtime))
    }

    /// Notes a CREATE TABLE with what its hints ask for.
    mutating func exposeSource(_ key: String, _ statement: Statement, at span: Span) {
        guard let table = tables[key] else { return }
        _ = bindHintColumns(statement, table.relation.columns, table: table.name)
        expose(table.name, table.relation, nil, statement, at: span)
        let isWritten = internalTables.contains(table.name.lowercased())
        if project.settings.servesSources || isWritten || accessHints[key] != nil {
            servedSources.append(key)
        }
    }

    /// Stores the sources that are asked for as they are.
    mutating func storeServedSources() {
        for key in servedSources {
            guard let create = createStatements[key], isReadable(create),
                exposedTables.contains(where: { $0.name.lowercased() == key }),
                let (_, _, name) = resolveTable([create.name], create.name.span)
            else { continue }
            demand([name])
            // Nobody but the API asks for it.
            demandedStages = demandedStages.filter { $0.value != name }
        }
    }

    private func isReadable(_ table: CreateTable) -> Bool {
        let name = table.options.first { $0.key == "connector" }?.value
        return connectors.connectors.first { $0.name == name }?.isSource ?? true
    }

    /// The table whose type rows of a table have: its base, as far as it is exposed.
    private func rowType(_ name: String?, _ shown: [String: ExposedTable]) -> String? {
        var found: String?
        var next = name
        // A chain of definitions ends; each is above the one that it reads.
        while let name = next, let table = shown[name.lowercased()] {
            found = table.name
            next = table.base
        }
        return found
    }

    /// What an API may ask: the tables that are there, then functions, relationships and
    /// subscriptions, with their bases as types of rows.
    func served(
        _ tables: [StoredTable], _ views: [StoreView]
    ) -> (tables: [StoreQuery], queries: [StoreQuery]) {
        var stored: [String: StoredTable?] = [:]
        for view in views { stored[view.name.lowercased()] = .some(nil) }
        for table in tables { stored[table.name.lowercased()] = table }
        var shown: [String: ExposedTable] = [:]
        for table in exposedTables where stored[table.name.lowercased()] != nil {
            shown[table.name.lowercased()] = table
        }
        let accesses = exposedTables.compactMap { table -> StoreQuery? in
            guard let place = stored[table.name.lowercased()] else { return nil }
            var query = access(table, place)
            query.base = rowType(table.base, shown)
            return query
        }
        let others = queries.map { query in
            var changed = query
            changed.base = rowType(query.base, shown)
            return changed
        }
        return (accesses, others)
    }

    private func access(_ table: ExposedTable, _ stored: StoredTable?) -> StoreQuery {
        var isListed = true
        var filters: [QueryArgument] = []
        func filter(_ columns: [Int], isRequired: Bool) -> [QueryArgument] {
            columns.map { column in
                let field = table.columns[column]
                return QueryArgument(
                    name: field.name, type: field.type,
                    origin: .filter(column: column, isRequired: isRequired))
            }
        }
        switch table.access {
        case .list: break
        case .none: isListed = false
        case .byAll(let columns): filters = filter(columns, isRequired: true)
        case .byAny(let columns): filters = filter(columns, isRequired: false)
        }
        var query = StoreQuery(
            name: table.name, kind: .table(isListed: isListed), arguments: filters,
            columns: table.columns, reads: [table.name], limit: table.limit,
            documentation: table.documentation, span: table.span, base: nil,
            select: StoreSelect(
                StoreQueryBuilder.rows(
                    of: table.name, table.columns, order: table.order, stored: stored),
                offset: table.offset ?? 0), plan: nil, cacheSeconds: table.cacheSeconds)
        query.rowtime = table.rowtime
        return query
    }
}

extension LogicalPlan {
    /// The table whose rows it passes on, unchanged in type: the last one that is read. None where
    /// rows are put together anew.
    var base: String? {
        guard let (name, fields) = lastScan, fields == columns else { return nil }
        return name
    }

    private var lastScan: (name: String, columns: [Field])? {
        switch node {
        case .scan(_, let name, _): return (name, columns)
        case .values, .unnest, .window, .aggregate, .over, .rank, .setOperation, .match, .changelog:
            return nil
        case .project(let input, _), .filter(let input, _), .sort(let input, _, _, _):
            return input.lastScan
        case .join(let left, let right, let join):
            return join.kind == .semi || join.kind == .anti ? left.lastScan : right.lastScan
        }
    }
}
