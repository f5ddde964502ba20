// Statements as canonical text; parsing that text gives the same tree.

/// Prints statements, queries and types in one fixed form.
package enum SQLPrinter {
    package static func print(_ script: Script) -> String {
        script.statements.map { print($0) + ";\n" }.joined()
    }

    package static func print(_ statement: Statement) -> String {
        var text = statement.preamble.documentation.map(print) ?? ""
        if !statement.preamble.hints.isEmpty {
            text += "/*+ \(hints(statement.preamble.hints)) */\n"
        }
        return text + print(statement.kind)
    }

    private static func print(_ kind: Statement.Kind) -> String {
        switch kind {
        case .importing(let module, let alias):
            return "IMPORT \(print(module))" + (alias.map { " AS \(quoted($0))" } ?? "")
        case .importingFile(let path, let alias):
            return "IMPORT \(quoted(path))" + (alias.map { " AS \(quoted($0))" } ?? "")
        case .exporting(let table, let target):
            return "EXPORT \(path(table)) TO \(print(target))"
        case .createTable(let table): return print(table)
        case .define(let definition): return print(definition)
        case .createView(let name, let columns, let query):
            return "CREATE VIEW \(quoted(name))\(names(columns)) AS \(print(query))"
        case .createFunction(let function):
            return "CREATE FUNCTION \(quoted(function.name)) AS \(literal(function.className))"
                + (function.language.map { " LANGUAGE \($0)" } ?? "")
        case .createDatabase(let name): return "CREATE DATABASE \(quoted(name))"
        case .use(let path): return "USE \(self.path(path))"
        case .set(let key, let value): return "SET \(literal(key)) = \(literal(value))"
        case .insert(let target, let columns, let query):
            return "INSERT INTO \(path(target))\(names(columns)) \(print(query))"
        case .nextBatch: return "NEXT_BATCH"
        }
    }

    private static func print(_ documentation: Documentation) -> String {
        var lines = documentation.text.isEmpty ? [] : [documentation.text]
        if !documentation.columns.isEmpty {
            lines += ["Columns:"] + documentation.columns.map { "- \($0.name): \($0.text)" }
        }
        if !documentation.arguments.isEmpty {
            lines += ["Arguments:"] + documentation.arguments.map { "- \($0.name): \($0.text)" }
        }
        return "/** " + lines.joined(separator: "\n") + " */\n"
    }

    private static func print(_ module: ModulePath) -> String {
        (module.names.map(quoted) + (module.isAll ? ["*"] : [])).joined(separator: ".")
    }

    // MARK: Definitions

    private static func print(_ definition: Definition) -> String {
        var text = path(definition.path)
        if let arguments = definition.arguments {
            text += "(\(arguments.map(print).joined(separator: ", ")))"
        }
        if let returns = definition.returns {
            let columns = returns.map { "\(quoted($0.name)) \(print($0.type))" }
            text += " RETURNS (\(columns.joined(separator: ", ")))"
        }
        return text + " := " + print(definition.body)
    }

    private static func print(_ argument: FunctionArgument) -> String {
        let name = quoted(argument.name)
        switch argument.kind {
        case .plain(let type): return "\(name) \(print(type))"
        case .metadata(let type, let key):
            return "\(name) \(print(type)) METADATA FROM \(literal(key))"
        case .computed(let expression): return "\(name) AS \(print(expression))"
        }
    }

    private static func print(_ body: Definition.Body) -> String {
        switch body {
        case .query(let query): return print(query)
        case .subscribe(let query): return "SUBSCRIBE \(print(query))"
        case .distinct(let source, let columns, let order):
            return "DISTINCT \(path(source)) ON"
                + " \(columns.map(quoted).joined(separator: ", ")) \(orderBy(order))"
        case .expression(let expression): return print(expression)
        case .passthrough(let text, _): return text
        }
    }

    // MARK: Tables

    static func print(_ table: CreateTable) -> String {
        var text = "CREATE \(table.isTemporary ? "TEMPORARY " : "")TABLE "
        text += (table.isIfNotExists ? "IF NOT EXISTS " : "") + quoted(table.name)
        if !table.elements.isEmpty || (table.like == nil && !table.hasOptions) {
            let elements = table.elements.map { "  " + print($0) }.joined(separator: ",\n")
            text += " (\n\(elements)\n)"
        }
        if let comment = table.comment { text += " COMMENT \(literal(comment))" }
        if !table.partitionedBy.isEmpty { text += " PARTITIONED BY\(names(table.partitionedBy))" }
        if table.hasOptions { text += " WITH (\(print(table.options)))" }
        if let like = table.like { text += " " + print(like) }
        return text
    }

    private static func print(_ like: TableLike) -> String {
        let source =
            switch like.source {
            case .table(let path): self.path(path)
            case .file(let name): quoted(name)
            }
        let options = like.options.isEmpty ? "" : " (\(like.options.joined(separator: " ")))"
        return "LIKE \(source)\(options)"
    }

    private static func print(_ element: TableElement) -> String {
        switch element {
        case .column(let name, let type, let documentation):
            let comment = documentation.map { " COMMENT \(literal($0))" } ?? ""
            return "\(quoted(name)) \(print(type))\(comment)"
        case .computed(let name, let expression):
            return "\(quoted(name)) AS \(print(expression))"
        case .metadata(let name, let type, let key, let isVirtual, _):
            return "\(quoted(name)) \(print(type)) METADATA"
                + (key.map { " FROM \(literal($0))" } ?? "") + (isVirtual ? " VIRTUAL" : "")
        case .primaryKey(let columns, _): return "PRIMARY KEY\(names(columns)) NOT ENFORCED"
        case .watermark(let column, let expression, _):
            return "WATERMARK FOR \(path(column)) AS \(print(expression))"
        case .check(let name, let expression, _):
            return "CONSTRAINT \(quoted(name)) CHECK (\(print(expression)))"
        }
    }

    // MARK: Types and names

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
