// What a table is over time.

/// The types of tables in SQRL.
package enum TableType: String, Sendable {
    /// Rows with a time, never changed.
    case stream
    /// The current rows by key.
    case state
    /// The current rows by key, with their history.
    case versionedState
    /// Rows looked up in another system.
    case lookup
    /// Rows written in the script.
    case `static`
    /// Anything else.
    case relation
}
