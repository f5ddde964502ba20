// The whole state of the workbench, as one value.

package import WeirEngine
import WeirPlanner
package import WeirSQL
package import WeirStore
package import WeirTerminal

/// The screens, in the order of their digits.
package enum ScreenID: Int, CaseIterable, Sendable {
    case flow = 1
    case sources
    case rejects
    case tail
    case query
    case metrics
    case api
    case help

    package var title: String {
        switch self {
        case .flow: "Flow"
        case .sources: "Sources"
        case .rejects: "Rejects"
        case .tail: "Tail"
        case .query: "Query"
        case .metrics: "Metrics"
        case .api: "API"
        case .help: "Help"
        }
    }
}

/// A line of text asked for at the bottom of the screen.
package struct Prompt: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case command
        case filter
    }

    package var kind: Kind
    package var input: TextInput
}

/// One row of the tail.
package struct TailRow: Sendable, Equatable {
    package let kind: String
    package let values: [String]
    package let place: String
    package let json: String
    package let raw: String?

    package init(kind: String, values: [String], place: String, json: String, raw: String?) {
        self.kind = kind
        self.values = values
        self.place = place
        self.json = json
        self.raw = raw
    }
}

/// State of the tail screen.
package struct TailState: Sendable {
    package var stage = 0
    package var list = ListState()
    package var rows: [TailRow] = []
    /// The running number of the next row to ask for.
    package var nextRow: Int64 = 0
    /// Rows that went by without being shown.
    package var missed: Int64 = 0
    package var isFollowing = true
    package var isPaused = false
    package var filter = ""
    package var seen: Int64 = 0
    static let capacity = 5000

    /// Rows that contain the filter's text.
    package var shown: [TailRow] {
        guard !filter.isEmpty else { return rows }
        let wanted = filter.lowercased()
        return rows.filter { row in row.values.contains { $0.lowercased().contains(wanted) } }
    }
}

/// A cause of rejects.
package struct RejectGroup: Sendable, Equatable {
    package let count: Int64
    package let rule: String
    package let source: String
    package let code: String

    package init(count: Int64, rule: String, source: String, code: String) {
        self.count = count
        self.rule = rule
        self.source = source
        self.code = code
    }
}

/// One reject.
package struct RejectRow: Sendable, Equatable {
    package let source: String
    package let line: String
    package let offset: String
    package let column: String
    package let value: String
    package let message: String
    package let raw: String

    package init(
        source: String, line: String, offset: String, column: String, value: String,
        message: String, raw: String
    ) {
        self.source = source
        self.line = line
        self.offset = offset
        self.column = column
        self.value = value
        self.message = message
        self.raw = raw
    }
}

/// State of the rejects screen.
package struct RejectsState: Sendable {
    package var groups: [RejectGroup] = []
    package var groupList = ListState()
    package var rows: [RejectRow] = []
    package var rowList = ListState()
    /// Whether the rows have the focus.
    package var isInRows = false
    /// The rule that `rows` belong to.
    package var shownRule: String?
    static let rowLimit = 500
}

/// State of the query screen.
package struct QueryState: Sendable {
    package var editor = TextInput("", isMultiline: true)
    package var isInGrid = false
    package var result: QueryResult?
    package var error: String?
    package var isRunning = false
    package var number = 0
    package var grid = ListState()
    package var column = 0
    package var history: [String] = []
    package var historyPosition: Int?
    package var catalog: [CatalogEntry] = []
    package var completions: [String] = []
    package var completion = ListState()
    static let rowLimit = 10_000
}

/// A table of the store with its columns.
package struct CatalogEntry: Sendable, Equatable {
    package let table: String
    package let columns: [String]

    package init(table: String, columns: [String]) {
        self.table = table
        self.columns = columns
    }
}

/// State of the sources screen.
package struct SourcesState: Sendable {
    package var list = ListState()
    package var isPreview = false
    package var preview: [TailRow] = []
}

/// State of the help screen.
package struct HelpState: Sendable {
    package var filter = ""
    package var list = ListState()
    /// Where to go back to.
    package var previous = ScreenID.flow
}

/// A short message in the status row.
package struct Toast: Sendable, Equatable {
    package let text: String
    package let isError: Bool
    package var ticksLeft: Int
}

/// Everything that is shown.
package struct Model: Sendable {
    package var width: Int
    package var height: Int
    package var theme: Theme
    package let pipeline: String
    package let storePath: String
    package let texts: SourceMap
    package var screen = ScreenID.flow
    package var history = History()
    package var flow = ListState()
    package var isInspecting = false
    package var sources = SourcesState()
    package var rejects = RejectsState()
    package var tail = TailState()
    package var query = QueryState()
    package var metrics = ListState()
    package var api = APIState()
    package var help = HelpState()
    package var prompt: Prompt?
    package var toast: Toast?
    package var hasMouse: Bool
    /// Whether the next `q` leaves.
    package var isAskingToQuit = false
    /// Ctrl-C pressed in a row.
    package var interrupts = 0

    package init(
        width: Int, height: Int, theme: Theme, pipeline: String, storePath: String,
        texts: SourceMap, hasMouse: Bool = true
    ) {
        self.width = width
        self.height = height
        self.theme = theme
        self.pipeline = pipeline
        self.storePath = storePath
        self.texts = texts
        self.hasMouse = hasMouse
    }

    package mutating func say(_ text: String, isError: Bool = false) {
        toast = Toast(text: text, isError: isError, ticksLeft: 10)
    }

    /// Stages in the order of the flow list.
    package var flowRows: [FlowRow] { FlowOrder.rows(history.stages.map(\.plan)) }

    /// The stage selected in the flow list.
    package var selectedStage: Int? {
        let rows = flowRows
        return rows.isEmpty ? nil : rows[min(flow.selected, rows.count - 1)].stage
    }

    /// Stages that are sources.
    package var sourceStages: [StageSnapshot] {
        history.stages.filter { $0.plan.input == nil }
    }
}
