// Secrets of the environment, put in where a run begins so that no plan shows them.

import Foundation
import WeirPlanner
import WeirRuntime

extension SourcePlan {
    /// The plan with `${{NAME}}` replaced.
    ///
    /// - Throws: `ConnectorError` when the environment has no such variable.
    func withSecrets() throws -> SourcePlan {
        with(options: try resolvedSecrets(options))
    }
}

extension SinkPlan {
    /// The plan with `${{NAME}}` replaced.
    ///
    /// - Throws: `ConnectorError` when the environment has no such variable.
    func withSecrets() throws -> SinkPlan {
        SinkPlan(
            name: name, connector: connector, format: format,
            options: try resolvedSecrets(options), columns: columns)
    }
}

private func resolvedSecrets(_ options: [String: String]) throws -> [String: String] {
    try options.mapValues { value in
        guard value.contains("${") else { return value }
        let text = EnvironmentText(
            value, ProcessInfo.processInfo.environment, resolvesSecrets: true)
        if let name = text.missing.first {
            throw ConnectorError("the environment has no variable \(name)")
        }
        return text.text
    }
}
