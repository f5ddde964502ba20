// Syntax trees as canonical text; parsing that text gives the same tree.

/// Prints statements, queries and types in one fixed form.
package enum SQLPrinter {
    package static func print(_ script: Script) -> String {
        script.statements.map { print($0) + ";\n" }.joined()
    }

    package static func print(_ statement: Statement) -> String {
        var text = ""
        if let documentation = statement.preamble.documentation {
            text += "/** " + documentation + " */\n"
        }
        if !statement.preamble.hints.isEmpty {
            let hints = statement.preamble.hints.map { hint in
                hint.arguments.isEmpty
                    ? hint.name.name
                    : "\(hint.name.name)(\(hint.arguments.joined(separator: ", ")))"
            }
            text += "/*+ \(hints.joined(separator: ", ")) */\n"
        }
        switch statement.kind {
        case .createTable(let table): text += print(table)
        case .define(let name, let query): text += "\(quoted(name)) := \(print(query))"
        case .createView(let name, let query):
            text += "CREATE VIEW \(quoted(name)) AS \(print(query))"
        case .insert(let target, let query):
            text += "INSERT INTO \(quoted(target)) \(print(query))"
        }
        return text
    }

    static func print(_ table: CreateTable) -> String {
        let elements = table.elements.map { "  " + print($0) }.joined(separator: ",\n")
        var text = "CREATE TABLE \(quoted(table.name)) (\n\(elements)\n)"
        if !table.options.isEmpty {
            let options = table.options.map { "\(literal($0.key)) = \(literal($0.value))" }
            text += " WITH (\(options.joined(separator: ", ")))"
        }
        return text
    }

    private static func print(_ element: TableElement) -> String {
        switch element {
        case .column(let name, let type, let documentation):
            let comment = documentation.map { " COMMENT \(literal($0))" } ?? ""
            return "\(quoted(name)) \(print(type))\(comment)"
        case .computed(let name, let expression):
            return "\(quoted(name)) AS \(print(expression))"
        case .metadata(let name, let type, _): return "\(quoted(name)) \(print(type)) METADATA"
        case .primaryKey(let columns, _):
            return "PRIMARY KEY (\(columns.map(quoted).joined(separator: ", "))) NOT ENFORCED"
        case .watermark(let column, let expression, _):
            return "WATERMARK FOR \(quoted(column)) AS \(print(expression))"
        case .check(let name, let expression, _):
            return "CONSTRAINT \(quoted(name)) CHECK (\(print(expression)))"
        }
    }

    package static func print(_ type: TypeName) -> String {
        var text = type.name
        if !type.arguments.isEmpty {
            text += "<" + type.arguments.map(print).joined(separator: ", ") + ">"
        }
        if !type.fields.isEmpty {
            let fields = type.fields.map { "\(quoted($0.name)) \(print($0.type))" }
            text += "<" + fields.joined(separator: ", ") + ">"
        }
        if !type.parameters.isEmpty {
            text += "(" + type.parameters.map(String.init).joined(separator: ", ") + ")"
        }
        return type.isNotNull ? text + " NOT NULL" : text
    }

    package static func print(_ query: Query) -> String {
        var text = "SELECT " + (query.isDistinct ? "DISTINCT " : "")
        text += query.items.map(print).joined(separator: ", ")
        if let from = query.from { text += " FROM " + print(from) }
        if let filter = query.filter { text += " WHERE " + print(filter) }
        if !query.groupBy.isEmpty {
            text += " GROUP BY " + query.groupBy.map { print($0) }.joined(separator: ", ")
        }
        if let having = query.having { text += " HAVING " + print(having) }
        if !query.orderBy.isEmpty {
            text += " ORDER BY " + query.orderBy.map(print).joined(separator: ", ")
        }
        if let limit = query.limit { text += " LIMIT \(limit.count)" }
        return text
    }

    private static func print(_ item: SelectItem) -> String {
        switch item {
        case .all(let qualifier, _): qualifier.map { "\(quoted($0)).*" } ?? "*"
        case .expression(let expression, let alias):
            print(expression) + (alias.map { " AS \(quoted($0))" } ?? "")
        }
    }

    private static func print(_ item: OrderItem) -> String {
        var text = print(item.expression) + (item.isDescending ? " DESC" : "")
        if let first = item.nullsFirst { text += first ? " NULLS FIRST" : " NULLS LAST" }
        return text
    }

    private static func print(_ reference: TableReference) -> String {
        switch reference {
        case .named(let path, let alias, _):
            return path.map(quoted).joined(separator: ".") + suffix(alias)
        case .subquery(let query, let alias, _): return "(\(print(query)))" + suffix(alias)
        case .window(let call, let alias, _):
            let table = call.table.map(quoted).joined(separator: ".")
            let arguments = call.arguments.map { ", " + print($0) }.joined()
            return "TABLE(\(call.function.name.uppercased())(TABLE \(table), "
                + "DESCRIPTOR(\(quoted(call.timeColumn)))\(arguments)))" + suffix(alias)
        }
    }

    private static func suffix(_ alias: Identifier?) -> String {
        alias.map { " AS \(quoted($0))" } ?? ""
    }

    static func quoted(_ identifier: Identifier) -> String {
        "`"
            + identifier.name.split(separator: "`", omittingEmptySubsequences: false)
            .joined(separator: "``") + "`"
    }

    static func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            + "'"
    }
}
