// What the user names on the command line: a script, or a folder with one.

import Foundation
package import WeirSQL

/// A failure to find or read a project.
package struct ProjectError: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// A script and where it lives.
package struct Project: Sendable {
    package let scriptPath: String
    /// The script's name without its ending.
    package let name: String
    /// The folder of the script; relative paths begin here.
    package let directory: String

    /// Finds the script of a path.
    ///
    /// - Throws: `ProjectError` when there is none or more than one.
    package init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ProjectError("there is no file or folder \(path)")
        }
        let script = isFolder.boolValue ? try Self.onlyScript(in: path) : path
        let ending = (script as NSString).pathExtension.lowercased()
        if (script as NSString).lastPathComponent == "package.json" {
            throw ProjectError("package.json projects are not supported yet; name the .sqrl script")
        }
        guard ["sqrl", "sql"].contains(ending) else {
            throw ProjectError("\(script) is not a .sqrl or .sql script")
        }
        scriptPath = script
        name = ((script as NSString).lastPathComponent as NSString).deletingPathExtension
        let folder = (script as NSString).deletingLastPathComponent
        directory = folder.isEmpty ? "." : folder
    }

    private static func onlyScript(in folder: String) throws -> String {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw ProjectError("cannot list \(folder): \(error.localizedDescription)")
        }
        let scripts = names.filter { $0.hasSuffix(".sqrl") || $0.hasSuffix(".sql") }.sorted()
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        switch scripts.count {
        case 1: return base + scripts[0]
        case 0: throw ProjectError("there is no .sqrl or .sql script in \(folder)")
        default:
            throw ProjectError(
                "there is more than one script in \(folder): \(scripts.joined(separator: ", "));"
                    + " name one")
        }
    }

    /// Reads the script.
    ///
    /// - Throws: `ProjectError` when it cannot be read or is too large.
    package func source() throws -> SourceText {
        guard let data = FileManager.default.contents(atPath: scriptPath) else {
            throw ProjectError("cannot read \(scriptPath)")
        }
        guard data.count <= 8 << 20 else {
            throw ProjectError("\(scriptPath) is larger than 8 MiB")
        }
        return SourceText(name: scriptPath, bytes: Array(data))
    }

    /// `PROJECT/.weir/NAME.db`
    package var defaultStorePath: String { "\(directory)/.weir/\(name).db" }
}
