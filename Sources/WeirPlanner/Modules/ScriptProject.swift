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
    /// The session time zone (`table.local-time-zone`).
    package var timeZone: String?

    package init() {}
}

/// A script and the files it may import.
package struct ScriptProject: Sendable {
    package let main: ProjectPath
    package let files: any ProjectFiles
    package let settings: ProjectSettings
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
