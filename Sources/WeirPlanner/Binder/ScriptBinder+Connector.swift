// WITH options and sinks.

import WeirColumnar
import WeirSQL

/// A checked WITH clause.
struct ConnectorSettings {
    let connector: String
    let format: String?
    /// All options but `connector` and `format`.
    let options: [String: String]
}

extension TableOption {
    /// The option with the variables of the environment in its value.
    fileprivate func resolved(_ environment: [String: String]) -> TableOption {
        let text = EnvironmentText(value, environment, resolvesSecrets: false).text
        return TableOption(key: key, value: text, keySpan: keySpan, valueSpan: valueSpan)
    }
}

extension ScriptBinder {
    mutating func sourceSettings(
        _ table: CreateTable, _ columns: [Field]
    ) -> ConnectorSettings? {
        if internalTables.contains(table.name.key) {
            return ConnectorSettings(connector: "internal", format: nil, options: [:])
        }
        guard let (settings, connector, format) = settings(table) else { return nil }
        if let format, connector.isSource, !format.supportsNested {
            // These are written as JSON in any text.
            let plain: [DataType.Kind] = [.json, .vector]
            for column in columns
            where column.type.kind.isNested && !plain.contains(column.type.kind) {
                diagnostics.append(
                    .error(
                        "unsupported",
                        "the format \(format.name) cannot hold \(column.type.kind)"
                            + " ('\(column.name)')", at: table.name.span,
                        hint: "use the format json, or declare the column as STRING"))
                return nil
            }
        }
        return settings
    }

    /// The connector, its format and the options, each checked by name and value.
    mutating func settings(
        _ table: CreateTable
    ) -> (ConnectorSettings, ConnectorDescription, FormatDescription?)? {
        guard let written = table.options.first(where: { $0.key == "connector" }) else {
            diagnostics.append(
                .error(
                    "no-connector", "'\(table.name.name)' says not where its rows are",
                    at: table.name.span,
                    hint: "add WITH ('connector' = 'filesystem', 'path' = '…', 'format' = 'csv');"
                        + " or put /*+ engine(log) */ in front, so that an API writes it"))
            return nil
        }
        let choice = written.resolved(project.settings.environment)
        let names = connectors.connectors.map(\.name)
        guard let connector = connectors.connectors.first(where: { $0.name == choice.value })
        else {
            diagnostics.append(
                .error(
                    "unknown-connector", "there is no connector '\(choice.value)'",
                    at: choice.valueSpan,
                    hint: nearestName(to: choice.value, among: names).map { "did you mean \($0)?" }
                        ?? "connectors: \(names.joined(separator: ", "))"))
            return nil
        }
        let formatOption = table.options.first { $0.key == "format" }?
            .resolved(project.settings.environment)
        var format: FormatDescription?
        if let formatOption {
            format = findFormat(formatOption)
            if format == nil { return nil }
        } else if connector.needsFormat {
            diagnostics.append(
                .error(
                    "missing-option", "the connector \(connector.name) needs a format",
                    at: choice.valueSpan, hint: "add 'format' = 'csv' or 'format' = 'json'"))
            return nil
        }
        guard let options = checkOptions(table, connector, format) else { return nil }
        let settings = ConnectorSettings(
            connector: connector.name, format: format?.name, options: options)
        return (settings, connector, format)
    }

    private mutating func findFormat(_ option: TableOption) -> FormatDescription? {
        let names = connectors.formats.map(\.name)
        if let format = connectors.formats.first(where: { $0.name == option.value }) {
            return format
        }
        diagnostics.append(
            .error(
                "unknown-format", "there is no format '\(option.value)'", at: option.valueSpan,
                hint: nearestName(to: option.value, among: names).map { "did you mean \($0)?" }
                    ?? "formats: \(names.joined(separator: ", "))"))
        return nil
    }

    private mutating func checkOptions(
        _ table: CreateTable, _ connector: ConnectorDescription, _ format: FormatDescription?
    ) -> [String: String]? {
        var hasFailed = false
        var result: [String: String] = [:]
        let known =
            connector.options + (format?.options ?? [])
            + (connector.isSource ? WatermarkOption.descriptions : [])
        for option in table.options where option.key != "connector" && option.key != "format" {
            guard let description = known.first(where: { $0.key == option.key }) else {
                let names = known.map(\.key) + ["connector", "format"]
                diagnostics.append(
                    .error(
                        "unknown-option",
                        "\(owner(connector, format)) has no option"
                            + " '\(option.key)'", at: option.keySpan,
                        hint: nearestName(to: option.key, among: names)
                            .map { "did you mean '\($0)'?" }
                            ?? (known.isEmpty
                                ? nil
                                : "options: \(known.map(\.key).joined(separator: ", "))")))
                hasFailed = true
                continue
            }
            let value = optionValue(option, description.kind)
            if let problem = problem(value, description.kind) {
                diagnostics.append(
                    .error(
                        "bad-option", "'\(option.key)' \(problem)", at: option.valueSpan,
                        hint: description.documentation))
                hasFailed = true
            }
            if result[option.key] != nil {
                diagnostics.append(
                    .error(
                        "duplicate-option", "'\(option.key)' is given twice", at: option.keySpan))
                hasFailed = true
            }
            result[option.key] = value
        }
        for option in known where option.isRequired && result[option.key] == nil {
            diagnostics.append(
                .error(
                    "missing-option",
                    "\(owner(connector, format)) needs the option"
                        + " '\(option.key)'", at: table.name.span, hint: option.documentation))
            hasFailed = true
        }
        return hasFailed ? nil : result
    }

    /// The value with the variables of the environment, paths as the connector opens them.
    private mutating func optionValue(_ option: TableOption, _ kind: OptionKind) -> String {
        let folder = folders[sources.text(at: option.keySpan.start).base] ?? ProjectPath()
        if kind == .path, let path = dataPath(option.value, folder) { return path }
        let resolved = EnvironmentText(
            option.value, project.settings.environment, resolvesSecrets: false)
        for name in resolved.missing {
            diagnostics.append(
                .warning(
                    "unset-variable", "the environment has no variable \(name)",
                    at: option.valueSpan,
                    hint: "set it, or give a default: ${\(name):-value}"))
        }
        guard kind == .path, let path = ProjectPath(resolved.text, from: folder),
            path.include != nil || !folder.parts.isEmpty, !resolved.text.contains("://")
        else { return resolved.text }
        return project.files.connectorPath(path)
    }

    /// DataSQRL puts all data files into one folder, which `${DATA_PATH}` names.
    private func dataPath(_ value: String, _ folder: ProjectPath) -> String? {
        let prefix = "${DATA_PATH}/"
        guard value.hasPrefix(prefix), project.settings.environment["DATA_PATH"] == nil else {
            return nil
        }
        let name = String(value.dropFirst(prefix.count))
        let near = folder.appending(name)
        if project.files.isFile(near) { return project.files.connectorPath(near) }
        let found = project.files.find(named: name)
        return found.first.map { project.files.connectorPath($0) }
    }

    private func owner(_ connector: ConnectorDescription, _ format: FormatDescription?) -> String {
        format.map { "\(connector.name) with \($0.name)" } ?? "the connector \(connector.name)"
    }

    private func problem(_ value: String, _ kind: OptionKind) -> String? {
        switch kind {
        case .text, .path: return nil
        case .boolean:
            return ["true", "false"].contains(value.lowercased()) ? nil : "is true or false"
        case .character:
            let unescaped = value == "\\t" ? "\t" : value
            return unescaped.utf8.count == 1 ? nil : "is one ASCII character"
        case .duration:
            return DurationSetting.micros(value) == nil
                ? "is a number and a unit, as in '30 s'" : nil
        case .choice(let choices):
            return choices.contains { $0.lowercased() == value.lowercased() }
                ? nil : "is one of \(choices.joined(separator: ", "))"
        }
    }
}
