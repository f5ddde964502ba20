// CREATE TABLE … LIKE: columns and options taken from a table, a data file or an Avro schema.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// The statement with everything that it takes from elsewhere; nil after reporting why not.
    ///
    /// - Parameters:
    ///   - siblings: other tables of the file, by lower-case name, that are not bound.
    ///   - exported: the columns of what is written to it, for LIKE `*`.
    mutating func expandLike(
        _ table: CreateTable, siblings: [String: CreateTable] = [:],
        exported: [Field]? = nil
    ) -> CreateTable? {
        guard let like = table.like else { return table }
        switch like.source {
        case .file(let file) where file.name == "." || file.name == "*":
            guard let exported else {
                diagnostics.append(
                    .error(
                        "misplaced-like",
                        "LIKE `\(file.name)` belongs to a table that is exported to",
                        at: like.span,
                        hint: "it stands for the columns of the table in EXPORT … TO"))
                return nil
            }
            let columns = exported.map { ($0.name, "\($0.type)") }
            guard
                let base = parsedTable(
                    table.name, columns, options: [], label: "the columns that are exported")
            else { return nil }
            return table.merged(with: base, LikeOptions(like.options))
        case .file(let file):
            let folder = folders[sources.text(at: like.span.start).base] ?? context.folder
            guard let base = inferredTable(file, name: table.name, of: folder) else { return nil }
            return table.merged(with: base, LikeOptions(like.options))
        case .table(let path):
            return expandLikeTable(table, path, like, siblings)
        }
    }

    private mutating func expandLikeTable(
        _ table: CreateTable, _ path: [Identifier], _ like: TableLike,
        _ siblings: [String: CreateTable]
    ) -> CreateTable? {
        guard let name = path.last else { return nil }
        let key = path.count > 1 ? path.map(\.key).joined(separator: ".") : context.key(name)
        if let base = createStatements[key] {
            return table.merged(with: base, LikeOptions(like.options))
        }
        if let sibling = siblings[name.key], sibling.name.key != table.name.key {
            // Without itself: a table that is like a table that is like it ends here.
            var others = siblings
            others[name.key] = nil
            guard let base = expandLike(sibling, siblings: others) else { return nil }
            return table.merged(with: base, LikeOptions(like.options))
        }
        if failedNames.contains(key) { return nil }
        if tables[key] != nil {
            diagnostics.append(
                .error(
                    "not-a-table", "'\(name.name)' is a definition, LIKE takes a CREATE TABLE",
                    at: like.span))
            return nil
        }
        diagnostics.append(
            .misspelt(
                "unknown-table", "there is no table '\(name.name)'", at: name.span, name.name,
                among: createStatements.values.map(\.name.name)))
        return nil
    }

    /// A CREATE TABLE made from a data file.
    mutating func inferredTable(
        _ file: Identifier, name: Identifier, of folder: ProjectPath
    ) -> CreateTable? {
        guard let path = ProjectPath(file.name, from: folder) else {
            diagnostics.append(
                .error(
                    "outside-project", "\(file.name) is outside of the project", at: file.span,
                    hint: "files are named by paths relative to the script"))
            return nil
        }
        let schema: DataFileSchema
        do throws(FileProblem) {
            schema = try project.files.schema(of: path)
        } catch {
            diagnostics.append(.error("unreadable-file", error.message, at: file.span))
            return nil
        }
        let names = schema.columns.map { $0.name.lowercased() }
        if let index = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            diagnostics.append(
                .error(
                    "duplicate-column",
                    "\(file.name) has two columns that are called '\(schema.columns[index].name)'"
                        + " when case does not count", at: file.span,
                    hint: "declare the table: CREATE TABLE t (…) WITH (…)"))
            return nil
        }
        var options: [(key: String, value: String)] = []
        if let format = schema.format {
            options = [
                ("connector", "filesystem"), ("path", project.files.connectorPath(path)),
                ("format", format),
            ]
            options += schema.options
        }
        return parsedTable(
            name, schema.columns, options: options,
            label: "the columns of \(project.files.shownName(path))")
    }

    /// A CREATE TABLE as a text of its own, so that what is said about it can be shown.
    private mutating func parsedTable(
        _ name: Identifier, _ columns: [(name: String, type: String)],
        options: [(key: String, value: String)], label: String
    ) -> CreateTable? {
        let lines = columns.map { "  \(Identifier.quoted($0.name)) \($0.type)" }
        var text =
            "CREATE TABLE \(Identifier.quoted(name.name)) (\n\(lines.joined(separator: ",\n"))\n)"
        if !options.isEmpty {
            let list = options.map { "'\($0.key)' = '\($0.value.replacing("'", with: "''"))'" }
            text += " WITH (\(list.joined(separator: ", ")))"
        }
        let source = sources.add(name: label, bytes: Array((text + ";").utf8))
        let script = Parser.parse(source)
        diagnostics += script.diagnostics
        folders[source.base] = ProjectPath()
        guard case .createTable(var table)? = script.statements.first?.kind else { return nil }
        table.name = name
        return table
    }
}

/// What LIKE takes over (Flink: CREATE TABLE … LIKE). Without options everything, and options of
/// the new table win.
struct LikeOptions {
    enum Feature: String, CaseIterable {
        case constraints = "CONSTRAINTS"
        case distribution = "DISTRIBUTION"
        case generated = "GENERATED"
        case metadata = "METADATA"
        case options = "OPTIONS"
        case partitions = "PARTITIONS"
        case watermarks = "WATERMARKS"
    }

    private var excluded: Set<Feature> = []

    init(_ written: [String]) {
        for clause in written {
            let words = clause.split(separator: " ").map(String.init)
            guard words.count == 2 else { continue }
            let features: [Feature] =
                words[1] == "ALL"
                ? Feature.allCases : Feature(rawValue: words[1]).map { [$0] } ?? []
            if words[0] == "EXCLUDING" {
                excluded.formUnion(features)
            } else {
                excluded.subtract(features)
            }
        }
    }

    func takes(_ feature: Feature) -> Bool { !excluded.contains(feature) }
}

extension CreateTable {
    /// This table with what it takes from another; what it says itself wins.
    func merged(with base: CreateTable, _ options: LikeOptions) -> CreateTable {
        var copy = self
        copy.like = nil
        let hasKey = elements.contains { if case .primaryKey = $0 { true } else { false } }
        let hasWatermark = elements.contains { if case .watermark = $0 { true } else { false } }
        let own = Dictionary(
            elements.compactMap { element in element.columnName.map { ($0, element) } }
        ) { first, _ in first }
        let taken = base.elements.filter { element in
            switch element {
            case .column: return true
            case .computed: return options.takes(.generated)
            case .metadata: return options.takes(.metadata)
            case .primaryKey: return options.takes(.constraints) && !hasKey
            case .check: return options.takes(.constraints)
            case .watermark: return options.takes(.watermarks) && !hasWatermark
            }
        }
        // A column that is declared again keeps its place.
        let names = Set(taken.compactMap(\.columnName))
        copy.elements =
            taken.map { element in element.columnName.flatMap { own[$0] } ?? element }
            + elements.filter { !($0.columnName.map { names.contains($0) } ?? false) }
        let ownKeys = Set(self.options.map(\.key))
        if options.takes(.options) {
            // A table of another connector takes no options over.
            let isOther = ownKeys.contains("connector")
            let inherited = base.options.filter { !ownKeys.contains($0.key) }
            copy.options += isOther ? [] : inherited
            copy.hasOptions = copy.hasOptions || base.hasOptions
        }
        if partitionedBy.isEmpty, options.takes(.partitions) {
            copy.partitionedBy = base.partitionedBy
        }
        return copy
    }
}

extension TableElement {
    /// The lower-case name of a column.
    var columnName: String? {
        switch self {
        case .column(let name, _, _), .computed(let name, _), .metadata(let name, _, _, _, _):
            name.key
        case .primaryKey, .watermark, .check: nil
        }
    }
}
