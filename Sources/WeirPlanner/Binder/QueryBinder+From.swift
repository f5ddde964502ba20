// What a query reads: tables, subqueries and windows over tables.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    mutating func bindFrom(_ reference: TableReference, name: String) -> QueryInput? {
        switch reference {
        case .named(let path, let period, let options, let alias, let span):
            if period != nil { refuse("FOR SYSTEM_TIME AS OF", span) }
            if !options.isEmpty { refuse("the hint OPTIONS", span) }
            guard checkAlias(alias), period == nil, options.isEmpty,
                let (stage, relation, tableName) = resolveTable(path, span)
            else { return nil }
            return QueryInput(
                stage: stage, relation: relation, qualifier: alias?.name.name ?? tableName)
        case .subquery(let query, let isLateral, let alias, let span):
            if isLateral { refuse("LATERAL", span.clipped) }
            guard !isLateral, let written = bind(query, name: "\(name).from"),
                let bound = rename(written, alias?.columns ?? [], "\(name).from")
            else { return nil }
            if bound.limit != nil || !bound.order.isEmpty {
                refuse("ORDER BY and LIMIT in a subquery", span)
                return nil
            }
            return QueryInput(
                stage: bound.stage, relation: bound.relation, qualifier: alias?.name.name)
        case .function(let call, let isLateral, let alias, let span):
            if isLateral { refuse("LATERAL TABLE", span.clipped) }
            guard !isLateral, checkAlias(alias) else { return nil }
            return bindWindow(call, alias?.name, span)
        case .unnest(_, _, _, let span): refuse("UNNEST", span)
        case .join(_, _, let right, _, _): refuse("JOIN", right.span)
        case .matchRecognize(_, let match, _, _): refuse("MATCH_RECOGNIZE", match.span.clipped)
        }
        return nil
    }

    private mutating func checkAlias(_ alias: TableAlias?) -> Bool {
        guard let alias, let first = alias.columns.first else { return true }
        refuse("a column list behind the alias of a table", first.span)
        return false
    }

    private mutating func bindWindow(
        _ call: TableCall, _ alias: Identifier?, _ span: Span
    ) -> QueryInput? {
        let function = call.name.uppercased()
        guard function == "TUMBLE" else {
            let isKnown = ["HOP", "CUMULATE", "SESSION"].contains(function)
            diagnostics.append(
                .error(
                    isKnown ? "unsupported" : "unknown-function",
                    isKnown
                        ? "the window \(function) is not supported yet"
                        : "there is no table function \(call.name)",
                    at: call.function.first?.span ?? span, hint: "windows that exist: TUMBLE"))
            return nil
        }
        guard let window = windowArguments(call), let first = window.table.first else { return nil }
        let place = first.span
        guard let (stage, relation, tableName) = resolveTable(window.table, place) else {
            return nil
        }
        let scope = Scope(columns: relation.columns, qualifier: nil)
        guard let time = scope.resolve([window.timeColumn], &diagnostics) else { return nil }
        guard relation.rowtime == time else {
            let other = relation.rowtime.map { relation.columns[$0].name }
            diagnostics.append(
                .error(
                    "not-event-time",
                    "'\(window.timeColumn.name)' is not the event time of this table",
                    at: window.timeColumn.span,
                    hint: other.map { "the event time is \($0)" }
                        ?? "declare WATERMARK FOR \(window.timeColumn.name) AS … at the source and"
                        + " keep the column in the definitions between"))
            return nil
        }
        guard relation.mode == .append else {
            diagnostics.append(
                .error(
                    "unsupported", "a window over an updating table is not supported yet",
                    at: place))
            return nil
        }
        guard let size = interval(window.sizes.first, span, isSize: true) else { return nil }
        var offset: Int64 = 0
        if window.sizes.count > 1 {
            guard let value = interval(window.sizes[1], span, isSize: false) else { return nil }
            offset = value
        }
        if window.sizes.count > 2 {
            diagnostics.append(
                .error("bad-arguments", "TUMBLE takes a size and an offset", at: span))
            return nil
        }
        return QueryInput(
            stage: stage, relation: relation, qualifier: alias?.name ?? tableName,
            window: .init(time: time, size: size, offset: offset))
    }

    /// The arguments of a window function by their meaning.
    private struct WindowArguments {
        var table: [Identifier] = []
        var timeColumn: Identifier
        var sizes: [Expression] = []
    }

    private mutating func windowArguments(_ call: TableCall) -> WindowArguments? {
        var arguments = WindowArguments(timeColumn: Identifier("", call.span))
        for argument in call.arguments {
            switch argument.value {
            case .table(.named(let path, _, _, _, _), let partitionBy, let orderBy):
                if let key = partitionBy.first ?? orderBy.first?.expression {
                    refuse("PARTITION BY and ORDER BY in TUMBLE", key.span)
                    return nil
                }
                arguments.table = path
            case .table(_, _, _):
                refuse("a query as the table of a window function", argument.span)
                return nil
            case .descriptor(let columns): arguments.timeColumn = columns[0]
            case .expression(let size): arguments.sizes.append(size)
            }
        }
        if arguments.table.isEmpty || arguments.timeColumn.name.isEmpty {
            diagnostics.append(
                .error(
                    "bad-window", "\(call.name.uppercased()) needs a table and a time column",
                    at: call.span,
                    hint: "write TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '1' HOUR)"))
            return nil
        }
        return arguments
    }

    /// A constant interval in microseconds.
    private mutating func interval(
        _ expression: Expression?, _ span: Span, isSize: Bool
    ) -> Int64? {
        var binder = ExpressionBinder(
            scope: Scope(columns: [], qualifier: nil), allowsAggregates: false, place: "TUMBLE")
        let bound = expression.flatMap { binder.bind($0) }
        diagnostics += binder.diagnostics
        if let bound, bound.type.kind == .intervalTime,
            case .literal(.int64(let value)) = bound.node,
            !isSize || value >= 1000
        {
            return value
        }
        if binder.diagnostics.isEmpty {
            diagnostics.append(
                .error(
                    "bad-window",
                    "TUMBLE needs a \(isSize ? "size" : "offset"): a constant interval"
                        + " of at least a millisecond", at: expression?.span ?? span,
                    hint: "write INTERVAL '1' HOUR"))
        }
        return nil
    }
}
