// What a package file says of the API: versions with schemas and operations of their own, and how
// the generated one is (`script.graphql`, `script.api`, `script.operations`, `compiler.api`).

import Foundation

/// A file of the project with its text.
package struct ProjectText: Sendable {
    /// As the package file names it.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// One version of an API, which is the first part of its paths.
package struct APIVersion: Sendable {
    package var name = "v1"
    /// The schema of the project; nil for the one that the script gives.
    package var schema: ProjectText?
    /// Documents with operations of their own.
    package var operations: [ProjectText] = []

    package init() {}
}

package struct ProjectAPI: Sendable {
    /// Which operations REST and MCP have (`compiler.api.endpoints`).
    package enum Endpoints: String, Sendable {
        case full = "FULL"
        /// Those of files only.
        case operationsOnly = "OPS_ONLY"
        case graphQL = "GRAPHQL"
    }

    package var versions = [APIVersion()]
    /// Of `GRAPHQL`, `REST`, `MCP`.
    package var protocols: Set<String> = ["GRAPHQL", "REST", "MCP"]
    package var endpoints = Endpoints.full
    /// Whether tools are called `GetName` and `AddName`.
    package var hasPrefix = true
    /// Lists inside of lists that an operation selects.
    package var maximumResultDepth = 3
    /// Whether BIGINT is `Long`; otherwise it is `Float`.
    package var hasExtendedScalars = true
    /// Whether lists say where they are among all rows.
    package var hasPages = false

    package init() {}
}

/// Reads the settings from JSON and notes what is wrong with them.
struct ProjectAPIReader {
    private(set) var settings = ProjectAPI()
    private(set) var problems: [(key: String, message: String)] = []
    /// Schema and operations as they are named, by version.
    private(set) var files: [(version: String, schema: String?, operations: [String])] = []

    /// - Parameters:
    ///   - script: `script`.
    ///   - compiler: `compiler`.
    init(script: [String: Any], compiler: [String: Any]) {
        readVersions(script)
        let api = compiler["api"] as? [String: Any] ?? [:]
        switch api["protocols"] {
        case nil: break
        case let list as [String]
        where !list.isEmpty && list.allSatisfy({ ["GRAPHQL", "REST", "MCP"].contains($0) }):
            settings.protocols = Set(list)
        default: problems.append(("protocols", "is a list of GRAPHQL, REST and MCP"))
        }
        switch api["endpoints"] {
        case nil: break
        case let text as String where ProjectAPI.Endpoints(rawValue: text) != nil:
            settings.endpoints = ProjectAPI.Endpoints(rawValue: text) ?? .full
        default: problems.append(("endpoints", "is FULL, OPS_ONLY or GRAPHQL"))
        }
        settings.hasPrefix = flag("add-prefix", api, true)
        settings.hasExtendedScalars = flag("extended-scalar-types", compiler, true)
        settings.hasPages = flag("paginated-results", api, false)
        switch api["max-result-depth"] {
        case nil: break
        case let depth as Int where (1...12).contains(depth): settings.maximumResultDepth = depth
        default: problems.append(("max-result-depth", "is 1 to 12"))
        }
    }

    private mutating func flag(_ key: String, _ object: [String: Any], _ other: Bool) -> Bool {
        guard let value = object[key] else { return other }
        if let flag = value as? Bool { return flag }
        problems.append((key, "is true or false"))
        return other
    }

    private mutating func readVersions(_ script: [String: Any]) {
        func texts(_ value: Any?, _ key: String) -> [String] {
            switch value {
            case nil: return []
            case let text as String: return [text]
            case let list as [String]: return list
            default:
                problems.append((key, "is a list of files"))
                return []
            }
        }
        let schema = script["graphql"] as? String
        let operations = texts(script["operations"], "operations")
        files = [("v1", schema?.isEmpty == true ? nil : schema, operations)]
        guard let versions = script["api"] as? [String: Any], !versions.isEmpty else { return }
        files = versions.keys.sorted().compactMap { name in
            guard let version = versions[name] as? [String: Any] else {
                problems.append((name, "is an object with 'schema' and 'operations'"))
                return nil
            }
            let isName = name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte == 0x2D
                    || byte == 0x5F
            }
            guard isName, !name.isEmpty else {
                problems.append((name, "is no part of a path"))
                return nil
            }
            return (
                name, version["schema"] as? String, texts(version["operations"], "operations")
            )
        }
    }

    /// The settings with the texts of their files.
    ///
    /// - Parameter read: gives the bytes of a file; nil when there is none.
    /// - Throws: `ProjectError` that names what cannot be read.
    func loaded(_ read: (String) -> [UInt8]?) throws -> ProjectAPI {
        func text(_ path: String) throws -> ProjectText {
            guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
                throw ProjectError("\(path) is outside of the project's folder")
            }
            guard let bytes = read(path) else { throw ProjectError("cannot read \(path)") }
            return ProjectText(path: path, bytes: bytes)
        }
        var result = settings
        result.versions = try files.map { file in
            var version = APIVersion()
            version.name = file.version
            version.schema = try file.schema.map(text)
            version.operations = try file.operations.map(text)
            return version
        }
        return result
    }
}
