// A SELECT whose columns, conditions and page are chosen when it is asked.

import WeirColumnar

/// The rows of a query of the API.
package struct StoreSelect: Sendable {
    private let draft: SelectDraft
    /// Common tables, with a blank behind them; empty for none.
    private let prefix: String
    /// Rows that the definition leaves out.
    private let offset: Int
    let isPassthrough: Bool

    init(_ draft: SelectDraft, prefix: String = "", offset: Int = 0) {
        self.draft = draft
        self.prefix = prefix
        self.offset = offset
        isPassthrough = false
    }

    /// SQL that is passed through.
    init(text: String, columns: [Field]) {
        draft = SelectDraft(
            from: "(\(text)) AS t0",
            columns: columns.map { "t0.\(StoreExpression.name($0.name))" }, fields: columns)
        prefix = ""
        offset = 0
        isPassthrough = true
    }

    /// The parameters of a page.
    package static let limitParameter = ":weir_limit"
    package static let offsetParameter = ":weir_offset"
    /// The number behind which events are read.
    package static let afterParameter = ":weir_after"
    /// The number of an event among the columns.
    package var eventColumn: Int { draft.columns.count - 1 }
    /// The table that holds the rows of a table of the script.
    package static func dataName(of table: String) -> String {
        StoreExpression.name("weir_data_\(table)")
    }

    /// The row that a relationship starts from.
    static let parent = "weir_parent"

    /// What a caller wants of the rows.
    package struct Request: Hashable, Sendable {
        /// Columns, by their number.
        package let columns: [Int]
        /// Columns that have the value of a parameter, with its name.
        package let filters: [Filter]
        /// Whether there are parameters for a page.
        package let isPaged: Bool

        package init(columns: [Int], filters: [Filter] = [], isPaged: Bool) {
            self.columns = columns
            self.filters = filters
            self.isPaged = isPaged
        }
    }

    package struct Filter: Hashable, Sendable {
        package let column: Int
        package let parameter: String

        package init(column: Int, parameter: String) {
            self.column = column
            self.parameter = parameter
        }
    }

    /// The whole rows, at most some of them.
    func sql(limit: Int?) -> String {
        var all = draft
        all.limit = limit.map(String.init)
        if offset > 0 { all.offset = String(offset) }
        return prefix + all.sql
    }

    /// The columns of a request, called `r0`, `r1` …; without any there is `r0`, which is 1.
    package func sql(_ request: Request) -> String {
        var chosen = draft
        chosen.columns = request.columns.map { draft.columns[$0] }
        chosen.fields = request.columns.enumerated().map { number, column in
            Field("r\(number)", draft.fields[column].type)
        }
        if chosen.columns.isEmpty {
            chosen.columns = ["1"]
            chosen.fields = [Field("r0", .bigint)]
        }
        chosen.conditions += request.filters.map { filter in
            let isNullable = draft.fields[filter.column].type.isNullable
            return "\(draft.columns[filter.column]) \(isNullable ? "IS" : "=") \(filter.parameter)"
        }
        if request.isPaged {
            chosen.limit = Self.limitParameter
            chosen.offset =
                offset > 0 ? "\(Self.offsetParameter) + \(offset)" : Self.offsetParameter
        } else if offset > 0 {
            chosen.offset = String(offset)
        }
        return prefix + chosen.sql
    }

    /// The same for many rows that a relationship starts from, which are in `weir_batch`: one row
    /// for each, with its rows packed by `weir_rows`.
    ///
    /// - Parameter keys: the columns of `weir_batch` by name.
    package func batched(_ request: Request, keys: [String]) -> String {
        let count = max(1, request.columns.count)
        let list = (0..<count).map { "r\($0)" }.joined(separator: ", ")
        let parents =
            keys.isEmpty
            ? ["rowid"]
            : keys.enumerated().map { "c\($0) AS \(StoreExpression.name($1))" }
        return "SELECT (SELECT weir_rows(\(list)) FROM (\(sql(request)))) FROM (SELECT"
            + " \(parents.joined(separator: ", ")) FROM weir_batch) AS \(Self.parent)"
    }
}
