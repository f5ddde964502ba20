// What a query reads: tables, subqueries, table functions, joins.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// The rows of FROM and the names of their columns; nil after reporting what is wrong.
    mutating func bindFrom(_ reference: TableReference) -> (plan: LogicalPlan, scope: Scope)? {
        switch reference {
        case .named(let path, let period, let options, let alias, let span):
            if let period {
                diagnostics.append(
                    .error(
                        "misplaced-period",
                        "FOR SYSTEM_TIME AS OF belongs to the right side of a join",
                        at: period.span,
                        hint: "write left JOIN right FOR SYSTEM_TIME AS OF left.time ON …"))
                return nil
            }
            return bindTable(path, options, alias, span)
        case .subquery(let query, _, let alias, _):
            guard let plan = bindNested(query), let renamed = rename(plan, alias?.columns ?? [])
            else { return nil }
            return named(renamed, alias, default: nil)
        case .function(let call, _, let alias, _):
            guard let plan = bindTableFunction(call),
                let renamed = rename(plan, alias?.columns ?? [])
            else { return nil }
            return named(renamed, alias, default: call.tableName)
        case .unnest(_, _, _, let span):
            diagnostics.append(
                .error(
                    "misplaced-unnest", "UNNEST needs a table whose column it takes apart",
                    at: span, hint: "write FROM t CROSS JOIN UNNEST(t.items) AS i (…)"))
            return nil
        case .join(let left, let kind, let right, let condition, let span):
            return bindJoin(left, kind, right, condition, span)
        case .matchRecognize(let table, let match, let alias, _):
            return bindMatch(table, match, alias)
        }
    }

    func named(
        _ plan: LogicalPlan, _ alias: TableAlias?, default name: String?
    ) -> (plan: LogicalPlan, scope: Scope) {
        (plan, Scope(columns: plan.columns, qualifier: alias?.name.name ?? name))
    }

    private mutating func bindTable(
        _ path: [Identifier], _ options: [TableOption], _ alias: TableAlias?, _ span: Span
    ) -> (plan: LogicalPlan, scope: Scope)? {
        if let option = options.first {
            refuse("the hint OPTIONS", option.keySpan)
            return nil
        }
        guard let (plan, _) = resolve(path, span),
            let renamed = rename(plan, alias?.columns ?? [])
        else { return nil }
        return named(renamed, alias, default: path.last?.name)
    }

    /// Operators that a common table or a query in an expression may unfold to.
    static let maximumSize = 1000

    /// A table of the script, or a common table of the query.
    mutating func resolve(_ path: [Identifier], _ span: Span) -> (plan: LogicalPlan, name: String)?
    {
        if path.count == 1, let common = commonTables[path[0].key] {
            guard common.size <= Self.maximumSize else {
                diagnostics.append(
                    .error(
                        "too-long",
                        "the common tables of this query unfold to more than \(Self.maximumSize)"
                            + " operators", at: span,
                        hint: "define them as tables of their own: Name := SELECT …"))
                return nil
            }
            return (common, path[0].name)
        }
        guard let (source, relation, name) = resolveTable(path, span) else { return nil }
        if let key = key(of: path, span), let windowed = tables[key]?.windowed {
            return (windowed, name)
        }
        let scan = LogicalPlan(.scan(source, name: name, relation), relation.columns, span)
        if let key = key(of: path, span), var limited = tables[key]?.limited {
            // Readers see the rows that the LIMIT keeps.
            limited.plan = scan
            return (nested(limited), name)
        }
        return (scan, name)
    }

    // MARK: Table functions

    private mutating func bindTableFunction(_ call: TableCall) -> LogicalPlan? {
        let name = call.name.uppercased()
        if let function = WindowFunction(rawValue: name) { return bindWindow(function, call) }
        let place = call.function.first?.span ?? call.span
        if name == "TO_CHANGELOG" { return bindChangelog(call) }
        if name == "FROM_CHANGELOG" {
            refuse("the table function \(name)", place)
            return nil
        }
        if let called = bindCall(call) { return called.plan }
        let known = WindowFunction.allCases.map(\.rawValue) + functions.values.map(\.name)
        diagnostics.append(
            .misspelt(
                "unknown-function", "there is no table function \(call.name)", at: place,
                call.name, among: known.sorted(),
                otherwise: "table functions: \(known.sorted().joined(separator: ", "))"))
        return nil
    }

}

extension TableCall {
    /// The name of the table among its arguments, by which its columns may be qualified.
    fileprivate var tableName: String? {
        for argument in arguments {
            if case .table(.named(let path, _, _, _, _), _, _) = argument.value {
                return path.last?.name
            }
        }
        return nil
    }
}
