// What is compiled: a script, the files around it, and what the project file says.

package import WeirSQL

/// Settings of a project that the compiler needs.
package struct ProjectSettings: Sendable {
    /// `script.config`: the values of templates; nil when scripts are no templates.
    package var templateValues: [String: TemplateValue]?
    /// The values of each include's own scripts (`script.include`), by its name.
    package var includes: [String: [String: TemplateValue]] = [:]
    /// Variables that `${NAME}` may name.
    package var environment: [String: String] = [:]
    /// Which stage is cheaper (`compiler.cost-model`).
    package var costModel = CostModel.standard
    /// Where `EXPORT … TO logger.x` writes (`compiler.logger`).
    package var logger = Logger.print
    /// The session time zone (`table.local-time-zone`).
    package var timeZone: String?
    /// Times such as `table.exec.state.ttl`, as they are written.
    package var durations: [DurationSetting: String] = [:]

    /// Whether sources are stored and served as they are, as DataSQRL does; otherwise only those
    /// that a hint asks for.
    package var servesSources = false
    /// Rows of a list when a caller of the API does not say (`compiler.api.default-limit`).
    package var defaultLimit: Int?
    /// Definitions that were measured to cost too much when they are computed at each read, by name,
    /// each with the figures as a clause. They are kept up to date instead, unless a hint says where
    /// they are computed.
    package var measured: [String: String] = [:]
    /// Whether tables and functions with the hint `test` are there; they are for `weir test` only.
    package var includesTests = false

    package init() {}
}

/// Whether definitions are computed as rows come in or when they are read.
package enum CostModel: String, Sendable, CaseIterable {
    /// As rows come in, unless joins keep too much.
    case standard = "DEFAULT"
    /// When they are read, where that is possible.
    case read = "READ"
    /// As rows come in, joins or not.
    case write = "WRITE"
}

/// The target of the export to a logger.
package enum Logger: String, Sendable {
    case print
    /// Checked and dropped.
    case none
    /// A log, which Weir keeps in the store.
    case log

    /// By the name of DataSQRL: any engine is a log.
    package init(setting: String) { self = Logger(rawValue: setting.lowercased()) ?? .log }
}

/// A script and the files it may import.
package struct ScriptProject: Sendable {
    package let main: ProjectPath
    package let files: any ProjectFiles
    package var settings: ProjectSettings
    /// Texts read before the script, such as the project file, with what was wrong with them.
    package let sources: SourceMap
    package let diagnostics: [Diagnostic]

    package init(
        main: ProjectPath, files: any ProjectFiles, settings: ProjectSettings,
        sources: SourceMap = SourceMap(), diagnostics: [Diagnostic] = []
    ) {
        self.main = main
        self.files = files
        self.settings = settings
        self.sources = sources
        self.diagnostics = diagnostics
    }
}
