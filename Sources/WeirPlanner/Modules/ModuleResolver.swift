// What the path of an IMPORT or an EXPORT means.

import WeirSQL

/// What an import finds.
enum Module {
    /// A script: all of it.
    case script(ProjectPath)
    /// One CREATE TABLE of a script.
    case table(ProjectPath, name: Identifier)
    /// A file with one CREATE TABLE.
    case tableFile(ProjectPath)
    /// The table files of a folder.
    case folder([ProjectPath])
    /// A library of functions, or one of its functions.
    case functions(String, function: Identifier?)
    /// A function written for Flink.
    case foreignFunction(ProjectPath)
}

/// Finds modules; names are matched without regard to case when no file has them exactly.
struct ModuleResolver {
    let files: any ProjectFiles
    let settings: ProjectSettings

    /// Why nothing was found.
    struct Failure: Error {
        let message: String
        let span: Span
        let hint: String?
        /// What to write instead of the name at `span`.
        var replacement: String?
    }

    /// - Parameter folder: of the file that imports.
    func resolve(_ path: ModulePath, from folder: ProjectPath) throws(Failure) -> Module {
        guard let first = path.names.first else {
            throw Failure(message: "an import needs a name", span: path.span, hint: nil)
        }
        if first.key == "stdlib" { return try library(path) }
        var base = folder
        var names = path.names[...]
        if first.key == "root", path.names.count > 1 {
            base = folder.root
            names = names.dropFirst()
        } else if let include = settings.includes.keys.first(where: { $0.lowercased() == first.key }
        ),
            path.names.count > 1
        {
            base = ProjectPath(include: include)
            names = names.dropFirst()
        }
        return path.isAll ? try all(names, base, path) : try one(names, base, path)
    }

    // MARK: Files

    private func one(
        _ names: ArraySlice<Identifier>, _ base: ProjectPath, _ path: ModulePath
    ) throws(Failure) -> Module {
        guard let last = names.last else {
            throw Failure(message: "an import needs a name", span: path.span, hint: nil)
        }
        if let folder = folder(names.dropLast(), base) {
            if let file = file(last.name + ".table.sql", folder) { return .tableFile(file) }
            if let file = file(last.name + ".sqrl", folder) { return .script(file) }
        }
        if let owner = names.dropLast().last, let folder = folder(names.dropLast(2), base),
            let file = file(owner.name + ".sqrl", folder)
        {
            return .table(file, name: last)
        }
        if let folder = folder(names.dropLast(), base) {
            for ending in [".function.json", ".java", ".jar"] {
                if let file = file(last.name + ending, folder) { return .foreignFunction(file) }
            }
            if entry(last.name, folder, isFolder: true) != nil {
                throw Failure(
                    message: "'\(last.name)' is a folder", span: path.span,
                    hint: "write IMPORT \(path.names.map(\.name).joined(separator: ".")).*")
            }
        }
        throw missing(names, base, path)
    }

    private func all(
        _ names: ArraySlice<Identifier>, _ base: ProjectPath, _ path: ModulePath
    ) throws(Failure) -> Module {
        if let last = names.last, let folder = folder(names.dropLast(), base),
            let file = file(last.name + ".sqrl", folder)
        {
            return .script(file)
        }
        guard let folder = folder(names, base) else { throw missing(names, base, path) }
        let tables = files.names(in: folder).filter { $0.hasSuffix(".table.sql") }
        return .folder(tables.map { folder.appending($0) })
    }

    private func folder(_ names: ArraySlice<Identifier>, _ base: ProjectPath) -> ProjectPath? {
        var current = base
        for name in names {
            guard let next = entry(name.name, current, isFolder: true) else { return nil }
            current = next
        }
        return current
    }

    private func file(_ name: String, _ folder: ProjectPath) -> ProjectPath? {
        entry(name, folder, isFolder: false)
    }

    private func entry(_ name: String, _ folder: ProjectPath, isFolder: Bool) -> ProjectPath? {
        // A name may be quoted and hold anything, but it is one name.
        guard !name.contains("/"), name != "..", name != "." else { return nil }
        let exact = folder.appending(name)
        if isFolder ? files.isFolder(exact) : files.isFile(exact) { return exact }
        let found = files.names(in: folder).first { $0.lowercased() == name.lowercased() }
        guard let path = found.map(folder.appending) else { return nil }
        return (isFolder ? files.isFolder(path) : files.isFile(path)) ? path : nil
    }

    /// Names the first part of a path that is not there, and what is near.
    private func missing(
        _ names: ArraySlice<Identifier>, _ base: ProjectPath, _ path: ModulePath
    ) -> Failure {
        var current = base
        for name in names {
            if let next = entry(name.name, current, isFolder: true) {
                current = next
                continue
            }
            let isScript = file(name.name + ".sqrl", current) != nil
            if isScript, name.span.start != names.last?.span.start {
                return Failure(
                    message: "'\(name.name)' is a script, there is nothing below its tables",
                    span: path.span, hint: "write IMPORT … .\(name.name).Table")
            }
            if name.name.contains("/") || name.name.hasPrefix(".") {
                return Failure(
                    message: "'\(name.name)' is no module and no data file of the project",
                    span: name.span,
                    hint:
                        "data files are csv, tsv, jsonl, ndjson or json (also .gz), named from the"
                        + " script's folder on")
            }
            if let dot = name.name.lastIndex(of: "."), name.name[dot...].count <= 8 {
                return Failure(
                    message: "there is no way to read \(name.name)", span: name.span,
                    hint: "data files are csv, tsv, jsonl, ndjson or json (also .gz)")
            }
            let known = modules(in: current).filter { $0.lowercased() != name.key }
            let nearest = nearestName(to: name.name, among: known)
            return Failure(
                message: "there is no module '\(name.name)' in \(files.shownName(current))",
                span: name.span,
                hint: nearest.map { "did you mean \($0)?" }
                    ?? "an import is a script (NAME.sqrl), a table file (NAME.table.sql) or a folder"
                    + (known.isEmpty ? "" : "; here: \(known.prefix(8).joined(separator: ", "))"),
                replacement: nearest)
        }
        return Failure(message: "there is nothing to import", span: path.span, hint: nil)
    }

    private func modules(in folder: ProjectPath) -> [String] {
        files.names(in: folder).compactMap { name -> String? in
            for ending in [".table.sql", ".sqrl"] where name.hasSuffix(ending) {
                return String(name.dropLast(ending.count))
            }
            return files.isFolder(folder.appending(name)) && !name.hasPrefix(".") ? name : nil
        }
    }

    // MARK: Libraries

    private func library(_ path: ModulePath) throws(Failure) -> Module {
        guard path.names.count > 1 else {
            throw Failure(
                message: "stdlib is a set of libraries", span: path.span,
                hint: "write IMPORT stdlib.math.*")
        }
        let library = path.names[1]
        guard FunctionLibrary(rawValue: library.key) != nil else {
            let known = FunctionLibrary.allCases.map(\.rawValue)
            let nearest = nearestName(to: library.name, among: known)
            throw Failure(
                message: "there is no library stdlib.\(library.name)", span: library.span,
                hint: nearest.map { "did you mean \($0)?" }
                    ?? "libraries: \(known.joined(separator: ", "))", replacement: nearest)
        }
        guard path.names.count <= 3 else {
            throw Failure(
                message: "a library holds functions, nothing is below them", span: path.span,
                hint: nil)
        }
        return .functions(library.key, function: path.names.count == 3 ? path.names[2] : nil)
    }
}

/// The libraries of SQRL that an IMPORT may name.
enum FunctionLibrary: String, CaseIterable {
    case math
    case openai
    case openaiAsync = "openai_async"
    case iceberg

    /// The functions in it.
    var functions: [String] {
        switch self {
        case .math:
            [
                "CBRT", "COPY_SIGN", "EXPM1", "HYPOT", "LOG1P", "NEXT_AFTER", "SCALB", "ULP",
                "BINOMIAL_DISTRIBUTION", "EXPONENTIAL_DISTRIBUTION", "NORMAL_DISTRIBUTION",
                "POISSON_DISTRIBUTION",
            ]
        case .openai, .openaiAsync: ["COMPLETIONS", "EXTRACT_JSON", "VECTOR_EMBED"]
        case .iceberg: ["READ_PARTITION_SIZES", "DELETE_DUPLICATED_DATA"]
        }
    }

    /// Why its functions cannot run here; nil when they can.
    var refusal: String? {
        switch self {
        case .math: nil
        case .openai, .openaiAsync: "it calls a service on the network for each row"
        case .iceberg: "there is no Iceberg engine here"
        }
    }
}
