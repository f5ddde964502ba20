// Joins.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    mutating func bindJoin(
        _ left: TableReference, _ kind: JoinKind, _ right: TableReference,
        _ condition: JoinCondition, _ span: Span
    ) -> (plan: LogicalPlan, scope: Scope)? {
        if case .unnest(let operand, let withOrdinality, let alias, let place) = right {
            return bindUnnest(left, kind, operand, withOrdinality, alias, condition, place)
        }
        if right.isLateral { return bindLateral(left, kind, right, condition, span) }
        let first = bindFrom(left)
        let period = right.period
        let known = diagnostics.count
        let second = bindFrom(right.withoutPeriod)
        if let first, right.isPlainFunction { hintAtLateral(first.scope, since: known) }
        guard let first, let second else { return nil }
        let logicalKind = Self.logical(kind)
        let columns = joinedColumns(first.plan, second.plan, logicalKind)
        guard let names = mergedNames(first.scope, second.scope, condition) else { return nil }
        let scope = first.scope.joined(
            second.scope, columns: columns, merged: Set(names.map(\.right)))
        guard
            let bound = bindCondition(condition, names, scope, first.plan.columns.count, span)
        else { return nil }
        var join = LogicalJoin(kind: logicalKind, condition: bound.condition)
        if let period {
            guard let time = bindPeriod(period, first, second, logicalKind, span) else {
                return nil
            }
            join.time = .temporal(time)
        }
        if kind == .cross, bound.condition != nil { join.kind = .inner }
        if bound.condition == nil, kind != .cross {
            diagnostics.append(
                .error("no-condition", "a join needs ON or USING", at: right.span.clipped))
            return nil
        }
        warnOfVersions(first, second, join, right)
        var joined = LogicalPlan(.join(first.plan, second.plan, join), columns, span)
        // Whoever reads the join has to know whether it keeps the event time.
        joined = RecogniseIntervalJoin.apply(joined) ?? RecogniseWindowJoin.apply(joined) ?? joined
        return (merged(joined, names, shift: first.plan.columns.count, join.kind), scope)
    }

    /// Says of names that a table function does not see that LATERAL would show them.
    private mutating func hintAtLateral(_ left: Scope, since known: Int) {
        for index in diagnostics.indices.dropFirst(known) {
            let found = diagnostics[index]
            let isHere = left.tables.contains { table in
                table.name.map { found.message.contains("'\($0)'") } ?? false
            }
            guard found.code == "unknown-table", isHere else { continue }
            diagnostics[index] = found.hinting("write LATERAL TABLE(…) to use columns of it")
        }
    }

    /// A column that both sides share is the one that is there.
    private func merged(
        _ plan: LogicalPlan, _ names: [MergedName], shift: Int, _ kind: LogicalJoin.Kind
    ) -> LogicalPlan {
        guard !names.isEmpty, kind == .right || kind == .full else { return plan }
        var values = plan.columns.enumerated().map {
            BoundExpression(.column($0), $1.type, plan.span)
        }
        for name in names {
            let left = values[name.left]
            let right = values[name.right + shift]
            let isThere = BoundExpression(
                .isNull(left, negated: true), DataType(.boolean, nullable: false), plan.span)
            guard left.type.kind == right.type.kind else { continue }
            values[name.left] = BoundExpression(
                .choose(conditions: [isThere], values: [left], right), left.type, plan.span)
        }
        return LogicalPlan(.project(plan, values), plan.columns, plan.span)
    }

    private static func logical(_ kind: JoinKind) -> LogicalJoin.Kind {
        switch kind {
        case .inner, .cross: .inner
        case .left: .left
        case .right: .right
        case .full: .full
        }
    }

    /// The columns of both sides; those of a side that may be missing are nullable.
    private func joinedColumns(
        _ left: LogicalPlan, _ right: LogicalPlan, _ kind: LogicalJoin.Kind
    ) -> [Field] {
        func nullable(_ columns: [Field], _ isNullable: Bool) -> [Field] {
            isNullable ? columns.map { Field($0.name, $0.type.nullable(true)) } : columns
        }
        return nullable(left.columns, kind == .right || kind == .full)
            + nullable(right.columns, kind == .left || kind == .full)
    }

    // MARK: Conditions

    private struct MergedName {
        let left: Int
        let right: Int
        let span: Span
    }

    /// The columns that USING and NATURAL compare, by their numbers on either side.
    private mutating func mergedNames(
        _ left: Scope, _ right: Scope, _ condition: JoinCondition
    ) -> [MergedName]? {
        switch condition {
        case .none, .on: return []
        case .using(let names, _):
            var result: [MergedName] = []
            for name in names {
                guard let first = left.resolve([name], &diagnostics),
                    let second = right.resolve([name], &diagnostics)
                else { return nil }
                result.append(MergedName(left: first, right: second, span: name.span))
            }
            return result
        case .natural:
            return right.columns.indices.compactMap { index in
                left.index(of: right.columns[index].name).map {
                    MergedName(left: $0, right: index, span: Span(0, 0))
                }
            }
        }
    }

    private mutating func bindCondition(
        _ condition: JoinCondition, _ names: [MergedName], _ scope: Scope, _ shift: Int,
        _ span: Span
    ) -> (condition: BoundExpression?, Void)? {
        var binder = expressionBinder(scope, place: "ON")
        switch condition {
        case .none: return (nil, ())
        case .on(let written):
            let bound = binder.bindBoolean(written)
            diagnostics += binder.diagnostics
            return bound.map { ($0, ()) }
        case .using, .natural:
            var result: BoundExpression?
            for name in names {
                let left = BoundExpression(
                    .column(name.left), scope.columns[name.left].type, name.span)
                let right = BoundExpression(
                    .column(name.right + shift), scope.columns[name.right + shift].type, name.span)
                let equal = binder.bindComparison(.equal, left, right, name.span)
                diagnostics += binder.diagnostics
                guard let equal else { return nil }
                result = result.map { BoundExpression.conjunction($0, equal) } ?? equal
            }
            return (result, ())
        }
    }

    private mutating func bindPeriod(
        _ period: Expression, _ left: (plan: LogicalPlan, scope: Scope),
        _ right: (plan: LogicalPlan, scope: Scope), _ kind: LogicalJoin.Kind, _ span: Span
    ) -> BoundExpression? {
        var binder = expressionBinder(left.scope, place: "FOR SYSTEM_TIME AS OF")
        let bound = binder.bind(period)
        diagnostics += binder.diagnostics
        guard let bound else { return nil }
        guard bound.type.kind.isTimestamp else {
            diagnostics.append(
                .error(
                    "bad-period", "FOR SYSTEM_TIME AS OF takes a time, this is \(bound.type.kind)",
                    at: period.span))
            return nil
        }
        guard kind == .inner || kind == .left else {
            diagnostics.append(
                .error(
                    "bad-join", "a temporal join is INNER or LEFT", at: span.clipped))
            return nil
        }
        if right.plan.relation.key == nil {
            diagnostics.append(
                .error(
                    "no-version-key", "the table joined by time needs a primary key",
                    at: span.clipped,
                    hint: "take its last row by key: Name := DISTINCT table ON key ORDER BY time"
                        + " DESC"))
            return nil
        }
        return bound
    }

    // MARK: UNNEST

    private mutating func bindUnnest(
        _ left: TableReference, _ kind: JoinKind, _ operand: Expression, _ withOrdinality: Bool,
        _ alias: TableAlias?, _ condition: JoinCondition, _ span: Span
    ) -> (plan: LogicalPlan, scope: Scope)? {
        guard let (input, scope) = bindFrom(left) else { return nil }
        var binder = expressionBinder(scope, place: "UNNEST")
        let bound = binder.bind(operand)
        diagnostics += binder.diagnostics
        guard let bound else { return nil }
        guard var fields = Self.elements(bound.type.kind) else {
            diagnostics.append(
                .error(
                    "bad-unnest",
                    "UNNEST takes an ARRAY, a MAP or a MULTISET apart, this is"
                        + " \(bound.type.kind)", at: operand.span))
            return nil
        }
        if withOrdinality { fields.append(Field("ORDINALITY", DataType(.int, nullable: false))) }
        if let names = alias?.columns, !names.isEmpty {
            guard names.count == fields.count else {
                diagnostics.append(
                    .error(
                        "column-count",
                        "\(names.count) names for the \(fields.count) columns of UNNEST", at: span))
                return nil
            }
            fields = zip(names, fields).map { Field($0.name, $1.type) }
        }
        let keepsUnmatched = kind == .left
        if keepsUnmatched { fields = fields.map { Field($0.name, $0.type.nullable(true)) } }
        let columns = input.columns + fields
        let plan = LogicalPlan(
            .unnest(
                input, bound, withOrdinality: withOrdinality, keepsUnmatched: keepsUnmatched),
            columns, span)
        let added = Scope(columns: fields, qualifier: alias?.name.name)
        let both = scope.joined(added, columns: columns)
        return filtered(plan, both, condition, "UNNEST", keepsUnmatched: keepsUnmatched)
            .map { ($0, both) }
    }

    /// The rows of UNNEST or LATERAL for which the condition of the join is TRUE.
    mutating func filtered(
        _ plan: LogicalPlan, _ scope: Scope, _ condition: JoinCondition, _ what: String,
        keepsUnmatched: Bool
    ) -> LogicalPlan? {
        switch condition {
        case .none: return plan
        case .using(_, let span):
            refuse("USING with \(what)", span)
            return nil
        case .natural:
            refuse("NATURAL with \(what)", plan.span.clipped)
            return nil
        case .on(let written):
            var binder = expressionBinder(scope, place: "ON")
            let bound = binder.bindBoolean(written)
            diagnostics += binder.diagnostics
            guard let bound else { return nil }
            if case .literal(.bool(true)) = bound.node { return plan }
            if keepsUnmatched {
                refuse(
                    "LEFT JOIN \(what) with a condition", written.span,
                    hint: "write ON TRUE, and the condition in a CASE or in WHERE")
                return nil
            }
            return LogicalPlan(.filter(plan, bound), plan.columns, written.span)
        }
    }

    /// The columns that an element becomes.
    private static func elements(_ kind: DataType.Kind) -> [Field]? {
        switch kind {
        case .array(let element):
            if case .row(let fields) = element.kind { return fields }
            return [Field("f0", element)]
        case .multiset(let element): return [Field("f0", element)]
        case .map(let key, let value): return [Field("f0", key), Field("f1", value)]
        default: return nil
        }
    }
}

extension TableReference {
    fileprivate var isLateral: Bool {
        switch self {
        case .subquery(_, let isLateral, _, _), .function(_, let isLateral, _, _): isLateral
        default: false
        }
    }

    /// Whether it is a table function without LATERAL.
    fileprivate var isPlainFunction: Bool {
        if case .function(_, isLateral: false, _, _) = self { true } else { false }
    }

    /// What follows FOR SYSTEM_TIME AS OF.
    fileprivate var period: Expression? {
        if case .named(_, let period, _, _, _) = self { period } else { nil }
    }

    fileprivate var withoutPeriod: TableReference {
        guard case .named(let path, _, let options, let alias, let span) = self else {
            return self
        }
        return .named(path, period: nil, options: options, alias, span)
    }
}
