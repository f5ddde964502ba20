// The files of a project on disk.

import Foundation
import WeirConnectors
package import WeirPlanner

/// A folder and the folders of what it includes; links that lead out of them are not followed.
package struct ProjectFolder: ProjectFiles {
    /// As the user named it; `.` for the folder at hand.
    private let root: String
    /// Folders of includes by their name.
    private let includes: [String: String]
    /// Bytes that a script may have.
    private static let maximumBytes = 8 << 20
    /// Folders that are not searched for data files.
    private static let skippedFolders: Set<String> = ["build", "node_modules", "target"]
    private static let maximumEntries = 20_000

    init(root: String, includes: [String: String] = [:]) {
        self.root = root
        self.includes = includes
    }

    private func diskPath(_ path: ProjectPath) -> String {
        let base = path.include.flatMap { includes[$0] } ?? root
        return ([base] + path.parts).joined(separator: "/")
    }

    /// Whether a path, with its links followed, is below the root.
    private func isInside(_ path: ProjectPath) -> Bool {
        let base = path.include.flatMap { includes[$0] } ?? root
        guard let real = Self.resolved(diskPath(path)), let realBase = Self.resolved(base) else {
            return false
        }
        return real == realBase || real.hasPrefix(realBase == "/" ? "/" : realBase + "/")
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private func kind(_ path: ProjectPath) -> FileAttributeType? {
        guard isInside(path), let real = Self.resolved(diskPath(path)) else { return nil }
        let attributes = try? FileManager.default.attributesOfItem(atPath: real)
        return attributes?[.type] as? FileAttributeType
    }

    package func isFile(_ path: ProjectPath) -> Bool { kind(path) == .typeRegular }

    package func isFolder(_ path: ProjectPath) -> Bool { kind(path) == .typeDirectory }

    package func names(in folder: ProjectPath) -> [String] {
        guard isFolder(folder) else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: diskPath(folder))) ?? []
        return names.sorted()
    }

    package func read(_ path: ProjectPath) throws(FileProblem) -> [UInt8] {
        let shown = shownName(path)
        try check(path)
        guard let data = FileManager.default.contents(atPath: diskPath(path)) else {
            throw FileProblem("cannot read \(shown)")
        }
        guard data.count <= Self.maximumBytes else {
            throw FileProblem("\(shown) is larger than 8 MiB")
        }
        return Array(data)
    }

    package func schema(of path: ProjectPath) throws(FileProblem) -> DataFileSchema {
        try check(path)
        return try SchemaDiscovery.schema(path: diskPath(path), shown: shownName(path))
    }

    private func check(_ path: ProjectPath) throws(FileProblem) {
        let shown = shownName(path)
        guard FileManager.default.fileExists(atPath: diskPath(path)) else {
            throw FileProblem("there is no file \(shown)")
        }
        guard isInside(path) else {
            throw FileProblem("\(shown) is a link that leads out of the project")
        }
        guard isFile(path) else { throw FileProblem("\(shown) is not a file") }
    }

    package func shownName(_ path: ProjectPath) -> String {
        let disk = diskPath(path)
        return disk.hasPrefix("./") ? String(disk.dropFirst(2)) : disk
    }

    /// Relative to the root, where connectors begin; absolute for includes.
    package func connectorPath(_ path: ProjectPath) -> String {
        guard path.include != nil else { return path.parts.joined(separator: "/") }
        let disk = diskPath(path)
        return disk.hasPrefix("/")
            ? disk : FileManager.default.currentDirectoryPath + "/" + disk
    }

    package func find(named name: String) -> [ProjectPath] {
        var found: [ProjectPath] = []
        var open = [ProjectPath()]
        var entries = 0
        while let folder = open.popLast(), entries < Self.maximumEntries {
            for entry in names(in: folder) where !entry.hasPrefix(".") {
                entries += 1
                let path = folder.appending(entry)
                if entry == name, isFile(path) { found.append(path) }
                let link = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: diskPath(path))
                if link == nil, !Self.skippedFolders.contains(entry), isFolder(path) {
                    open.append(path)
                }
            }
        }
        return found.sorted { "\($0)" < "\($1)" }
    }
}
