// The files that are open, and what compiling them gives.

import Foundation
import WeirEngine
import WeirPlanner
import WeirSQL

/// Open texts by path, and the projects that they belong to.
struct Workspace {
    /// Texts as the editor has them.
    private(set) var open: [String: String] = [:]

    mutating func set(_ text: String?, for path: String) { open[path] = text }

    /// Compiles the project of a file with the open texts in the place of those on disk.
    ///
    /// - Returns: nil when there is no such project.
    func compile(_ path: String) -> Compilation? {
        for candidate in Self.projects(of: path) {
            guard let project = try? Project(path: candidate) else { continue }
            let overlay = OverlayFiles(files: project.script.files, open: open)
            let script = ScriptProject(
                main: project.script.main, files: overlay, settings: project.script.settings,
                sources: project.script.sources, diagnostics: project.script.diagnostics)
            let compilation = Engine.compile(script)
            let isPart = compilation.sources.texts.contains { Self.absolute($0.name) == path }
            if isPart || candidate == path { return compilation }
        }
        return nil
    }

    /// Package files from the file's folder upwards, then the file itself.
    private static func projects(of path: String) -> [String] {
        var result: [String] = []
        var folder = (path as NSString).deletingLastPathComponent
        for _ in 0..<8 {
            let file = folder + "/package.json"
            if FileManager.default.fileExists(atPath: file) { result.append(file) }
            if folder == "/" || folder.isEmpty { break }
            folder = (folder as NSString).deletingLastPathComponent
        }
        return result + [path]
    }

    static func absolute(_ path: String) -> String {
        let full =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        return (full as NSString).standardizingPath
    }
}

/// The files of a project, open texts first.
private struct OverlayFiles: ProjectFiles {
    let files: any ProjectFiles
    let open: [String: String]

    private func text(_ path: ProjectPath) -> String? {
        open[Workspace.absolute(files.shownName(path))]
    }

    func isFile(_ path: ProjectPath) -> Bool { text(path) != nil || files.isFile(path) }
    func isFolder(_ path: ProjectPath) -> Bool { files.isFolder(path) }
    func names(in folder: ProjectPath) -> [String] { files.names(in: folder) }
    func read(_ path: ProjectPath) throws(FileProblem) -> [UInt8] {
        if let text = text(path) { return Array(text.utf8) }
        return try files.read(path)
    }
    func schema(of path: ProjectPath) throws(FileProblem) -> DataFileSchema {
        try files.schema(of: path)
    }
    func shownName(_ path: ProjectPath) -> String { files.shownName(path) }
    func connectorPath(_ path: ProjectPath) -> String { files.connectorPath(path) }
    func find(named name: String) -> [ProjectPath] { files.find(named: name) }
}
