// GROUP BY and aggregates.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ScriptBinder {
    /// Puts an aggregation over a plan and brings the select list to its output.
    mutating func group(
        _ select: SelectQuery, _ input: LogicalPlan, _ scope: Scope, _ list: inout SelectList,
        _ having: BoundExpression?, _ qualify: BoundExpression?
    ) -> (plan: LogicalPlan, qualify: BoundExpression?)? {
        guard let grouping = bindKeys(select, scope, list) else { return nil }
        let keys = grouping.keys
        let fields = keys.enumerated().map { index, key -> Field in
            let name =
                if case .column(let column) = key.node { scope.columns[column].name } else {
                    "key\(index)"
                }
            return Field(name, grouping.sets == nil ? key.type : key.type.nullable(true))
        }
        var rewriter = GroupRewriter(
            keys: keys, calls: list.calls, hidden: scope.hidden, hasSets: grouping.sets != nil)
        list.values = list.values.map { rewriter.rewrite($0) }
        list.overs = list.overs.map { rewriter.rewrite($0) }
        let condition = having.map { rewriter.rewrite($0) }
        let qualified = qualify.map { rewriter.rewrite($0) }
        if let missing = rewriter.missing {
            diagnostics.append(
                .error(
                    "not-grouped", "this column is neither in GROUP BY nor in an aggregate",
                    at: missing.span,
                    hint: keys.contains { $0.isConstant }
                        ? "a number in GROUP BY is a constant: name the column"
                        : "add it to GROUP BY or take MIN or MAX of it"))
            return nil
        }
        let calls = rewriter.calls
        if let stranger = calls.first(where: { $0.isGrouping(notOver: keys) }) {
            diagnostics.append(
                .error(
                    "bad-arguments", "GROUPING takes keys of GROUP BY",
                    at: stranger.arguments[0].span))
            return nil
        }
        let added = calls.enumerated().map {
            Field("\($1.function.lowercased())\($0)", $1.type)
        }
        var plan = LogicalPlan(
            .aggregate(
                input,
                LogicalAggregation(
                    keys: keys, sets: grouping.sets, calls: calls, isDistinct: false)),
            fields + added, select.span)
        if grouping.sets != nil,
            let value = calls.compactMap(\.arguments.first).first(where: {
                if case .column(let index) = $0.node {
                    !(scope.hidden[index] ?? []).isEmpty
                } else {
                    false
                }
            })
        {
            refuse("a correlated query beside GROUPING SETS, ROLLUP or CUBE", value.span.clipped)
            return nil
        }
        if let condition {
            plan = LogicalPlan(.filter(plan, condition), plan.columns, condition.span)
        }
        return (plan, qualified)
    }

    private static let maximumSets = 1024

    private struct Grouping {
        var keys: [BoundExpression] = []
        var sets: [[Int]]?
    }

    private mutating func bindKeys(
        _ select: SelectQuery, _ scope: Scope, _ list: SelectList
    ) -> Grouping? {
        var grouping = Grouping()
        var parts: [[[Int]]] = []
        var isPlain = true
        for element in select.groupBy {
            guard let sets = bindElement(element, select, scope, list, &grouping) else {
                return nil
            }
            if sets.count != 1 { isPlain = false }
            parts.append(sets)
        }
        let product = parts.reduce(1) { min($0 * max(1, $1.count), Self.maximumSets + 1) }
        guard product <= Self.maximumSets else {
            diagnostics.append(
                .error(
                    "too-long", "more than \(Self.maximumSets) grouping sets", at: select.span))
            return nil
        }
        if !isPlain {
            // Several elements: every set of one with every set of the others.
            grouping.sets = parts.reduce([[]]) { left, right in
                left.flatMap { first in right.map { Array(Set(first + $0)).sorted() } }
            }
        }
        return grouping
    }

    /// The grouping sets that an element stands for, as numbers of keys.
    private mutating func bindElement(
        _ element: GroupingElement, _ select: SelectQuery, _ scope: Scope, _ list: SelectList,
        _ grouping: inout Grouping
    ) -> [[Int]]? {
        switch element {
        case .expression(let written):
            if GroupWindow(written) != nil { return bindWindowKeys(written, scope, &grouping) }
            return bindKey(written, select, scope, list, &grouping).map { [[$0]] }
        case .tuple(let items, _):
            var set: [Int] = []
            for item in items {
                guard let key = bindKey(item, select, scope, list, &grouping) else { return nil }
                set.append(key)
            }
            return [set]
        case .rollup(let elements, _), .cube(let elements, _), .sets(let elements, _):
            var parts: [[[Int]]] = []
            for element in elements {
                guard let sets = bindElement(element, select, scope, list, &grouping) else {
                    return nil
                }
                parts.append(sets)
            }
            return expand(element, parts)
        }
    }

    private mutating func expand(_ element: GroupingElement, _ parts: [[[Int]]]) -> [[Int]]? {
        switch element {
        case .sets: return parts.flatMap { $0 }
        case .rollup:
            let columns = parts.flatMap { $0 }
            return (0...columns.count).reversed().map { columns.prefix($0).flatMap { $0 } }
        case .cube(_, let span):
            let columns = parts.flatMap { $0 }
            guard columns.count <= 10 else {
                diagnostics.append(
                    .error("too-long", "CUBE of more than 10 columns", at: span))
                return nil
            }
            return (0..<1 << columns.count).reversed().map { mask in
                columns.indices.filter { mask >> (columns.count - 1 - $0) & 1 == 1 }
                    .flatMap { columns[$0] }
            }
        case .expression, .tuple: return nil
        }
    }

    /// The columns of a window of GROUP BY.
    private mutating func bindWindowKeys(
        _ written: Expression, _ scope: Scope, _ grouping: inout Grouping
    ) -> [[Int]]? {
        guard let window = scope.groupWindow else {
            refuse("a window inside GROUPING SETS, ROLLUP or CUBE", written.span)
            return nil
        }
        let first = grouping.keys.count
        for index in window.column..<window.column + 3 {
            grouping.keys.append(
                BoundExpression(.column(index), scope.columns[index].type, written.span))
        }
        return [Array(first..<first + 3)]
    }

    private mutating func bindKey(
        _ written: Expression, _ select: SelectQuery, _ scope: Scope, _ list: SelectList,
        _ grouping: inout Grouping
    ) -> Int? {
        guard let key = bindKeyExpression(written, scope, list) else { return nil }
        if key.first(where: { $0.isCall }) != nil {
            diagnostics.append(
                .error(
                    "misplaced-aggregate", "an aggregate cannot be used in GROUP BY",
                    at: written.span, hint: "group by columns, filter groups with HAVING"))
            return nil
        }
        if let known = grouping.keys.firstIndex(of: key) { return known }
        grouping.keys.append(key)
        return grouping.keys.count - 1
    }

    /// A key is an expression over the input, or the alias of an item of the select list. A number
    /// is a constant, as in Flink, and no position.
    private mutating func bindKeyExpression(
        _ written: Expression, _ scope: Scope, _ list: SelectList
    ) -> BoundExpression? {
        var binder = expressionBinder(scope, place: "GROUP BY")
        if case .column(let path) = written.kind, path.count == 1,
            scope.index(of: path[0].name) == nil,
            let alias = list.names.firstIndex(where: { $0.lowercased() == path[0].key })
        {
            return list.values[alias]
        }
        let bound = binder.bind(written)
        diagnostics += binder.diagnostics
        return bound
    }
}

extension LogicalCall {
    /// Whether it is GROUPING of something that is no key.
    fileprivate func isGrouping(notOver keys: [BoundExpression]) -> Bool {
        function == LogicalCall.grouping && !arguments.allSatisfy(keys.contains)
    }
}

extension BoundExpression {
    fileprivate var isConstant: Bool { if case .literal = node { true } else { false } }

    /// Whether it stands for a call whose operator comes later.
    fileprivate var isCall: Bool {
        switch node {
        case .aggregate, .over: true
        default: false
        }
    }
}

/// Brings expressions over the input of an aggregation to its output.
private struct GroupRewriter {
    let keys: [BoundExpression]
    private(set) var calls: [LogicalCall]
    /// Columns with the values of queries, which are the same for all rows of a group when the
    /// columns that they depend on are keys.
    let hidden: [Int: Set<Int>]
    /// The first column that is neither grouped nor aggregated.
    private(set) var missing: BoundExpression?

    /// Whether a key may be NULL because its set leaves it out.
    private let hasSets: Bool

    init(
        keys: [BoundExpression], calls: [LogicalCall], hidden: [Int: Set<Int>], hasSets: Bool
    ) {
        self.hasSets = hasSets
        self.keys = keys
        self.calls = calls
        self.hidden = hidden
    }

    mutating func rewrite(_ part: BoundExpression) -> BoundExpression {
        if let key = keys.firstIndex(of: part) {
            let type = hasSets ? part.type.nullable(true) : part.type
            return BoundExpression(.column(key), type, part.span)
        }
        switch part.node {
        case .column(let index) where isOfGroup(index) && !part.type.kind.isNested:
            return BoundExpression(.column(keys.count + value(part)), part.type, part.span)
        case .column:
            missing = missing ?? part
            return part
        case .aggregate(let index):
            return BoundExpression(.column(keys.count + index), part.type, part.span)
        default:
            var copy = self
            let changed = part.mapChildren { copy.rewrite($0) }
            missing = copy.missing
            calls = copy.calls
            return changed
        }
    }

    /// Whether a column is the value of a query that is the same for all rows of a group.
    private func isOfGroup(_ index: Int) -> Bool {
        guard let reads = hidden[index] else { return false }
        return reads.allSatisfy { column in
            keys.contains { if case .column(column) = $0.node { true } else { false } }
        }
    }

    /// The call that takes a hidden column along.
    private mutating func value(_ column: BoundExpression) -> Int {
        let call = LogicalCall(
            function: "MAX", arguments: [column], isDistinct: false, filter: nil,
            type: column.type.nullable(true))
        if let known = calls.firstIndex(of: call) { return known }
        calls.append(call)
        return calls.count - 1
    }

    mutating func rewrite(_ call: OverCall) -> OverCall {
        func key(_ key: SortKey, _ rewriter: inout GroupRewriter) -> SortKey {
            SortKey(
                expression: rewriter.rewrite(key.expression), isDescending: key.isDescending,
                nullsFirst: key.nullsFirst)
        }
        return OverCall(
            function: call.function, arguments: call.arguments.map { rewrite($0) },
            partitionBy: call.partitionBy.map { rewrite($0) },
            orderBy: call.orderBy.map { key($0, &self) }, frame: call.frame,
            isDistinct: call.isDistinct, type: call.type,
            span: call.span)
    }
}
