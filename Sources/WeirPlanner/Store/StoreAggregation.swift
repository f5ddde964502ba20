// GROUP BY and calls with OVER in the store.

import WeirColumnar
import WeirFunctions
import WeirSQL

enum StoreAggregation {
    static func build(
        _ input: LogicalPlan, _ aggregation: LogicalAggregation, _ plan: LogicalPlan,
        _ builder: inout StoreQueryBuilder
    ) throws(StoreRefusal) -> SelectDraft {
        var draft = try builder.plain(input)
        let writer = draft.writer
        var keys: [String] = []
        for key in aggregation.keys { keys.append(try writer.sql(key)) }
        var calls: [String] = []
        for call in aggregation.calls {
            calls.append(
                call.function == LogicalCall.grouping ? "0" : try sql(call, writer, plan.span))
        }
        draft.fields = plan.columns
        if aggregation.isDistinct, calls.isEmpty {
            draft.columns = keys
            draft.isDistinct = true
            return draft
        }
        draft.isGrouped = true
        guard let sets = aggregation.sets else {
            draft.columns = keys + calls
            draft.groupBy = groups(keys)
            return draft
        }
        // One SELECT for each set; keys that are not in it are NULL.
        var selects: [String] = []
        for set in sets {
            var one = draft
            one.columns = keys.indices.map { set.contains($0) ? keys[$0] : "NULL" }
            for (sql, call) in zip(calls, aggregation.calls) {
                one.columns.append(totals(call, set, aggregation.keys) ?? sql)
            }
            one.groupBy = groups(set.map { keys[$0] })
            // The total of nothing is one row all the same.
            if set.isEmpty, calls.isEmpty { one.groupBy = ["NULL"] }
            selects.append(one.sql)
        }
        let alias = builder.alias()
        return SelectDraft(
            from: "(\(selects.joined(separator: " UNION ALL "))) AS \(alias)",
            columns: draft.names.map { "\(alias).\(StoreExpression.name($0))" },
            fields: plan.columns)
    }

    /// The value of GROUPING for a set; nil for other calls.
    private static func totals(
        _ call: LogicalCall, _ set: [Int], _ keys: [BoundExpression]
    ) -> String? {
        guard call.function == LogicalCall.grouping else { return nil }
        let bits = call.arguments.reduce(Int64(0)) { bits, argument in
            let isKept = keys.firstIndex(of: argument).map(set.contains) ?? false
            return bits << 1 | (isKept ? 0 : 1)
        }
        return String(bits)
    }

    /// A number in GROUP BY would be a position to SQLite; a constant makes one group.
    private static func groups(_ keys: [String]) -> [String] {
        keys.map { SelectDraft.isConstant($0) ? "NULL" : $0 }
    }

    /// An aggregate call.
    private static func sql(
        _ call: LogicalCall, _ writer: StoreExpression, _ span: Span
    ) throws(StoreRefusal) -> String {
        var text: String
        let distinct = call.isDistinct ? "DISTINCT " : ""
        if let argument = call.arguments.first {
            let value = try writer.sql(argument)
            let kind = argument.type.kind
            switch call.function {
            case "COUNT": text = "COUNT(\(distinct)\(value))"
            case LogicalCall.singleValue: text = "weir_single(\(value))"
            case "MIN", "MAX":
                guard kind.physical != .int128 else { fallthrough }
                text = "\(call.function)(\(value))"
            default:
                let name = call.isDistinct ? "weir_distinct" : "weir_aggregate"
                text =
                    "\(name)('\(call.function)', \(StoreExpression.quoted("\(kind)")), \(value))"
                if let filter = call.filter { text += " FILTER (WHERE \(try writer.sql(filter)))" }
                // The function does not see what it is when it sees no row.
                let empty = FunctionRegistry.aggregate(named: call.function)?.ofNothing(call.type)
                return empty.map { "COALESCE(\(text), \(StoreExpression.quoted($0)))" } ?? text
            }
        } else {
            text = "COUNT(*)"
        }
        if let filter = call.filter { text += " FILTER (WHERE \(try writer.sql(filter)))" }
        return text
    }
}

enum StoreWindow {
    /// Functions that SQLite computes over windows as Flink does.
    private static let native: Set<String> = [
        "ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "LAG", "LEAD",
        "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "COUNT", "MIN", "MAX", "SUM",
    ]

    /// A call with OVER.
    static func sql(
        _ call: OverCall, _ writer: StoreExpression
    ) throws(StoreRefusal) -> String {
        if call.function == "AVG", let argument = call.arguments.first,
            argument.type.kind.isInteger || argument.type.kind.isFloating
        {
            // Integers are cut by the division of both; nothing has no mean.
            let sum = try sql(call.with("SUM", .bigint), writer)
            let count = try sql(call.with("COUNT", .bigint), writer)
            return "(\(sum) / NULLIF(\(count), 0))"
        }
        let isWide = call.arguments.contains { $0.type.kind.physical == .int128 }
        guard native.contains(call.function), !isWide, !call.isDistinct else {
            throw StoreRefusal("\(call.function) OVER is not computed in the store", call.span)
        }
        var arguments: [String] = []
        for argument in call.arguments { arguments.append(try writer.sql(argument)) }
        let list =
            arguments.isEmpty && call.function == "COUNT" ? "*" : arguments.joined(separator: ", ")
        var parts: [String] = []
        var partition: [String] = []
        for key in call.partitionBy { partition.append(try writer.sql(key)) }
        if !partition.isEmpty { parts.append("PARTITION BY \(partition.joined(separator: ", "))") }
        let order = try StoreQueryBuilder.sortKeys(call.orderBy, writer)
        if !order.isEmpty { parts.append("ORDER BY \(order.joined(separator: ", "))") }
        if !order.isEmpty, takesFrame(call.function) {
            let isDate = call.orderBy.first?.expression.type.kind == .date
            parts.append(frame(call.frame, isDate: isDate))
        }
        let text = "\(call.function)(\(list)) OVER (\(parts.joined(separator: " ")))"
        return call.function == "SUM" ? wrapped(text, call.type.kind) : text
    }

    /// Sums of the smaller integers wrap, as the stream's do.
    private static func wrapped(_ text: String, _ kind: DataType.Kind) -> String {
        guard let range = kind.integerRange, kind != .bigint else { return text }
        let half = range.upperBound + 1
        return "((\(text) + \(half)) & \(half * 2 - 1)) - \(half)"
    }

    private static func takesFrame(_ function: String) -> Bool {
        ["COUNT", "MIN", "MAX", "SUM", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"].contains(function)
    }

    private static func frame(_ frame: OverFrame, isDate: Bool) -> String {
        switch frame {
        case .unbounded(let isRows):
            "\(isRows ? "ROWS" : "RANGE") BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
        case .rows(let count): "ROWS BETWEEN \(count) PRECEDING AND CURRENT ROW"
        // Dates are days, times are microseconds.
        case .range(let micros):
            "RANGE BETWEEN \(isDate ? micros / Calendar.microsPerDay : micros) PRECEDING AND"
                + " CURRENT ROW"
        }
    }
}

extension OverCall {
    /// The same window with another function.
    fileprivate func with(_ function: String, _ type: DataType) -> OverCall {
        OverCall(
            function: function, arguments: arguments, partitionBy: partitionBy, orderBy: orderBy,
            frame: frame, isDistinct: isDistinct, type: type, span: span)
    }
}
