// What is read for a request: a tree of statements, one for each selected list of rows.

import WeirColumnar
import WeirGraphQL
import WeirPlanner
import WeirStore

/// A field whose value is rows of the store.
struct Fetch: Sendable {
    /// `"name":`
    let key: [UInt8]
    let responseKey: String
    let location: GraphQLLocation
    /// The query that it is of.
    let query: String
    /// How old its rows may be (s).
    var cacheSeconds: Double?
    var sql: String
    let width: Int
    var parameters: [(name: String, value: StoreValue)]
    /// Otherwise it is one row or null.
    let isList: Bool
    /// Whether what is around it is null when it is.
    var isNonNull = false
    /// Places of the parent's columns that its rows are found by; nil for a root field.
    let parentColumns: [Int]?
    let output: RowOutput
    /// Rows that are shown at most; nil for all that are read.
    var shown: Int?
}

/// The fields of an object that is a row.
struct RowOutput: Sendable {
    let fields: [RowField]
    /// What is read for each row besides.
    let children: [Fetch]

    /// Whether all values are whole columns.
    var isPlain: Bool {
        fields.allSatisfy { field in
            switch field.content {
            case .typeName, .column(_, .scalar, _), .column(_, .narrowed, _): true
            case .column, .child: false
            }
        }
    }
}

/// A field of a row.
struct RowField: Sendable {
    /// `"name":`
    let key: [UInt8]
    let responseKey: String
    let location: GraphQLLocation
    let content: Content

    enum Content: Sendable {
        case typeName(String)
        /// A column by its place in the statement.
        case column(Int, ValueShape, isNullable: Bool)
        /// By its number among the children.
        case child(Int)
    }
}

/// Rows with the rows below them.
struct FetchedRows {
    let rows: RowSet
    /// Where the rows of each parent begin and end; nil when there is no parent.
    let groups: ChildRows?
    /// For each child: its rows, and which group of them belongs to each row here.
    let children: [(rows: FetchedRows, numbers: [Int])]

    /// The rows of a root field.
    func rows(shownBy fetch: Fetch) -> Range<Int> {
        rows(of: 0).prefix(fetch.shown ?? .max).indices
    }

    func rows(of group: Int) -> Range<Int> { groups?.rows(of: group) ?? 0..<rows.count }
}

extension Fetch {
    /// How old it may be with all below it; nil when it is read each time. What is below and says
    /// nothing may be as old as what is above.
    var wholeCacheSeconds: Double? { cacheSeconds.map(leastSeconds) }

    private func leastSeconds(_ above: Double) -> Double {
        output.children.reduce(min(above, cacheSeconds ?? above)) { $1.leastSeconds($0) }
    }

    /// How many statements it is with all below it.
    var statements: Int { output.children.reduce(1) { $0 + $1.statements } }

    /// Reads all rows of a root field and of what is below it.
    ///
    /// - Throws: `ServingError`.
    func run(_ connection: ServingConnection) throws -> FetchedRows {
        let rows = try connection.rows(
            sql, of: query, width: width, parameters: parameters)
        return FetchedRows(rows: rows, groups: nil, children: try output.run(rows, connection))
    }

    fileprivate func run(_ parents: ParentKeys, _ connection: ServingConnection) throws
        -> FetchedRows
    {
        let found = try connection.children(
            sql, of: query, width: width, parents: parents, parameters: parameters)
        return FetchedRows(
            rows: found.rows, groups: found, children: try output.run(found.rows, connection))
    }
}

extension RowOutput {
    fileprivate func run(
        _ rows: RowSet, _ connection: ServingConnection
    ) throws -> [(rows: FetchedRows, numbers: [Int])] {
        try children.map { child in
            let parents = ParentKeys(rows, columns: child.parentColumns ?? [])
            return (try child.run(parents, connection), parents.numbers)
        }
    }
}
