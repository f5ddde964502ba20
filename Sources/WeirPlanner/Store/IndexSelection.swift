// Which indexes the stored tables need, from the queries that the script declares.
//
// After SQRL's rules: equalities first, then one range; what the key covers needs none.

import WeirColumnar

/// An index of a stored table.
package struct StoreIndex: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case btree
        /// The words of some columns, for TEXT_SEARCH.
        case text
    }

    package var kind = Kind.btree
    package let table: String
    package let columns: [String]
    /// The queries that asked for it, or `hint`.
    package let reasons: [String]

    /// `TABLE_btree_c1c3`, as SQRL names them.
    package let name: String
}

/// Which tables have indexes of words for the searches of a query.
enum TextIndexes {
    case none
    /// All but those that have a hint against it, by lower-case name.
    case all(except: Set<String>)

    func contains(_ table: String) -> Bool {
        switch self {
        case .none: false
        case .all(let others): !others.contains(table.lowercased())
        }
    }
}

/// What a query asks of one table.
private struct IndexNeed {
    var equalities: [Int]
    var range: Int?

    /// Equalities in any order, then the range; at most three columns.
    var columns: [Int] {
        let first = equalities.sorted().prefix(3)
        guard first.count < 3, let range, !first.contains(range) else { return Array(first) }
        return first + [range]
    }
}

/// Collects what plans ask of the tables that they scan.
struct IndexSelection {
    /// Indexes that a table may have.
    private static let maximum = 8
    private var needs: [String: [(need: IndexNeed, reason: String)]] = [:]
    private var textNeeds: [String: [(columns: [Int], reason: String)]] = [:]

    /// Adds what a query asks for.
    mutating func add(_ plan: LogicalPlan, reason: String) {
        visit(plan, [], reason)
    }

    /// Adds equality on some columns of a table.
    mutating func add(table: String, equalities: [Int], reason: String) {
        add(IndexNeed(equalities: equalities, range: nil), table, reason)
    }

    /// Adds a search for words in some columns of a table; the query's SQL reads that index.
    mutating func add(table: String, text columns: [Int], reason: String) {
        textNeeds[table.lowercased(), default: []].append((columns, reason))
    }

    /// The indexes of words that queries of a table read.
    func textIndexes(of table: StoredTable) -> [StoreIndex] {
        var chosen: [(columns: [Int], reasons: [String])] = []
        for (columns, reason) in textNeeds[table.name.lowercased()] ?? [] {
            if let index = chosen.firstIndex(where: { $0.columns == columns }) {
                if !chosen[index].reasons.contains(reason) { chosen[index].reasons.append(reason) }
            } else {
                chosen.append((columns, [reason]))
            }
        }
        return chosen.map { item in
            StoreIndex(
                kind: .text, table: table.name,
                columns: item.columns.map { table.columns[$0].name },
                reasons: item.reasons, name: StoreIndex.textName(table.name, item.columns))
        }
    }

    /// The indexes of a table, fewest first.
    func indexes(of table: StoredTable) -> [StoreIndex] {
        var chosen: [(columns: [Int], reasons: [String])] = []
        let asked = needs[table.name.lowercased()] ?? []
        let wide = asked.sorted { $0.need.columns.count > $1.need.columns.count }
        for (need, reason) in wide {
            let columns = need.columns
            if columns.isEmpty || isCovered(columns, need, by: table.key) { continue }
            if let index = chosen.firstIndex(where: { isCovered(columns, need, by: $0.columns) }) {
                if !chosen[index].reasons.contains(reason) { chosen[index].reasons.append(reason) }
            } else if chosen.count < Self.maximum {
                chosen.append((columns, [reason]))
            }
        }
        return chosen.map { item in
            StoreIndex(table, columns: item.columns, reasons: item.reasons)
        }
    }

    /// Whether an index on some columns finds the rows of a need.
    private func isCovered(_ columns: [Int], _ need: IndexNeed, by index: [Int]) -> Bool {
        guard index.count >= columns.count else { return false }
        let equalities = Set(need.equalities.sorted().prefix(3))
        guard Set(index.prefix(equalities.count)) == equalities else { return false }
        return columns.count == equalities.count || index[equalities.count] == columns.last
    }

    private mutating func add(_ need: IndexNeed, _ table: String, _ reason: String) {
        if need.columns.isEmpty { return }
        needs[table.lowercased(), default: []].append((need, reason))
    }

    // MARK: Plans

    /// - Parameter conditions: over the plan's columns; columns past them are known values.
    private mutating func visit(
        _ plan: LogicalPlan, _ conditions: [BoundExpression], _ reason: String,
        order: Int? = nil
    ) {
        switch plan.node {
        case .scan(_, let name, _):
            var need = need(conditions, width: plan.columns.count)
            if need.range == nil { need.range = order }
            add(need, name, reason)
        case .filter(let input, let condition):
            visit(input, conditions + condition.conjuncts, reason, order: order)
        case .project(let input, let values):
            let passed = conditions.compactMap { pushed($0, values, input.columns.count) }
            var inner: Int?
            if let order, case .column(let index) = values[order].node { inner = index }
            visit(input, passed, reason, order: inner)
        case .sort(let input, let keys, let limit, _):
            var inner: Int?
            if limit ?? .max <= 10_000, case .column(let index)? = keys.first?.expression.node {
                inner = index
            }
            visit(input, conditions, reason, order: inner)
        case .join(let left, let right, let join):
            visitJoin(left, right, join, conditions, reason)
        default:
            for input in plan.inputs { visit(input, [], reason) }
        }
    }

    private mutating func visitJoin(
        _ left: LogicalPlan, _ right: LogicalPlan, _ join: LogicalJoin,
        _ conditions: [BoundExpression], _ reason: String
    ) {
        let split = left.columns.count
        let width = right.columns.count
        let onLeft = conditions.filter { $0.columns.allSatisfy { $0 < split } }
        visit(left, onLeft, reason)
        // To the right side the columns of the left one are known.
        let onRight =
            (join.condition?.conjuncts ?? [])
            + conditions.filter {
                $0.columns.allSatisfy { $0 >= split }
            }
        visit(
            right,
            onRight.map { $0.mapColumns { $0 >= split ? $0 - split : width + $0 } }, reason)
    }

    /// A condition below a projection; nil when it is about something computed.
    private func pushed(
        _ condition: BoundExpression, _ values: [BoundExpression], _ width: Int
    ) -> BoundExpression? {
        let isPlain = condition.columns.allSatisfy { index in
            guard index < values.count else { return true }
            if case .column = values[index].node { return true }
            return false
        }
        guard isPlain else { return nil }
        return condition.mapColumns { index in
            guard index < values.count, case .column(let inner) = values[index].node else {
                return width + index
            }
            return inner
        }
    }

    private func need(_ conditions: [BoundExpression], width: Int) -> IndexNeed {
        var need = IndexNeed(equalities: [], range: nil)
        for condition in conditions {
            guard case .comparison(let symbol, let left, let right) = condition.node else {
                if case .inSet(let operand, _, _, false) = condition.node,
                    case .column(let index) = operand.node, index < width
                {
                    need.equalities.append(index)
                }
                continue
            }
            guard let column = bound(left, right, width) ?? bound(right, left, width) else {
                continue
            }
            switch symbol {
            case .equal: if !need.equalities.contains(column) { need.equalities.append(column) }
            case .notEqual: break
            default: need.range = need.range ?? column
            }
        }
        return need
    }

    /// The column of this table that is compared with something known.
    private func bound(
        _ side: BoundExpression, _ other: BoundExpression, _ width: Int
    ) -> Int? {
        guard case .column(let index) = side.node, index < width,
            other.columns.allSatisfy({ $0 >= width })
        else { return nil }
        return index
    }
}

extension StoreIndex {
    /// `TABLE_text_c1c3`, as SQRL names them.
    static func textName(_ table: String, _ columns: [Int]) -> String {
        "\(table)_text_" + columns.map { "c\($0)" }.joined()
    }

    init(_ table: StoredTable, columns: [Int], reasons: [String]) {
        self.init(
            table: table.name, columns: columns.map { table.columns[$0].name }, reasons: reasons,
            name: "\(table.name)_btree_" + columns.map { "c\($0)" }.joined())
    }
}
