// What can go wrong with a store.

/// A failure of the store, with what the user may do.
package enum StoreError: Error, Sendable, CustomStringConvertible {
    /// Another process runs a pipeline on the store.
    case inUse(path: String)
    /// It would be made anew while somebody serves it.
    case isServed(path: String)
    case missing(path: String)
    case notAStore(path: String)
    /// The store was made by another script.
    case otherPipeline(path: String)
    /// The script, or settings that it is compiled with, have changed in a way that needs the input to
    /// be read again.
    case changedPipeline(path: String, isOnlySettings: Bool, changes: [String])
    /// SQLite's own words.
    case database(String)
    case tooManyColumns(table: String, count: Int)

    package var description: String {
        switch self {
        case .isServed(let path):
            "another weir serves \(path); stop it before the store is made anew"
        case .inUse(let path): "another weir is running a pipeline on \(path)"
        case .missing(let path): "there is no store \(path); run the pipeline first"
        case .notAStore(let path): "\(path) is not a store of Weir"
        case .otherPipeline(let path):
            "\(path) was made by another version of this script; start afresh with --fresh, or give"
                + " another --store"
        case .changedPipeline(let path, let isOnlySettings, let changes):
            (isOnlySettings ? "the settings in the package file have" : "the script has")
                + " changed since \(path) was made, in what has been computed already:\n"
                + changes.prefix(8).map { "  \($0)\n" }.joined()
                + (changes.count > 8 ? "  and \(changes.count - 8) more\n" : "")
                + "rebuild it from the input with --fresh, or beside it with --store OTHER.db"
                + (changes.allSatisfy { $0.contains(" is new ") }
                    ? "; a view that is computed when it is read needs neither:\n"
                        + "put /*+engine(database)*/ in front of what is new" : "")
        case .database(let message): message
        case .tooManyColumns(let table, let count):
            "the table \(table) has \(count) columns, a stored table can have 499"
        }
    }
}
