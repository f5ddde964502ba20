// What a query reads: tables, subqueries and windows over tables.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    mutating func bindFrom(_ reference: TableReference, name: String) -> QueryInput? {
        switch reference {
        case .named(let path, let alias, let span):
            guard let (stage, relation, tableName) = resolveTable(path, span) else { return nil }
            return QueryInput(
                stage: stage, relation: relation, qualifier: alias?.name ?? tableName)
        case .subquery(let query, let alias, let span):
            guard let bound = bind(query, name: "\(name).from") else { return nil }
            if bound.limit != nil || !bound.order.isEmpty {
                diagnostics.append(
                    .error(
                        "unsupported", "ORDER BY and LIMIT in a subquery are not supported yet",
                        at: span))
                return nil
            }
            return QueryInput(
                stage: bound.stage, relation: bound.relation, qualifier: alias?.name)
        case .window(let call, let alias, let span):
            return bindWindow(call, alias, span)
        }
    }

    private mutating func bindWindow(
        _ call: WindowCall, _ alias: Identifier?, _ span: Span
    ) -> QueryInput? {
        let function = call.function.name.uppercased()
        guard function == "TUMBLE" else {
            let isKnown = ["HOP", "CUMULATE", "SESSION"].contains(function)
            diagnostics.append(
                .error(
                    isKnown ? "unsupported" : "unknown-function",
                    isKnown
                        ? "the window \(function) is not supported yet"
                        : "there is no window function \(function)", at: call.function.span,
                    hint: "windows that exist: TUMBLE"))
            return nil
        }
        let place = call.table.first.map { $0.span } ?? span
        guard let (stage, relation, tableName) = resolveTable(call.table, place) else { return nil }
        let scope = Scope(columns: relation.columns, qualifier: nil)
        guard let time = scope.resolve([call.timeColumn], &diagnostics) else { return nil }
        guard relation.rowtime == time else {
            let other = relation.rowtime.map { relation.columns[$0].name }
            diagnostics.append(
                .error(
                    "not-event-time",
                    "'\(call.timeColumn.name)' is not the event time of this table",
                    at: call.timeColumn.span,
                    hint: other.map { "the event time is \($0)" }
                        ?? "declare WATERMARK FOR \(call.timeColumn.name) AS … at the source and"
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
        guard let size = interval(call.arguments.first, span, isSize: true) else { return nil }
        var offset: Int64 = 0
        if call.arguments.count > 1 {
            guard let value = interval(call.arguments[1], span, isSize: false) else { return nil }
            offset = value
        }
        if call.arguments.count > 2 {
            diagnostics.append(
                .error("bad-arguments", "TUMBLE takes a size and an offset", at: span))
            return nil
        }
        return QueryInput(
            stage: stage, relation: relation, qualifier: alias?.name ?? tableName,
            window: .init(time: time, size: size, offset: offset))
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
