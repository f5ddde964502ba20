// Logical plans as SQL of SQLite over the tables of the store.

import WeirColumnar
import WeirFunctions
import WeirSQL

/// Writes a plan as one SELECT over physical columns; throws what the store cannot do.
struct StoreQueryBuilder {
    /// Tables that the query reads, by the names they are stored under.
    private(set) var reads: [String] = []
    /// Views that are computed once for the whole query.
    private let shared: Set<String>
    /// How often each view is read.
    private var viewReads: [String: Int] = [:]
    private var aliases = 0
    /// The tables whose words have indexes; the caller makes those in `textNeeds`.
    private let textIndexes: TextIndexes
    /// Tables and columns whose words are searched.
    private(set) var textNeeds: [(table: String, columns: [Int])] = []
    private static let maximumOperators = 200
    /// SQLite joins at most 64 tables.
    private static let maximumJoins = 60
    /// SQLite's parser keeps at most 100 symbols.
    private static let maximumDepth = 80

    /// Subqueries as common tables: SQLite nests its parser only some ten SELECTs deep.
    private let isFlat: Bool
    private var commonTables: [(name: String, sql: String)] = []

    private init(shared: Set<String>, isFlat: Bool, textIndexes: TextIndexes) {
        self.textIndexes = textIndexes
        self.shared = shared
        self.isFlat = isFlat
    }

    /// The same rows as a subquery.
    mutating func wrap(_ draft: SelectDraft) -> SelectDraft {
        let alias = alias()
        guard isFlat else { return draft.wrapped(alias) }
        commonTables.append((alias, draft.sql))
        var flat = draft.wrapped(alias)
        flat.from = alias
        return flat
    }

    mutating func select(_ plan: LogicalPlan) throws(StoreRefusal) -> SelectDraft {
        guard plan.size <= Self.maximumOperators else {
            throw StoreRefusal(
                "a query of so many operators is not done in the store", plan.span.clipped)
        }
        let draft = try build(plan)
        guard draft.columns.contains(where: { $0.utf8.count > SelectDraft.maximumColumnBytes })
        else {
            return draft
        }
        return wrap(draft)
    }

    private mutating func build(_ plan: LogicalPlan) throws(StoreRefusal) -> SelectDraft {
        switch plan.node {
        case .scan(let source, let name, _):
            if source == .view { viewReads[name, default: 0] += 1 }
            return scan(name, plan.columns)
        case .values(let rows): return try values(rows, plan.columns)
        case .project(let input, let values): return try project(input, values, plan)
        case .filter(let input, let condition):
            var draft = try plain(input)
            draft.conditions.append(try draft.writer.sql(condition))
            draft.conditions += try words(condition, input, draft)
            return draft
        case .join(let left, let right, let join):
            return try StoreJoin.build(left, right, join, plan, &self)
        case .unnest(let input, let operand, let withOrdinality, let keepsUnmatched):
            return try unnest(input, operand, withOrdinality, keepsUnmatched, plan)
        case .aggregate(let input, let aggregation):
            return try StoreAggregation.build(input, aggregation, plan, &self)
        case .over(let input, let calls): return try over(input, calls, plan)
        case .rank(let input, let rank): return try self.rank(input, rank, plan)
        case .setOperation(let operation, let isAll, let left, let right):
            return try combine(operation, isAll, left, right, plan)
        case .sort(let input, let keys, let limit, let offset):
            var draft = try plain(input)
            draft.orderBy = try Self.sortKeys(keys, draft.writer)
            draft.limit = limit.map(String.init)
            draft.offset = offset.map(String.init)
            return draft
        case .window(_, let window):
            throw StoreRefusal(
                "\(window.shape.name) needs the rows as they come in", plan.span.clipped)
        case .changelog:
            throw StoreRefusal("TO_CHANGELOG needs the changes as they come in", plan.span.clipped)
        case .match:
            throw StoreRefusal(
                "MATCH_RECOGNIZE needs the rows as they come in", plan.span.clipped)
        }
    }

    /// The query of a plan, and what has written it.
    ///
    /// A view that the plan reads more than once is computed once: SQLite would compute it for each
    /// mention, and so each level of views twice.
    static func query(
        _ plan: LogicalPlan, textIndexes: TextIndexes = .none
    ) throws(StoreRefusal) -> (draft: SelectDraft, builder: StoreQueryBuilder) {
        guard plan.joinCount <= maximumJoins else {
            throw StoreRefusal(
                "more than \(maximumJoins) joins are not done in the store", plan.span.clipped)
        }
        var first = StoreQueryBuilder(
            shared: [], isFlat: false, textIndexes: textIndexes)
        let draft = try first.select(plan)
        let shared = first.viewReads.filter { $0.value > 1 }.keys
        let isDeep = draft.depth > maximumDepth
        guard !shared.isEmpty || isDeep else { return (draft, first) }
        var second = StoreQueryBuilder(
            shared: Set(shared), isFlat: isDeep, textIndexes: textIndexes)
        let again = try second.select(plan)
        guard again.depth <= maximumDepth else {
            throw StoreRefusal(
                "an expression nested so deep is not done in the store", plan.span.clipped)
        }
        return (again, second)
    }

    /// How many tables SQLite comes to when it puts the texts of views in the place of their names.
    ///
    /// - Parameter views: the same number for each view, by its name.
    func tableCount(_ views: [String: Int]) -> Int {
        let ofViews = viewReads.reduce(0) { count, read in
            count + read.value * (views[read.key.lowercased()] ?? 1)
        }
        return ofViews + max(0, reads.count - viewReads.count)
    }

    /// The whole statement.
    func statement(_ draft: SelectDraft) -> String { prefix + draft.sql }

    /// Common tables of the statement, with a blank behind them; empty for none.
    var prefix: String {
        var tables = shared.sorted().map { name in
            "\(StoreExpression.name("weir_once_\(name)")) AS MATERIALIZED"
                + " (SELECT * FROM \(StoreExpression.name("weir_data_\(name)")))"
        }
        tables += commonTables.map { "\($0.name) AS (\($0.sql))" }
        return tables.isEmpty ? "" : "WITH \(tables.joined(separator: ", ")) "
    }

    mutating func alias() -> String {
        aliases += 1
        return "t\(aliases)"
    }

    /// A draft that conditions and joins can be added to.
    mutating func plain(_ plan: LogicalPlan) throws(StoreRefusal) -> SelectDraft {
        let draft = try select(plan)
        return draft.isPlain ? draft : wrap(draft)
    }

    /// What an index of words tells of `TEXT_SEARCH(query, columns) > 0`: rows that have one of the
    /// words. The condition itself stays.
    private mutating func words(
        _ condition: BoundExpression, _ input: LogicalPlan, _ draft: SelectDraft
    ) throws(StoreRefusal) -> [String] {
        guard case .scan(let source, let name, _) = input.node, source != .view,
            textIndexes.contains(name),
            let alias = draft.columns.first?.prefix(while: { $0 != "." })
        else { return [] }
        var found: [String] = []
        for part in condition.conjuncts {
            guard case .comparison(.greater, let call, let least) = part.node,
                case .call("TEXT_SEARCH", let arguments) = call.node, arguments.count > 1,
                arguments[0].columns.isEmpty, least.isZero
            else { continue }
            var columns: [Int] = []
            for argument in arguments.dropFirst() {
                if let column = argument.plainColumn { columns.append(column) }
            }
            guard columns.count == arguments.count - 1 else { continue }
            columns = Set(columns).sorted()
            textNeeds.append((name, columns))
            let index = StoreExpression.name("weir_\(StoreIndex.textName(name, columns))")
            found.append(
                "\(alias).weir_row IN (SELECT rowid FROM \(index) WHERE \(index) MATCH"
                    + " weir_match(\(try draft.writer.sql(arguments[0]))))")
        }
        return found
    }

    // MARK: Rows

    mutating func scan(_ name: String, _ fields: [Field]) -> SelectDraft {
        if !reads.contains(name) { reads.append(name) }
        let alias = alias()
        let table = shared.contains(name) ? "weir_once_\(name)" : "weir_data_\(name)"
        return SelectDraft(
            from: "\(StoreExpression.name(table)) AS \(alias)",
            columns: fields.map { "\(alias).\(StoreExpression.name($0.name))" }, fields: fields)
    }

    private mutating func values(
        _ rows: [[BoundExpression]], _ fields: [Field]
    ) throws(StoreRefusal) -> SelectDraft {
        let writer = StoreExpression(columns: [])
        var texts: [String] = []
        for row in rows {
            var items: [String] = []
            for value in row { items.append(try writer.sql(value)) }
            texts.append("(\(items.joined(separator: ", ")))")
        }
        let alias = alias()
        return SelectDraft(
            from: "(VALUES \(texts.joined(separator: ", "))) AS \(alias)",
            columns: fields.indices.map { "\(alias).column\($0 + 1)" }, fields: fields)
    }

    private mutating func project(
        _ input: LogicalPlan, _ values: [BoundExpression], _ plan: LogicalPlan
    ) throws(StoreRefusal) -> SelectDraft {
        var draft = try select(input)
        // A total of which nothing is shown is a row all the same.
        let losesTotal =
            draft.isGrouped && draft.groupBy.isEmpty && values.allSatisfy(\.columns.isEmpty)
        if draft.isDistinct || !draft.orderBy.isEmpty || draft.limit != nil || losesTotal {
            draft = wrap(draft)
        }
        let writer = draft.writer
        var columns: [String] = []
        for value in values { columns.append(try writer.sql(value)) }
        draft.columns = columns
        draft.fields = plan.columns
        return draft
    }

    private mutating func unnest(
        _ input: LogicalPlan, _ operand: BoundExpression, _ withOrdinality: Bool,
        _ keepsUnmatched: Bool, _ plan: LogicalPlan
    ) throws(StoreRefusal) -> SelectDraft {
        var draft = try plain(input)
        let alias = alias()
        var json = try draft.writer.sql(operand)
        if case .multiset = operand.type.kind { json = "weir_items(\(json))" }
        let join = keepsUnmatched ? "LEFT JOIN" : "JOIN"
        draft.from += " \(join) json_each(\(json)) AS \(alias)" + (keepsUnmatched ? " ON TRUE" : "")
        let added = Array(plan.columns.dropFirst(input.columns.count))
        let items = withOrdinality ? Array(added.dropLast()) : added
        let value = "\(alias).value"
        switch operand.type.kind {
        case .map(let key, _) where items.count == 2:
            draft.columns.append(JsonAccess.key("\(alias).key", key.kind))
            draft.columns.append(JsonAccess.value(value, items[1].type.kind))
        case .multiset where items.count == 1:
            draft.columns.append(JsonAccess.key(value, items[0].type.kind))
        case .array(let element):
            if case .row(let fields) = element.kind, items.count == fields.count {
                for (field, item) in zip(fields, items) {
                    let path = StoreExpression.quoted("$.\"\(field.name)\"")
                    draft.columns.append(
                        JsonAccess.value("json_extract(\(value), \(path))", item.type.kind))
                }
            } else {
                draft.columns += items.map { JsonAccess.value(value, $0.type.kind) }
            }
        default:
            throw StoreRefusal("UNNEST of \(operand.type.kind) is not done in the store", plan.span)
        }
        if withOrdinality { draft.columns.append("\(alias).key + 1") }
        draft.fields = plan.columns
        return draft
    }

    private mutating func combine(
        _ operation: SetOperator, _ isAll: Bool, _ left: LogicalPlan, _ right: LogicalPlan,
        _ plan: LogicalPlan
    ) throws(StoreRefusal) -> SelectDraft {
        if isAll, operation != .union {
            throw StoreRefusal(
                "\(operation.rawValue) ALL is not done in the store", plan.span.clipped)
        }
        var sides: [String] = []
        for side in [left, right] {
            let draft = try select(side)
            let isBare = draft.orderBy.isEmpty && draft.limit == nil && draft.offset == nil
            sides.append((isBare ? draft : wrap(draft)).sql)
        }
        // A side that is itself a set operation is a subquery already.
        let word = operation.rawValue + (isAll ? " ALL" : "")
        let alias = alias()
        var named = SelectDraft(
            from: "", columns: plan.columns.map { _ in "" }, fields: plan.columns)
        let names = named.names
        let first = "SELECT * FROM (\(sides[0]))"
        let second = "SELECT * FROM (\(sides[1]))"
        let list = names.map(StoreExpression.name).joined(separator: ", ")
        let common = "WITH \(alias)_rows (\(list)) AS (\(first) \(word) \(second))"
        let whole = "\(common) SELECT * FROM \(alias)_rows"
        if isFlat { commonTables.append((alias, whole)) }
        named.from = isFlat ? alias : "(\(whole)) AS \(alias)"
        named.columns = names.map { "\(alias).\(StoreExpression.name($0))" }
        return named
    }

    // MARK: Windows

    private mutating func over(
        _ input: LogicalPlan, _ calls: [OverCall], _ plan: LogicalPlan
    ) throws(StoreRefusal) -> SelectDraft {
        var draft = try plain(input)
        let writer = draft.writer
        for call in calls { draft.columns.append(try StoreWindow.sql(call, writer)) }
        draft.fields = plan.columns
        draft.hasWindow = true
        return draft
    }

    /// Top-N: the rank in a subquery, the bound around it.
    private mutating func rank(
        _ input: LogicalPlan, _ rank: LogicalRank, _ plan: LogicalPlan
    ) throws(StoreRefusal) -> SelectDraft {
        var draft = try plain(input)
        let writer = draft.writer
        var partition: [String] = []
        for key in rank.partitionBy { partition.append(try writer.sql(key)) }
        let order = try Self.sortKeys(rank.orderBy, writer)
        var window = partition.isEmpty ? "" : "PARTITION BY \(partition.joined(separator: ", ")) "
        if !order.isEmpty { window += "ORDER BY \(order.joined(separator: ", "))" }
        draft.columns.append("ROW_NUMBER() OVER (\(window))")
        draft.fields.append(Field("weir_rank", .bigint))
        var ranked = wrap(draft)
        let position = ranked.columns[ranked.columns.count - 1]
        ranked.conditions.append(
            rank.ranks.lowerBound == 1
                ? "\(position) <= \(rank.ranks.upperBound)"
                : "\(position) BETWEEN \(rank.ranks.lowerBound) AND \(rank.ranks.upperBound)")
        if !rank.emitsRank { ranked.columns.removeLast() }
        ranked.fields = plan.columns
        return ranked
    }

    static func sortKeys(
        _ keys: [SortKey], _ writer: StoreExpression
    ) throws(StoreRefusal) -> [String] {
        var result: [String] = []
        for key in keys {
            let value = try writer.sql(key.expression)
            if SelectDraft.isConstant(value) { continue }
            result.append(
                orderTerm(
                    value, key.expression.type.kind, isDescending: key.isDescending,
                    nullsFirst: key.nullsFirst))
        }
        return result
    }

    /// A term of ORDER BY.
    static func orderTerm(
        _ value: String, _ kind: DataType.Kind, isDescending: Bool, nullsFirst: Bool
    ) -> String {
        // Numbers past 64 bits are texts in the store.
        let isWide = kind.physical == .int128
        return "\(isWide ? "weir_order(\(value))" : value) \(isDescending ? "DESC" : "ASC")"
            + " NULLS \(nullsFirst ? "FIRST" : "LAST")"
    }

    /// A draft of the rows of a log behind a number, which is the last column.
    ///
    /// - Parameter filters: columns that have the values of arguments; a null finds nothing.
    static func events(
        of name: String, _ fields: [Field], filters: [(column: Int, parameter: String)]
    ) -> SelectDraft {
        var builder = StoreQueryBuilder(
            shared: [], isFlat: false, textIndexes: .none)
        var draft = builder.scan(name, fields)
        draft.columns.append("t1._rowid_")
        draft.fields.append(Field("weir_event", DataType(.bigint, nullable: false)))
        draft.conditions =
            ["t1._rowid_ > \(StoreSelect.afterParameter)"]
            + filters.map {
                "\(draft.columns[$0.column]) = \(StoreExpression.parameter($0.parameter))"
            }
        draft.orderBy = ["t1._rowid_"]
        return draft
    }

    /// A draft of all rows of a table or view, in an order of its columns.
    static func rows(
        of name: String, _ fields: [Field],
        order: [(column: Int, isDescending: Bool, nullsFirst: Bool)], stored: StoredTable?
    ) -> SelectDraft {
        var builder = StoreQueryBuilder(
            shared: [], isFlat: false, textIndexes: .none)
        var draft = builder.scan(name, fields)
        if order.isEmpty, let stored {
            // Which index is read depends on the columns; the order of pages must not.
            draft.orderBy = stored.physicalOrder.map { "t1.\(StoreExpression.name($0))" }
        } else {
            draft.order(by: order)
        }
        return draft
    }
}

extension LogicalPlan {
    /// Joins and UNNESTs in the tree.
    fileprivate var joinCount: Int {
        let own =
            switch node {
            case .join, .unnest: 1
            default: 0
            }
        return inputs.reduce(own) { $0 + $1.joinCount }
    }
}
