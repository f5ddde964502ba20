// What can go wrong with a store.

/// A failure of the store, with what the user may do.
package enum StoreError: Error, Sendable, CustomStringConvertible {
    /// Another process runs a pipeline on the store.
    case inUse(path: String)
    case missing(path: String)
    case notAStore(path: String)
    /// The store was made by another script.
    case otherPipeline(path: String)
    /// SQLite's own words.
    case database(String)
    case tooManyColumns(table: String, count: Int)

    package var description: String {
        switch self {
        case .inUse(let path): "another weir is running a pipeline on \(path)"
        case .missing(let path): "there is no store \(path); run the pipeline first"
        case .notAStore(let path): "\(path) is not a store of Weir"
        case .otherPipeline(let path):
            "\(path) was made by another version of this script; start afresh with --fresh, or give"
                + " another --store"
        case .database(let message): message
        case .tooManyColumns(let table, let count):
            "the table \(table) has \(count) columns, a stored table can have 499"
        }
    }
}
