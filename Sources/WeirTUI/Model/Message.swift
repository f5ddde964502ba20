// What happens, and what is to be done about it.

package import WeirEngine
package import WeirStore
package import WeirTerminal

/// Everything that changes the model.
package enum Message: Sendable {
    case input(InputEvent)
    case resize(width: Int, height: Int)
    /// Time passes: four times a second.
    case tick
    case snapshot(EngineSnapshot)
    case api(APIStatus)
    case tail(stage: Int, rows: [TailRow], next: Int64, missed: Int64)
    case preview(stage: Int, [TailRow])
    case rejectGroups([RejectGroup])
    case rejectRows(rule: String, [RejectRow])
    case queryDone(number: Int, QueryResult)
    case queryFailed(number: Int, String)
    case catalog([CatalogEntry])
    case failed(String)
    /// The system asks the program to end.
    case terminate
}

/// What the world outside of the model has to do.
package enum Effect: Sendable, Equatable {
    case quit
    case suspend
    case redraw
    case setMouse(Bool)
    case setPaused(Bool)
    case copy(String)
    case readTail(stage: Int, since: Int64)
    case readPreview(stage: Int)
    case loadRejectGroups
    case loadRejectRows(rule: String)
    case loadCatalog
    case runQuery(number: Int, sql: String)
    case cancelQuery
    case saveHistory([String])
}
