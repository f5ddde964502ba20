// The theme that the user names.

import ArgumentParser
import Foundation
import WeirTUI

enum ThemeChoice {
    /// Loads a theme by name or path.
    ///
    /// - Returns: nil when the themes are not installed; the screen is then without colours.
    /// - Throws: `ExitCode` 2 for a theme that does not exist or is broken.
    static func load(_ name: String) throws -> ThemeFile? {
        let folders = [userFolder, Resources.folder("themes")].compactMap { $0 }
        let paths = name.hasSuffix(".toml") ? [name] : folders.map { "\($0)/\(name).toml" }
        guard let path = paths.first(where: Files.exists) else {
            if folders.isEmpty, name == "dark" { return nil }
            let names = folders.flatMap(themeNames)
            throw Failure.usage(
                "there is no theme '\(name)'; themes: \(names.sorted().joined(separator: ", "))")
        }
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return try ThemeFile(toml: text, path: path)
        } catch let error as ThemeError {
            throw Failure.usage(error.description)
        } catch {
            throw Failure.usage("cannot read \(path): \(error.localizedDescription)")
        }
    }

    /// `$XDG_CONFIG_HOME/weir/themes`
    private static var userFolder: String? {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" }
        return base.map { $0 + "/weir/themes" }.flatMap { Files.isFolder($0) ? $0 : nil }
    }

    private static func themeNames(_ folder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }
    }
}
