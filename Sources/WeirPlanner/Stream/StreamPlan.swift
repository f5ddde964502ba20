// What runs: a graph of stages, in an order where inputs come before their readers.

package import WeirColumnar
package import WeirSQL

/// The compiled pipeline.
package struct StreamPlan: Sendable {
    package let stages: [StagePlan]
    /// Tables that the store computes when they are read, in an order where inputs come first.
    package let views: [StoreView]
    /// The tables of the API.
    package let tableQueries: [StoreQuery]
    /// What else an API may ask.
    package let queries: [StoreQuery]
    package let indexes: [StoreIndex]
    /// Tables that the API writes.
    package let writes: [WritePlan]
    /// Tables with the hint `test`, when the script was compiled with them.
    package let tests: [TestTable]
    /// How long state that is not written is kept (µs); nil for ever.
    package let stateTTL: Int64?
    /// How long a source gives no rows until time goes on without it (µs); nil for ever.
    package let idleTimeout: Int64?
    /// Tables to be stored, by the stage that writes them.
    package var tables: [StoredTable] {
        stages.compactMap { if case .store(let table) = $0.node { table } else { nil } }
    }
    package var sources: [SourcePlan] {
        stages.compactMap { if case .source(let source) = $0.node { source } else { nil } }
    }
}

/// A table whose rows are a test (SQRL's hint `test`).
package struct TestTable: Sendable {
    package let name: String
    /// Whether the test is that it has no rows (`test(no_rows)`).
    package let isEmpty: Bool
    /// Whether its definition gives its rows an order.
    package let isOrdered: Bool
}

/// One stage of the graph.
package struct StagePlan: Sendable {
    /// Its position in the plan.
    package let id: Int
    /// Shown to users; unique in the plan.
    package let name: String
    package let node: StreamNode
    /// The stages it reads, in the order of the operator's inputs; none for sources.
    package let inputs: [Int]
    package let relation: Relation
    /// The statement it comes from.
    package let span: Span
    /// Columns that nobody reads: they are NULL, and what is in the file for them is not looked at.
    package private(set) var unread: Set<Int> = []

    package init(
        id: Int, name: String, node: StreamNode, inputs: [Int], relation: Relation, span: Span
    ) {
        self.id = id
        self.name = name
        self.node = node
        self.inputs = inputs
        self.relation = relation
        self.span = span
    }

    /// The same stage doing less.
    func with(node: StreamNode, unread: Set<Int>) -> StagePlan {
        var changed = StagePlan(
            id: id, name: name, node: node, inputs: inputs, relation: relation, span: span)
        changed.unread = unread
        return changed
    }

    /// The stage it reads, the first one of several; nil for sources.
    package var input: Int? { inputs.first }

    /// Names of the columns as screens show them; a cross marks those that are not read.
    package var shownColumns: [String] {
        relation.columns.enumerated().map {
            unread.contains($0) ? "\($1.name) ✗" : $1.name
        }
    }

    /// The name that the script has for it: stages inside a definition add a part to its name.
    package var definition: String {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false)
        while parts.count > 1, let last = parts.last, Self.innerParts.contains(String(last)) {
            parts.removeLast()
        }
        return parts.joined(separator: ".")
    }

    private static let innerParts: Set<String> = [
        "rows", "from", "names", "window", "group", "distinct", "insert", "cast", "check", "table",
        "sink", "left", "right", "join", "union", "top", "over", "set", "each", "sets", "bag",
        "values", "clock", "utc", "now", "match", "changes",
    ]
}

/// What a stage does.
package enum StreamNode: Sendable {
    case source(SourcePlan)
    case check(CheckPlan)
    case calc(CalcPlan)
    case aggregate(AggregatePlan)
    case windowAggregate(WindowAggregatePlan)
    case union
    case join(JoinPlan)
    case timedJoin(TimedJoinPlan)
    case temporalJoin(TemporalJoinPlan)
    case rank(RankPlan)
    case over(OverPlan)
    case match(MatchPlan)
    case changelog(ChangeCodes)
    case setOperation(SetOperationPlan)
    case unnest(UnnestPlan)
    case expand(ExpandPlan)
    case windowAssign(WindowAssignPlan)
    case zoneShift(ZoneShiftPlan)
    case stamp(StampPlan)
    case values(ValuesPlan)
    case number
    case store(StoredTable)
    case sink(SinkPlan)

    /// A three- or four-letter name for lists.
    package var label: String {
        switch self {
        case .source: "src"
        case .check: "chk"
        case .calc: "map"
        case .aggregate: "agg"
        case .windowAggregate, .windowAssign: "win"
        case .union: "all"
        case .join, .timedJoin, .temporalJoin: "join"
        case .rank: "top"
        case .over: "over"
        case .match: "pat"
        case .changelog: "log"
        case .setOperation: "set"
        case .unnest: "each"
        case .expand: "sets"
        case .zoneShift: "zone"
        case .stamp: "now"
        case .values: "rows"
        case .number: "bag"
        case .store: "tbl"
        case .sink: "sink"
        }
    }

    package var isSource: Bool { if case .source = self { true } else { false } }

    /// Whether the source's thread runs it (sources and their checks).
    package var runsInReader: Bool {
        switch self {
        case .source, .check: true
        default: false
        }
    }
}

/// A table read from outside.
package struct SourcePlan: Sendable {
    package let name: String
    package let connector: String
    package let format: String?
    /// Options as written, checked against the connector's and format's descriptions.
    package let options: [String: String]
    /// Columns of the records.
    package let columns: [Field]
    /// Columns that are not in the records but known of them, with the connector's keys.
    package let metadata: [Int: String]
    /// Those that nobody reads; they are NULL.
    package private(set) var unread: Set<Int> = []
    /// What screens call it: the format of files, `log` for what the API writes.
    package var shownKind: String { format ?? (connector == "internal" ? "log" : connector) }

    /// The same source with columns left out.
    func leaving(_ unread: Set<Int>) -> SourcePlan {
        var changed = self
        changed.unread = unread
        return changed
    }

    /// The same source with other options.
    package func with(options: [String: String]) -> SourcePlan {
        var changed = SourcePlan(
            name: name, connector: connector, format: format, options: options, columns: columns,
            metadata: metadata)
        changed.unread = unread
        return changed
    }

    package init(
        name: String, connector: String, format: String?, options: [String: String],
        columns: [Field], metadata: [Int: String] = [:]
    ) {
        self.metadata = metadata
        self.name = name
        self.connector = connector
        self.format = format
        self.options = options
        self.columns = columns
    }
}

/// Computed columns, the event time and the constraints of a source.
package struct CheckPlan: Sendable {
    /// Output columns over the columns that were read.
    package let columns: [BoundExpression]
    /// Names and conditions over the output columns; a row fails when one is FALSE.
    package let constraints: [(name: String, condition: BoundExpression)]
    /// Output columns that may not be NULL and are computed.
    package let notNull: [Int]
    /// Event-time column and watermark over the output columns.
    package let watermark: (column: Int, expression: BoundExpression)?
}

/// A filter and a projection.
package struct CalcPlan: Sendable {
    package let filter: BoundExpression?
    package let projections: [BoundExpression]
}

/// One aggregate call.
package struct AggregateCall: Sendable {
    package let function: String
    /// Nil for `COUNT(*)`.
    package let argument: BoundExpression?
    /// Only rows for which it is TRUE count.
    package let filter: BoundExpression?
    package let isDistinct: Bool
    /// The input takes rows back.
    package let retracts: Bool
    package let type: DataType

    /// What is computed of each row.
    var operands: [BoundExpression] { [argument, filter].compactMap { $0 } }
}

/// GROUP BY: output is the keys, then the aggregates.
package struct AggregatePlan: Sendable {
    package let keys: [BoundExpression]
    package let calls: [AggregateCall]
}

/// GROUP BY of a window: output is window start, end and time, the other keys, then the
/// aggregates.
package struct WindowAggregatePlan: Sendable {
    /// How rows get their window.
    package enum Assignment: Sendable {
        /// From an event time.
        case time(BoundExpression, LogicalWindow.Shape)
        /// From columns that hold the bounds already.
        case attached(start: BoundExpression, end: BoundExpression)

        /// What is computed of each row.
        var operands: [BoundExpression] {
            switch self {
            case .time(let time, _): [time]
            case .attached(let start, let end): [start, end]
            }
        }
    }

    package let assignment: Assignment
    package let keys: [BoundExpression]
    package let calls: [AggregateCall]
}

/// A table of the store.
package struct StoredTable: Sendable {
    package let name: String
    package let columns: [Field]
    /// Columns of the primary key; empty for a log of rows.
    package let key: [Int]
    /// Rows of a key: the first wins (append) or the last (updating).
    package let mode: ChangelogMode
    /// Order and limit of the view that readers see.
    package let order: [(column: Int, isDescending: Bool, nullsFirst: Bool)]
    package let limit: Int?
    package let offset: Int?
    package let documentation: String?
    /// The last column only tells equal rows apart; readers do not see it.
    package var hidesLast = false
    /// How many of its last rows a log keeps; nil for all.
    package var keepsLast: Int?

    /// Whether rows are told apart by an encoded key in a column `_key` of its own, because a column
    /// of the key may be NULL or there is no such column. A number of NaN is stored as NULL, whatever
    /// its type says.
    package var hasEncodedKey: Bool {
        let hasNull = key.contains { index in
            let type = columns[index].type
            return type.isNullable || type.kind.physical == .float64
        }
        return hasNull || (key.isEmpty && mode == .updating)
    }

    /// The columns by which SQLite keeps the rows.
    var physicalOrder: [String] {
        if hasEncodedKey { return ["_key"] }
        return key.isEmpty ? ["_rowid_"] : key.map { columns[$0].name }
    }
}

/// A sink outside the store.
package struct SinkPlan: Sendable {
    package let name: String
    package let connector: String
    package let format: String?
    package let options: [String: String]
    package let columns: [Field]

    package init(
        name: String, connector: String, format: String?, options: [String: String],
        columns: [Field]
    ) {
        self.name = name
        self.connector = connector
        self.format = format
        self.options = options
        self.columns = columns
    }
}
