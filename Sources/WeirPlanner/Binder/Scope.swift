// The columns that an expression may name.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// The columns of the tables in FROM, and the names they may be qualified with.
struct Scope {
    struct Table {
        /// The table's name or alias; nil for a subquery without one.
        let name: String?
        let range: Range<Int>
    }

    let columns: [Field]
    let tables: [Table]
    /// Columns that a join by name has merged with an earlier one.
    let merged: Set<Int>
    /// Arguments of the table function around the query, by lower-case name.
    var parameters: [String: DataType] = [:]
    /// The values of queries inside expressions, by where these begin.
    var queryValues: [Int: BoundExpression] = [:]
    /// Columns that hold what these values are made of, with the columns of the query that they
    /// depend on.
    var hidden: [Int: Set<Int>] = [:]
    /// The window of GROUP BY, and the first of its three columns.
    var groupWindow: (call: GroupWindow, column: Int)?
    /// The session zone when it is not UTC.
    var zone: SessionZone?
    /// The scope around a correlated query: one or none.
    var outer: [Scope] = []
    /// Columns of `this`, the row that a relationship starts from.
    var thisColumns: [Field]?
    /// Other names of functions, upper case.
    var functionAliases: [String: String] = [:]

    init(columns: [Field], qualifier: String?) {
        self.columns = columns
        tables = [Table(name: qualifier, range: columns.indices)]
        merged = []
    }

    private init(columns: [Field], tables: [Table], merged: Set<Int>) {
        self.columns = columns
        self.tables = tables
        self.merged = merged
    }

    /// The columns of both, the right ones behind the left ones.
    ///
    /// - Parameters:
    ///   - columns: of both, as the join gives them.
    ///   - merged: right columns that are the same as left ones, by their number in `right`.
    func joined(_ right: Scope, columns: [Field], merged names: Set<Int> = []) -> Scope {
        let shift = self.columns.count
        let moved = right.tables.map { table in
            Table(
                name: table.name,
                range: table.range.lowerBound + shift..<table.range.upperBound + shift)
        }
        var both = Scope(
            columns: columns, tables: tables + moved,
            merged: merged.union(right.merged.union(names).map { $0 + shift }))
        both.queryValues = queryValues
        both.hidden = hidden
        return both
    }

    /// A column, and the fields of it that follow in the path.
    struct Match {
        let column: Int
        let fields: ArraySlice<Identifier>
    }

    /// Finds what a path of names means; nil with a diagnostic when it means nothing.
    func match(_ path: [Identifier], _ diagnostics: inout [Diagnostic]) -> Match? {
        guard let first = path.first, let last = path.last else { return nil }
        let span = first.span.union(last.span)
        if path.count > 1, let table = tables.last(where: { $0.name?.lowercased() == first.key }) {
            guard let index = find(path[1], span, table.range, &diagnostics) else { return nil }
            return Match(column: index, fields: path[2...])
        }
        // `namespace.Table.column`
        if path.count > 2, index(of: first.name) == nil,
            tables.contains(where: { $0.name?.lowercased() == path[1].key })
        {
            return match(Array(path.dropFirst()), &diagnostics)
        }
        if path.count > 1, index(of: first.name) == nil {
            let names = tables.compactMap(\.name)
            diagnostics.append(
                .error(
                    "unknown-table", "there is no table '\(first.name)' in FROM", at: first.span,
                    hint: names.isEmpty
                        ? nil : "tables here: \(names.joined(separator: ", "))"))
            return nil
        }
        guard let index = find(first, span, columns.indices, &diagnostics) else { return nil }
        return Match(column: index, fields: path[1...])
    }

    /// Finds a column by a path of names; nil with a diagnostic when there is none.
    func resolve(_ path: [Identifier], _ diagnostics: inout [Diagnostic]) -> Int? {
        guard let match = match(path, &diagnostics) else { return nil }
        if let field = match.fields.first {
            diagnostics.append(
                .error("unsupported", "a nested field is not supported here", at: field.span))
            return nil
        }
        return match.column
    }

    /// An exact match, else the only one that differs in case.
    func index(of name: String) -> Int? {
        let found = candidates(name, columns.indices)
        return found.count == 1 ? found[0] : nil
    }

    private func candidates(_ name: String, _ range: Range<Int>) -> [Int] {
        let visible = range.filter { !merged.contains($0) }
        let exact = visible.filter { columns[$0].name == name }
        return exact.isEmpty
            ? visible.filter { columns[$0].name.lowercased() == name.lowercased() } : exact
    }

    private func find(
        _ identifier: Identifier, _ span: Span, _ range: Range<Int>,
        _ diagnostics: inout [Diagnostic]
    ) -> Int? {
        let found = candidates(identifier.name, range)
        if found.count == 1 { return found[0] }
        if found.count > 1 {
            let owners = found.map { index in
                "\(tables.first { $0.range.contains(index) }?.name ?? "?").\(identifier.name)"
            }
            diagnostics.append(
                .error(
                    "ambiguous-column", "'\(identifier.name)' is in more than one table", at: span,
                    hint: "write \(owners.joined(separator: " or "))"))
            return nil
        }
        let names = range.map { columns[$0].name }
        let shown = names.prefix(12).joined(separator: ", ")
        diagnostics.append(
            .misspelt(
                "unknown-column", "there is no column '\(identifier.name)'", at: span,
                identifier.name, among: names,
                otherwise: names.isEmpty
                    ? nil : "columns here: \(shown)\(names.count > 12 ? ", …" : "")",
                replacing: identifier.span))
        return nil
    }
}
