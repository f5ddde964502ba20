// package.json: what DataSQRL calls a project.

import Foundation
import WeirPlanner
import WeirSQL

/// The settings of one or more package files, merged.
struct PackageFile {
    private let json: [String: Any]

    /// Files are merged from left to right: objects key by key, everything else is replaced.
    ///
    /// - Throws: `ProjectError` when a file cannot be read or is not a JSON object.
    init(paths: [String], environment: [String: String]) throws {
        var merged: [String: Any] = [:]
        for path in paths {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ProjectError("cannot read \(path)")
            }
            let object: Any
            do {
                object = try JSONSerialization.jsonObject(with: data)
            } catch {
                let reason = (error as NSError).userInfo["NSDebugDescription"] as? String
                throw ProjectError("\(path) is not JSON: \(reason ?? "it is broken")")
            }
            guard let settings = object as? [String: Any] else {
                throw ProjectError("\(path) is not a JSON object")
            }
            merged = Self.merge(merged, settings)
        }
        json = Self.resolve(merged, environment) as? [String: Any] ?? merged
    }

    private static func merge(_ left: [String: Any], _ right: [String: Any]) -> [String: Any] {
        left.merging(right) { old, new in
            guard let old = old as? [String: Any], let new = new as? [String: Any] else {
                return new
            }
            return merge(old, new)
        }
    }

    /// Variables of the environment in all texts; secrets stay.
    private static func resolve(_ value: Any, _ environment: [String: String]) -> Any {
        switch value {
        case let text as String:
            EnvironmentText(text, environment, resolvesSecrets: false).text
        case let list as [Any]: list.map { resolve($0, environment) }
        case let object as [String: Any]: object.mapValues { resolve($0, environment) }
        default: value
        }
    }

    private func value(_ path: String...) -> Any? { value(path) }

    private func value(_ path: [String]) -> Any? {
        var current: Any? = json
        for key in path { current = (current as? [String: Any])?[key] }
        return current
    }

    /// `script.main`: the script, relative to the package file.
    var main: String? { value("script", "main") as? String }

    /// `script.config` as the values of templates.
    var config: [String: TemplateValue] {
        guard case .object(let values) = Self.templateValue(value("script", "config") ?? [:]) else {
            return [:]
        }
        return values
    }

    /// `script.include`: names, their package files and the values that override theirs.
    var includes: [(name: String, package: String, config: [String: TemplateValue])] {
        guard let includes = value("script", "include") as? [String: Any] else { return [] }
        return includes.keys.sorted().compactMap { name in
            guard let include = includes[name] as? [String: Any],
                let package = include["package"] as? String
            else { return nil }
            var config: [String: TemplateValue] = [:]
            if case .object(let values) = Self.templateValue(include["config"] ?? [:]) {
                config = values
            }
            return (name, package, config)
        }
    }

    /// `compiler.cost-model`
    var costModel: CostModel {
        (value("compiler", "cost-model") as? String).flatMap { CostModel(rawValue: $0) }
            ?? .standard
    }

    /// `compiler.logger`
    var logger: Logger {
        (value("compiler", "logger") as? String).map(Logger.init(setting:)) ?? .print
    }

    /// What may follow `logger`: names of engines in DataSQRL stand for a log.
    private static let loggers = [
        "print", "none", "log", "kafka", "flink", "vertx", "postgres", "iceberg", "duckdb",
        "snowflake",
    ]

    /// Settings of a wrong kind: the last key of the path, and what it should be.
    var problems: [(key: String, message: String)] {
        let objects = [
            ["script"], ["script", "config"], ["script", "include"], ["compiler"], ["engines"],
            ["engines", "flink"], ["engines", "flink", "config"], ["connectors"], ["test-runner"],
        ]
        var found: [(key: String, message: String)] = []
        for path in objects {
            guard let value = value(path), !(value is [String: Any]) else { continue }
            found.append((path[path.count - 1], "is an object"))
        }
        let texts = [
            ["script", "main"], ["compiler", "logger"], ["compiler", "cost-model"],
            ["test-runner", "test-folder"], ["test-runner", "snapshot-folder"],
        ]
        for path in texts {
            guard let value = value(path), !(value is String) else { continue }
            found.append((path[path.count - 1], "is a text"))
        }
        if let model = value("compiler", "cost-model") as? String, CostModel(rawValue: model) == nil
        {
            let names = CostModel.allCases.map(\.rawValue).joined(separator: ", ")
            found.append(("cost-model", "is one of \(names)"))
        }
        if let logger = value("compiler", "logger") as? String,
            !Self.loggers.contains(logger.lowercased())
        {
            let nearest = nearestName(to: logger, among: Self.loggers)
            found.append(
                (
                    "logger",
                    "is print, none or the name of an engine"
                        + (nearest.map { "; did you mean \($0)?" } ?? "")
                ))
        }
        if let zone = value("engines", "flink", "config", "table.local-time-zone"),
            !(zone is String)
        {
            found.append(("table.local-time-zone", "is a text"))
        }
        if let limit = value("compiler", "api", "default-limit"), (limit as? Int ?? 0) < 1 {
            found.append(("default-limit", "is a number of rows"))
        }
        if let engines = value("enabled-engines"), !(engines is [Any]) {
            found.append(("enabled-engines", "is a list"))
        }
        for (name, include) in value("script", "include") as? [String: Any] ?? [:]
        where ((include as? [String: Any])?["package"] as? String) == nil {
            found.append((name, "is an object with the path of a package file: {\"package\": …}"))
        }
        found += auth.problems + api.problems
        return found.sorted { $0.key < $1.key }
    }

    /// Whose tokens the API takes, and what is wrong with that.
    private var auth: AuthSettingsReader {
        AuthSettingsReader(value("engines", "vertx") as? [String: Any] ?? [:])
    }

    /// What the package file says of the API.
    var api: ProjectAPIReader {
        ProjectAPIReader(
            script: value("script") as? [String: Any] ?? [:],
            compiler: value("compiler") as? [String: Any] ?? [:])
    }

    /// Nil when the API asks nobody for a token.
    var authentication: AuthSettings? { auth.settings }

    /// Rows of a list when a caller of the API does not say.
    var defaultLimit: Int? { value("compiler", "api", "default-limit") as? Int }

    /// `test-runner`
    var tests: TestSettings {
        var settings = TestSettings()
        if let folder = value("test-runner", "test-folder") as? String {
            settings.testFolder = folder
        }
        if let folder = value("test-runner", "snapshot-folder") as? String {
            settings.snapshotFolder = folder
        }
        let headers = value("test-runner", "headers") as? [String: Any] ?? [:]
        settings.headers = headers.keys.sorted().compactMap { name in
            (headers[name] as? String).map { (name, $0) }
        }
        return settings
    }

    /// The session zone, where Flink's settings have it.
    var timeZone: String? {
        value("engines", "flink", "config", "table.local-time-zone") as? String
    }

    /// Times such as that for which state is kept, where Flink's settings have them.
    var durations: [DurationSetting: String] {
        var result: [DurationSetting: String] = [:]
        for setting in DurationSetting.allCases {
            result[setting] = value("engines", "flink", "config", setting.rawValue) as? String
        }
        return result
    }

    /// Top-level keys that no version of the format has.
    var unknownKeys: [String] { json.keys.filter { !Self.knownKeys.contains($0) }.sorted() }

    static let knownKeys = [
        "version", "enabled-engines", "engines", "script", "compiler", "connectors", "discovery",
        "test-runner", "dependencies", "package", "values", "$schema",
    ]

    private static func templateValue(_ json: Any) -> TemplateValue {
        switch json {
        case let text as String: return .text(text)
        case let list as [Any]: return .list(list.map(templateValue))
        case let object as [String: Any]: return .object(object.mapValues(templateValue))
        case let number as NSNumber:
            // Booleans are numbers to Foundation; only their type tells.
            if isBoolean(number) { return .boolean(number.boolValue) }
            return .text(number.stringValue)
        default: return .null
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
