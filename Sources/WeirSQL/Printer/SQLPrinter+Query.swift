// Queries as canonical text.

extension SQLPrinter {
    package static func print(_ query: Query) -> String {
        var text = ""
        if !query.commonTables.isEmpty {
            let tables = query.commonTables.map { table in
                "\(quoted(table.name))\(names(table.columns)) AS (\(print(table.query)))"
            }
            text += "WITH " + tables.joined(separator: ", ") + " "
        }
        text += print(query.body)
        if !query.orderBy.isEmpty { text += " " + orderBy(query.orderBy) }
        if let limit = query.limit { text += " LIMIT \(print(limit))" }
        if let offset = query.offset { text += " OFFSET \(print(offset))" }
        return text
    }

    private static func print(_ body: QueryBody) -> String {
        switch body {
        case .select(let select): return print(select)
        case .values(let rows, _):
            return "VALUES " + rows.map { "(\(list($0)))" }.joined(separator: ", ")
        case .setOperation(let operation, let isAll, let left, let right, _):
            // INTERSECT binds tighter, and all of them to the left.
            return "\(operand(left, of: operation)) \(operation.rawValue)\(isAll ? " ALL" : "")"
                + " \(right.isSetOperation ? "(\(print(right)))" : print(right))"
        case .nested(let query): return "(\(print(query)))"
        }
    }

    private static func operand(_ body: QueryBody, of operation: SetOperator) -> String {
        if case .setOperation(let inner, _, _, _, _) = body, operation == .intersect,
            inner != .intersect
        {
            return "(\(print(body)))"
        }
        return print(body)
    }

    private static func print(_ select: SelectQuery) -> String {
        var text = "SELECT " + (select.hints.isEmpty ? "" : "/*+ \(hints(select.hints)) */ ")
        text += select.isDistinct ? "DISTINCT " : ""
        text += select.items.map(print).joined(separator: ", ")
        if let from = select.from { text += " FROM " + print(from) }
        if let filter = select.filter { text += " WHERE " + print(filter) }
        if !select.groupBy.isEmpty {
            text += " GROUP BY " + select.groupBy.map(print).joined(separator: ", ")
        }
        if let having = select.having { text += " HAVING " + print(having) }
        if !select.windows.isEmpty {
            let windows = select.windows.map { "\(quoted($0.name)) AS \(print($0.specification))" }
            text += " WINDOW " + windows.joined(separator: ", ")
        }
        if let qualify = select.qualify { text += " QUALIFY " + print(qualify) }
        return text
    }

    static func hints(_ hints: [Hint]) -> String {
        hints.map { hint in
            hint.arguments.isEmpty
                ? hint.name.name
                : "\(hint.name.name)(\(hint.arguments.joined(separator: ", ")))"
        }.joined(separator: ", ")
    }

    private static func print(_ item: SelectItem) -> String {
        switch item {
        case .all(let qualifier, _): qualifier.map { "\(quoted($0)).*" } ?? "*"
        case .expression(let expression, let alias):
            print(expression) + (alias.map { " AS \(quoted($0))" } ?? "")
        }
    }

    private static func print(_ element: GroupingElement) -> String {
        func list(_ elements: [GroupingElement]) -> String {
            elements.map { print($0) }.joined(separator: ", ")
        }
        switch element {
        case .expression(let expression): return print(expression)
        case .tuple(let items, _): return "(\(self.list(items)))"
        case .rollup(let elements, _): return "ROLLUP(\(list(elements)))"
        case .cube(let elements, _): return "CUBE(\(list(elements)))"
        case .sets(let elements, _): return "GROUPING SETS(\(list(elements)))"
        }
    }

    /// ` (a, b)`, or nothing.
    static func names(_ columns: [Identifier]) -> String {
        columns.isEmpty ? "" : " (\(columns.map(quoted).joined(separator: ", ")))"
    }
}

extension QueryBody {
    fileprivate var isSetOperation: Bool {
        if case .setOperation = self { true } else { false }
    }
}
