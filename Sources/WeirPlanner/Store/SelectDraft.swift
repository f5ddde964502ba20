// A SELECT of the store while it is put together.

import WeirColumnar

/// The parts of a SELECT; projections and filters go into it as long as SQL allows that.
struct SelectDraft: Sendable {
    /// What stands behind FROM; empty for none.
    var from: String
    /// The SQL of each column.
    var columns: [String]
    var fields: [Field]
    var conditions: [String] = []
    var groupBy: [String] = []
    var isGrouped = false
    var isDistinct = false
    /// Whether a column is a call with OVER.
    var hasWindow = false
    var orderBy: [String] = []
    var limit: String?
    var offset: String?
    /// Bytes of an expression past which it gets a subquery of its own.
    static let maximumColumnBytes = 4000

    /// Orders by columns of the result.
    mutating func order(by terms: [(column: Int, isDescending: Bool, nullsFirst: Bool)]) {
        orderBy = terms.map { term in
            StoreQueryBuilder.orderTerm(
                columns[term.column], fields[term.column].type.kind,
                isDescending: term.isDescending, nullsFirst: term.nullsFirst)
        }
    }

    /// Whether conditions, joins and groups may be added as it stands.
    var isPlain: Bool {
        !isGrouped && !isDistinct && !hasWindow && orderBy.isEmpty && limit == nil && offset == nil
    }

    /// Whether every column is one of a table, so that it is NULL where a join has no row of it.
    var hasOnlyReferences: Bool { columns.allSatisfy { Self.isReference($0) } }

    /// `t1."name"`, `t1.column1` and the like, and nothing else.
    private static func isReference(_ column: String) -> Bool {
        guard column.first == "t", let dot = column.firstIndex(of: ".") else { return false }
        let alias = column[column.index(after: column.startIndex)..<dot]
        guard !alias.isEmpty, alias.allSatisfy(\.isNumber) else { return false }
        let name = column[column.index(after: dot)...]
        if name.first == "\"" {
            return name.dropFirst().dropLast().replacing("\"\"", with: "").allSatisfy { $0 != "\"" }
        }
        return name.allSatisfy { $0.isLetter || $0.isNumber }
    }

    /// Whether the SQL of a value reads no table: SQLite takes a number in GROUP BY and ORDER BY for
    /// the position of a column.
    static func isConstant(_ sql: String) -> Bool { sql.firstMatch(of: /t[0-9]+\./) == nil }

    /// Names that tell the columns apart.
    var names: [String] {
        var seen: Set<String> = []
        return fields.map { field in
            var name = field.name
            var suffix = 2
            while !seen.insert(name.lowercased()).inserted {
                name = "\(field.name)_\(suffix)"
                suffix += 1
            }
            return name
        }
    }

    /// The whole SELECT.
    var sql: String {
        let items = zip(columns, names).map { "\($0) AS \(StoreExpression.name($1))" }
        let list = items.isEmpty ? "1" : items.joined(separator: ", ")
        var text = "SELECT \(isDistinct ? "DISTINCT " : "")\(list)"
        if !from.isEmpty { text += " FROM \(from)" }
        if !conditions.isEmpty { text += " WHERE \(conditions.joined(separator: " AND "))" }
        if !groupBy.isEmpty { text += " GROUP BY \(groupBy.joined(separator: ", "))" }
        if !orderBy.isEmpty { text += " ORDER BY \(orderBy.joined(separator: ", "))" }
        if limit != nil || offset != nil { text += " LIMIT \(limit ?? "-1")" }
        if let offset { text += " OFFSET \(offset)" }
        return text
    }

    /// How many symbols SQLite's parser keeps at most while it reads the statement, about: seven for
    /// a SELECT in another, three for other parentheses.
    var depth: Int {
        let text = Array(sql.utf8)
        var open: [Int] = []
        var (depth, deepest) = (0, 0)
        // The quote of the text or name at hand.
        var quote: UInt8?
        for (index, byte) in text.enumerated() {
            switch byte {
            case quote: quote = nil
            case _ where quote != nil: break
            case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = byte
            case UInt8(ascii: "("):
                let isQuery = text[(index + 1)...].starts(with: "SELECT".utf8)
                open.append(isQuery ? 7 : 3)
                depth += open[open.count - 1]
                deepest = max(deepest, depth)
            case UInt8(ascii: ")"): depth -= open.popLast() ?? 0
            default: break
            }
        }
        return deepest
    }

    /// A writer for expressions over the columns.
    var writer: StoreExpression {
        StoreExpression(columns: zip(columns, names).map { ($0, $1) })
    }

    /// The same rows as a subquery under a name.
    func wrapped(_ alias: String) -> SelectDraft {
        SelectDraft(
            from: "(\(sql)) AS \(alias)",
            columns: names.map { "\(alias).\(StoreExpression.name($0))" }, fields: fields)
    }
}
