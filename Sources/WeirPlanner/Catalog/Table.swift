// Tables that a script has defined so far.

package import WeirColumnar
package import WeirFunctions
import WeirSQL

/// How the rows of a table change.
package enum ChangelogMode: String, Sendable {
    /// Rows are only added.
    case append
    /// Rows of a key are replaced and removed.
    case updating
}

/// The shape and the stream properties of a table.
package struct Relation: Sendable {
    package var columns: [Field]
    /// The column that is the event time, if it has one.
    package var rowtime: Int?
    /// Columns that tell rows apart, if any do.
    package var key: [Int]?
    package var mode: ChangelogMode
    package var type: TableType
    /// Columns that are the processing time.
    package var proctimes: Set<Int> = []
    /// The bounds of the window that a row belongs to, if it belongs to one.
    package var window: WindowColumns?

    package init(
        columns: [Field], rowtime: Int?, key: [Int]?, mode: ChangelogMode,
        type: TableType = .stream
    ) {
        self.columns = columns
        self.rowtime = rowtime
        self.key = key
        self.mode = mode
        self.type = type
    }
}

/// Where the bounds of a window are among the columns of a table.
package struct WindowColumns: Sendable, Equatable {
    package let start: Int
    package let end: Int
    /// `window_time`, if it is there.
    package let time: Int?
    /// The time by which rows were put into windows, if it is there.
    package var source: Int?
    /// The session zone, if the bounds are times of its clocks and the event time is an instant.
    package var zone: SessionZone?

    /// The same columns elsewhere; nil when a bound is not there any more.
    func moved(_ position: (Int) -> Int?) -> WindowColumns? {
        guard let start = position(start), let end = position(end) else { return nil }
        return WindowColumns(
            start: start, end: end, time: time.flatMap(position),
            source: source.flatMap(position), zone: zone)
    }
}

/// What a name in a script stands for.
struct CatalogTable {
    enum Kind {
        /// The output of a stage.
        case stream(stage: Int)
        /// Computed by the store when it is read.
        case view
        /// SQL of the store that nothing else can read.
        case passthrough
        /// It failed, which has been reported.
        case broken
        /// A CREATE TABLE that is only written to until somebody reads it.
        case external(CreateTable, span: Span)
    }

    let name: String
    var kind: Kind
    var relation: Relation
    let span: Span
    /// The definition when it has a LIMIT, which is applied when the table is read.
    var limited: BoundQuery?
    /// The plan of a definition that only opens windows: a reader that groups by them needs to see
    /// how they were made, so it reads the plan instead of the stage.
    var windowed: LogicalPlan?
}
