// Semi and anti joins as IN: SQLite looks the values up in a tree that it fills once, where EXISTS
// goes through all rows each time.

import WeirColumnar
import WeirSQL

/// A semi or anti join whose condition is equality of values of both sides, and conditions on the
/// right side alone.
struct StoreMembership {
    private var left: [String] = []
    private var right: [String] = []
    private var inner: SelectDraft
    /// Whether a NULL makes the answer unknown, as in NOT IN.
    private var isStrict = false

    /// Nil when the condition is another.
    init?(
        _ join: LogicalJoin, _ first: SelectDraft, _ second: SelectDraft
    ) throws(StoreRefusal) {
        guard let condition = join.condition else { return nil }
        inner = second
        let width = first.columns.count
        var parts = condition.conjuncts
        if join.kind == .anti, parts.count == 1,
            case .isTrue(let equality, value: false, negated: true) = parts[0].node
        {
            parts = equality.conjuncts
            isStrict = true
        }
        for part in parts {
            let columns = part.columns
            if !isStrict, !columns.isEmpty, columns.allSatisfy({ $0 >= width }) {
                inner.conditions.append(try second.writer.sql(part.mapColumns { $0 - width }))
                continue
            }
            guard case .comparison(.equal, let one, let other) = part.node,
                StoreExpression.isNative(one, other)
            else { return nil }
            let isSwapped = one.columns.contains { $0 >= width }
            let (outer, own) = isSwapped ? (other, one) : (one, other)
            guard outer.columns.allSatisfy({ $0 < width }), !own.columns.isEmpty,
                own.columns.allSatisfy({ $0 >= width })
            else { return nil }
            left.append(try first.writer.sql(outer))
            right.append(try second.writer.sql(own.mapColumns { $0 - width }))
        }
        guard !left.isEmpty else { return nil }
    }

    func sql(_ isAnti: Bool) -> String {
        var query = inner
        query.columns = right
        query.fields = right.indices.map { Field("v\($0)", .string) }
        let value = left.count == 1 ? left[0] : "(\(left.joined(separator: ", ")))"
        if isStrict { return "\(value) NOT IN (\(query.sql))" }
        guard isAnti else { return "\(value) IN (\(query.sql))" }
        // A NULL on either side equals nothing, so it finds no row.
        for column in right { query.conditions.append("\(column) IS NOT NULL") }
        return "(\(value) IN (\(query.sql))) IS NOT TRUE"
    }
}
