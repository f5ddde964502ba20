// IMPORT: other scripts, table files, data files and libraries.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// Modules that may be open inside each other.
    private static let maximumDepth = 32
    /// Files that one compilation may read.
    private static let maximumFiles = 2000

    mutating func bindImport(_ path: ModulePath, alias: Identifier?, _ statement: Statement) {
        guard let module = find(path) else {
            if let name = alias ?? path.names.last {
                failedNames.insert(context.key(name))
                failedNamespaces.insert(name.key)
            }
            return
        }
        if alias != nil, path.isAll {
            guard case .folder = module, alias?.name == "_" else {
                diagnostics.append(
                    .error(
                        "bad-alias", "what is imported with * keeps its names",
                        at: alias?.span ?? path.span,
                        hint: "AS _ hides the tables of a folder; a script takes a namespace"
                            + " without the star: IMPORT script AS name"))
                return
            }
        }
        switch module {
        case .script(let file): importScript(file, path, alias, statement)
        case .table(let file, let name): importTable(name, of: file, alias, path, statement)
        case .tableFile(let file): importTableFile(file, alias, path, statement)
        case .folder(let files):
            if files.isEmpty {
                diagnostics.append(
                    .warning(
                        "empty-module", "there are no table files in this folder", at: path.span,
                        hint: "a table file is called NAME.table.sql"))
            }
            for file in files {
                importTableFile(file, nil, path, statement, prefix: alias?.name ?? "")
            }
        case .functions(let name, let function):
            importLibrary(name, function, alias, path)
        case .foreignFunction(let file):
            refuseForeign(project.files.shownName(file), at: path.span)
        }
    }

    /// ``IMPORT `file.csv` AS name``: a table over a data file.
    mutating func bindFileImport(_ file: Identifier, alias: Identifier?, _ statement: Statement) {
        let base = file.name.split(separator: "/").last.map(String.init) ?? file.name
        let stem = base.split(separator: ".").first.map(String.init) ?? base
        let name = Identifier(alias?.name ?? stem, alias?.span ?? file.span)
        guard let schema = inferredTable(file, name: name, of: context.folder) else {
            failedNames.insert(context.key(name))
            return
        }
        bindCreate(
            schema,
            Statement(
                kind: .createTable(schema), preamble: statement.preamble, span: statement.span))
    }

    mutating func refuseForeign(_ what: String, at span: Span) {
        diagnostics.append(
            .error(
                "unsupported", "\(what) is a function for Flink's virtual machine", at: span,
                hint: "write it as an expression; docs/functions.md lists what there is"))
    }

    private mutating func find(_ path: ModulePath) -> Module? {
        let resolver = ModuleResolver(files: project.files, settings: project.settings)
        do throws(ModuleResolver.Failure) {
            return try resolver.resolve(path, from: context.folder)
        } catch {
            let fixes = error.replacement.map {
                [Fix("write \($0)", replacing: error.span, with: $0)]
            }
            diagnostics.append(
                .error(
                    "unknown-module", error.message, at: error.span, hint: error.hint,
                    fixes: fixes ?? []))
            return nil
        }
    }

    // MARK: Scripts

    private mutating func importScript(
        _ file: ProjectPath, _ path: ModulePath, _ alias: Identifier?, _ statement: Statement
    ) {
        guard let last = path.names.last, let script = open(file, at: path.span) else { return }
        var inner = moduleContext(file, statement)
        if !path.isAll {
            inner.namespace = alias?.name ?? last.name
            inner.isExposed = false
            databases.insert(inner.namespace?.lowercased() ?? "")
        }
        inside(file, inner) { $0.bindStatements(of: script) }
    }

    /// One CREATE TABLE of a script; its other statements are not looked at.
    private mutating func importTable(
        _ name: Identifier, of file: ProjectPath, _ alias: Identifier?, _ path: ModulePath,
        _ statement: Statement
    ) {
        let wanted = alias ?? name
        guard let script = open(file, at: path.span) else {
            failedNames.insert(context.key(wanted))
            return
        }
        let tables = script.createdTables
        guard let (item, table) = find(name, in: script, file) else {
            failedNames.insert(context.key(wanted))
            return
        }
        inside(file, moduleContext(file, statement, importedBy: path.span)) { binder in
            binder.bindCreate(
                table.named(alias), item,
                siblings: Dictionary(tables.map { ($0.1.name.key, $0.1) }) { first, _ in first })
        }
    }

    /// A CREATE TABLE of a script; nil after reporting that it has none of that name.
    private mutating func find(
        _ name: Identifier, in script: Script, _ file: ProjectPath
    ) -> (statement: Statement, table: CreateTable)? {
        let tables = script.createdTables
        if let found = tables.first(where: { $0.1.name.key == name.key }) { return found }
        let isDefinition = script.statements.contains { item in
            guard case .define(let definition) = item.kind else { return false }
            return definition.name.key == name.key
        }
        if isDefinition {
            diagnostics.append(
                .error(
                    "not-importable",
                    "'\(name.name)' is a definition; only a CREATE TABLE is taken by name",
                    at: name.span, hint: "import the script without the name of the table"))
            return nil
        }
        diagnostics.append(
            .misspelt(
                "unknown-table",
                "there is no table '\(name.name)' in \(project.files.shownName(file))",
                at: name.span, name.name, among: tables.map(\.1.name.name)))
        return nil
    }

    /// A CREATE TABLE of another script, to be written to.
    mutating func table(
        _ name: Identifier, of file: ProjectPath, at span: Span
    ) -> CreateTable? {
        guard let script = open(file, at: span) else { return nil }
        return find(name, in: script, file)?.table
    }

    // MARK: Table files

    private mutating func importTableFile(
        _ file: ProjectPath, _ alias: Identifier?, _ path: ModulePath, _ statement: Statement,
        prefix: String = ""
    ) {
        var wanted = alias ?? path.names.last ?? Identifier(file.name, path.span)
        if path.isAll {
            let stem = file.name.dropLast(".table.sql".count)
            wanted = Identifier(prefix + stem, path.span)
        }
        guard let (item, table) = tableStatement(of: file, at: path.span) else {
            failedNames.insert(context.key(wanted))
            return
        }
        let renamed =
            prefix.isEmpty
            ? table.named(alias)
            : table.named(Identifier(prefix + table.name.name, table.name.span))
        // A table that takes its columns from an EXPORT cannot be read.
        if path.isAll, case .file(let name)? = table.like?.source, [".", "*"].contains(name.name) {
            return
        }
        inside(file, moduleContext(file, statement, importedBy: path.span)) {
            $0.bindCreate(renamed, item)
        }
    }

    /// The CREATE TABLE of a table file.
    mutating func tableStatement(
        of file: ProjectPath, at span: Span
    ) -> (statement: Statement, table: CreateTable)? {
        guard let script = open(file, at: span) else { return nil }
        guard let first = script.statements.first, script.statements.count == 1,
            case .createTable(let table) = first.kind
        else {
            if !script.diagnostics.hasErrors {
                diagnostics.append(
                    .error(
                        "bad-table-file",
                        "\(project.files.shownName(file)) is not one CREATE TABLE",
                        at: span, hint: "a table file holds one CREATE TABLE and nothing else"))
            }
            return nil
        }
        return (first, table)
    }

    // MARK: Libraries

    private mutating func importLibrary(
        _ name: String, _ function: Identifier?, _ alias: Identifier?, _ path: ModulePath
    ) {
        guard let library = FunctionLibrary(rawValue: name) else { return }
        if let refusal = library.refusal {
            diagnostics.append(
                .error(
                    "unsupported", "the library stdlib.\(name) is not supported: \(refusal)",
                    at: path.span))
            return
        }
        guard let function else { return }
        let upper = function.name.uppercased()
        guard library.functions.contains(upper) else {
            diagnostics.append(
                .misspelt(
                    "unknown-function", "there is no function \(upper) in stdlib.\(name)",
                    at: function.span, function.name,
                    among: library.functions.map { $0.lowercased() }))
            return
        }
        if let alias { functionAliases[alias.name.uppercased()] = upper }
    }

    // MARK: Files

    /// Reads and parses a file; nil after reporting why it cannot be had.
    private mutating func open(_ file: ProjectPath, at span: Span) -> Script? {
        if openModules.contains(file) {
            let chain = (openModules + [file]).map { project.files.shownName($0) }
            diagnostics.append(
                .error(
                    "import-cycle", "this import leads back to a file that is being imported",
                    at: span, hint: chain.joined(separator: " → ")))
            return nil
        }
        guard openModules.count < Self.maximumDepth, sources.texts.count < Self.maximumFiles else {
            if !diagnostics.contains(where: { $0.code == "too-deep" }) {
                diagnostics.append(
                    .error(
                        "too-deep", "imports are nested too deeply, or too many files are imported",
                        at: span))
            }
            return nil
        }
        let bytes: [UInt8]
        do throws(FileProblem) {
            bytes = try project.files.read(file)
        } catch {
            diagnostics.append(.error("unreadable-file", error.message, at: span))
            return nil
        }
        let values = valuesOfTemplates(file)
        return parse(file, bytes, values: file.name.hasSuffix(".sqrl") ? values : nil)
    }

    private func valuesOfTemplates(_ file: ProjectPath) -> [String: TemplateValue]? {
        guard let include = file.include else { return project.settings.templateValues }
        return project.settings.includes[include]
    }

    /// Adds a file to the sources and parses it.
    mutating func parse(
        _ file: ProjectPath, _ bytes: [UInt8], values: [String: TemplateValue]?
    ) -> Script {
        let name = project.files.shownName(file)
        // A byte order mark is no part of a script.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let text: SourceText
        var isBroken = false
        if let values {
            let (expanded, problems) = sources.add(name: name, template: bytes, values: values)
            diagnostics += problems
            isBroken = problems.hasErrors
            text = expanded
        } else {
            text = sources.add(name: name, bytes: bytes)
        }
        folders[text.base] = file.folder
        let script = Parser.parse(text)
        // What a broken tag leaves behind is not the script that was meant.
        if !isBroken { diagnostics += script.diagnostics }
        return script
    }

    private func moduleContext(
        _ file: ProjectPath, _ statement: Statement, importedBy span: Span? = nil
    ) -> ModuleContext {
        var inner = context
        inner.importedBy = span
        inner.folder = file.folder
        inner.hints = statement.preamble.hints + context.hints
        return inner
    }

    private mutating func inside(
        _ file: ProjectPath, _ inner: ModuleContext, _ body: (inout ScriptBinder) -> Void
    ) {
        let outer = context
        context = inner
        openModules.append(file)
        body(&self)
        openModules.removeLast()
        context = outer
    }
}

extension Script {
    /// The CREATE TABLE statements.
    fileprivate var createdTables: [(Statement, CreateTable)] {
        statements.compactMap { item in
            guard case .createTable(let table) = item.kind else { return nil }
            return (item, table)
        }
    }
}

extension CreateTable {
    /// The same table under another name.
    func named(_ name: Identifier?) -> CreateTable {
        guard let name else { return self }
        var copy = self
        copy.name = name
        return copy
    }
}
