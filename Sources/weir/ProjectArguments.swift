// Which project a command works on.

import ArgumentParser
import WeirEngine

/// A script or a project, and package files merged over its own.
struct ProjectArguments: ParsableArguments {
    @Argument(
        help: "A .sqrl or .sql script, a package.json, or a folder with one of them.")
    var project: String

    @OptionGroup var packages: PackageArguments

    /// - Throws: `ProjectError`.
    func load() throws -> Project { try packages.load(project) }
}

/// Package files given beside the project.
struct PackageArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A package file merged over the project's; may be repeated, the last one wins.",
            valueName: "FILE"))
    var package: [String] = []

    /// - Throws: `ProjectError`.
    func load(_ path: String) throws -> Project { try Project(path: path, packages: package) }
}
