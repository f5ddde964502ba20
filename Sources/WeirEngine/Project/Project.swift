// What the user names on the command line: a script, a package file, or a folder with one.

import Foundation
package import WeirPlanner
import WeirSQL

/// A failure to find or read a project.
package struct ProjectError: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// A script, the files around it, and its settings.
package struct Project: Sendable {
    package let scriptPath: String
    /// The script's name without its ending.
    package let name: String
    /// The root: relative paths of connectors begin here, imports stay below it.
    package let directory: String
    /// What the compiler needs.
    package var script: ScriptProject
    package let tests: TestSettings
    package let api: ProjectAPI
    /// Whose tokens the API takes; nil when it asks for none.
    package let authentication: AuthSettings?

    /// Finds the project of a path.
    ///
    /// - Parameters:
    ///   - path: a script, a package file, or a folder with one of them.
    ///   - packages: package files that are merged over the project's own, from left to right.
    /// - Throws: `ProjectError` when there is none or more than one, or its settings are broken.
    package init(
        path: String, packages: [String] = [],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ProjectError("there is no file or folder \(path)")
        }
        let target = isFolder.boolValue ? try Self.onlyProject(in: path) : path
        let isPackage = target.lowercased().hasSuffix(".json")
        let files = (isPackage ? [target] : []) + packages
        let settings = files.isEmpty ? nil : try PackageFile(paths: files, environment: environment)
        let folder = Self.folder(of: target)
        var script = target
        if isPackage {
            guard let main = settings?.main else {
                throw ProjectError(
                    "\(target) names no script; add \"script\": {\"main\": \"NAME.sqrl\"}")
            }
            guard !main.hasPrefix("/"), !main.split(separator: "/").contains("..") else {
                throw ProjectError("the script of \(target) is outside of its folder")
            }
            script = folder == "." ? main : "\(folder)/\(main)"
        }
        guard ["sqrl", "sql"].contains((script as NSString).pathExtension.lowercased()) else {
            throw ProjectError("\(script) is not a .sqrl or .sql script")
        }
        guard FileManager.default.fileExists(atPath: script) else {
            throw ProjectError("there is no script \(script)")
        }
        scriptPath = script
        name = ((script as NSString).lastPathComponent as NSString).deletingPathExtension
        directory = folder
        tests = settings?.tests ?? TestSettings()
        authentication = settings?.authentication
        api =
            try settings?.api.loaded { path in
                FileManager.default.contents(atPath: folder + "/" + path).map { Array($0) }
            } ?? ProjectAPI()
        self.script = try Self.compiled(
            script, folder: folder, settings: settings, shown: files.first, environment)
    }

    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// The package file of a folder, else its only script.
    private static func onlyProject(in folder: String) throws -> String {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw ProjectError("cannot list \(folder): \(error.localizedDescription)")
        }
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        let shown = base == "./" ? "" : base
        if names.contains("package.json") { return shown + "package.json" }
        let scripts = names.filter { name in
            (name.hasSuffix(".sqrl") || name.hasSuffix(".sql")) && !name.hasSuffix(".table.sql")
        }.sorted()
        let packages = names.filter { $0.hasSuffix("package.json") || $0.hasPrefix("package-") }
            .filter { $0.hasSuffix(".json") }.sorted()
        switch scripts.count {
        case 1 where packages.isEmpty: return base + scripts[0]
        case 0 where packages.isEmpty:
            throw ProjectError("there is no package.json and no .sqrl or .sql script in \(folder)")
        default:
            throw ProjectError(
                "there is more than one script in \(folder):"
                    + " \((packages + scripts).joined(separator: ", ")); name one")
        }
    }

    private static func compiled(
        _ script: String, folder: String, settings: PackageFile?, shown: String?,
        _ environment: [String: String]
    ) throws -> ScriptProject {
        var result = ProjectSettings()
        result.environment = environment
        var folders: [String: String] = [:]
        var diagnostics: [Diagnostic] = []
        var sources = SourceMap()
        if let settings {
            result.templateValues = settings.config
            result.timeZone = settings.timeZone
            result.durations = settings.durations
            result.costModel = settings.costModel
            result.logger = settings.logger
            result.servesSources = true
            result.defaultLimit = settings.defaultLimit
            for include in settings.includes {
                let path = folder == "." ? include.package : "\(folder)/\(include.package)"
                let package = try PackageFile(paths: [path], environment: environment)
                folders[include.name] = Self.folder(of: path)
                result.includes[include.name] = package.config.merging(include.config) { $1 }
            }
            let findings = settings.unknownKeys.count + settings.problems.count
            if findings > 0, let shown {
                let bytes = FileManager.default.contents(atPath: shown).map { Array($0) } ?? []
                let text = sources.add(name: shown, bytes: bytes)
                diagnostics = settings.unknownKeys.map { warning($0, in: text) }
                diagnostics += settings.problems.map { key, message in
                    .error("bad-setting", "'\(key)' \(message)", at: place(of: key, in: text))
                }
            }
        }
        let relative = folder == "." ? script : String(script.dropFirst(folder.count + 1))
        let main = ProjectPath(
            relative.split(separator: "/").map(String.init).filter { $0 != "." })
        return ScriptProject(
            main: main, files: ProjectFolder(root: folder, includes: folders), settings: result,
            sources: sources, diagnostics: diagnostics)
    }

    private static func warning(_ key: String, in text: SourceText) -> Diagnostic {
        let nearest = nearestName(to: key, among: PackageFile.knownKeys)
        return .warning(
            "unknown-setting", "there is no setting '\(key)'", at: place(of: key, in: text),
            hint: nearest.map { "did you mean \($0)?" })
    }

    /// Where a key is first written.
    private static func place(of key: String, in text: SourceText) -> Span {
        let quoted = Array("\"\(key)\"".utf8)
        let starts = text.bytes.indices.dropLast(max(0, quoted.count - 1))
        let start =
            starts.first { text.bytes[$0..<$0 + quoted.count].elementsEqual(quoted) } ?? 0
        return Span(text.base + start, text.base + start + quoted.count)
    }

    /// `PROJECT/.weir/NAME.db`
    package var defaultStorePath: String { "\(directory)/.weir/\(name).db" }
}
