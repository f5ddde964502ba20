// What the compiler asks of the file system.

/// Why a file cannot be had.
package struct FileProblem: Error, Sendable {
    /// A sentence without full stop, e.g. `cannot read data/x.csv: permission denied`.
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// What the rows of a data file look like.
package struct DataFileSchema: Sendable {
    /// Names, and types as they are written in a script.
    package let columns: [(name: String, type: String)]
    package let format: String?
    /// Further options of the format.
    package let options: [(key: String, value: String)]

    package init(
        columns: [(name: String, type: String)], format: String?,
        options: [(key: String, value: String)]
    ) {
        self.columns = columns
        self.format = format
        self.options = options
    }
}

/// The files of a project; nothing outside its root and its includes can be reached.
package protocol ProjectFiles: Sendable {
    func isFile(_ path: ProjectPath) -> Bool
    func isFolder(_ path: ProjectPath) -> Bool
    /// Names in a folder, sorted; empty when there is no such folder.
    func names(in folder: ProjectPath) -> [String]
    func read(_ path: ProjectPath) throws(FileProblem) -> [UInt8]
    /// The columns of a data file or of an Avro schema.
    func schema(of path: ProjectPath) throws(FileProblem) -> DataFileSchema
    /// How the user would name the file.
    func shownName(_ path: ProjectPath) -> String
    /// How a connector opens the file.
    func connectorPath(_ path: ProjectPath) -> String
    /// Files of that name anywhere below the root.
    func find(named name: String) -> [ProjectPath]
}

/// A script without files beside it.
struct NoFiles: ProjectFiles {
    func isFile(_ path: ProjectPath) -> Bool { false }
    func isFolder(_ path: ProjectPath) -> Bool { false }
    func names(in folder: ProjectPath) -> [String] { [] }
    func read(_ path: ProjectPath) throws(FileProblem) -> [UInt8] {
        throw FileProblem("there is no file \(path)")
    }
    func schema(of path: ProjectPath) throws(FileProblem) -> DataFileSchema {
        throw FileProblem("there is no file \(path)")
    }
    func shownName(_ path: ProjectPath) -> String { path.description }
    func connectorPath(_ path: ProjectPath) -> String { path.parts.joined(separator: "/") }
    func find(named name: String) -> [ProjectPath] { [] }
}
