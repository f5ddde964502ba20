// Names of tables and their namespaces.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// The form that a table is kept under; nil after reporting a path that no table has.
    mutating func key(of path: [Identifier], _ span: Span) -> String? {
        var names = path[...]
        // Flink's own catalog and database are the script itself.
        if names.count == 3, names.first?.key == "default_catalog" { names = names.dropFirst() }
        if names.count == 2, names.first?.key == "default_database" { return names.last?.key }
        guard let last = names.last, names.count <= 2 else {
            diagnostics.append(
                .error(
                    "unsupported", "tables of other catalogs are not supported", at: span,
                    hint: "a table is named Name, or namespace.Name when it is imported"))
            return nil
        }
        if names.count == 1 { return context.key(last) }
        return names.map(\.key).joined(separator: ".")
    }

    /// Says that there is no such table, unless its definition failed.
    mutating func reportUnknownTable(
        _ path: [Identifier], _ key: String, _ span: Span,
        otherwise: String = "a table is defined before it is read"
    ) {
        guard let name = path.last, !failedNames.contains(key) else { return }
        let written = path.map(\.name).joined(separator: ".")
        if path.count == 2, let first = path.first, failedNamespaces.contains(first.key) { return }
        if path.count == 2, let first = path.first, !databases.contains(first.key) {
            diagnostics.append(
                .misspelt(
                    "unknown-namespace", "there is no namespace '\(first.name)'", at: first.span,
                    first.name, among: databases.sorted(),
                    otherwise: "IMPORT script AS \(first.name) brings the tables of a script"))
            return
        }
        if namesBelow.contains(key) {
            diagnostics.append(
                .error(
                    "unknown-table", "'\(written)' is not defined yet", at: name.span,
                    hint: "it is defined here or below; a table is defined before it is read"))
            return
        }
        let prefix = String(key.dropLast(name.key.count))
        let known = tables.filter { $0.key.hasPrefix(prefix) && $0.key.count > prefix.count }
        let names = known.values.map { String($0.name.split(separator: ".").last ?? "") }
        diagnostics.append(
            .misspelt(
                "unknown-table", "there is no table '\(written)'", at: name.span, name.name,
                among: names.sorted(), otherwise: otherwise))
    }

    mutating func bindUse(_ path: [Identifier], _ span: Span) {
        guard let name = path.last, path.count == 1 else {
            return refuse("USE of another catalog", span)
        }
        if name.key == "default_database" {
            context.namespace = nil
        } else if databases.contains(name.key) {
            context.namespace = name.name
        } else {
            diagnostics.append(
                .misspelt(
                    "unknown-namespace", "there is no database '\(name.name)'", at: name.span,
                    name.name, among: databases.sorted(),
                    otherwise: "CREATE DATABASE \(name.name) comes first"))
        }
    }

    /// The CREATE TABLE that an EXPORT into another file names; nil after reporting why not.
    mutating func sinkTable(_ target: ModulePath, columns: [Field]) -> CreateTable? {
        let resolver = ModuleResolver(files: project.files, settings: project.settings)
        let module: Module
        do throws(ModuleResolver.Failure) {
            module = try resolver.resolve(target, from: context.folder)
        } catch {
            diagnostics.append(
                .error("unknown-module", error.message, at: error.span, hint: error.hint))
            return nil
        }
        var found: CreateTable?
        switch module {
        case .tableFile(let file): found = tableStatement(of: file, at: target.span)?.table
        case .table(let file, let name): found = table(name, of: file, at: target.span)
        case .script, .folder, .functions, .foreignFunction:
            diagnostics.append(
                .error(
                    "not-a-sink", "this is no table that can be written to", at: target.span,
                    hint: "EXPORT … TO folder.sink writes to folder/sink.table.sql"))
        }
        guard let found else { return nil }
        return expandLike(found, exported: columns)
    }
}
