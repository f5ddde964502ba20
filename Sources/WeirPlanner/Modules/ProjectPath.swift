// Where a file of a project is.

/// A path below the root of a project, or of another project that it includes.
package struct ProjectPath: Hashable, Sendable, CustomStringConvertible {
    /// The name of the include; nil for the project itself.
    package let include: String?
    /// Names from the root down.
    package let parts: [String]

    package init(include: String? = nil, _ parts: [String] = []) {
        self.include = include
        self.parts = parts
    }

    /// A relative path in text; nil when it leads out of the root.
    package init?(_ text: String, from folder: ProjectPath) {
        guard !text.hasPrefix("/") else { return nil }
        var parts = folder.parts
        for part in text.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(String(part))
            } else if parts.popLast() == nil {
                return nil
            }
        }
        self.init(include: folder.include, parts)
    }

    package var root: ProjectPath { ProjectPath(include: include) }

    package var folder: ProjectPath { ProjectPath(include: include, Array(parts.dropLast())) }

    package var name: String { parts.last ?? "" }

    package func appending(_ part: String) -> ProjectPath {
        ProjectPath(include: include, parts + [part])
    }

    package var description: String {
        (include.map { "\($0):" } ?? "") + (parts.isEmpty ? "." : parts.joined(separator: "/"))
    }
}
