// Where the statement at hand stands.

import WeirSQL

/// The file that is bound, and what its names mean.
struct ModuleContext {
    /// Imports and data files are looked for here.
    var folder: ProjectPath
    /// Tables are `namespace.Name`; nil in the namespace of the project.
    var namespace: String?
    /// Whether definitions are stored and served: not those of a namespace that is imported.
    var isExposed = true
    /// Hints in front of the import; they hold for the tables that it brings.
    var hints: [Hint] = []
    /// The import that brings a single table.
    var importedBy: Span?

    /// The form that a table of this module is kept under.
    func key(_ name: Identifier) -> String {
        (namespace.map { "\($0.lowercased())." } ?? "") + name.key
    }

    /// The name that users see.
    func shown(_ name: Identifier) -> String {
        (namespace.map { "\($0)." } ?? "") + name.name
    }
}
